"""The lifecycle stage: how far a lead may rise, and how a move back is carried through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from app.agreement.model import Agreement
from app.handoff.properties import STAGE
from app.handoff.reconcile import ANOTHER_HAND, other_hand
from app.handoff.state import Lead, Override, StageMove
from app.handoff.weigh import Tried, reached_by, try_rule
from app.rules.evaluate import Scope


@dataclass(frozen=True, slots=True)
class Rise:
    """How far the lead may rise.

    `aim` is the furthest stage met, if that is not behind the one seen. It is `wanted`, to be written, where
    it is forward and the stage is in nobody else's hand (`override`). `reached` counts the one wanted in.
    """

    seen: str | None
    aim: str | None
    wanted: str | None
    reached: frozenset[str]
    tried: tuple[Tried, ...]
    override: Override | None = None


@dataclass(frozen=True, slots=True)
class MoveBack:
    """What a move back still takes: `clear` first, then set `to`; `dropped` says why it is given up."""

    to: str | None = None
    clear: bool = False
    move: StageMove | None = None
    adopted: Mapping[str, str] = field(default_factory=dict)
    dropped: str = ""


def stage_seen(lead: Lead) -> str | None:
    return lead.contact.properties.get(STAGE) or None


def rise(agreement: Agreement, lead: Lead, scope: Scope, *, may_rise: bool) -> Rise:
    """The furthest stage whose conditions are met, if it is forward of the one seen. Never backward."""
    seen, rank = stage_seen(lead), lead.stages.rank
    tried, furthest = _try_stages(agreement, lead, scope)
    here = Rise(seen, None, None, reached_by(lead.stages, seen), tried)
    if not may_rise or furthest is None or rank(furthest) < rank(seen):
        return here
    override = other_hand(STAGE, furthest, lead, scope.facts.now)
    here = replace(here, aim=furthest, override=override)
    if override is not None or rank(furthest) == rank(seen):
        return here
    return replace(here, wanted=furthest, reached=here.reached | reached_by(lead.stages, furthest))


def finish_move(lead: Lead) -> MoveBack:
    """What is left to do of a move back that an earlier decision began."""
    move, seen = lead.history.stage_move, stage_seen(lead)
    if move is None:
        return MoveBack()
    if seen == move.to:
        return MoveBack(adopted={STAGE: move.to})
    if seen is None:
        return MoveBack(to=move.to, move=move)
    if _moved_elsewhere(move, seen, lead):
        change = lead.history.changes.get(STAGE)
        hand = ANOTHER_HAND if change is None else change.by
        return MoveBack(dropped=f"The move back to {move.to} is dropped: {hand} set the stage to {seen}.")
    return begin_move(move)


def begin_move(move: StageMove) -> MoveBack:
    """A stage that reads otherwise is cleared before it is set back."""
    return MoveBack(to=move.to, clear=True, move=move)


def is_moving(lead: Lead) -> bool:
    """Whether a move back is under way."""
    return finish_move(lead).move is not None


def _try_stages(agreement: Agreement, lead: Lead, scope: Scope) -> tuple[tuple[Tried, ...], str | None]:
    """Every stage rule in the portal's order, each knowing those met before it; and the furthest met."""
    tried: list[Tried] = []
    furthest: str | None = None
    for rule in sorted(agreement.stages, key=lambda rule: lead.stages.rank(rule.id)):
        tried.append(try_rule(rule, scope))
        if tried[-1].met and lead.stages.rank(rule.id) >= 0:
            furthest = rule.id
            scope = replace(scope, reached=scope.reached | reached_by(lead.stages, furthest))
    return tuple(tried), furthest


def _moved_elsewhere(move: StageMove, seen: str, lead: Lead) -> bool:
    if move.was is not None:
        return seen != move.was
    change, last = lead.history.changes.get(STAGE), lead.history.last
    changed_since = change is not None and last is not None and change.at > last.closed_at
    return changed_since or lead.stages.rank(seen) < lead.stages.rank(move.to)
