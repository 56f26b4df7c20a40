"""Timing a handoff: its clocks as they stand now, and which steps of the ladder are to be done.

Clocks belong to the owner or to the lead. A new owner gets a clock of their own for acceptance, if the handoff is
open, and for the first touch, if nobody has touched the lead yet: the whole time promised, in their own hours, from
when they stand on the record. Attempts and qualification are promised for the lead: they run on,
whoever has it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from app.agreement.model import Agreement, Promise
from app.handoff.promise import TIME_ZONE, hours_of, ladder_of, named_calendar, target_of
from app.handoff.properties import STATUS
from app.handoff.standstill import pauses_of
from app.handoff.state import Act, ActKind, Handoff, HandoffState, Lead, Tenure
from app.handoff.touch import Touch, first_of, touches_of
from app.records.span import Span
from app.sla.clock import Clock, ClockKind, Extension, Stop, Stopping, due_rungs, next_at, time_clock
from app.sla.ladder import Rung
from app.sla.lay import lay_out

UNPROMISED = "the agreement no longer promises it"


@dataclass(frozen=True, slots=True)
class DueStep:
    """A step of the ladder that is due on a clock."""

    clock: Clock
    rung: Rung


@dataclass(frozen=True, slots=True)
class Timing:
    """How a handoff stands in time. `touch` is the first one by whoever has it now.

    `clocks` are all of the handoff's. `due` are the steps to be done, none of them marked as done yet.
    `rescinded` are the clocks whose breach was taken back just now.
    """

    clocks: tuple[Clock, ...] = ()
    due: tuple[DueStep, ...] = ()
    touch: Touch | None = None
    rescinded: tuple[Clock, ...] = ()

    @property
    def expires(self) -> DueStep | None:
        """The step that ends the handoff, when it is due."""
        return next((step for step in self.due if step.rung.do == "stop"), None)


def keep_time(agreement: Agreement, lead: Lead, handoff: Handoff, said: HandoffState | None, now: datetime) -> Timing:
    """The clocks of the open handoff at `now`. `said` is what the owner answered on the record, where it is news."""
    promise = agreement.promises.get(handoff.promise)
    if promise is None or not handoff.tenures:
        return Timing(closed(handoff.clocks, now, UNPROMISED))
    keeper = _Keeper(agreement, promise, handoff, lead, said, now)
    timed = [keeper.timed(clock) for clock in (*handoff.clocks, *missing(agreement, handoff, zone_of(lead)))]
    return Timing(
        clocks=tuple(timed),
        due=tuple(step for clock in timed for step in keeper.steps(clock)),
        touch=first_of(keeper.touches, handoff.tenures[-1].number),
        rescinded=_taken_back(handoff.clocks, timed),
    )


def missing(agreement: Agreement, handoff: Handoff, lead_zone: str | None) -> tuple[Clock, ...]:
    """The clocks that the owner who stands now should have and that do not run yet, begun when they stood."""
    promise, tenure = agreement.promises.get(handoff.promise), handoff.tenure
    if promise is None or tenure is None or tenure.confirmed_at is None:
        return ()
    begun = (_begin(agreement, promise, handoff, tenure, kind, lead_zone) for kind in ClockKind)
    return tuple(clock for clock in begun if clock is not None)


def passed_on(clocks: Iterable[Clock], at: datetime, because: str) -> tuple[Clock, ...]:
    """The clocks once somebody else has the lead: those of the owner so far stop, those of the lead run on."""
    return tuple(
        replace(clock, stop=Stop.PASSED_ON, stopped_at=max(at, clock.started_at), because=because, next_at=None)
        if clock.kind.is_the_owners and clock.stop is None
        else clock
        for clock in clocks
    )


def cut_off(timing: Timing, before: Iterable[Clock], at: datetime) -> Timing:
    """The timing where the lead had another owner at `at` already, which is learnt of only now.

    What fell to the former owner later is no breach, and nobody is told of it. `before` are the clocks as they were.
    """
    known = {clock.key: clock for clock in before}
    over = {
        clock.key
        for clock in timing.clocks
        if clock.kind.is_the_owners and clock.stop is None and not (clock.breached_at and clock.breached_at < at)
    }
    clocks = (_unjudged(one, known.get(one.key)) if one.key in over else one for one in timing.clocks)
    return replace(timing, clocks=tuple(clocks), due=tuple(one for one in timing.due if one.clock.key not in over))


def _unjudged(clock: Clock, before: Clock | None) -> Clock:
    """The clock without what was judged of it just now."""
    if before is None:
        return replace(clock, breached_at=None)
    return replace(clock, breached_at=before.breached_at, rescinded_at=before.rescinded_at)


def closed(clocks: Iterable[Clock], at: datetime, because: str) -> tuple[Clock, ...]:
    """The clocks once the handoff has ended: whatever still ran has nothing left to promise."""
    return tuple(
        replace(clock, stop=Stop.CLOSED, stopped_at=max(at, clock.started_at), because=because, next_at=None)
        if clock.stop is None
        else replace(clock, next_at=None)
        for clock in clocks
    )


def marked(clocks: Iterable[Clock], done: Iterable[DueStep]) -> tuple[Clock, ...]:
    """The clocks with these steps done: each is done once."""
    numbers: dict[tuple[ClockKind, int], list[int]] = {}
    for step in done:
        numbers.setdefault(step.clock.key, []).append(step.rung.number)
    return tuple(replace(clock, rungs=tuple(sorted({*clock.rungs, *numbers.get(clock.key, ())}))) for clock in clocks)


def shown_due(clocks: Iterable[Clock]) -> datetime | None:
    """The deadline that the record and the task show: of the newest owner's first touch, else of acceptance."""
    by_kind: Mapping[ClockKind, Clock] = {clock.kind: clock for clock in sorted(clocks, key=lambda one: one.tenure)}
    shown = by_kind.get(ClockKind.FIRST_TOUCH) or by_kind.get(ClockKind.ACCEPT)
    return None if shown is None else shown.due_at


