"""Hours that the clock skips never open; hours that it shows twice open twice."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from app.sla.calendar import Calendar
from app.sla.hours import Interval

SPRING = "2024-03-10"
FALL = "2024-11-03"


def daily(hours: str, zone: str = "America/New_York") -> Calendar:
    return Calendar.build("daily", zone, dict.fromkeys(range(7), (Interval.parse(hours),)))


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opened(calendar: Calendar, day: str) -> list[tuple[str, str]]:
    """Open time within the New York day, in UTC."""
    pieces = calendar.open_intervals(utc(f"{day} 04:00"), utc(f"{day} 04:00") + timedelta(days=1))
    return [(f"{opens:%H:%M}", f"{closes:%H:%M}") for opens, closes in pieces]


@pytest.mark.parametrize(
    ("day", "hours", "expected"),
    [
        (SPRING, "01:00-04:00", [("06:00", "07:00"), ("07:00", "08:00")]),
        (SPRING, "02:15-02:45", []),
        (SPRING, "02:30-03:30", [("07:00", "07:30")]),
        (SPRING, "01:30-02:30", [("06:30", "07:00")]),
        (FALL, "01:15-01:45", [("05:15", "05:45"), ("06:15", "06:45")]),
        (FALL, "00:30-01:30", [("04:30", "05:30"), ("06:00", "06:30")]),
        (FALL, "01:30-02:30", [("05:30", "06:00"), ("06:30", "07:30")]),
        (FALL, "00:00-03:00", [("04:00", "06:00"), ("06:00", "08:00")]),
        (FALL, "09:00-17:00", [("14:00", "22:00")]),
        (SPRING, "09:00-17:00", [("13:00", "21:00")]),
    ],
)
def test_open_time_is_when_the_clock_on_the_wall_says_so(day: str, hours: str, expected: list[tuple[str, str]]) -> None:
    assert opened(daily(hours), day) == expected


def test_around_the_clock_real_time_counts() -> None:
    calendar = daily("00:00-24:00")
    assert calendar.add(utc("2024-03-10 06:30"), timedelta(hours=1)) == utc("2024-03-10 07:30")
    assert calendar.elapsed(utc("2024-03-10 05:00"), utc("2024-03-11 04:00")) == timedelta(hours=23)
    assert calendar.elapsed(utc("2024-11-03 04:00"), utc("2024-11-04 05:00")) == timedelta(hours=25)


def test_both_passes_of_a_repeated_hour_are_open() -> None:
    calendar = daily("01:15-01:45")
    assert calendar.is_open(utc("2024-11-03 05:30"))
    assert not calendar.is_open(utc("2024-11-03 06:00"))
    assert calendar.is_open(utc("2024-11-03 06:30"))
    assert calendar.next_open(utc("2024-11-03 05:45")) == utc("2024-11-03 06:15")


def test_a_change_at_midnight_shortens_the_night() -> None:
    calendar = daily("00:00-06:00", "America/Sao_Paulo")
    assert calendar.elapsed(utc("2018-11-04 00:00"), utc("2018-11-05 00:00")) == timedelta(hours=5)


def test_a_change_by_half_an_hour_counts_as_half_an_hour() -> None:
    calendar = daily("01:00-03:00", "Australia/Lord_Howe")
    assert calendar.elapsed(utc("2024-04-06 00:00"), utc("2024-04-07 00:00")) == timedelta(hours=2.5)


def test_a_day_that_a_country_left_out_is_never_open() -> None:
    calendar = daily("00:00-24:00", "Pacific/Apia")
    days = [day for day, _, _ in islice(calendar.open_days(utc("2011-12-29 12:00")), 3)]
    assert days == [date(2011, 12, 29), date(2011, 12, 31), date(2012, 1, 1)]
