"""What is remembered of one contact between looks, and what a decision adds to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.handoff.decision import Decision
from app.handoff.state import History, Override, StageMove


@dataclass(frozen=True, slots=True)
class Memory:
    """What is remembered of one contact between looks."""

    applied: Mapping[str, str] = field(default_factory=dict)
    overrides: Mapping[str, Override] = field(default_factory=dict)
    stage_move: StageMove | None = None
    waiting_since: datetime | None = None


def memory_of(history: History) -> Memory:
    """What a lead was decided with."""
    return Memory(history.applied, history.overrides, history.stage_move, history.waiting_since)


def remember(history: History, decision: Decision) -> Memory:
    """What to remember of a contact after a decision: what stands, what others hold, what is under way."""
    overrides = {**history.overrides, **{one.field: one for one in decision.new_overrides}}
    applied = {**history.applied, **decision.adopted}
    return Memory(
        applied={name: value for name, value in applied.items() if name not in decision.released},
        overrides={name: one for name, one in overrides.items() if name not in decision.released},
        stage_move=decision.stage_move,
        waiting_since=decision.waiting_since,
    )