def _begin(
    agreement: Agreement, promise: Promise, handoff: Handoff, tenure: Tenure, kind: ClockKind, zone: str | None
) -> Clock | None:
    target = target_of(promise, kind)
    if target is None or tenure.confirmed_at is None or not _is_owed(kind, handoff, tenure):
        return None
    hours = hours_of(agreement, promise, handoff.pool, tenure.owner_email, zone)
    laid = lay_out(tenure.confirmed_at, target, hours)
    clock = Clock(
        kind=kind,
        tenure=tenure.number,
        owner_id=tenure.owner_id,
        calendar=hours.id,
        time_zone=hours.time_zone,
        target=str(target),
        started_at=tenure.confirmed_at,
        due_at=None if laid is None else laid.due_at,
    )
    return replace(clock, next_at=next_at(clock, ladder_of(promise, kind), hours, tenure.confirmed_at))


def _is_owed(kind: ClockKind, handoff: Handoff, tenure: Tenure) -> bool:
    """Whether the owner owes it: it does not run already, and what an owner before them did still stands.

    A handoff is open again once Baton took it from whoever had accepted it: the new owner has not said yes.
    """
    of_kind = [clock for clock in handoff.clocks if clock.kind is kind]
    if any(clock.tenure == tenure.number or not kind.is_the_owners for clock in of_kind):
        return False
    if kind is ClockKind.ACCEPT:
        return handoff.state is HandoffState.OPEN
    return all(clock.stop is not Stop.MET for clock in of_kind)


def zone_of(lead: Lead) -> str | None:
    """Where the lead is, in HubSpot's words; None when that is not known."""
    return lead.contact.properties.get(TIME_ZONE)


def _taken_back(before: Iterable[Clock], timed: Iterable[Clock]) -> tuple[Clock, ...]:
    breached = {clock.key for clock in before if clock.is_breached}
    return tuple(clock for clock in timed if clock.key in breached and not clock.is_breached)


