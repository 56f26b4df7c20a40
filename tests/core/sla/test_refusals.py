"""What business time refuses, and that it says why."""

from __future__ import annotations

import dataclasses
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar, due_at
from app.sla.hours import Interval

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
NAIVE = NOON.replace(tzinfo=None)
WEEK = dict.fromkeys(range(5), (Interval(540, 1020),))

FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "a zone nobody knows": ({"time_zone": "Mars/Olympus"}, "no time zone is named `Mars/Olympus`"),
    "a folder of zones": ({"time_zone": "America"}, "no time zone is named `America`"),
    "a path for a zone": ({"time_zone": "../../etc/passwd"}, "no time zone is named"),
    "an empty zone": ({"time_zone": ""}, "no time zone is named ``"),
    "a country nobody knows": ({"holiday_country": "XX"}, "country `XX`"),
    "a state nobody knows": ({"holiday_country": "US", "holiday_subdivision": "ZZ"}, "`ZZ` in `US`.*NY"),
    "a state of no country": ({"holiday_subdivision": "NY"}, "`NY` need their country"),
    "a weekday too many": ({"open": {7: (Interval(0, 60),)}}, "`7` is no weekday"),
    "hours that overlap": (
        {"open": {0: (Interval(540, 720), Interval(700, 800))}},
        "`09:00-12:00` and `11:40-13:20` overlap",
    ),
    "extra hours that overlap": (
        {"extra_open": {date(2026, 1, 1): (Interval(0, 60), Interval(30, 90))}},
        "overlap",
    ),
    "a date both closed and open": (
        {"closed": frozenset({date(2026, 1, 1)}), "extra_open": {date(2026, 1, 1): (Interval(0, 60),)}},
        "2026-01-01 cannot be both",
    ),
    "no hours": ({"open": {}}, "it never opens"),
    "empty days": ({"open": {0: ()}}, "it never opens"),
    "extra days only": ({"open": {}, "extra_open": {date(2026, 1, 1): (Interval(0, 60),)}}, "it never opens"),
}


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS)
def test_a_calendar_that_cannot_be_used_is_refused_by_name(fault: dict[str, Any], message: str) -> None:
    fields: dict[str, Any] = {"id": "us", "time_zone": "America/New_York", "open": WEEK} | fault
    with pytest.raises(ValueError, match=f"calendar `us`: .*{message}"):
        Calendar.build(**fields)
    with pytest.raises(ValueError, match=message):
        Calendar(**fields)


def test_hours_are_sorted_when_built_and_may_touch() -> None:
    built = Calendar.build("us", "UTC", {0: [Interval.parse("13:00-17:00"), Interval.parse("9:00-13:00")]})
    assert built.open[0] == (Interval(540, 780), Interval(780, 1020))


def test_the_same_hours_can_be_laid_in_a_lead_s_own_zone() -> None:
    here = Calendar.build("us", "America/New_York", WEEK)
    there = dataclasses.replace(here, time_zone="Asia/Tokyo")
    assert there.next_open(NOON) == datetime(2026, 3, 3, 0, tzinfo=UTC)
    with pytest.raises(ValueError, match="Asia/Nowhere"):
        dataclasses.replace(here, time_zone="Asia/Nowhere")


@pytest.mark.parametrize("text", ["9-17", "09:00", "09:60-17:00", "", "nine to five", "09:00-17:00 Z"])
def test_hours_in_another_form_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="write them like `09:00-17:30`"):
        Interval.parse(text)


@pytest.mark.parametrize("text", ["17:00-09:00", "09:00-09:00", "09:00-24:01", "25:00-26:00"])
def test_hours_that_do_not_fit_a_day_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="must end after they start"):
        Interval.parse(text)


@pytest.mark.parametrize("text", ["09:00-17:30", "00:00-24:00"])
def test_hours_are_shown_as_they_are_written(text: str) -> None:
    assert str(Interval.parse(text)) == text


def test_a_naive_instant_is_refused_wherever_one_is_given() -> None:
    with pytest.raises(ValueError, match="no time zone"):
        ALWAYS.is_open(NAIVE)
    with pytest.raises(ValueError, match="no time zone"):
        ALWAYS.next_open(NAIVE)
    with pytest.raises(ValueError, match="no time zone"):
        ALWAYS.elapsed(NOON, NAIVE)
    with pytest.raises(ValueError, match="no time zone"):
        ALWAYS.add(NAIVE, timedelta())
    with pytest.raises(ValueError, match="no time zone"):
        ALWAYS.add(NOON, timedelta(hours=1), [(NOON, NAIVE)])
    with pytest.raises(ValueError, match="no time zone"):
        list(ALWAYS.open_intervals(NAIVE, NOON))
    with pytest.raises(ValueError, match="no time zone"):
        due_at(NAIVE, Span.parse("0 days"), ALWAYS)


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    with pytest.raises(ValueError, match="cannot end at"):
        ALWAYS.elapsed(NOON, NOON, [(NOON, NOON - timedelta(seconds=1))])


def test_a_negative_length_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        ALWAYS.add(NOON, timedelta(seconds=-1))


@pytest.mark.parametrize("span", ["999999 business h", "999999 business days", "999999 weeks", "999999 years"])
def test_a_deadline_out_of_reach_is_refused(span: str) -> None:
    calendar = Calendar.build("monday", "UTC", {0: [Interval(540, 600)]})
    with pytest.raises(ValueError, match=r"within 50 years|beyond the year 9999"):
        due_at(NOON, Span.parse(span), calendar)


def test_a_clock_that_is_paused_for_good_has_no_deadline() -> None:
    with pytest.raises(ValueError, match="does not end within 50 years"):
        ALWAYS.add(NOON, timedelta(hours=1), [(NOON, datetime(9999, 1, 1, tzinfo=UTC))])
