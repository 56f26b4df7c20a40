"""The record and the memory after a decision, once everything that it writes has landed.

Handoffs are made without tenures, so no clock runs: what follows here follows from the rep's own words.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from app.handoff.decision import Closing, Decision, Opening, SetProperties
from app.handoff.memory import remember
from app.handoff.properties import STAGE
from app.handoff.state import Handoff, HandoffState, History, PastHandoff
from app.records.ids import OwnerId

Overlay = Mapping[str, str | None]
"""Property name to the value that the decision put on the record; None where it cleared one."""


def imagine(history: History, decision: Decision, *, version: int) -> tuple[History, Overlay]:
    """What is remembered, and what stands on the record, as if the CRM took every write at once."""
    memory = remember(history, decision)
    written = _written(decision)
    move = memory.stage_move
    done = move is not None and written.get(STAGE) == move.to
    after = replace(
        _with_handoff(history, decision, version),
        applied={**memory.applied, **written},
        overrides=memory.overrides,
        changes={},
        stage_move=None if done else move,
        waiting_since=memory.waiting_since,
    )
    return after, {name: value or None for name, value in written.items()}


def _written(decision: Decision) -> dict[str, str]:
    """All properties that the decision writes; where a step writes one again, the later value."""
    sets = (write for write in decision.writes if isinstance(write, SetProperties))
    return {name: value for write in sets for name, value in write.properties.items()}


def _with_handoff(history: History, decision: Decision, version: int) -> History:
    handoff = history.handoff
    if handoff is not None and decision.closing is not None:
        return replace(history, handoff=None, last=_closed(history.last, handoff, decision.closing, decision.at))
    if handoff is not None:
        return replace(history, handoff=_carried_on(handoff, decision))
    if decision.opening is not None:
        return replace(history, handoff=_opened(decision, decision.opening, version))
    return history


def _opened(decision: Decision, opening: Opening, version: int) -> Handoff:
    return Handoff(
        id=f"{decision.contact_id} at {decision.at.isoformat()}",
        version=version,
        route=opening.route,
        promise=opening.promise,
        pool=opening.pool,
        owner_id=opening.owner_id,
        state=HandoffState.OPEN,
        opened_at=decision.at,
        owner_confirmed_at=decision.at,
        noted=True,
        tasked=True,
    )


def _carried_on(handoff: Handoff, decision: Decision) -> Handoff:
    owner_id: OwnerId | None = decision.assignment.owner_id if decision.assignment else decision.handoff_owner
    return replace(
        handoff,
        state=decision.handoff_state or handoff.state,
        owner_id=owner_id or handoff.owner_id,
        owner_confirmed_at=handoff.owner_confirmed_at or decision.at,
        noted=True,
        tasked=True,
    )


def _closed(before: PastHandoff | None, handoff: Handoff, closing: Closing, at: datetime) -> PastHandoff:
    former = before.owners if before is not None and before.to_different_owner else ()
    return PastHandoff(
        id=handoff.id,
        state=closing.state,
        owner_id=handoff.owner_id,
        closed_at=at,
        reason=closing.reason,
        returns_at=closing.returns_at,
        to_different_owner=closing.to_different_owner,
        owners=(*former, handoff.owner_id),
        returns=0 if before is None else before.returns + 1,
    )