@dataclass(slots=True)
class _Keeper:
    """Keeps the time of one handoff at one instant."""

    agreement: Agreement
    promise: Promise
    handoff: Handoff
    lead: Lead
    said: HandoffState | None
    now: datetime

    @property
    def touches(self) -> tuple[Touch, ...]:
        return touches_of(self.handoff, self.lead, self.promise.counts_as_touch, self.now)

    def timed(self, clock: Clock) -> Clock:
        clock = self._reapplied(self._reopened(clock))
        calendar = named_calendar(self.agreement, clock.calendar, clock.time_zone)
        timed = time_clock(
            clock,
            calendar,
            self.now,
            pauses=pauses_of(self.handoff, self.promise, clock),
            extensions=_extensions(self.handoff.acts, clock),
            stopping=self._stopping(clock),
        )
        ladder = ladder_of(self.promise, clock.kind)
        if clock.rescinded_at is not None and timed.is_breached:
            timed = _breached_anew(timed, ladder)
        return replace(timed, next_at=next_at(timed, ladder, calendar, self.now))

    def steps(self, clock: Clock) -> Iterable[DueStep]:
        """The steps due on a clock; on one that was passed on or came to its end, only what tells of its breach."""
        calendar = named_calendar(self.agreement, clock.calendar, clock.time_zone)
        for rung in due_rungs(clock, ladder_of(self.promise, clock.kind), calendar, self.now):
            if clock.stop is None or rung.do.startswith("notify"):
                yield DueStep(clock, rung)

    def _reopened(self, clock: Clock) -> Clock:
        """The clock as if it had never stopped, where the engagement that kept it was deleted or corrected since.

        A lead that was accepted by a touch stays accepted: the record says so.
        """
        if clock.kind is ClockKind.ACCEPT or not clock.kept_by:
            return clock
        kept = {max(one.at, clock.started_at) for one in self.touches if one.source == clock.kept_by}
        if clock.stopped_at in kept:
            return clock
        return replace(clock, stop=None, stopped_at=None, because="", kept_by="")

    def _reapplied(self, clock: Clock) -> Clock:
        """An open clock is laid again by the agreement that a person had applied since it began."""
        since = [act for act in self.handoff.acts if act.kind is ActKind.REAPPLY and act.at >= clock.started_at]
        target = target_of(self.promise, clock.kind)
        if not since or target is None or clock.stop is not None:
            return clock
        email = next((one.owner_email for one in self.handoff.tenures if one.number == clock.tenure), "")
        hours = hours_of(self.agreement, self.promise, self.handoff.pool, email, zone_of(self.lead))
        return replace(clock, target=str(target), calendar=hours.id, time_zone=hours.time_zone)

    def _stopping(self, clock: Clock) -> Stopping | None:
        """The earliest of what stops the clock; what keeps the promise goes before what merely ends it."""
        ended = min((one for one in self._ending(clock) if one is not None), key=lambda one: one.at, default=None)
        kept = [one for one in self._keeping(clock) if one is not None and (ended is None or one.at < ended.at)]
        return min(kept, key=lambda one: one.at, default=ended)

    def _keeping(self, clock: Clock) -> Iterable[Stopping | None]:
        """What keeps the promise."""
        touch = first_of(self.touches, clock.tenure)
        is_current = clock.tenure == self.handoff.tenures[-1].number
        match clock.kind:
            case ClockKind.ACCEPT:
                yield _by_touch(touch)
                yield self._answered() if is_current else None
            case ClockKind.FIRST_TOUCH:
                yield _by_touch(touch)
                yield self._answered({HandoffState.QUALIFIED}) if is_current else None
            case ClockKind.ATTEMPTS:
                yield self._enough_attempts()
            case ClockKind.QUALIFY:
                yield self._answered({HandoffState.QUALIFIED, HandoffState.REJECTED})
            case _:
                assert_never(clock.kind)

    def _answered(self, among: Iterable[HandoffState] = ()) -> Stopping | None:
        """The owner's word on the record, at the time it was given as far as an event told."""
        wanted = frozenset(among)
        state = self.said or (self.handoff.state if self.handoff.state is not HandoffState.OPEN else None)
        if state is None or (wanted and state not in wanted):
            return None
        change = self.lead.history.changes.get(STATUS)
        told = change is not None and change.at >= self.handoff.tenures[-1].assigned_at
        at = change.at if told and change is not None and self.said is not None else self.now
        return Stopping(min(at, self.now), Stop.MET, f"handoff status set to {state.value}")

    def _enough_attempts(self) -> Stopping | None:
        attempts = self.promise.attempts
        if attempts is None or len(self.touches) < attempts.count:
            return None
        last = self.touches[attempts.count - 1]
        return Stopping(last.at, Stop.MET, f"attempt {attempts.count}: {last.because}", last.source)

    def _ending(self, clock: Clock) -> Iterable[Stopping | None]:
        """What leaves nothing to promise: another owner has the lead since, or a reapplied version asks for less."""
        later = next((one for one in self.handoff.tenures if one.number > clock.tenure), None)
        if clock.kind.is_the_owners and later is not None:
            yield Stopping(later.assigned_at, Stop.PASSED_ON, later.because)
        asked = next((act for act in reversed(self.handoff.acts) if act.kind is ActKind.REAPPLY), None)
        if asked is not None and target_of(self.promise, clock.kind) is None:
            yield Stopping(asked.at, Stop.CLOSED, UNPROMISED)


def _breached_anew(clock: Clock, ladder: Iterable[Rung]) -> Clock:
    """The clock at another breach than the one that was taken back: what followed from that is to be done again."""
    warnings = {rung.number for rung in ladder if rung.is_warning}
    return replace(clock, rungs=tuple(number for number in clock.rungs if number in warnings))


def _by_touch(touch: Touch | None) -> Stopping | None:
    return None if touch is None else Stopping(touch.at, Stop.MET, touch.because, touch.source)


def _extensions(acts: Iterable[Act], clock: Clock) -> list[Extension]:
    """The time that people added since the clock began."""
    given = (act for act in acts if act.kind is ActKind.EXTEND and act.at >= clock.started_at)
    return [Extension(act.at, Span.parse(act.more)) for act in given]
