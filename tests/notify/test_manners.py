"""When people are told."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.notify.manners import ATTEMPTS_MOST, FIRST_PAUSE, LONGEST_PAUSE, Manners, QuietHours, pause

TIMES = st.times().map(lambda at: at.replace(second=0, microsecond=0))
ATTEMPTS = st.integers(min_value=1, max_value=ATTEMPTS_MOST)
DRAWS = st.floats(min_value=0, max_value=1, exclude_max=True)


@pytest.mark.parametrize(
    ("hours", "covered", "free"),
    [("20:00-07:00", ["20:00", "23:59", "00:00", "06:59"], ["07:00", "12:00", "19:59"]),
     ("12:00-13:30", ["12:00", "13:29"], ["11:59", "13:30", "00:00"])],
)  # fmt: skip
def test_quiet_hours_begin_at_their_start_and_are_over_at_their_end(
    hours: str, covered: list[str], free: list[str]
) -> None:
    quiet = QuietHours.parse(hours)
    assert [at for at in covered + free if quiet.cover(time.fromisoformat(at))] == covered


@given(TIMES, TIMES, TIMES)
def test_a_time_is_quiet_by_some_hours_or_by_the_rest_of_the_day(start: time, end: time, at: time) -> None:
    if start != end:
        assert QuietHours(start, end).cover(at) != QuietHours(end, start).cover(at)


@pytest.mark.parametrize(("at", "due"), [(8, False), (9, True), (23, True)])
def test_a_digest_is_due_from_its_time_to_the_end_of_the_day(at: int, due: bool) -> None:  # noqa: FBT001  a table's column
    manners = Manners(digest_at=time(8, 30))
    assert manners.digest_due(datetime(2026, 11, 20, at, tzinfo=UTC)) == due


def test_without_hours_and_digest_the_time_of_day_does_not_matter() -> None:
    local = datetime(2026, 11, 20, 3, tzinfo=UTC)
    manners = Manners()
    assert (manners.need_a_zone, manners.quiet_at(local), manners.digest_due(local)) == (False, False, False)


@given(ATTEMPTS, DRAWS)
def test_a_pause_is_a_minute_at_least_and_six_hours_at_most(attempts: int, draw: float) -> None:
    assert FIRST_PAUSE <= pause(attempts, draw) <= LONGEST_PAUSE


@given(ATTEMPTS, DRAWS, DRAWS)
def test_a_pause_is_never_shorter_than_one_two_failures_before(attempts: int, draw: float, earlier: float) -> None:
    if attempts > 1:
        assert pause(attempts, draw) >= pause(attempts - 1, earlier) or pause(attempts, draw) == LONGEST_PAUSE


@given(ATTEMPTS, DRAWS, st.timedeltas(min_value=timedelta(), max_value=timedelta(days=2)))
def test_the_receiver_s_own_wish_counts_where_it_is_longer(attempts: int, draw: float, asked: timedelta) -> None:
    waits = pause(attempts, draw, asked)
    assert waits >= min(asked, LONGEST_PAUSE)
    assert waits <= LONGEST_PAUSE


def test_twelve_attempts_span_most_of_a_day() -> None:
    waits = sum((pause(attempts, 0.0) for attempts in range(1, ATTEMPTS_MOST)), timedelta())
    assert timedelta(hours=18) < waits < timedelta(days=1)
