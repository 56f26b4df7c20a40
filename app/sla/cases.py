"""Cases that a clock has to get right, each with what is expected of it, and whether it does.

A document holds `calendars` by name and `cases`, in the plain values that JSON has. Keys that nobody
knows are passed over. A case is judged alone: what is wrong with one, or with its calendar, is told in
its own line. Pure: plain values in, plain values out.
"""

# ruff: noqa: TRY004  what JSON holds is a value, whatever its type: ValueError is what a refusal is

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from itertools import chain
from typing import Final, TypeAlias

from app.sla import wall
from app.sla.calendar import Calendar, Stretch
from app.sla.hours import Interval

Answer: TypeAlias = str | int | float | None
"""An instant in UTC as ISO 8601, a length of time in seconds, or None where there is no answer."""

_WEEKDAYS: Final = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_NUMBERS: Final = {name: day for day, long in enumerate(_WEEKDAYS) for name in (long, long[:3])}
_AROUND_THE_CLOCK: Final = (Interval(0, 24 * 60),)
_EVER: Final = (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC))
_UNSAID: Final = object()
_EXPECTED: Final = {
    "deadline": ("expect_ours", "expect"),
    "elapsed": ("expect_ours_s", "expect_ours", "expect_s", "expect"),
}


class Verdict(StrEnum):
    OK = "ok"
    DIFFERS = "differs"
    REFUSED = "refused"  # an answer was expected, and there is none
    COMPUTED = "computed"  # nothing was expected


@dataclass(frozen=True, slots=True)
class Judged:
    """One case: what was expected and what came out. `reason` says why nothing did."""

    id: str
    verdict: Verdict
    expected: Answer
    got: Answer
    reason: str = ""


class NoCases(ValueError):
    """The document is not one of cases."""


class _Unreadable(ValueError):
    """The case itself cannot be read, so that not even a refusal could be what it expects."""


def judge(document: object) -> list[Judged]:
    """Judge every case, in order. Raises NoCases where there are no calendars and cases to read."""
    if not isinstance(document, Mapping):
        raise NoCases("it holds no object; write one with `calendars` and `cases`")
    calendars, cases = document.get("calendars"), document.get("cases")
    if not isinstance(calendars, Mapping):
        raise NoCases("its `calendars` are no object; write one that holds each calendar by its name")
    if not isinstance(cases, list):
        raise NoCases("its `cases` are no list; write one with an object for each case")
    return [_judged(number, case, calendars) for number, case in enumerate(cases, 1)]


def _judged(number: int, given: object, calendars: Mapping[str, object]) -> Judged:
    case = given if isinstance(given, Mapping) else {}
    said = case.get("id")
    name = f"case {number}" if said is None or said == "" else str(said)
    wanted = next((case[key] for key in _keys(case) if key in case), _UNSAID)
    try:
        calendar = _calendar_of(case, calendars)
        got = _answer(case, calendar)
        expected = _wished(wanted, case["kind"], calendar)
    except _Unreadable as error:
        return Judged(name, Verdict.REFUSED, _as_written(wanted), None, str(error))
    except (ValueError, OverflowError) as error:
        verdict = Verdict.OK if wanted is None else Verdict.REFUSED
        reason = str(error) if isinstance(error, ValueError) else "it lies beyond the years 1 to 9999"
        return Judged(name, verdict, _as_written(wanted), None, reason)
    if wanted is _UNSAID:
        return Judged(name, Verdict.COMPUTED, None, _plain(got))
    return Judged(name, Verdict.OK if got == expected else Verdict.DIFFERS, _plain(expected), _plain(got))


def _keys(case: Mapping[str, object]) -> tuple[str, ...]:
    """Where a case of its kind says what is expected, the key that overrules first."""
    return _EXPECTED.get(str(case.get("kind")), ())


def _answer(case: Mapping[str, object], calendar: Calendar) -> datetime | timedelta:
    """What the calendar makes of the case. Raises ValueError where it knows no answer.

    Time held besides the pauses moves a deadline by as much open time, and was not elapsed.
    """
    start = _instant(case, "start", calendar)
    pauses = [*_pauses(case, calendar)]
    held = _length(case, "extra_hold_s") if case.get("extra_hold_s") is not None else timedelta()
    if held < timedelta():
        raise ValueError(f"nothing can be held for {held.total_seconds():g} s; write `extra_hold_s` as 0 or more")
    if case["kind"] == "deadline":
        return calendar.add(start, _target(case) + held, pauses)
    passed = calendar.elapsed(start, _instant(case, "end", calendar), pauses)
    return max(passed - held, timedelta())


def _target(case: Mapping[str, object]) -> timedelta:
    if case.get("target_s", _UNSAID) is None:
        raise ValueError("`target_s` is null: nothing is promised, so nothing falls due")
    return _length(case, "target_s")


def _wished(wanted: object, kind: object, calendar: Calendar) -> datetime | timedelta | None:
    """The expectation as what it can be compared with."""
    if wanted is None or wanted is _UNSAID:
        return None
    given = {"expect": wanted}
    return _instant(given, "expect", calendar) if kind == "deadline" else _length(given, "expect")


