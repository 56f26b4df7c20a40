"""A clock: one promise being timed for one lead. Everything about it follows from timestamps.

Nothing here depends on when a job ran: a deadline that passed unmet is breached as of the deadline, and a
touch that is learnt of late but happened in time takes the breach back.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar
from app.sla.ladder import Rung
from app.sla.lay import Laid, hold_up, lay_out, push_on
from app.sla.pauses import Pause, Stretch

_WHILE_HELD = timedelta(minutes=15)
"""How soon to look again at a clock that is held without an end."""


class ClockKind(StrEnum):
    """What is promised."""

    ACCEPT = "accept"
    """The owner says yes or no to the lead."""
    FIRST_TOUCH = "first_touch"
    """The owner reaches out."""
    ATTEMPTS = "attempts"
    """So many tries to reach the lead."""
    QUALIFY = "qualify"
    """Sales confirms the lead, or returns it."""

    @property
    def words(self) -> str:
        return self.value.replace("_", " ")

    @property
    def is_the_owners(self) -> bool:
        """Whether each owner promises it anew; the others are promised once, for the lead."""
        return self in {ClockKind.ACCEPT, ClockKind.FIRST_TOUCH}


class Stop(StrEnum):
    """Why a clock no longer runs."""

    MET = "met"
    """What was promised was done, in time or late."""
    PASSED_ON = "passed on"
    """The lead went to another owner, whose own clock runs."""
    CLOSED = "closed"
    """The handoff ended, and there is nothing left to do."""


class ClockState(StrEnum):
    """Where a clock stands. Derived, never stored."""

    RUNNING = "running"
    PAUSED = "paused"
    OVERDUE = "overdue"
    """The deadline has passed, and what was promised may still be done."""
    MET = "met"
    MET_LATE = "met late"
    MISSED = "missed"
    """It stopped after the deadline without what was promised."""
    DROPPED = "dropped"
    """It stopped before the deadline because nothing was left to promise."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise being timed, for one tenure of an owner.

    `calendar` and `time_zone` name the hours it is counted in. `target` is the length promised, as written.
    `no_later_than` is an earlier deadline that was set at `limited_at`: taken over from a record that was merged
    into this one, or by a more urgent route. `extensions` counts those that are in `due_at`. `kept_by` names what
    stopped it, where that may be undone. `rungs` are the steps of the ladder that were done, `next_at` is when time
    alone next changes something.
    """

    kind: ClockKind
    tenure: int
    owner_id: str
    calendar: str
    time_zone: str
    target: str
    started_at: datetime
    due_at: datetime | None
    pauses: tuple[Pause, ...] = ()
    no_later_than: datetime | None = None
    limited_at: datetime | None = None
    extensions: int = 0
    stopped_at: datetime | None = None
    stop: Stop | None = None
    because: str = ""
    kept_by: str = ""
    breached_at: datetime | None = None
    rescinded_at: datetime | None = None
    rungs: tuple[int, ...] = ()
    next_at: datetime | None = None

    @property
    def key(self) -> tuple[ClockKind, int]:
        return self.kind, self.tenure

    @property
    def is_breached(self) -> bool:
        return self.breached_at is not None and self.rescinded_at is None

    def state(self, now: datetime) -> ClockState:
        """Where it stands at `now`."""
        if self.stop is None:
            if self.is_breached or (self.due_at is not None and self.due_at <= now and not self._is_held(now)):
                return ClockState.OVERDUE
            return ClockState.PAUSED if self._is_held(now) else ClockState.RUNNING
        if self.stop is Stop.MET:
            return ClockState.MET_LATE if self.is_breached else ClockState.MET
        return ClockState.MISSED if self.is_breached else ClockState.DROPPED

    def _is_held(self, now: datetime) -> bool:
        return any(pause.holds(now) for pause in self.pauses)


@dataclass(frozen=True, slots=True)
class Stopping:
    """Something that stops a clock: when it happened, how, and why in one phrase. `source` names what may be undone."""

    at: datetime
    stop: Stop
    because: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Extension:
    """More time that a person gave at that instant."""

    at: datetime
    more: Span


def time_clock(
    clock: Clock,
    calendar: Calendar,
    now: datetime,
    *,
    pauses: Iterable[Pause] = (),
    extensions: Iterable[Extension] = (),
    stopping: Stopping | None = None,
) -> Clock:
    """The clock as it stands at `now`, from all that is known. What it counts in is `calendar`.

    It is laid anew each time, so nothing depends on how often it was timed before. But a pause that comes to be
    known only after the deadline has passed does not move it; an extension does. A stop at the very deadline is
    in time, and nothing that comes after the stop counts.
    """
    stopped = _stopped(replace(clock, pauses=_heeded(clock, pauses)), stopping)
    counted = [one for one in extensions if stopped.stopped_at is None or one.at < stopped.stopped_at]
    return _judged(_laid(stopped, calendar, now, counted), now)


def limited(clock: Clock, calendar: Calendar, now: datetime, no_later_than: datetime) -> Clock:
    """The clock with an earlier deadline from `now` on, pushed on by what holds it; as it was where none is earlier."""
    sooner = replace(clock, no_later_than=no_later_than, limited_at=now)
    due = _limit(sooner, calendar, _stretches(sooner, now), ())
    return clock if due is None or clock.due_at is None or due >= clock.due_at else replace(sooner, due_at=due)


def laid_out(clock: Clock, calendar: Calendar, now: datetime) -> Laid | None:
    """The clock's target on its calendar, ending at its deadline; None without one."""
    laid = lay_out(clock.started_at, Span.parse(clock.target), calendar, _stretches(clock, now))
    return None if laid is None or clock.due_at is None else replace(laid, due_at=clock.due_at)


