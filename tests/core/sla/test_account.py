"""Every second of a clock is accounted for, and why it was not counted is said in words."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given

from app.sla.account import Piece, Spent, account, sums
from app.sla.calendar import ALWAYS, Calendar
from app.sla.hours import Interval
from tests.core.sla.test_laws import CASES, Case

OFFICE = Calendar.build(
    "office",
    "America/New_York",
    dict.fromkeys(range(5), (Interval(9 * 60, 12 * 60), Interval(13 * 60, 17 * 60))),
    holiday_country="US",
)
KEPT = OFFICE.with_holidays(OFFICE.holidays([2026]))
"""As an agreement keeps it once it is published: the days alone."""


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def told(start: str, end: str, *pauses: tuple[str, str, str], calendar: Calendar = KEPT) -> list[str]:
    """Each piece as `17:00 to 14:00 closed night`, in UTC."""
    held = [(at(first), at(last), why) for first, last, why in pauses]
    pieces = account(calendar, at(start), at(end), held)
    return [f"{one.from_at:%H:%M} to {one.until_at:%H:%M} {one.spent} {one.because}".strip() for one in pieces]


@given(CASES)
def test_the_pieces_fill_the_time_and_what_is_counted_is_what_has_elapsed(case: Case) -> None:
    start, end = case.start, case.start + case.lengths[2]
    pieces = list(account(case.calendar, start, end, [(*pause, "held") for pause in case.pauses]))
    assert [one.until_at for one in pieces[:-1]] == [one.from_at for one in pieces[1:]]
    assert (not pieces and start == end) or (pieces[0].from_at, pieces[-1].until_at) == (start, end)
    assert all(one.length > timedelta() for one in pieces)
    totals = sums(pieces)
    assert totals[Spent.COUNTED] == case.calendar.elapsed(start, end, case.pauses)
    assert totals[Spent.COUNTED] + totals[Spent.PAUSED] == case.calendar.elapsed(start, end)
    assert sum(totals.values(), timedelta()) == end - start
    assert all((one.spent, one.because) != (two.spent, two.because) for one, two in pairwise(pieces))
    assert all(bool(one.because) is (one.spent is not Spent.COUNTED) for one in pieces)


def test_a_day_is_cut_at_its_hours() -> None:
    assert told("2026-11-23 13:00", "2026-11-24 15:00") == [
        "13:00 to 14:00 closed night",
        "14:00 to 17:00 counted",
        "17:00 to 18:00 closed break",
        "18:00 to 22:00 counted",
        "22:00 to 14:00 closed night",
        "14:00 to 15:00 counted",
    ]


@pytest.mark.parametrize("calendar", [OFFICE, KEPT], ids=["as written", "as kept"])
def test_days_off_are_named(calendar: Calendar) -> None:
    assert told("2026-11-25 21:30", "2026-11-30 14:30", calendar=calendar) == [
        "21:30 to 22:00 counted",
        "22:00 to 14:00 closed Thanksgiving Day",
        "14:00 to 17:00 counted",
        "17:00 to 18:00 closed break",
        "18:00 to 22:00 counted",
        "22:00 to 14:00 closed weekend",
        "14:00 to 14:30 counted",
    ]


def test_a_day_that_the_agreement_closes_has_no_name() -> None:
    closed = Calendar.build(
        "x", "UTC", {2: [Interval(540, 1020)], 4: [Interval(540, 1020)]}, closed=[date(2026, 11, 25)]
    )
    [piece] = account(closed, at("2026-11-24 12:00"), at("2026-11-26 12:00"))
    assert piece.because == "Tuesday, day off, Thursday"


def test_a_pause_takes_open_time_alone_and_the_first_of_two_is_the_reason() -> None:
    pauses = (("2026-11-23 21:00", "2026-11-24 14:30", "on leave"), ("2026-11-23 20:30", "2026-11-23 21:30", "held"))
    assert told("2026-11-23 20:00", "2026-11-24 15:00", *pauses) == [
        "20:00 to 20:30 counted",
        "20:30 to 21:30 paused held",
        "21:30 to 22:00 paused on leave",
        "22:00 to 14:00 closed night",
        "14:00 to 14:30 paused on leave",
        "14:30 to 15:00 counted",
    ]


def test_where_time_counts_around_the_clock_nothing_is_closed() -> None:
    start, end = at("2026-11-20 12:00"), at("2026-11-23 12:00")
    assert list(account(ALWAYS, start, end)) == [Piece(start, end, Spent.COUNTED)]
    assert list(account(ALWAYS, end, start)) == []