def _calendar_of(case: Mapping[str, object], calendars: Mapping[str, object]) -> Calendar:
    if not _keys(case):
        raise _Unreadable(f"a case is an object whose `kind` is {' or '.join(_EXPECTED)}, not {case.get('kind')!r}")
    name = case.get("calendar")
    if not isinstance(name, str) or name not in calendars:
        raise _Unreadable(f"no calendar is named {name!r}; there are: {', '.join(calendars) or 'none'}")
    return _calendar(name, calendars[name])


def _calendar(name: str, given: object) -> Calendar:
    """The calendar of one object: `tz`, `hours` by weekday or `always`, and `holidays`."""
    if not isinstance(given, Mapping) or not isinstance(given.get("tz"), str):
        raise ValueError(f"calendar `{name}` names no time zone; give it one as `tz`")
    week = dict.fromkeys(range(7), _AROUND_THE_CLOCK) if given.get("always") else _week(given.get("hours"))
    days = dict(_holidays(given.get("holidays"), week))
    return Calendar.build(
        name,
        given["tz"],
        week,
        closed=[day for day, hours in days.items() if not hours],
        extra_open={day: hours for day, hours in days.items() if hours},
    )


def _week(given: object) -> dict[int, tuple[Interval, ...]]:
    hours = {} if given is None else given
    if not isinstance(hours, Mapping):
        raise ValueError(f"{given!r} are no weekly hours; write an object with the weekdays as keys")
    return {_weekday(day): _hours(of_day) for day, of_day in hours.items()}


def _weekday(name: str) -> int:
    try:
        return _NUMBERS[name.lower()]
    except KeyError:
        raise ValueError(f"`{name}` is no weekday; write one of {', '.join(day[:3] for day in _WEEKDAYS)}") from None


def _hours(given: object) -> tuple[Interval, ...]:
    """Pairs of opening and closing; nothing is none."""
    pairs = [] if given is None else given
    if not isinstance(pairs, list):
        raise ValueError(f'{given!r} are no hours of a day; write them like [["09:00", "17:30"]]')
    return tuple(_interval(pair) for pair in pairs)


def _interval(pair: object) -> Interval:
    match pair:
        case [str(opens), str(closes)]:
            return Interval.parse(f"{opens}-{closes}")
        case _:
            raise ValueError(f'{pair!r} are no hours; write them like ["09:00", "17:30"]')


def _holidays(given: object, week: Mapping[int, tuple[Interval, ...]]) -> Iterator[tuple[date, tuple[Interval, ...]]]:
    """Each holiday with the hours that it leaves open.

    A list of dates leaves none. By date stand the hours that are closed, or nothing for the whole day.
    """
    closings = dict.fromkeys(map(str, given)) if isinstance(given, list) else {} if given is None else given
    if not isinstance(closings, Mapping):
        raise ValueError(f"{given!r} are no holidays; write a list of dates, or an object with the dates as keys")
    for text, hours in closings.items():
        day = _day(text)
        yield day, () if hours is None else _less(week.get(day.weekday(), ()), _hours(hours))


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"`{text}` is no date; write it like 2024-12-25") from None


def _less(hours: tuple[Interval, ...], closings: Iterable[Interval]) -> tuple[Interval, ...]:
    """What the closings leave of the hours."""
    for closing in closings:
        hours = tuple(chain.from_iterable(_cut(one, closing) for one in hours))
    return hours


def _cut(hours: Interval, closing: Interval) -> Iterator[Interval]:
    before = hours.opens, min(hours.closes, closing.opens)
    after = max(hours.opens, closing.closes), hours.closes
    yield from (Interval(opens, closes) for opens, closes in (before, after) if opens < closes)


def _pauses(case: Mapping[str, object], calendar: Calendar) -> Iterator[Stretch]:
    """The pauses; one without an end lasts for good, one without a beginning has always been."""
    given = case.get("pauses") or []
    for pause in given if isinstance(given, list) else [given]:
        match pause:
            case [first, last]:
                bounds = first, last
            case [first]:
                bounds = first, None
            case {"start": first, **rest}:
                bounds = first, rest.get("end")
            case _:
                raise _Unreadable(f"`pauses` holds {pause!r}; write each as [start, end], with null for an open end")
        start, end = (
            ever if bound is None else _instant({"pauses": bound}, "pauses", calendar)
            for bound, ever in zip(bounds, _EVER, strict=True)
        )
        yield start, end


def _instant(given: Mapping[str, object], key: str, calendar: Calendar) -> datetime:
    """An instant; without an offset it is what the clock on the calendar's wall shows."""
    value = given.get(key)
    try:
        at = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        at = None
    if at is None:
        raise _Unreadable(f"`{key}` is no instant: {value!r}; write it like 2024-01-19T16:00Z")
    return wall.instant(at, calendar.time_zone) if at.tzinfo is None else wall.utc(at)


def _length(given: Mapping[str, object], key: str) -> timedelta:
    value = given.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _Unreadable(f"`{key}` is no number of seconds: {value!r}")
    return timedelta(seconds=value)


def _plain(answer: datetime | timedelta | None) -> Answer:
    match answer:
        case datetime():
            return answer.isoformat().replace("+00:00", "Z")
        case timedelta():
            seconds = answer.total_seconds()
            return int(seconds) if seconds.is_integer() else seconds
        case None:
            return None


def _as_written(wanted: object) -> Answer:
    return wanted if wanted is None or isinstance(wanted, str | int | float) else str(wanted) * (wanted is not _UNSAID)
