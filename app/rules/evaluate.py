"""The meaning of conditions: a plain walk over the tree, total on any facts."""

from __future__ import annotations

from typing import assert_never

from app.rules import leaves
from app.rules.condition import (
    All,
    Any_,
    BuyingGroupTest,
    Condition,
    DealTest,
    HandoffTest,
    Leaf,
    Meets,
    None_,
    PersonaTest,
    PropertyTest,
    RoleTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.scope import Scope
from app.rules.trace import Join, Trace, joined
from app.rules.truth import Truth
from app.rules.wording import subject, wish

__all__ = ["Scope", "evaluate"]


def evaluate(condition: Condition, scope: Scope) -> Trace:
    """Whether the condition holds in the scope, and why. Never raises, whatever the facts say."""
    match condition:
        case All(parts):
            return joined(Join.ALL, [evaluate(part, scope) for part in parts])
        case Any_(parts):
            return joined(Join.ANY, [evaluate(part, scope) for part in parts])
        case None_(parts):
            return joined(Join.NONE, [evaluate(part, scope) for part in parts])
        case _:
            return _leaf(condition, scope)


def _leaf(leaf: Leaf, scope: Scope) -> Trace:  # noqa: C901, PLR0911  one line a kind
    match leaf:
        case PropertyTest():
            return leaves.trace_property(leaf, scope)
        case DealTest():
            return leaves.trace_deal(leaf, scope)
        case SignalTest():
            return leaves.trace_signal(leaf, scope)
        case ScoreTest():
            return leaves.trace_score(leaf, scope)
        case PersonaTest():
            return leaves.trace_persona(leaf, scope)
        case RoleTest():
            return leaves.trace_role(leaf, scope)
        case BuyingGroupTest():
            return leaves.trace_group(leaf, scope)
        case StageTest():
            return leaves.trace_stage(leaf, scope)
        case HandoffTest():
            return leaves.trace_handoff(leaf, scope)
        case Meets():
            return _named(leaf, scope)
        case _:
            assert_never(leaf)


def _named(test: Meets, scope: Scope) -> Trace:
    """A definition by its name. It does not see itself, so that evaluation ends even on a circle."""
    meaning = scope.definitions.get(test.name)
    if meaning is None:
        miss = f"{subject(test)} would have to be defined"
        return Trace(subject(test), Truth.NO_DATA, None, wish(test), miss=miss)
    child = evaluate(meaning, scope.without_definition(test.name))
    return Trace(subject(test), child.truth, None, wish(test), (child,), child.changes_at, Join.NAMED)
