"""What holds for every calendar, at every instant around a change of the clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from app.records.span import Span, Unit
from app.sla.calendar import Calendar, due_at
from app.sla.hours import Interval
from tests.core.made import HALF, made

MINUTE = timedelta(minutes=1)

# The instants at which the clock jumps: forward and back, by an hour, by half of one, at midnight, by a day.
CHANGES = {
    "America/New_York": ("2026-03-08 07:00", "2026-11-01 06:00"),
    "Europe/Berlin": ("2026-03-29 01:00", "2026-10-25 01:00"),
    "Europe/Dublin": ("2026-03-29 01:00", "2026-10-25 01:00"),
    "Australia/Lord_Howe": ("2026-10-03 15:30", "2026-04-04 15:00"),
    "America/Sao_Paulo": ("2018-11-04 03:00", "2019-02-17 02:00"),
    "America/St_Johns": ("2010-03-14 03:31", "2010-11-07 02:31"),
    "Pacific/Apia": ("2011-12-30 10:00", "2012-03-31 14:00"),
    "Asia/Kathmandu": ("2026-03-29 01:00", "2026-10-25 01:00"),
}
Pauses = list[tuple[datetime, datetime]]


@dataclass(frozen=True, slots=True)
class Case:
    """A calendar, an instant near a change of its clock, pauses around it, and lengths of time to lay."""

    calendar: Calendar
    start: datetime
    pauses: Pauses
    lengths: tuple[timedelta, timedelta, timedelta]


def hours(rng: Random) -> tuple[Interval, ...]:
    """Up to two intervals, mostly in the small hours, where clocks change; often on the half hour."""
    grid = rng.choice((1, 30))
    ends = sorted(grid * rng.randint(0, last // grid) for last in (240, 240, 240, 1440))
    pairs = ((ends[0], ends[1]), (ends[2], ends[3]))
    return tuple(Interval(opens, closes) for opens, closes in pairs if opens < closes)


def case(rng: Random) -> Case:
    zone, changes = rng.choice(list(CHANGES.items()))
    change = datetime.fromisoformat(rng.choice(changes)).replace(tzinfo=UTC)
    patterns = (hours(rng), hours(rng), (Interval(60, 200),))
    first_day = rng.randint(0, 2)
    week = {weekday: patterns[(weekday + first_day) % 3] for weekday in range(7)}
    closed = change.date() + timedelta(days=rng.randint(-3, 3))
    start = change + rng.randint(-8 * 60, 4 * 60) * MINUTE
    pauses = [start + rng.randint(-600, 3000) * MINUTE for _ in range(rng.randint(0, 3))]
    return Case(
        Calendar.build("any", zone, week, closed=[closed]),
        start,
        [(first, first + rng.randint(0, 900) * MINUTE) for first in pauses],
        (length(rng), length(rng), length(rng)),
    )


def length(rng: Random) -> timedelta:
    return timedelta(
        seconds=rng.choice((0, rng.randint(0, 3600), rng.randint(0, 200 * 3600), rng.randint(0, 200 * 3600)))
    )


CASES = made(case)


def counted(case: Case, minutes: int) -> int:
    """Open minutes by looking at the clock on the wall once a minute."""
    zone = ZoneInfo(case.calendar.time_zone)
    total = 0
    for n in range(minutes):
        at = case.start + n * MINUTE
        local = at.astimezone(zone)
        shown, today = local.hour * 60 + local.minute, local.date()
        intervals = () if today in case.calendar.closed else case.calendar.open[today.weekday()]
        is_open = any(interval.opens <= shown < interval.closes for interval in intervals)
        total += is_open and not any(first <= at < last for first, last in case.pauses)
    return total


@HALF
@given(CASES, st.integers(0, 8 * 60))
def test_elapsed_time_equals_counting_minute_by_minute(case: Case, minutes: int) -> None:
    end = case.start + minutes * MINUTE
    assert case.calendar.elapsed(case.start, end, case.pauses) == counted(case, minutes) * MINUTE


@given(CASES)
def test_what_is_laid_has_passed_when_it_is_due_and_two_lengths_in_turn_are_their_sum(case: Case) -> None:
    add, elapsed, pauses = case.calendar.add, case.calendar.elapsed, case.pauses
    first, second, wait = case.lengths
    due = add(case.start, first, pauses)
    assert elapsed(case.start, due, pauses) == first
    if first:
        assert elapsed(case.start, due - timedelta(microseconds=1), pauses) < first  # and not before
    whole = add(case.start, first + second, pauses)
    assert whole == add(due, second, pauses)
    assert whole >= due  # a longer amount is never due earlier
    assert add(case.start + wait, first, pauses) >= due  # nor is a later start
    cut, end = case.start + first, case.start + first + second
    assert elapsed(case.start, cut, pauses) + elapsed(cut, end, pauses) == elapsed(case.start, end, pauses)


@given(CASES, st.integers(1, 6))
def test_open_is_the_same_by_wall_opening_and_intervals_and_business_days_end_in_it(case: Case, amount: int) -> None:
    following = case.calendar.next_open(case.start)
    assert case.calendar.is_open(following)
    assert case.calendar.is_open(case.start) == (following == case.start)
    assert not list(case.calendar.open_intervals(case.start, following))
    due = due_at(case.start, Span(amount, Unit.DAY, business=True), case.calendar)
    assert case.start < due < due_at(case.start, Span(amount + 1, Unit.DAY, business=True), case.calendar)
    assert case.calendar.hours(case.calendar.wall_time(due - timedelta(microseconds=1)).date()) or (
        case.calendar.is_open(due)
    )
