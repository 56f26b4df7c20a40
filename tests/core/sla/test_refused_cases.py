"""Cases that come to nothing: what is refused, in which words, and that it stops no other."""

from __future__ import annotations

import math
from typing import Any

import pytest

from app.sla.cases import NoCases, Verdict, judge
from tests.core.sla.judging import CALENDARS, calendar, judged

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
    "no target": ({key: SOUND[key] for key in SOUND if key != "target_s"}, "`target_s` is no number of seconds"),
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


def test_what_is_promised_nothing_has_no_deadline() -> None:
    assert judged({**SOUND, "target_s": None, "expect": None}).verdict is Verdict.OK
    one = judged({**SOUND, "target_s": None, "expect": "2024-01-17T10:00Z"})
    assert (one.verdict, "nothing is promised" in one.reason) == (Verdict.REFUSED, True)


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
