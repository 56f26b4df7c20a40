"""What holds for every clock: on any calendar, whatever happens, however often anybody looks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from hypothesis import given

from app.records.span import Span, Unit
from app.sla.calendar import ALWAYS, due_at
from app.sla.clock import Clock, ClockKind, Extension, Stop, Stopping, due_rungs, limited, next_at, time_clock
from app.sla.ladder import Rung, read_rung
from app.sla.lay import push_on
from app.sla.pauses import Pause
from tests.core.made import made
from tests.core.sla.test_laws import Case
from tests.core.sla.test_laws import case as any_case

MINUTE = timedelta(minutes=1)
LADDER = tuple(
    read_rung(number, at, "notify owner")
    for number, at in enumerate(("30 %", "80 %", "breach", "breach + 45 min", "breach + 2 business hours"), start=1)
)


@dataclass(frozen=True, slots=True)
class Happening:
    """A stop that happened at one instant and was learnt of at that or a later one."""

    stopping: Stopping
    learnt_at: datetime


@dataclass(frozen=True, slots=True)
class Life:
    """A clock and all that happens to it; `looks` are the instants at which it is timed, in order.

    The ends of the pauses numbered in `planned` are known as they begin, those of the others once they have come.
    """

    case: Case
    clock: Clock
    pauses: tuple[tuple[datetime, datetime], ...]
    planned: frozenset[int]
    extensions: tuple[Extension, ...]
    happenings: tuple[Happening, ...]
    looks: tuple[datetime, ...]

    def timed(self, clock: Clock, now: datetime) -> Clock:
        """The clock at `now`, from what is known then."""
        known = [one.stopping for one in self.happenings if one.learnt_at <= now]
        return time_clock(
            clock,
            self.case.calendar,
            now,
            pauses=tuple(self._pauses(now)),
            extensions=[one for one in self.extensions if one.at <= now],
            stopping=min(known, key=lambda one: one.at, default=None),
        )

    def due(self, clock: Clock, now: datetime) -> list[Rung]:
        return due_rungs(clock, LADDER, self.case.calendar, now)

    def _pauses(self, now: datetime) -> Iterator[Pause]:
        for number, (since, until) in enumerate(self.pauses):
            if since <= now:
                yield Pause(since, until if number in self.planned or until <= now else None, f"pause {number}")


def any_span(rng: Random) -> Span:
    unit = rng.choice((Unit.MINUTE, Unit.MINUTE, Unit.HOUR, Unit.DAY))
    most = {Unit.MINUTE: 900, Unit.HOUR: 40, Unit.DAY: 5}[unit]
    return Span(rng.randint(1, most), unit, business=rng.random() < 0.7)


def any_life(rng: Random) -> Life:
    case = any_case(rng)
    start, span = case.start, any_span(rng)

    def later() -> datetime:
        return start + rng.choice((30, 600, 6000)) * rng.random() * MINUTE

    def happening(stop: Stop) -> Happening:
        at = later()
        return Happening(Stopping(at, stop, stop.value), at + rng.choice((0, 0, 900)) * rng.random() * MINUTE)

    clock = Clock(ClockKind.QUALIFY, 1, "eve", "any", "UTC", str(span), start, due_at(start, span, case.calendar))
    pauses = tuple((at, at + rng.randint(1, 900) * MINUTE) for at in (later() for _ in range(rng.randint(0, 3))))
    extensions = sorted(
        (Extension(later(), any_span(rng)) for _ in range(rng.choice((0, 0, 1, 2)))), key=lambda e: e.at
    )
    stops = rng.choice(((), (Stop.MET,), (Stop.PASSED_ON,), (Stop.MET, Stop.MET)))
    looks = sorted(later() for _ in range(rng.randint(1, 4)))
    return Life(
        case=case,
        clock=clock,
        pauses=pauses,
        planned=frozenset(number for number in range(len(pauses)) if rng.random() < 0.5),
        extensions=tuple(extensions),
        happenings=tuple(map(happening, stops)),
        looks=(*looks, start + 20_000 * MINUTE),
    )


LIVES = made(any_life)


def outcome(clock: Clock) -> tuple[object, ...]:
    """All that is said of a clock in the end; when a breach was taken back aside."""
    breached_at = clock.breached_at if clock.is_breached else None
    return clock.started_at, clock.due_at, clock.stopped_at, clock.stop, clock.because, breached_at


def seen(life: Life) -> Iterator[tuple[datetime, Clock]]:
    clock = life.clock
    for now in life.looks:
        clock = life.timed(clock, now)
        yield now, clock


@given(LIVES)
def test_what_comes_of_a_clock_does_not_depend_on_how_often_it_was_looked_at(life: Life) -> None:
    """Edge 6."""
    *_, (end, often) = seen(life)
    assert outcome(often) == outcome(life.timed(life.clock, end))


@given(LIVES)
def test_a_breach_is_at_the_deadline_where_that_passed_before_the_stop_and_a_second_look_at_once_changes_nothing(
    life: Life,
) -> None:
    for now, clock in seen(life):
        assert life.timed(clock, now) == clock
        passed = clock.due_at is not None and (
            clock.due_at < clock.stopped_at if clock.stopped_at is not None else clock.due_at <= now
        )
        assert clock.is_breached is passed
        assert not passed or clock.breached_at == clock.due_at
        assert clock.stopped_at is None or clock.started_at <= clock.stopped_at <= now


@given(LIVES)
def test_without_pauses_a_deadline_is_where_the_calendar_lays_it(life: Life) -> None:
    bare = replace(life, pauses=(), extensions=())
    for _, clock in seen(bare):
        assert clock.due_at == life.clock.due_at


@given(LIVES)
def test_the_time_that_passed_outside_the_pauses_is_the_time_that_was_promised(life: Life) -> None:
    span = Span.parse(life.clock.target)
    exact = span if span.unit is not Unit.DAY else Span(span.amount, Unit.HOUR, business=span.business)
    measure = life.case.calendar if exact.business else ALWAYS
    pauses = tuple(Pause(since, until, "held") for since, until in life.pauses)
    clock = time_clock(replace(life.clock, target=str(exact)), life.case.calendar, life.case.start, pauses=pauses)
    assert clock.due_at is not None
    assert measure.elapsed(clock.started_at, clock.due_at, life.pauses) == Span(exact.amount, exact.unit).fixed


@given(LIVES)
def test_a_pause_never_makes_a_deadline_earlier(life: Life) -> None:
    span, calendar, start = Span.parse(life.clock.target), life.case.calendar, life.case.start
    ends = [push_on(start, span, calendar, life.pauses[:many]) for many in range(len(life.pauses) + 1)]
    assert ends == sorted(end for end in ends if end is not None)


@given(LIVES)
def test_an_earlier_deadline_holds_and_no_pause_makes_it_earlier(life: Life) -> None:
    clock, calendar, start = life.clock, life.case.calendar, life.case.start
    due = clock.due_at or start
    sooner = limited(clock, calendar, start, start + (due - start) / 3)
    pauses = [Pause(since, until, "held") for since, until in life.pauses]
    ends = [time_clock(sooner, calendar, start, pauses=pauses[:many]).due_at for many in range(len(pauses) + 1)]
    assert ends == sorted(end for end in ends if end is not None)
    assert ends[0] == min(due, start + (due - start) / 3)


@given(LIVES)
def test_between_one_look_and_the_next_that_is_asked_for_nothing_changes(life: Life) -> None:
    """While nothing new is learnt: the ends of pauses are known."""
    known = replace(life, planned=frozenset(range(len(life.pauses))), happenings=(), extensions=())
    now, calendar = life.looks[0], life.case.calendar
    everything = tuple(Pause(since, until, "held") for since, until in known.pauses)
    clock = time_clock(known.clock, calendar, now, pauses=everything)
    clock = replace(clock, rungs=tuple(rung.number for rung in known.due(clock, now)))
    following = next_at(clock, LADDER, calendar, now)
    assert following is None or following > now
    just_before = now + timedelta(days=30) if following is None else following - timedelta(microseconds=1)
    for instant in (now + (just_before - now) / 3, just_before):
        assert time_clock(clock, calendar, instant, pauses=everything) == clock
        assert known.due(clock, instant) == []


@given(LIVES)
def test_a_step_is_done_once_and_what_follows_a_breach_is_done_however_often_anybody_looks(life: Life) -> None:
    at_once = replace(
        life, extensions=(), happenings=tuple(replace(one, learnt_at=one.stopping.at) for one in life.happenings)
    )
    clock, steps = at_once.clock, list[int]()
    for now in at_once.looks:
        clock = at_once.timed(clock, now)
        due = [rung.number for rung in at_once.due(clock, now)]
        steps += due
        clock = replace(clock, rungs=(*clock.rungs, *due))
    assert len(steps) == len(set(steps))
    end = at_once.looks[-1]
    once = [rung.number for rung in at_once.due(at_once.timed(at_once.clock, end), end)]
    warnings = [rung.number for rung in LADDER if rung.is_warning]
    assert sorted(set(steps) - set(warnings)) == sorted(set(once) - set(warnings))
