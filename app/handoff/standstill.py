"""When a clock stands still: while the CRM is out, while a person holds it, and while an owner is away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.agreement.model import Promise
from app.handoff.state import Act, ActKind, Handoff
from app.handoff.touch import stretches_of
from app.sla.clock import Clock
from app.sla.pauses import Pause


def pauses_of(handoff: Handoff, promise: Promise, clock: Clock) -> tuple[Pause, ...]:
    """Everything that lets the clock stand still, in order: outages, holds, and absences where they count."""
    outages = (pause for pause in handoff.standstills if pause.owner_id is None)
    absences = _absences(handoff, clock) if promise.when_owner_away == "stop" else ()
    every = (*outages, *absences, *_holds(handoff.acts))
    since = (one for one in every if one.until_at is None or one.until_at > clock.started_at)
    return tuple(sorted(since, key=lambda pause: (pause.from_at, pause.because)))


def _absences(handoff: Handoff, clock: Clock) -> Iterable[Pause]:
    """The absences of whoever the clock times; of whoever had the lead at the time, where it is the lead's clock."""
    for tenure, until in stretches_of(handoff):
        if clock.kind.is_the_owners and tenure.number != clock.tenure:
            continue
        for pause in handoff.standstills:
            if pause.owner_id == tenure.owner_id:
                yield from _within(pause, tenure.assigned_at, until)


def _within(pause: Pause, from_at: datetime, until_at: datetime | None) -> Iterable[Pause]:
    """The part of a pause that lies between the two; none where they do not meet."""
    begins = max(pause.from_at, from_at)
    ends = min((at for at in (pause.until_at, until_at) if at is not None), default=None)
    if ends is None or begins < ends:
        yield replace(pause, from_at=begins, until_at=ends)


def _holds(acts: Iterable[Act]) -> list[Pause]:
    """Each hold up to its end, its release, or for as long as it lasts."""
    holds: list[Pause] = []
    for act in acts:
        if act.kind is ActKind.HOLD:
            holds.append(Pause(act.at, act.until, f"held by {act.by}: {act.because}"))
        elif act.kind is ActKind.RELEASE:
            holds = [replace(one, until_at=act.at) if one.holds(act.at) else one for one in holds]
    return holds
