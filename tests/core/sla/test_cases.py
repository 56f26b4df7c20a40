"""How a case is read and judged: what overrules, what may be left out, which hours a holiday leaves."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sla.cases import Judged, Verdict
from tests.core.sla.judging import CALENDARS, WEEK, calendar, got, judged


def test_a_case_that_comes_out_otherwise_is_told_with_both_values() -> None:
    case = {"id": "a", "kind": "deadline", "calendar": "nine_to_five", "start": "2024-01-17T10:00Z", "target_s": 60}
    assert judged({**case, "expect": "2024-01-17T10:02Z"}) == Judged(
        "a", Verdict.DIFFERS, "2024-01-17T10:02:00Z", "2024-01-17T10:01:00Z"
    )
    assert judged({**case, "expect": None}).verdict is Verdict.DIFFERS
    assert judged({**case, "kind": "elapsed", "end": "2024-01-17T11:00Z", "expect_s": 3599}).got == 3600


@pytest.mark.parametrize(("said", "told"), [(0, "0"), ("a", "a"), ([1], "[1]"), ("", "case 1"), (None, "case 1")])
def test_a_case_goes_by_its_id_else_by_its_place(said: object, told: str) -> None:
    case = {"kind": "deadline", "calendar": "nonstop", "start": "2024-01-17T10:00Z", "target_s": 60}
    assert judged({**case, "id": said}).id == told


@pytest.mark.parametrize(
    "case",
    [
        {"kind": "deadline", "target_s": 60, "expect": "2020-01-01T00:00Z", "expect_ours": "2024-01-17T10:01Z"},
        {"kind": "elapsed", "end": "2024-01-17T10:01Z", "expect_s": 1, "expect_ours_s": 60},
        {"kind": "elapsed", "end": "2024-01-17T10:01Z", "expect_s": 1, "expect_ours": 60},
        {"kind": "deadline", "target_s": -1, "expect": "2020-01-01T00:00Z", "expect_ours": None},
    ],
)
def test_our_own_expectation_overrules(case: dict[str, Any]) -> None:
    assert judged({"calendar": "nine_to_five", "start": "2024-01-17T10:00Z", **case}).verdict is Verdict.OK


def test_an_instant_without_an_offset_is_one_on_the_calendars_wall() -> None:
    assert got("sydney", start="2024-01-19T16:00-05:00", target_s=3600) == "2024-01-21T23:00:00Z"
    assert got("sydney", start="2024-01-22T09:30", target_s=3600) == "2024-01-21T23:30:00Z"
    pause = ["2024-01-22 09:30", "2024-01-21T22:45Z"]
    assert got("sydney", start="2024-01-22T09:30", target_s=3600, pauses=[pause]) == "2024-01-21T23:45:00Z"
    assert got("new_york_nonstop", start="2024-03-10 01:30", end="2024-03-10 03:30") == 3600
    assert got("new_york_nonstop", start="2024-11-03 00:30", end="2024-11-03 02:30") == 3 * 3600


def test_a_pause_without_an_end_stops_the_clock_for_good() -> None:
    start, pause = "2024-01-17T10:00Z", ["2024-01-17T11:00Z", None]
    assert got(start=start, target_s=3600, pauses=[pause]) == "2024-01-17T11:00:00Z"
    assert got(start=start, end="2024-01-19T10:00Z", pauses=[pause[:1]]) == 3600
    assert got(start=start, end="2024-01-17T12:00Z", pauses=[[None, "2024-01-17T10:45Z"]]) == 75 * 60
    as_object = {"start": "2024-01-17T10:30Z", "end": "2024-01-17T10:45Z", "why": "a fair"}
    assert got(start=start, end="2024-01-17T12:00Z", pauses=[as_object, {"start": pause[0]}]) == 45 * 60
    for_ever = {"kind": "deadline", "calendar": "nine_to_five", "start": start, "target_s": 3601, "pauses": [pause]}
    assert judged({**for_ever, "expect": None}).verdict is Verdict.OK
    refused = judged({**for_ever, "expect": "2024-01-18T10:00Z"})
    assert (refused.verdict, refused.got) == (Verdict.REFUSED, None)
    assert "does not end" in refused.reason


def test_nothing_is_due_at_once_and_nothing_elapses_backwards() -> None:
    assert got(start="2024-01-20T10:00Z", target_s=0, pauses=[["2024-01-20T09:00Z", None]]) == "2024-01-20T10:00:00Z"
    assert got(start="2024-01-17T12:00Z", end="2024-01-17T10:00Z") == 0
    assert got(start="2024-01-17T10:00Z", end="2024-01-17T11:00Z", extra_hold_s=7200) == 0


def test_seconds_may_have_fractions_and_targets_may_take_months() -> None:
    assert got(start="2024-01-17T10:00Z", target_s=0.5) == "2024-01-17T10:00:00.500000Z"
    assert got(start="2024-01-17T10:00:00.250Z", end="2024-01-17T10:00:02Z") == 1.75
    assert got(start="2024-01-01T00:00Z", target_s=200 * 8 * 3600) == "2024-10-04T17:00:00Z"


def test_days_may_be_empty_out_of_order_and_named_in_full() -> None:
    hours = {"Monday": [["13:00", "24:00"], ["9:00", "12:00"]], "tue": [], "wed": None, "sunday": [["00:00", "24:00"]]}
    one = {"tz": "UTC", "hours": hours, "colour": "red"}
    case = {"kind": "elapsed", "calendar": "odd", "start": "2024-01-14T00:00Z", "end": "2024-01-21T00:00Z"}
    assert judged({**case, "expect_s": 38 * 3600}, odd=one).verdict is Verdict.OK


def test_a_holiday_closes_what_it_names_and_extra_hours_come_from_nowhere() -> None:
    week = {"start": "2024-12-23T00:00Z", "end": "2024-12-30T00:00Z"}
    closings = {"2024-12-24": [["00:00", "10:00"], ["12:00", "13:30"]], "2024-12-25": [["08:00", "18:00"]]}
    case = {"kind": "elapsed", "calendar": "x", **week}
    lunch = CALENDARS["lunch"]
    open_hours = (
        ({**lunch, "holidays": {**closings, "2024-12-28": [["10:00", "11:00"]]}}, 26.5),
        ({**lunch, "holidays": {"2024-12-23": [], "2024-12-29": None}}, 35),
        ({**lunch, "holidays": ["2024-12-25", "2024-12-28"]}, 28),
        ({**lunch, "holidays": None, "always": False}, 35),
        ({"tz": "UTC", "always": True, "holidays": ["2024-12-25"]}, 144),
    )
    for one, hours in open_hours:
        assert judged({**case, "expect_s": hours * 3600}, x=one).verdict is Verdict.OK, one["holidays"]


MINUTES = st.tuples(st.integers(0, 1440), st.integers(0, 1440)).filter(lambda pair: pair[0] < pair[1])


def clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


@given(hours=MINUTES, closings=st.lists(MINUTES, max_size=3))
def test_what_a_holiday_leaves_is_what_no_closing_covers(
    hours: tuple[int, int], closings: list[tuple[int, int]]
) -> None:
    day = date(2024, 1, 17)
    left = set(range(*hours)).difference(*(range(*one) for one in closings))
    holiday = {day.isoformat(): [[clock(opens), clock(closes)] for opens, closes in closings]}
    one = calendar("UTC", "-".join(map(clock, hours)), days=WEEK, holidays=holiday)
    case = {"kind": "elapsed", "calendar": "x", "start": f"{day}T00:00", "end": f"{day + timedelta(days=1)}T00:00"}
    assert judged(case, x=one).got == 60 * len(left)
