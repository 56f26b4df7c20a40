"""Calendars as a file of cases has them, and what a case comes to; times on the calendar's own wall."""

from __future__ import annotations

from typing import Any

from app.sla.cases import Judged, Verdict, judge

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


def judged(case: dict[str, Any], **calendars: object) -> Judged:
    known: dict[str, object] = {**CALENDARS, **calendars}
    (one,) = judge({"calendars": known, "cases": [case]})
    return one


def got(name: str = "nine_to_five", **case: Any) -> object:
    """What a case comes to that expects nothing."""
    one = judged({"kind": "elapsed" if "end" in case else "deadline", "calendar": name, **case})
    assert one.verdict is Verdict.COMPUTED, one.reason
    return one.got
