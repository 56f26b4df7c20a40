"""A clock by itself: where it stands, what stops it, and when time alone next changes something."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar
from app.sla.clock import (
    Clock,
    ClockKind,
    ClockState,
    Extension,
    Stop,
    Stopping,
    due_rungs,
    laid_out,
    limited,
    next_at,
    rung_at,
    time_clock,
)
from app.sla.hours import Interval
from app.sla.ladder import read_rung
from app.sla.pauses import Pause

START = datetime(2026, 11, 20, 14, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
DUE = START + HOUR
CLOCK = Clock(ClockKind.FIRST_TOUCH, 1, "eve", "always", "UTC", "1 h", START, DUE)
LADDER = tuple(
    read_rung(number, at, do)
    for number, (at, do) in enumerate(
        [("50 %", "notify owner"), ("breach", "notify manager"), ("breach + 30 min", "reassign")], start=1
    )
)


def timed(minutes: float, clock: Clock = CLOCK, **known: Any) -> Clock:
    """The clock so many minutes after its start."""
    return time_clock(clock, ALWAYS, START + minutes * MINUTE, **known)


def pause(from_minute: float, until_minute: float | None, owner_id: str | None = None) -> Pause:
    until = None if until_minute is None else START + until_minute * MINUTE
    return Pause(START + from_minute * MINUTE, until, "held", owner_id)


def met(minutes: float) -> Stopping:
    return Stopping(START + minutes * MINUTE, Stop.MET, "a call")


def passed_on(minutes: float) -> Stopping:
    return Stopping(START + minutes * MINUTE, Stop.PASSED_ON, "dan has it")


@pytest.mark.parametrize(
    ("minutes", "known", "state"),
    [
        (0, {}, ClockState.RUNNING),
        (59, {}, ClockState.RUNNING),
        (60, {}, ClockState.OVERDUE),
        (30, {"pauses": [pause(20, None)]}, ClockState.PAUSED),
        (30, {"pauses": [pause(20, 30)]}, ClockState.RUNNING),
        (70, {"pauses": [pause(65, None)]}, ClockState.OVERDUE),
        (70, {"stopping": met(60)}, ClockState.MET),
        (70, {"stopping": met(61)}, ClockState.MET_LATE),
        (70, {"stopping": passed_on(60)}, ClockState.DROPPED),
        (70, {"stopping": passed_on(61)}, ClockState.MISSED),
        (70, {"extensions": [Extension(START, Span.parse("1 h"))]}, ClockState.RUNNING),
    ],
)
def test_where_a_clock_stands_follows_from_what_happened(
    minutes: float, known: dict[str, Any], state: ClockState
) -> None:
    assert timed(minutes, **known).state(START + minutes * MINUTE) is state


def test_a_clock_that_nobody_has_timed_since_its_deadline_is_overdue_all_the_same() -> None:
    assert CLOCK.state(DUE) is ClockState.OVERDUE


def test_a_deadline_beyond_all_calendars_is_never_missed() -> None:
    endless = replace(CLOCK, target="999999 days")
    timed_late = timed(10**6, endless)
    assert (timed_late.due_at, timed_late.is_breached) == (None, False)
    assert next_at(timed_late, LADDER, ALWAYS, START) is None
    assert due_rungs(timed_late, LADDER, ALWAYS, START + DAY) == []


def test_what_kept_the_promise_counts_before_what_ended_it_at_the_same_instant() -> None:
    ended = timed(20, stopping=passed_on(10))
    assert timed(20, ended, stopping=met(10)).stop is Stop.MET
    kept = timed(20, stopping=met(10))
    assert timed(20, kept, stopping=passed_on(10)).stop is Stop.MET


@pytest.mark.parametrize(
    ("first", "second", "stop", "minute"),
    [
        (met(20), met(10), Stop.MET, 10),
        (met(10), met(20), Stop.MET, 10),
        (passed_on(20), met(10), Stop.MET, 10),
        (passed_on(10), met(20), Stop.PASSED_ON, 10),
        (met(20), passed_on(10), Stop.PASSED_ON, 10),
        (met(10), None, Stop.MET, 10),
    ],
)
def test_the_earliest_stop_counts_in_whatever_order_they_are_learnt_of(
    first: Stopping, second: Stopping | None, stop: Stop, minute: int
) -> None:
    clock = timed(30, timed(30, stopping=first), stopping=second)
    assert (clock.stop, clock.stopped_at) == (stop, START + minute * MINUTE)


def test_a_stop_before_the_clock_began_takes_no_time() -> None:
    assert timed(30, stopping=met(-10)).stopped_at == START


def test_a_pause_that_nobody_knew_of_when_the_breach_came_does_not_move_it() -> None:
    clock = timed(70)
    assert timed(80, clock, pauses=[pause(10, 20)]).due_at == DUE
    assert timed(80, CLOCK, pauses=[pause(10, 20)]).due_at == DUE + 10 * MINUTE


def test_a_pause_that_was_known_when_the_breach_came_stays_taken_out() -> None:
    held = [pause(10, 20)]
    clock = timed(75, pauses=held)
    assert timed(200, clock, pauses=[*held, pause(30, 40), pause(80, 90)]).breached_at == DUE + 10 * MINUTE


def test_nothing_that_comes_after_the_stop_counts() -> None:
    more = [Extension(START + HOUR, Span.parse("1 h"))]
    clock = timed(100, stopping=met(55), pauses=[pause(50, 90), pause(56, 70)], extensions=more)
    assert (clock.due_at, clock.stopped_at) == (DUE + 5 * MINUTE, START + 55 * MINUTE)


def test_the_deadline_of_a_record_that_was_merged_in_is_kept_where_it_is_earlier() -> None:
    """Edge 10."""
    for taken_over, due in ((START + 30 * MINUTE, START + 30 * MINUTE), (START + 2 * HOUR, DUE)):
        merged = replace(CLOCK, no_later_than=taken_over)
        assert timed(40, merged).due_at == due
    again = timed(40, replace(CLOCK, no_later_than=START + 30 * MINUTE))
    assert again.breached_at == START + 30 * MINUTE
    assert (
        timed(41, again, extensions=[Extension(START + 40 * MINUTE, Span.parse("1 h"))]).due_at == START + 90 * MINUTE
    )


def test_a_deadline_that_was_set_later_is_moved_by_whatever_holds_or_extends_the_clock_since_then() -> None:
    set_at, limit = START + 10 * MINUTE, START + 30 * MINUTE
    sooner = limited(CLOCK, ALWAYS, set_at, limit)
    assert (sooner.due_at, sooner.limited_at) == (limit, set_at)
    assert timed(25, sooner, pauses=[pause(0, 5)]).due_at == limit
    assert timed(25, sooner, pauses=[pause(5, 15)]).due_at == limit + 5 * MINUTE
    assert timed(25, sooner, pauses=[pause(20, None)]).due_at == limit + 5 * MINUTE
    early, late = (Extension(START + minute * MINUTE, Span.parse("20 min")) for minute in (5, 15))
    assert timed(25, sooner, extensions=[early]).due_at == limit
    assert timed(25, sooner, extensions=[early, late]).due_at == limit + 20 * MINUTE
    assert timed(25, sooner, extensions=[late, late]).due_at == limit + 40 * MINUTE


def test_a_deadline_is_never_set_later_than_it_was() -> None:
    assert limited(CLOCK, ALWAYS, START, DUE) == CLOCK
    held = replace(CLOCK, pauses=(pause(0, 50),))
    assert limited(held, ALWAYS, START, START + 20 * MINUTE) == held


def rungs(minutes: float, clock: Clock) -> list[int]:
    return [rung.number for rung in due_rungs(clock, LADDER, ALWAYS, START + minutes * MINUTE)]


@pytest.mark.parametrize(
    ("minutes", "known", "expected"),
    [
        pytest.param(29, {}, [], id="nothing before its time"),
        pytest.param(30, {}, [1], id="a warning while there is time"),
        pytest.param(60, {}, [2], id="no warning once it is too late"),
        pytest.param(90, {}, [2, 3], id="all that follows from a breach"),
        pytest.param(90, {"stopping": met(20)}, [], id="nothing where the promise was kept"),
        pytest.param(90, {"stopping": met(70)}, [2], id="what came before it was kept late"),
        pytest.param(90, {"stopping": passed_on(70)}, [2], id="what came before it was passed on"),
        pytest.param(90, {"stopping": met(60)}, [], id="nothing at the very deadline"),
        pytest.param(40, {"pauses": [pause(20, 40)]}, [], id="a pause moves the warning"),
        pytest.param(50, {"pauses": [pause(20, 40)]}, [1], id="by its length"),
        pytest.param(90, {"pauses": [pause(70, None)]}, [2], id="a hold puts off what follows a breach"),
        pytest.param(90, {"pauses": [pause(70, 99, "eve")]}, [2, 3], id="an absence does not"),
    ],
)
def test_steps_are_due_in_their_order_and_only_where_they_are_of_use(
    minutes: float, known: dict[str, Any], expected: list[int]
) -> None:
    assert rungs(minutes, timed(minutes, **known)) == expected


def test_a_step_that_was_done_is_not_due_again_even_after_a_second_breach() -> None:
    clock = replace(timed(60), rungs=(1, 2))
    more = [Extension(DUE, Span.parse("1 h"))]
    clock = timed(70, clock, extensions=more)
    assert rungs(100, timed(100, clock, extensions=more)) == []
    assert rungs(125, timed(125, clock, extensions=more)) == []
    assert rungs(150, timed(150, clock, extensions=more)) == [3]


def test_a_warning_takes_added_time_into_account() -> None:
    clock = timed(20, extensions=[Extension(START, Span.parse("1 h"))])
    assert rung_at(LADDER[0], clock, ALWAYS, START) == START + HOUR


@pytest.mark.parametrize(
    ("minutes", "known", "following"),
    [
        (0, {}, 30),
        (30, {}, 60),
        (60, {}, 90),
        (90, {}, None),
        (10, {"pauses": [pause(5, 15)]}, 15),
        (40, {"pauses": [pause(35, 300)]}, 300),
        (10, {"stopping": met(10)}, None),
        (50, {"pauses": [pause(49, None)]}, 65),
    ],
)
def test_time_alone_next_changes_a_step_the_deadline_or_the_end_of_a_pause(
    minutes: float, known: dict[str, Any], following: float | None
) -> None:
    """B-33. A pause without an end is looked at now and then."""
    clock = timed(minutes, **known)
    expected = None if following is None else START + following * MINUTE
    assert next_at(clock, LADDER, ALWAYS, START + minutes * MINUTE) == expected


def test_what_the_clock_is_laid_out_over_ends_at_its_deadline() -> None:
    extended = timed(0, extensions=[Extension(START, Span.parse("1 h"))])
    laid = laid_out(extended, ALWAYS, START)
    assert laid is not None
    assert (laid.started_at, laid.due_at) == (START, START + 2 * HOUR)


def test_holidays_come_back_every_year_and_a_calendar_that_never_opens_is_refused() -> None:
    """Edges 5 and 8."""
    week = {day: (Interval.parse("09:00-17:00"),) for day in range(5)}
    office = Calendar.build("us", "America/New_York", week, holiday_country="US")
    thanksgivings = [day for day in office.holidays(range(2026, 2047)) if (day.month, day.weekday()) == (11, 3)]
    assert {day.year for day in thanksgivings} == set(range(2026, 2047))
    assert not any(office.hours(day) for day in thanksgivings)
    with pytest.raises(ValueError, match="it never opens"):
        Calendar.build("none", "UTC", {})