def due_rungs(clock: Clock, ladder: Sequence[Rung], calendar: Calendar, now: datetime) -> list[Rung]:
    """The steps to be done now, in their order: due, and not done before.

    A warning is of use only while the clock runs. A step at or after a breach is due also where the promise was
    kept later than that, and where the breach stands.
    """
    falls = _falls(clock, ladder, calendar, now)
    return [rung for rung, at in falls if at <= now and _is_wanted(rung, clock, at)]


def next_at(clock: Clock, ladder: Sequence[Rung], calendar: Calendar, now: datetime) -> datetime | None:
    """When time alone next changes something: a step, the deadline, the end of a pause. None for a stopped clock.

    A pause without an end pushes all of these on as it lasts, so that a look now and then is enough.
    """
    if clock.stop is not None:
        return None
    falls = [at for _, at in _falls(clock, ladder, calendar, now)]
    deadline = None if clock.is_breached else clock.due_at
    ends = [pause.until_at for pause in clock.pauses]
    following = min((at for at in (*falls, deadline, *ends) if at is not None and at > now), default=None)
    lasts = any(pause.until_at is None and pause.holds(now) for pause in clock.pauses)
    return following if following is None or not lasts else max(following, now + _WHILE_HELD)


def rung_at(rung: Rung, clock: Clock, calendar: Calendar, now: datetime) -> datetime | None:
    """When a step falls; None while it cannot be said."""
    return next((at for _, at in _falls(replace(clock, rungs=()), [rung], calendar, now)), None)


def _falls(clock: Clock, ladder: Sequence[Rung], calendar: Calendar, now: datetime) -> Iterator[tuple[Rung, datetime]]:
    """The steps not done yet, with when each falls, as far as that can be said.

    What follows a breach waits for a hold and for an outage; but not for an owner who is away.
    """
    left = [rung for rung in ladder if rung.number not in clock.rungs]
    laid = laid_out(clock, calendar, now) if left else None
    if laid is None:
        return
    held = _stretches(clock, now)
    for_all = _stretches(replace(clock, pauses=tuple(one for one in clock.pauses if one.owner_id is None)), now)
    for rung in left:
        at = rung.falls_at(laid, calendar, held if rung.is_warning else for_all)
        if at is not None:
            yield rung, at


