"""A later, more urgent route tightens what an open handoff promises. It never gives the lead to anybody else."""

from __future__ import annotations

from dataclasses import replace

from app.agreement.model import Promise
from app.handoff.promise import ladder_of, lay, named_calendar, target_of
from app.handoff.qualify import Qualification
from app.handoff.state import Handoff
from app.handoff.weigh import first_met
from app.sla.clock import Clock, next_at


def tightened(qualification: Qualification, handoff: Handoff, clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The clocks with the deadlines of the route that the lead would take now, where those are earlier.

    They are counted from now, when the owner can be told. Nothing changes unless the lead did something since the
    handoff opened, nor while it would take the same route. Applied again later it changes nothing more.
    """
    signs = any(one.occurred_at > handoff.opened_at for one in qualification.scope.facts.signals)
    route, _ = first_met(qualification.agreement.routes, qualification.scope)
    if not signs or route is None or route.id == handoff.route:
        return clocks
    promise = qualification.agreement.promises.get(route.promise)
    return clocks if promise is None else tuple(_earlier(one, promise, qualification) for one in clocks)


def _earlier(clock: Clock, promise: Promise, qualification: Qualification) -> Clock:
    target, agreement, now = target_of(promise, clock.kind), qualification.agreement, qualification.now
    if target is None or clock.due_at is None or clock.stop is not None or clock.is_breached:
        return clock
    calendar = named_calendar(agreement, clock.calendar, clock.time_zone)
    due_at = lay(max(now, clock.started_at), target, calendar)
    if due_at is None or due_at >= clock.due_at:
        return clock
    own = agreement.promises.get(_promise_of(qualification))
    sooner = replace(clock, no_later_than=due_at, due_at=due_at)
    return replace(sooner, next_at=next_at(sooner, () if own is None else ladder_of(own, clock.kind), calendar, now))


def _promise_of(qualification: Qualification) -> str:
    handoff = qualification.lead.history.handoff
    return "" if handoff is None else handoff.promise
