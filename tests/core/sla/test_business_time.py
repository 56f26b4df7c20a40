"""Deadlines and elapsed business time, one line a case: start, business time, end."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.sla.calendar import ALWAYS, Calendar
from app.sla.hours import Interval

MON_FRI = range(5)
EVERY_DAY = range(7)
MIDDLE_OF_WEEK = "2024-01-17"


def office(*hours: str, days: range = MON_FRI, zone: str = "UTC", closed: tuple[str, ...] = ()) -> Calendar:
    intervals = [Interval.parse(text) for text in hours]
    return Calendar.build("office", zone, dict.fromkeys(days, intervals), closed=map(date.fromisoformat, closed))


def at(text: str) -> datetime:
    instant = datetime.fromisoformat(text)
    return instant if instant.tzinfo else instant.replace(tzinfo=UTC)


def length(text: str) -> timedelta:
    hours, minutes, seconds = (int(part) for part in f"{text}:00"[:8].split(":"))
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


NINE_TO_FIVE = office("09:00-17:00")
TEN_TO_SIX = office("10:00-18:00")
LUNCH = office("09:00-12:00", "13:00-17:00")
NEW_YORK = office("09:00-17:00", zone="America/New_York")
SYDNEY = office("09:00-17:00", zone="Australia/Sydney")
BERLIN = office("08:00-20:00", zone="Europe/Berlin", closed=("2016-11-01",))
BERLIN_DAILY = office("08:00-17:00", zone="Europe/Berlin", days=EVERY_DAY, closed=("2015-09-22",))
SATURDAY_TOO = Calendar.build(
    "saturday", "UTC", {**dict.fromkeys(MON_FRI, (Interval(540, 1020),)), 5: [Interval(0, 1440)]}
)
LATE_TUESDAY = Calendar.build(
    "tuesday", "UTC", {**dict.fromkeys(MON_FRI, (Interval(540, 1020),)), 1: [Interval(540, 1200)]}
)
CHRISTMAS = Calendar.build(
    "christmas",
    "UTC",
    dict.fromkeys(MON_FRI, (Interval(540, 1020),)),
    closed=[date(2024, 12, 25)],
    extra_open={date(2024, 12, 24): [Interval(540, 780)]},
)

DEADLINES = {
    "within one day": (TEN_TO_SIX, "2019-03-04 12:00", "03:00", "2019-03-04 15:00"),
    "used up exactly at closing": (TEN_TO_SIX, "2019-03-04 14:00", "04:00", "2019-03-04 18:00"),
    "over a weekend": (NINE_TO_FIVE, "2024-01-19 16:00", "02:00", "2024-01-22 10:00"),
    "from before opening": (TEN_TO_SIX, "2019-03-04 07:00", "06:00", "2019-03-04 16:00"),
    "from after closing": (NINE_TO_FIVE, "2024-01-17 18:00", "02:00", "2024-01-18 11:00"),
    "from closing itself": (NINE_TO_FIVE, "2024-01-17 17:00", "01:00", "2024-01-18 10:00"),
    "from five minutes before closing": (TEN_TO_SIX, "2024-01-08 17:55", "00:30", "2024-01-09 10:25"),
    "from a closed day": (NINE_TO_FIVE, "2024-01-20 10:00", "02:00", "2024-01-22 11:00"),
    "three full days from a Saturday": (TEN_TO_SIX, "2024-01-13 15:00", "24:00", "2024-01-17 18:00"),
    "over two nights": (TEN_TO_SIX, "2024-01-10 20:00", "10:00", "2024-01-12 12:00"),
    "from within a lunch break": (LUNCH, "2024-01-17 12:15", "00:30", "2024-01-17 13:30"),
    "over a lunch break": (LUNCH, "2024-01-17 11:30", "01:00", "2024-01-17 13:30"),
    "in an hour of another zone": (NEW_YORK, "2024-01-19 21:00", "02:00", "2024-01-22 15:00"),
    "for an owner in Sydney": (SYDNEY, "2024-01-19 16:00-05:00", "01:00", "2024-01-22 10:00+11:00"),
    "a day that is open around the clock": (SATURDAY_TOO, "2024-01-20 00:00", "24:00", "2024-01-21 00:00"),
    "days with different hours": (LATE_TUESDAY, "2024-01-15 18:00", "10:00", "2024-01-16 19:00"),
    "over a half day and a holiday": (CHRISTMAS, "2024-12-24 11:00", "04:00", "2024-12-26 11:00"),
    "over a holiday": (BERLIN_DAILY, "2015-09-21 14:30", "03:00", "2015-09-23 08:30"),
    "from within a holiday": (BERLIN, "2016-11-01 13:56:21", "20:00", "2016-11-03 15:00"),
    "to the second": (BERLIN, "2016-11-07 13:26:36", "20:00", "2016-11-09 09:26:36"),
    "open around the clock": (ALWAYS, "2024-01-19 16:00", "01:00", "2024-01-19 17:00"),
    "spring forward over the weekend": (NEW_YORK, "2024-03-08 21:30", "01:00", "2024-03-11 13:30"),
    "fall back over the weekend": (NEW_YORK, "2024-11-01 20:30", "01:00", "2024-11-04 14:30"),
    "nothing is due at once, closed or not": (NINE_TO_FIVE, "2024-01-20 10:00", "00:00", "2024-01-20 10:00"),
}

PAUSED = {
    "overlapping pauses count once": (
        NINE_TO_FIVE,
        [("10:30", "11:15"), ("11:00", "11:30")],
        ("10:00", "02:00", "13:00"),
    ),
    "a pause outside hours changes nothing": (
        NINE_TO_FIVE,
        [("04:15", "08:00"), ("18:00", "20:00")],
        ("08:00", "06:00", "15:00"),
    ),
    "a pause that the start lies in": (ALWAYS, [("10:00", "10:30")], ("10:15", "03:00", "13:30")),
    "a pause that ends at the start": (ALWAYS, [("09:30", "10:00")], ("10:00", "00:30", "10:30")),
    "a pause after the end": (ALWAYS, [("09:30", "10:00")], ("08:00", "00:30", "08:30")),
    "a pause that begins at the end": (ALWAYS, [("08:30", "10:00")], ("08:00", "00:30", "08:30")),
    "two pauses, one before any time passed": (
        NINE_TO_FIVE,
        [("11:00", "11:30"), ("09:00", "10:30")],
        ("09:00", "02:00", "13:00"),
    ),
    "a pause that reaches into the lunch break": (LUNCH, [("11:30", "13:30")], ("11:00", "01:00", "14:00")),
}

ELAPSED = {
    "from opening hours into the evening": (TEN_TO_SIX, "2021-06-28 12:00", "2021-06-28 20:00", "06:00"),
    "from the morning on": (TEN_TO_SIX, "2021-06-28 06:00", "2021-06-28 12:00", "02:00"),
    "wholly after closing is nothing": (TEN_TO_SIX, "2021-06-28 19:00", "2021-06-28 20:00", "00:00"),
    "wholly on a Sunday is nothing": (TEN_TO_SIX, "2021-06-27 10:00", "2021-06-27 11:00", "00:00"),
    "overnight": (TEN_TO_SIX, "2021-06-28 20:00", "2021-06-29 11:00", "01:00"),
    "several days": (TEN_TO_SIX, "2021-06-28 12:00", "2021-07-01 06:00", "22:00"),
    "three seconds after opening": (BERLIN, "2013-03-28 23:49", "2013-03-29 07:00:03", "00:00:03"),
    "over a weekend and a holiday": (
        office("09:00-17:00", closed=("2024-01-15",)),
        "2024-01-12 10:00",
        "2024-01-16 12:00",
        "10:00",
    ),
    "backwards is nothing": (ALWAYS, "2024-01-12 10:00", "2024-01-11 12:00", "00:00"),
}


def test_a_deadline_counts_open_time_only() -> None:
    due = {case: calendar.add(at(start), length(amount)) for case, (calendar, start, amount, _) in DEADLINES.items()}
    assert due == {case: at(end) for case, (*_, end) in DEADLINES.items()}


@pytest.mark.parametrize(("calendar", "pauses", "run"), PAUSED.values(), ids=PAUSED)
def test_a_pause_moves_the_deadline_by_the_open_time_it_covers(
    calendar: Calendar, pauses: list[tuple[str, str]], run: tuple[str, str, str]
) -> None:
    start, amount, end = run
    stops = [(at(f"{MIDDLE_OF_WEEK} {first}"), at(f"{MIDDLE_OF_WEEK} {last}")) for first, last in pauses]
    due = calendar.add(at(f"{MIDDLE_OF_WEEK} {start}"), length(amount), stops)
    assert due == at(f"{MIDDLE_OF_WEEK} {end}")
    assert calendar.elapsed(at(f"{MIDDLE_OF_WEEK} {start}"), due, stops) == length(amount)


def test_elapsed_time_is_open_time() -> None:
    passed = {case: calendar.elapsed(at(start), at(end)) for case, (calendar, start, end, _) in ELAPSED.items()}
    assert passed == {case: length(passed) for case, (*_, passed) in ELAPSED.items()}


def test_a_calendar_opens_at_its_first_instant_and_is_shut_at_its_last() -> None:
    assert NINE_TO_FIVE.is_open(at("2024-01-17 09:00"))
    assert NINE_TO_FIVE.is_open(at("2024-01-17 16:59:59.999999"))
    assert not NINE_TO_FIVE.is_open(at("2024-01-17 17:00"))
    assert not NINE_TO_FIVE.is_open(at("2024-01-17 08:59:59.999999"))


def test_the_next_opening_of_an_open_calendar_is_now() -> None:
    assert LUNCH.next_open(at("2024-01-17 10:11:12")) == at("2024-01-17 10:11:12")
    assert LUNCH.next_open(at("2024-01-17 12:00")) == at("2024-01-17 13:00")
    assert LUNCH.next_open(at("2024-01-19 17:00")) == at("2024-01-22 09:00")


def test_public_holidays_hold_in_any_year_and_may_depend_on_the_state() -> None:
    hours = dict.fromkeys(MON_FRI, (Interval(540, 1020),))
    berlin = Calendar.build("be", "Europe/Berlin", hours, holiday_country="DE", holiday_subdivision="BE")
    bavaria = Calendar.build("by", "Europe/Berlin", hours, holiday_country="DE", holiday_subdivision="BY")
    for year in (1999, 2026, 2040):
        assert not berlin.hours(date(year, 12, 25))
    assert not bavaria.hours(date(2026, 1, 6))
    assert berlin.hours(date(2026, 1, 6))


def test_a_holiday_on_a_saturday_closes_the_day_that_is_taken_instead() -> None:
    us = Calendar.build("us", "America/New_York", dict.fromkeys(MON_FRI, (Interval(540, 1020),)), holiday_country="US")
    assert us.next_open(at("2021-12-31 15:00")) == at("2022-01-03 14:00")


def test_extra_hours_stand_in_place_of_a_holiday_and_of_a_weekend() -> None:
    special = [Interval(600, 660)]
    us = Calendar.build(
        "us",
        "UTC",
        dict.fromkeys(MON_FRI, (Interval(540, 1020),)),
        holiday_country="US",
        extra_open={date(2026, 12, 25): special, date(2026, 12, 26): special},
    )
    assert us.add(at("2026-12-25 00:00"), timedelta(hours=2)) == at("2026-12-26 11:00")


def test_every_answer_is_in_utc() -> None:
    start = at("2024-01-19 16:00-05:00")
    answers = [SYDNEY.next_open(start), SYDNEY.add(start, timedelta()), SYDNEY.add(start, timedelta(hours=9))]
    assert all(answer.tzinfo is UTC for answer in answers)


def test_a_few_hours_on_a_calendar_that_never_closes_do_not_walk_the_century() -> None:
    pieces = ALWAYS.open_intervals(at("2024-01-01"), at("2400-01-01"))
    assert next(pieces) == (at("2024-01-01"), at("2024-01-02"))