def _is_wanted(rung: Rung, clock: Clock, at: datetime) -> bool:
    if rung.is_warning:
        return clock.stop is None and not clock.is_breached
    return clock.is_breached and (clock.stopped_at is None or at < clock.stopped_at)


def _heeded(clock: Clock, pauses: Iterable[Pause]) -> tuple[Pause, ...]:
    """The pauses that count: all of them, but after a breach none that nobody knew of when it came."""
    if clock.breached_at is None:
        return tuple(pauses)
    known = {(pause.from_at, pause.because) for pause in clock.pauses}
    return tuple(one for one in pauses if one.from_at >= clock.breached_at or (one.from_at, one.because) in known)


def _stretches(clock: Clock, now: datetime) -> tuple[Stretch, ...]:
    """The pauses up to the clock's stop, those that last up to `now`."""
    stretches = (pause.up_to(now) for pause in clock.pauses)
    end = clock.stopped_at
    return tuple((one, two if end is None else min(two, end)) for one, two in stretches if end is None or one < end)


def _stopped(clock: Clock, stopping: Stopping | None) -> Clock:
    """Stopped by what happened first, also where that is learnt of late."""
    if stopping is None:
        return clock
    at = max(stopping.at, clock.started_at)
    if clock.stopped_at is not None and _rank(clock.stopped_at, clock.stop) <= _rank(at, stopping.stop):
        return clock
    return replace(clock, stopped_at=at, stop=stopping.stop, because=stopping.because, kept_by=stopping.source)


def _rank(at: datetime, stop: Stop | None) -> tuple[datetime, bool]:
    """The earlier counts; of two at one instant the one that keeps the promise."""
    return at, stop is not Stop.MET


def _laid(clock: Clock, calendar: Calendar, now: datetime, extensions: Sequence[Extension]) -> Clock:
    """Due when the time promised is over, or by the limit where that comes first."""
    held = _stretches(clock, now)
    laid = lay_out(clock.started_at, Span.parse(clock.target), calendar, held)
    due = None if laid is None else _extended(laid.due_at, calendar, held, extensions)
    limit = _limit(clock, calendar, held, extensions)
    due = due if due is None or limit is None else min(due, limit)
    return replace(clock, due_at=due, extensions=len(extensions))


def _limit(
    clock: Clock, calendar: Calendar, held: Sequence[Stretch], extensions: Sequence[Extension]
) -> datetime | None:
    """The deadline that was set later: what holds or extends the clock since then moves it as well."""
    if clock.no_later_than is None:
        return None
    since = clock.limited_at or clock.started_at
    measure = calendar if Span.parse(clock.target).business else ALWAYS
    limit = hold_up(since, clock.no_later_than, measure, held)
    return _extended(limit, calendar, held, [one for one in extensions if one.at >= since])


def _extended(
    due: datetime | None, calendar: Calendar, held: Sequence[Stretch], extensions: Iterable[Extension]
) -> datetime | None:
    for one in extensions:
        due = None if due is None else push_on(due, one.more, calendar, held)
    return due


def _judged(clock: Clock, now: datetime) -> Clock:
    """Breached as of the deadline, or taken back."""
    if _is_late(clock, now):
        return replace(clock, breached_at=clock.due_at, rescinded_at=None)
    return replace(clock, rescinded_at=now) if clock.is_breached else clock


def _is_late(clock: Clock, now: datetime) -> bool:
    """Whether the deadline passed unmet. Once it was seen to, no worker whose time runs behind sees it otherwise."""
    if clock.due_at is None:
        return False
    reached = max(now, clock.breached_at or now)
    return clock.due_at <= reached if clock.stopped_at is None else clock.due_at < clock.stopped_at
