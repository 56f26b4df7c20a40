"""Known cases, through the evaluator that the command line uses; times on the calendar's own wall."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.sla.cases import Judged, NoCases, Verdict, judge

WORK_DAYS = ("mon", "tue", "wed", "thu", "fri")
WEEK = (*WORK_DAYS, "sat", "sun")


def calendar(zone: str, *hours: str, days: tuple[str, ...] = WORK_DAYS, **further: Any) -> dict[str, Any]:
    """A calendar as a file has it; hours as `09:00-17:00`, the same on every one of its days."""
    return {"tz": zone, "hours": {day: [one.split("-") for one in hours] for day in days}, **further}


def with_day(base: dict[str, Any], day: str, *hours: str) -> dict[str, Any]:
    return {**base, "hours": {**base["hours"], day: [one.split("-") for one in hours]}}


NINE_TO_FIVE = calendar("UTC", "09:00-17:00")
CALENDARS: dict[str, dict[str, Any]] = {
    "nonstop": {"tz": "UTC", "always": True},
    "never": {"tz": "UTC", "hours": {}},
    "nine_to_five": NINE_TO_FIVE,
    "ten_to_six": calendar("UTC", "10:00-18:00"),
    "lunch": calendar("UTC", "09:00-12:00", "13:00-17:00"),
    "late_tuesday": with_day(NINE_TO_FIVE, "tue", "09:00-20:00"),
    "long_saturday": with_day(NINE_TO_FIVE, "sat", "00:00-24:00"),
    "monday_off": calendar("UTC", "09:00-17:00", holidays=["2024-01-15"]),
    "tuesday_off": calendar("UTC", "10:00-18:00", holidays=["2019-03-05"]),
    "short_week": calendar("UTC", "10:00-18:00", holidays=["2024-01-11", "2024-01-12"]),
    "christmas": calendar("UTC", "09:00-17:00", holidays={"2024-12-24": [["13:00", "24:00"]], "2024-12-25": None}),
    "new_york": calendar("America/New_York", "09:00-17:00"),
    "new_york_nonstop": {"tz": "America/New_York", "always": True},
    "sydney": calendar("Australia/Sydney", "09:00-17:00"),
    "berlin_office": calendar("Europe/Berlin", "09:00-17:00"),
    "berlin_early": calendar("Europe/Berlin", "08:00-18:00"),
    "berlin_late": calendar("Europe/Berlin", "08:00-20:00", holidays=["2016-11-01"]),
    "berlin_daily": calendar("Europe/Berlin", "08:00-17:00", days=WEEK),
    "berlin_tuesday_off": calendar("Europe/Berlin", "08:00-17:00", days=WEEK, holidays=["2015-09-22"]),
    "berlin_nine_to_six": calendar("Europe/Berlin", "09:00-18:00", days=WEEK),
}

# start | length | due; then pauses, on the day of the start unless they say otherwise, and time held besides
DUE: dict[str, tuple[str, ...]] = {
    "nonstop": (
        "2024-01-19 16:00 | 01:00 | 2024-01-19 17:00",
        "2024-03-05 08:00 | 00:30 | 2024-03-05 08:30 | paused 09:30/10:00",
        "2024-03-05 09:15 | 00:30 | 2024-03-05 10:15 | paused 09:30/10:00",
        "2024-03-05 10:00 | 00:30 | 2024-03-05 10:30 | paused 09:30/10:00",
    ),
    "nine_to_five": (
        "2024-01-01 10:00 | 01:00 | 2024-01-01 11:00",
        "2024-01-17 10:00 | 02:00 | 2024-01-17 13:00 | paused 10:30/11:15 11:00/11:30",
        "2024-01-17 16:00 | 02:00 | 2024-01-18 10:00 | paused 18:00/2024-01-18T08:00",
        "2024-01-17 17:00 | 01:00 | 2024-01-18 10:00",
        "2024-01-17 18:00 | 02:00 | 2024-01-18 11:00",
        "2024-01-19 16:00 | 02:00 | 2024-01-22 10:00",
        "2024-01-20 10:00 | 00:00 | 2024-01-20 10:00",
        "2024-01-20 10:00 | 02:00 | 2024-01-22 11:00",
    ),
    "new_york": (
        "2024-01-19 16:00 | 02:00 | 2024-01-22 10:00",
        "2024-03-08 16:30 | 01:00 | 2024-03-11 09:30",
        "2024-11-01 16:30 | 01:00 | 2024-11-04 09:30",
    ),
    "long_saturday": (
        "2024-01-20 00:00 | 24:00 | 2024-01-21 00:00",
        "2024-01-20 10:00 | 02:00 | 2024-01-20 12:00",
    ),
    "late_tuesday": ("2024-01-15 18:00 | 10:00 | 2024-01-16 19:00",),
    "lunch": ("2024-01-17 12:15 | 00:30 | 2024-01-17 13:30",),
    "new_york_nonstop": ("2024-03-10 01:30 | 01:00 | 2024-03-10 03:30",),
    "christmas": ("2024-12-24 11:00 | 04:00 | 2024-12-26 11:00",),
    "sydney": ("2024-01-20 08:00 | 01:00 | 2024-01-22 10:00",),
    "never": ("2024-01-17 10:00 | 01:00 | never",),
    "tuesday_off": (
        "2019-03-04 07:00 | 04:00 | 2019-03-04 14:00",
        "2019-03-04 07:00 | 06:00 | 2019-03-04 16:00",
        "2019-03-04 12:00 | 03:00 | 2019-03-04 15:00",
        "2019-03-04 12:00 | 06:00 | 2019-03-04 18:00",
        "2019-03-04 14:00 | 04:00 | 2019-03-04 18:00",
        "2019-03-04 14:00 | 06:00 | 2019-03-06 12:00",
    ),
    "ten_to_six": (
        "2020-03-04 04:00 | 06:00 | 2020-03-04 16:00 | paused 04:15/05:00",
        "2024-01-08 08:00 | 01:00 | 2024-01-08 11:00",
        "2024-01-08 08:00 | 04:00 | 2024-01-08 14:00",
        "2024-01-08 10:00 | 02:00 | 2024-01-08 12:10 | paused 10:10/10:20",
        "2024-01-08 11:00 | 04:00 | 2024-01-08 15:00",
        "2024-01-08 17:55 | 00:30 | 2024-01-09 10:25",
        "2024-01-08 20:00 | 00:30 | 2024-01-09 10:30",
        "2024-01-08 20:00 | 02:00 | 2024-01-09 12:00",
        "2024-01-10 15:00 | 10:00 | 2024-01-11 17:00",
        "2024-01-10 20:00 | 10:00 | 2024-01-12 12:00",
        "2024-01-11 15:00 | 02:00 | 2024-01-11 18:00 | held 01:00",
        "2024-01-11 15:00 | 02:00 | 2024-01-12 10:00:01 | held 01:00:01",
        "2024-01-12 17:00 | 00:30 | 2024-01-12 17:30",
        "2024-01-12 17:00 | 02:00 | 2024-01-15 11:00",
        "2024-01-12 19:00 | 01:00 | 2024-01-15 11:00",
        "2024-01-13 15:00 | 24:00 | 2024-01-17 18:00",
    ),
    "short_week": (
        "2024-01-11 15:00 | 00:30 | 2024-01-15 10:30",
        "2024-01-11 15:00 | 02:00 | 2024-01-15 12:00",
    ),
    "berlin_office": (
        "2013-03-21 10:30 | 02:00 | 2013-03-21 12:30",
        "2013-03-21 10:30 | 04:00 | 2013-03-21 14:30",
    ),
    "berlin_daily": ("2013-03-21 10:30 | 02:00 | 2013-03-21 12:30",),
    "berlin_tuesday_off": (
        "2013-10-21 07:30 | 03:00 | 2013-10-21 11:00",
        "2013-10-21 07:30 | 04:00 | 2013-10-21 12:00",
        "2013-10-21 11:30 | 02:00 | 2013-10-21 13:30",
        "2015-09-21 16:30 | 02:00 | 2015-09-23 09:30",
        "2015-09-21 16:30 | 03:00 | 2015-09-23 10:30",
    ),
    "berlin_nine_to_six": (
        "2013-06-04 11:00 | 02:00 | 2013-06-04 13:30 | paused 12:00/12:30",
        "2013-06-04 11:00 | 02:00 | 2013-06-04 15:00 | paused 11:00/12:30 13:00/13:30",
        "2013-06-04 11:00 | 04:10 | 2013-06-04 15:40 | paused 12:00/12:30",
        "2013-06-04 12:15 | 03:00 | 2013-06-04 15:30 | paused 12:00/12:30",
    ),
    "berlin_late": (
        "2016-11-01 14:56:21 | 01:00 | 2016-11-02 09:00",
        "2016-11-01 14:56:21 | 20:00 | 2016-11-03 16:00",
        "2016-11-07 14:26:36 | 02:00 | 2016-11-07 16:26:36",
        "2016-11-07 14:26:36 | 20:00 | 2016-11-09 10:26:36",
        "2016-11-07 15:26:36 | 20:00 | 2016-11-09 11:26:36",
    ),
}

# start | end | open time between
ELAPSED: dict[str, tuple[str, ...]] = {
    "ten_to_six": (
        "2021-06-25 12:00 | 2021-06-26 11:00 | 06:00",
        "2021-06-25 20:00 | 2021-06-27 11:00 | 00:00",
        "2021-06-27 10:00 | 2021-06-27 11:00 | 00:00",
        "2021-06-28 06:00 | 2021-06-28 12:00 | 02:00",
        "2021-06-28 06:00 | 2021-06-29 11:00 | 09:00",
        "2021-06-28 06:00 | 2021-06-29 20:00 | 16:00",
        "2021-06-28 06:00 | 2021-07-01 06:00 | 24:00",
        "2021-06-28 12:00 | 2021-06-28 20:00 | 06:00",
        "2021-06-28 12:00 | 2021-06-29 20:00 | 14:00",
        "2021-06-28 12:00 | 2021-07-01 06:00 | 22:00",
        "2021-06-28 19:00 | 2021-06-28 20:00 | 00:00",
        "2021-06-28 20:00 | 2021-06-29 06:00 | 00:00",
        "2021-06-28 20:00 | 2021-06-29 11:00 | 01:00",
        "2021-06-28 20:00 | 2021-06-29 20:00 | 08:00",
        "2021-06-28 20:00 | 2021-07-01 06:00 | 16:00",
        "2021-06-28 20:00 | 2021-07-01 11:00 | 17:00",
        "2021-06-28 20:00 | 2021-07-01 20:00 | 24:00",
        "2024-01-08 12:00 | 2024-01-08 12:15 | 00:15",
    ),
    "monday_off": ("2024-01-12 10:00 | 2024-01-16 12:00 | 10:00",),
    "berlin_early": (
        "2013-03-21 10:30 | 2013-03-21 14:00 | 03:30",
        "2013-03-21 10:30 | 2013-03-21 15:00 | 04:30",
        "2013-03-29 00:49 | 2013-03-29 08:00:03 | 00:00:03",
    ),
    "berlin_nine_to_six": (
        "2013-06-04 11:00 | 2013-06-04 12:45 | 01:15 | paused 12:00/12:30",
        "2013-06-04 11:00 | 2013-06-04 14:00 | 01:00 | paused 11:00/12:30 13:00/13:30",
    ),
    "nonstop": ("2024-03-05 08:00 | 2024-03-05 10:00 | 01:30 | paused 09:30/10:00",),
}


def rows(table: dict[str, tuple[str, ...]]) -> list[Any]:
    return [pytest.param(name, row, id=f"{name}: {row}") for name, of_calendar in table.items() for row in of_calendar]


def seconds(text: str) -> int:
    hours, minutes, rest = (int(part) for part in f"{text}:00"[:8].split(":"))
    return 3600 * hours + 60 * minutes + rest


def further(day: str, parts: list[str]) -> Iterator[tuple[str, Any]]:
    """What stands behind the first three columns."""
    for part in parts:
        kind, _, said = part.partition(" ")
        if kind == "held":
            yield "extra_hold_s", seconds(said)
        else:
            assert kind == "paused"
            yield "pauses", [[_on(day, at) for at in pause.split("/")] for pause in said.split()]


def _on(day: str, at: str) -> str:
    return at if "T" in at else f"{day}T{at}"


def judged(case: dict[str, Any], **calendars: object) -> Judged:
    known: dict[str, object] = {**CALENDARS, **calendars}
    (one,) = judge({"calendars": known, "cases": [case]})
    return one


def got(name: str = "nine_to_five", **case: Any) -> object:
    """What a case comes to that expects nothing."""
    one = judged({"kind": "elapsed" if "end" in case else "deadline", "calendar": name, **case})
    assert one.verdict is Verdict.COMPUTED, one.reason
    return one.got


@pytest.mark.parametrize(("name", "row"), rows(DUE))
def test_a_clock_runs_out_when_it_should(name: str, row: str) -> None:
    start, length, due, *parts = row.split(" | ")
    case = {"kind": "deadline", "calendar": name, "start": start, "target_s": seconds(length)}
    one = judged({**case, **dict(further(start[:10], parts)), "expect": None if due == "never" else due})
    assert (one.verdict, one.got) == (Verdict.OK, one.expected), one
    assert bool(one.reason) is (due == "never")


@pytest.mark.parametrize(("name", "row"), rows(ELAPSED))
def test_what_has_elapsed_is_the_open_time(name: str, row: str) -> None:
    start, end, passed, *parts = row.split(" | ")
    case = {"kind": "elapsed", "calendar": name, "start": start, "end": end, "expect_s": seconds(passed)}
    one = judged({**case, **dict(further(start[:10], parts))})
    assert (one.verdict, one.got) == (Verdict.OK, seconds(passed))


def test_a_case_that_comes_out_otherwise_is_told_with_both_values() -> None:
    case = {"id": "a", "kind": "deadline", "calendar": "nine_to_five", "start": "2024-01-17T10:00Z", "target_s": 60}
    assert judged({**case, "expect": "2024-01-17T10:02Z"}) == Judged(
        "a", Verdict.DIFFERS, "2024-01-17T10:02:00Z", "2024-01-17T10:01:00Z"
    )
    assert judged({**case, "expect": None}).verdict is Verdict.DIFFERS
    assert judged({**case, "kind": "elapsed", "end": "2024-01-17T11:00Z", "expect_s": 3599}).got == 3600


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


REFUSED_CALENDARS = {
    "no time zone": ({"always": True}, "names no time zone"),
    "no object": (7, "names no time zone"),
    "a zone nobody knows": ({"tz": "Mars/Olympus", "always": True}, "`Mars/Olympus`"),
    "no hours": ({"tz": "UTC"}, "never opens"),
    "empty days": (calendar("UTC"), "never opens"),
    "a weekday nobody knows": ({"tz": "UTC", "hours": {"moonday": []}}, "`moonday` is no weekday"),
    "hours that are no object": ({"tz": "UTC", "hours": ["mon"]}, "no weekly hours"),
    "hours of a day that are no list": ({"tz": "UTC", "hours": {"mon": "9-5"}}, "'9-5' are no hours"),
    "hours that are no pair": ({"tz": "UTC", "hours": {"mon": ["09:00", "17:00"]}}, "'09:00' are no hours"),
    "hours that end before they start": (calendar("UTC", "17:00-09:00"), "must end after they start"),
    "hours that overlap": (calendar("UTC", "09:00-13:00", "12:00-17:00"), "overlap"),
    "a holiday that is no date": (calendar("UTC", "09:00-17:00", holidays=["Christmas"]), "`Christmas` is no date"),
    "holidays that are no list": (calendar("UTC", "09:00-17:00", holidays="Christmas"), "no holidays"),
}


@pytest.mark.parametrize(("given", "told"), REFUSED_CALENDARS.values(), ids=REFUSED_CALENDARS)
def test_a_calendar_that_cannot_be_used_is_refused_and_may_be_expected_to_be(given: object, told: str) -> None:
    case = {"kind": "deadline", "calendar": "x", "start": "2024-01-17T10:00Z", "target_s": 60}
    expected = judged({**case, "expect": None}, x=given)
    assert (expected.verdict, expected.got) == (Verdict.OK, None)
    unexpected = judged({**case, "expect": "2024-01-17T10:01Z"}, x=given)
    assert (unexpected.verdict, unexpected.expected) == (Verdict.REFUSED, "2024-01-17T10:01Z")
    assert told in unexpected.reason


SOUND = {"kind": "deadline", "calendar": "nonstop", "start": "2024-01-17T10:00Z", "target_s": 60}
UNREADABLE: dict[str, tuple[Any, str]] = {
    "no object": (7, "a case is an object"),
    "no kind": ({**SOUND, "kind": None}, "deadline or elapsed"),
    "a kind nobody knows": ({**SOUND, "kind": "breach"}, "'breach'"),
    "a calendar nobody gave": ({**SOUND, "calendar": "mars"}, "no calendar is named 'mars'; there are: nonstop"),
    "a calendar without a name": ({**SOUND, "calendar": ["nonstop"]}, "no calendar is named"),
    "no start": ({**SOUND, "start": None}, "`start` is no instant"),
    "a start that is none": ({**SOUND, "start": "noon"}, "`start` is no instant: 'noon'"),
    "no end": ({**SOUND, "kind": "elapsed"}, "`end` is no instant"),
    "no target": ({**SOUND, "target_s": None}, "`target_s` is no number of seconds"),
    "a target in words": ({**SOUND, "target_s": "1 h"}, "'1 h'"),
    "a target that is a truth": ({**SOUND, "target_s": True}, "`target_s`"),
    "a hold in words": ({**SOUND, "extra_hold_s": "1 h"}, "`extra_hold_s`"),
    "pauses that are no list": ({**SOUND, "pauses": "noon"}, "`pauses` holds 'noon'"),
    "a pause of three": ({**SOUND, "pauses": [[1, 2, 3]]}, "write each as [start, end]"),
    "a pause from no instant": ({**SOUND, "pauses": [["noon", None]]}, "`pauses` is no instant"),
    "an expectation that is none": ({**SOUND, "expect": "soon"}, "`expect` is no instant: 'soon'"),
}


@pytest.mark.parametrize(("case", "told"), UNREADABLE.values(), ids=UNREADABLE)
def test_a_case_that_cannot_be_read_is_refused_whatever_it_expects(case: Any, told: str) -> None:
    one = judged(case)
    assert (one.id, one.verdict, one.got) == ("case 1", Verdict.REFUSED, None)
    assert told in one.reason
    if isinstance(case, dict) and "expect" not in case:
        assert judged({**case, "expect": None}).verdict is Verdict.REFUSED


@pytest.mark.parametrize("seconds", [-1, 1e300, math.inf, math.nan, 10**10])
def test_a_length_without_an_end_is_refused(seconds: float) -> None:
    one = judged({**SOUND, "target_s": seconds, "expect": "2024-01-17T10:00Z"})
    assert (one.verdict, bool(one.reason)) == (Verdict.REFUSED, True)


def test_time_that_is_held_cannot_be_less_than_none() -> None:
    one = judged({**SOUND, "extra_hold_s": -60, "expect": "2024-01-17T10:00Z"})
    assert (one.verdict, "`extra_hold_s`" in one.reason) == (Verdict.REFUSED, True)


def test_a_pause_that_ends_before_it_starts_is_refused() -> None:
    one = judged({**SOUND, "pauses": [["2024-01-17T11:00Z", "2024-01-17T10:00Z"]], "expect": "2024-01-17T10:01Z"})
    assert (one.verdict, "cannot end at" in one.reason) == (Verdict.REFUSED, True)


def test_one_bad_case_leaves_the_others_alone() -> None:
    bad = [case for case, _ in UNREADABLE.values()]
    good = {**SOUND, "id": "good", "expect": "2024-01-17T10:01Z"}
    verdicts = [one.verdict for one in judge({"calendars": {**CALENDARS, "bad": 7}, "cases": [*bad, good, *bad, good]})]
    assert [number for number, verdict in enumerate(verdicts) if verdict is Verdict.OK] == [len(bad), 2 * len(bad) + 1]


@pytest.mark.parametrize(
    ("document", "told"),
    [([], "no object"), ({"cases": []}, "`calendars`"), ({"calendars": {}, "cases": {}}, "`cases`"), (None, "object")],
)
def test_what_is_no_document_of_cases_is_refused_as_a_whole(document: object, told: str) -> None:
    with pytest.raises(NoCases, match=told):
        judge(document)
