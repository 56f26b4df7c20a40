"""Every kind of span, laid from an instant."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar, due_at
from app.sla.hours import Interval

NEW_YORK = ZoneInfo("America/New_York")
OFFICE = Calendar.build(
    "office",
    "America/New_York",
    {**dict.fromkeys(range(4), (Interval.parse("09:00-17:30"),)), 4: [Interval.parse("10:00-15:00")]},
    closed=[date(2026, 7, 14)],
)


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=NEW_YORK)


ENDS = (
    # Monday 2026-07-06; Friday opens from 10:00 to 15:00; Tuesday the 14th is closed
    ("2026-07-06 11:20:05", "1 business day", "2026-07-07 11:20:05"),
    ("2026-07-06 11:20", "3 business days", "2026-07-09 11:20"),
    ("2026-07-09 11:20", "2 business days", "2026-07-13 11:20"),
    ("2026-07-13 11:20", "1 business day", "2026-07-15 11:20"),
    ("2026-07-09 16:00", "1 business day", "2026-07-10 15:00"),
    ("2026-07-09 09:15", "1 business day", "2026-07-10 10:00"),
    ("2026-07-11 11:00", "1 business day", "2026-07-15 09:00"),
    ("2026-07-06 07:00", "1 business day", "2026-07-07 09:00"),
    ("2026-07-06 17:30", "1 business day", "2026-07-08 09:00"),
    ("2026-07-06 11:20", "0 business days", "2026-07-06 11:20"),
    ("2026-07-11 11:20", "0 business days", "2026-07-11 11:20"),
    ("2026-07-06 17:00", "1 business h", "2026-07-07 09:30"),
    ("2026-07-06 17:20", "15 business min", "2026-07-07 09:05"),
    ("2026-07-06 17:29:50", "15 business s", "2026-07-07 09:00:05"),
    ("2026-07-07 11:20", "1 business week", "2026-07-15 09:00"),
    ("2026-07-08 11:20", "1 business week", "2026-07-15 11:20"),
    ("2026-07-10 15:00", "1 business week", "2026-07-20 09:00"),
    ("2026-07-10 14:00", "1 business month", "2026-08-10 14:00"),
    ("2026-07-06 17:00", "1 h", "2026-07-06 18:00"),
    ("2026-07-11 11:00", "90 min", "2026-07-11 12:30"),
    ("2026-07-11 11:00", "1 day", "2026-07-12 11:00"),
    ("2026-07-11 11:00", "2 weeks", "2026-07-25 11:00"),
    ("2026-01-31 11:00", "1 month", "2026-02-28 11:00"),
    ("2026-08-31 11:00", "18 months", "2028-02-29 11:00"),
    ("2028-02-29 11:00", "1 year", "2029-02-28 11:00"),
    ("2026-12-15 11:00", "1 month", "2027-01-15 11:00"),
    ("2026-12-15 11:00", "12 months", "2027-12-15 11:00"),
    # clocks in New York go forward on 2026-03-08 at 02:00 and back on 2026-11-01 at 02:00
    ("2026-03-07 11:00", "1 day", "2026-03-08 11:00"),
    ("2026-03-07 02:30", "1 day", "2026-03-08 03:30"),
    ("2026-10-31 01:30", "1 day", "2026-11-01 01:30"),
    ("2026-03-06 12:00", "1 business day", "2026-03-09 12:00"),
)


def test_a_span_ends_where_people_expect_it() -> None:
    expected = {(start, span): local(end).astimezone(UTC) for start, span, end in ENDS}
    assert len(expected) == len(ENDS)
    assert {(start, span): due_at(local(start), Span.parse(span), OFFICE) for start, span, _ in ENDS} == expected


def test_a_plain_day_over_a_change_of_the_clock_is_not_24_hours_long() -> None:
    start = local("2026-03-07 11:00").astimezone(UTC)
    assert (due_at(start, Span.parse("1 day"), OFFICE) - start).total_seconds() == 23 * 3600
    assert (due_at(start, Span.parse("24 h"), OFFICE) - start).total_seconds() == 24 * 3600


def test_no_time_from_the_second_pass_of_a_repeated_hour_stays_there() -> None:
    start = local("2026-11-01 01:30").replace(fold=1)
    assert due_at(start, Span.parse("0 days"), OFFICE) == start.astimezone(UTC)


def test_business_days_skip_a_day_whose_only_hours_the_clock_skips() -> None:
    night = Calendar.build("night", "America/New_York", dict.fromkeys(range(7), (Interval.parse("02:00-03:00"),)))
    assert due_at(local("2026-03-07 02:30"), Span.parse("1 business day"), night) == local("2026-03-09 02:30")


def test_a_business_day_ends_at_closing_even_where_the_clock_skips_it() -> None:
    night = Calendar.build("night", "America/New_York", dict.fromkeys(range(7), (Interval.parse("01:00-02:30"),)))
    end = due_at(local("2026-03-07 02:15"), Span.parse("1 business day"), night)
    assert end == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_around_the_clock_a_business_day_is_a_day() -> None:
    start = datetime(2026, 7, 4, 23, 59, tzinfo=UTC)
    assert due_at(start, Span.parse("2 business days"), ALWAYS) == datetime(2026, 7, 6, 23, 59, tzinfo=UTC)
