"""The meaning of conditions: a plain walk over the tree, total on any facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import assert_never

from app.rules import leaves
from app.rules.condition import (
    All,
    Any_,
    Condition,
    HandoffTest,
    Meets,
    None_,
    PersonaTest,
    PropertyTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.scope import Scope
from app.rules.trace import Join, Trace
from app.rules.truth import Truth, every, some
from app.rules.wording import subject, wish

__all__ = ["Scope", "evaluate"]


def evaluate(condition: Condition, scope: Scope) -> Trace:  # noqa: C901, PLR0911  one line a kind
    """Whether the condition holds in the scope, and why. Never raises, whatever the facts say."""
    match condition:
        case All(parts):
            return _joined(Join.ALL, [evaluate(part, scope) for part in parts])
        case Any_(parts):
            return _joined(Join.ANY, [evaluate(part, scope) for part in parts])
        case None_(parts):
            return _joined(Join.NONE, [evaluate(part, scope) for part in parts])
        case PropertyTest():
            return leaves.trace_property(condition, scope)
        case SignalTest():
            return leaves.trace_signal(condition, scope)
        case ScoreTest():
            return leaves.trace_score(condition, scope)
        case PersonaTest():
            return leaves.trace_persona(condition, scope)
        case StageTest():
            return leaves.trace_stage(condition, scope)
        case HandoffTest():
            return leaves.trace_handoff(condition, scope)
        case Meets():
            return _named(condition, scope)
        case _:
            assert_never(condition)


def _joined(join: Join, children: Sequence[Trace]) -> Trace:
    truths = [child.truth for child in children]
    settles = Truth.NOT_MET if join is Join.ALL else Truth.MET
    truth = every(truths) if join is Join.ALL else some(truths)
    return Trace(
        label=join.value,
        truth=truth.opposite if join is Join.NONE else truth,
        seen=None,
        wanted="",
        children=tuple(children),
        changes_at=_changes_at(children, settles),
        join=join,
    )


def _changes_at(children: Sequence[Trace], settles: Truth) -> datetime | None:
    """When time alone could change the whole: while one child settles it, not before the last such turns."""
    settling = [child.changes_at for child in children if child.truth is settles]
    if settling:
        turning = [instant for instant in settling if instant]
        return max(turning) if len(turning) == len(settling) else None
    return min((child.changes_at for child in children if child.changes_at), default=None)


def _named(test: Meets, scope: Scope) -> Trace:
    """A definition by its name. It does not see itself, so that evaluation ends even on a circle."""
    meaning = scope.definitions.get(test.name)
    if meaning is None:
        miss = f"{subject(test)} would have to be defined"
        return Trace(subject(test), Truth.NO_DATA, None, wish(test), miss=miss)
    others = {name: condition for name, condition in scope.definitions.items() if name != test.name}
    child = evaluate(meaning, replace(scope, definitions=others))
    return Trace(subject(test), child.truth, None, wish(test), (child,), child.changes_at, Join.NAMED)
