"""From a qualification to a decision: the course is carried out, and an owner chosen where one is needed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.agreement.model import Agreement
from app.handoff.course import Close, Hand, Hold, Stop
from app.handoff.decision import Decision, Kind, Seat
from app.handoff.draft import Aims, draft, stage_properties, stage_sentence, with_writes
from app.handoff.escalation import last_told, leftover_tasks, wants_another
from app.handoff.holding import hold, pool_of
from app.handoff.opening import open_handoff
from app.handoff.owners import chain_of
from app.handoff.properties import OWNER, STATUS
from app.handoff.qualify import Qualification
from app.handoff.stage import MoveBack, begin_move, finish_move
from app.handoff.state import HandoffState, Lead, PoolState, Roster
from app.records.crm import Owner
from app.records.ids import PoolId

_SPOKEN_FOR = frozenset({Kind.WAITING, Kind.DISQUALIFIED})


def reachable_pools(
    agreement: Agreement, qualification: Qualification, owners: Iterable[Owner] | None = None
) -> tuple[PoolId, ...]:
    """The pools whose ledgers `route` may need, sorted; none when no owner has to be chosen.

    An open handoff may need a new owner, so its pool is among them, unless `owners` are given and say
    that its owner is active.
    """
    match qualification.course:
        case Hand(route=chosen):
            return tuple(sorted(chain_of(agreement, chosen.to)))
        case Hold(handoff=handoff) as course:
            active = {owner.id for owner in owners or () if owner.active}
            kept = handoff.owner_id in active or OWNER in qualification.lead.history.overrides
            if kept and not wants_another(course):
                return ()
            return tuple(sorted(chain_of(agreement, pool_of(qualification, handoff))))
        case Stop() | Close():
            return ()
        case _:
            assert_never(qualification.course)


def route(qualification: Qualification, roster: Roster, now: datetime) -> Decision:
    """What is to be done with the lead. Total and deterministic; `now` is the decision's instant."""
    qualification = replace(qualification, now=now)
    match qualification.course:
        case Stop() as course:
            return _stop(qualification, course)
        case Hand() as course:
            return open_handoff(qualification, course, roster)
        case Hold() as course:
            return hold(qualification, course, roster)
        case Close() as course:
            return _close(qualification, course)
        case _:
            assert_never(qualification.course)


def charge(pools: Mapping[PoolId, PoolState], decision: Decision) -> Mapping[PoolId, PoolState]:
    """The ledgers after the decision, so that the next lead of a batch is decided on them.

    Pools that are not given stay out of it.
    """
    charged = dict(pools)
    if decision.vacated is not None:
        _count(charged, decision.vacated, -1)
    taken = _taken(decision)
    if taken is not None:
        _count(charged, taken, +1)
    line = decision.assignment
    if line is not None and line.charged and line.pool in charged:
        charged[line.pool] = replace(charged[line.pool], credits=line.credits_after)
    return charged


def _taken(decision: Decision) -> Seat | None:
    if decision.assignment is not None:
        return Seat(decision.assignment.pool, decision.assignment.owner_id)
    if decision.vacated is not None and decision.handoff_owner is not None:
        return Seat(decision.vacated.pool, decision.handoff_owner)
    return None


def _count(pools: dict[PoolId, PoolState], seat: Seat, change: int) -> None:
    state = pools.get(seat.pool)
    if state is not None:
        count = max(0, state.open_handoffs.get(seat.owner_id, 0) + change)
        pools[seat.pool] = replace(state, open_handoffs={**state.open_handoffs, seat.owner_id: count})


def _stop(qualification: Qualification, stop: Stop) -> Decision:
    """No handoff; the stage may move all the same, and a move back is carried on."""
    move = finish_move(qualification.lead)
    staged = qualification.stage.wanted is not None and stop.kind not in _SPOKEN_FOR
    kind = Kind.STAGED if staged else stop.kind
    decision = draft(qualification, kind, stage_sentence(qualification), stop.because, move.dropped)
    decision = replace(decision, waiting_since=stop.waiting_since)
    aims = Aims(stage_properties(qualification), _untold_end(qualification.lead))
    return with_writes(decision, qualification, aims, move)


def _untold_end(lead: Lead) -> dict[str, str]:
    """That the last handoff expired, until the record is known to say so."""
    last = lead.history.last
    untold = last is not None and last.state is HandoffState.EXPIRED and STATUS not in lead.history.applied
    return {STATUS: HandoffState.EXPIRED.value} if untold else {}


def _close(qualification: Qualification, close: Close) -> Decision:
    """The handoff ends as the rep said, or as the ladder does, and every field is free again."""
    history, handoff = qualification.lead.history, close.handoff
    decision = replace(
        draft(qualification, Kind.CLOSED, close.because, stage_sentence(qualification)),
        closing=close.closing,
        vacated=Seat(handoff.pool, handoff.owner_id),
        released=tuple(sorted({*history.applied, *history.overrides})),
        **last_told(qualification, close),
    )
    move = MoveBack() if close.back is None else begin_move(close.back)
    expired = close.closing.state is HandoffState.EXPIRED
    aims = Aims(stage_properties(qualification), {STATUS: HandoffState.EXPIRED.value} if expired else {})
    decision = with_writes(decision, qualification, aims, move, tell=leftover_tasks(handoff, close.closing.state))
    return replace(decision, adopted={}, new_overrides=())
