"""A length of time laid on a calendar with pauses taken out, and the days that a pause falls on."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.records.span import Span
from app.sla.account import Spent, account
from app.sla.calendar import ALWAYS, Calendar
from app.sla.hours import Interval
from app.sla.lay import lay_out, push_on

OFFICE = Calendar("office", "America/New_York", {day: (Interval.parse("09:00-17:00"),) for day in range(5)})
ROUND_THE_CLOCK = {day: (Interval(0, 24 * 60),) for day in range(7)}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


def due(start: str, span: str, *pauses: tuple[str, str], calendar: Calendar = OFFICE) -> str | None:
    held = [(at(first), at(last)) for first, last in pauses]
    end = push_on(at(start), Span.parse(span), calendar, held)
    return None if end is None else f"{calendar.wall_time(end):%a %H:%M}"


@pytest.mark.parametrize(
    ("span", "pauses", "expected"),
    [
        ("2 business hours", [], "Mon 10:00"),
        ("2 business hours", [("2026-11-20T16:30-05:00", "2026-11-20T16:40-05:00")], "Mon 10:10"),
        ("2 business hours", [("2026-11-20T18:00-05:00", "2026-11-23T08:00-05:00")], "Mon 10:00"),
        ("2 business hours", [("2026-11-23T10:00-05:00", "2026-11-23T12:00-05:00")], "Mon 10:00"),
        ("2 hours", [("2026-11-20T16:30-05:00", "2026-11-20T16:40-05:00")], "Fri 18:10"),
        ("2 hours", [("2026-11-20T17:30-05:00", "2026-11-20T17:40-05:00")], "Fri 18:10"),
        ("1 business day", [], "Mon 16:00"),
        ("1 business day", [("2026-11-23T09:00-05:00", "2026-11-23T10:00-05:00")], "Mon 17:00"),
        ("1 business day", [("2026-11-23T09:00-05:00", "2026-11-23T11:00-05:00")], "Tue 10:00"),
        ("0 min", [("2026-11-20T15:00-05:00", "2026-11-20T17:00-05:00")], "Fri 16:00"),
    ],
)
def test_a_pause_moves_the_end_by_the_counted_time_that_it_took_out(
    span: str, pauses: list[tuple[str, str]], expected: str
) -> None:
    assert due("2026-11-20T16:00-05:00", span, *pauses) == expected  # a Friday


@pytest.mark.parametrize("span", ["999999 hours", "999999 days", "999999 business days", "999999 years"])
def test_what_ends_beyond_all_calendars_has_no_end(span: str) -> None:
    assert lay_out(at("2026-11-20T16:00Z"), Span.parse(span), OFFICE) is None


@pytest.mark.parametrize("percent", [1, 50, 99])
def test_a_share_is_counted_time_and_never_after_the_end(percent: int) -> None:
    laid = lay_out(at("2026-11-20T16:00-05:00"), Span.parse("10 business hours"), OFFICE)
    assert laid is not None
    used = OFFICE.elapsed(laid.started_at, laid.share(percent))
    assert used == timedelta(hours=10) * percent / 100


def taken_by_day(calendar: Calendar, start: str, length: timedelta) -> dict[date, timedelta]:
    """How much a pause takes out of each local day."""
    taken: dict[date, timedelta] = {}
    first = at(start)
    for piece in account(
        calendar, first - timedelta(days=1), first + length + timedelta(days=1), [(first, first + length, "held")]
    ):
        if piece.spent is Spent.PAUSED:
            for day, opens, closes in calendar.open_days(piece.from_at):
                inside = min(closes, piece.until_at) - max(opens, piece.from_at)
                if inside <= timedelta():
                    break
                taken[day] = inside
    return taken


def test_a_pause_of_five_days_from_noon_takes_half_of_the_first_and_the_last_and_four_whole_days() -> None:
    """B-35."""
    taken = taken_by_day(ALWAYS, "2026-11-20T12:00Z", timedelta(days=5))
    assert list(taken.values()) == [timedelta(hours=12), *[timedelta(days=1)] * 4, timedelta(hours=12)]


def test_a_pause_over_midnight_takes_from_both_dates() -> None:
    """B-36."""
    berlin = Calendar("berlin", "Europe/Berlin", ROUND_THE_CLOCK)
    taken = taken_by_day(berlin, "2026-11-20T23:45+01:00", timedelta(hours=1))
    assert taken == {date(2026, 11, 20): timedelta(minutes=15), date(2026, 11, 21): timedelta(minutes=45)}


def test_a_pause_belongs_to_the_date_on_the_calendars_wall() -> None:
    """B-37."""
    berlin = Calendar("berlin", "Europe/Berlin", ROUND_THE_CLOCK)
    start, end = at("2026-01-15T23:45Z"), at("2026-01-16T00:15Z")
    [piece] = account(berlin, start, end, [(start, end, "held")])
    wall = [f"{berlin.wall_time(one):%Y-%m-%d %H:%M}" for one in (piece.from_at, piece.until_at)]
    assert wall == ["2026-01-16 00:45", "2026-01-16 01:15"]
    assert taken_by_day(berlin, "2026-01-15T23:45Z", timedelta(minutes=30)) == {
        date(2026, 1, 16): timedelta(minutes=30)
    }
