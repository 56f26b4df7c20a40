"""A later, more urgent route tightens what an open handoff promises. It never gives the lead to anybody else."""

from __future__ import annotations

from dataclasses import replace

from app.agreement.model import Promise
from app.handoff.promise import ladder_of, lay, named_calendar, target_of
from app.handoff.qualify import Qualification
from app.handoff.state import Handoff
from app.handoff.weigh import first_met
from app.sla.clock import Clock, limited, next_at


def tightened(qualification: Qualification, handoff: Handoff, clocks: tuple[Clock, ...]) -> tuple[Clock, ...]:
    """The clocks with the deadlines of the route that the lead would take now, where those are earlier.

    They are counted from now, when the owner can be told. A clock changes only if the lead did something since the
    handoff opened, and since that clock's deadline was last brought forward: what a person gives or holds after that
    stands. Nothing changes while the lead would take the same route.
    """
    newest = max((one.occurred_at for one in qualification.scope.facts.signals), default=handoff.opened_at)
    route, _ = first_met(qualification.agreement.routes, qualification.scope)
    if newest <= handoff.opened_at or route is None or route.id == handoff.route:
        return clocks
    promise = qualification.agreement.promises.get(route.promise)
    if promise is None:
        return clocks
    return tuple(
        _earlier(one, promise, qualification, handoff) if one.limited_at is None or one.limited_at < newest else one
        for one in clocks
    )


def _earlier(clock: Clock, promise: Promise, qualification: Qualification, handoff: Handoff) -> Clock:
    target, agreement, now = target_of(promise, clock.kind), qualification.agreement, qualification.now
    if target is None or clock.stop is not None or clock.is_breached:
        return clock
    calendar = named_calendar(agreement, clock.calendar, clock.time_zone)
    due_at = lay(max(now, clock.started_at), target, calendar)
    sooner = clock if due_at is None else limited(clock, calendar, now, due_at)
    if sooner == clock:
        return clock
    own = agreement.promises.get(handoff.promise)
    return replace(sooner, next_at=next_at(sooner, () if own is None else ladder_of(own, clock.kind), calendar, now))
