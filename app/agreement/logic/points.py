"""Points that stand for all leads, as far as one subject goes.

The evaluator itself says what a leaf makes of each point: there is no second meaning of operators here.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from app.agreement.logic.formula import Literal
from app.agreement.logic.values import picked, values
from app.records.crm import PropertyDefinition
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.rules.condition import Condition, HandoffTest, PersonaTest, PropertyTest, ScoreTest, StageTest
from app.rules.evaluate import evaluate
from app.rules.facts import Facts, Vocabulary
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD
from app.rules.names import known_kind
from app.rules.scope import Scope
from app.rules.values import Kind

_NOW = datetime(2026, 1, 1, tzinfo=UTC)
_UNREADABLE = "?"
_VALUE = "contact.value"
_SINGLE = frozenset({"select", "radio", "booleancheckbox"})


@dataclass(frozen=True, slots=True)
class World:
    """What there can be: the portal's properties, the document's personas, stages in order, handoff states."""

    vocabulary: Vocabulary
    personas: tuple[str, ...] = ()
    stages: tuple[str, ...] = HUBSPOT_DEFAULT_STAGES
    handoffs: tuple[str, ...] = (*HANDOFF_ROAD, *HANDOFF_ENDS)


def subject(leaf: Condition) -> str | None:
    """What a leaf is about, where its values can be tried one by one; None for signals, deals and groups."""
    match leaf:
        case PropertyTest(name):
            return name if name.startswith(("contact.", "company.")) else None
        case ScoreTest(name):
            return f"score.{name}"
        case PersonaTest() | StageTest() | HandoffTest():
            return type(leaf).__name__
        case _:
            return None


def holds(literal: Literal, point: Scope) -> bool:
    """Whether the literal holds at a point that was made for its subject."""
    leaf = literal.leaf
    leaf = replace(leaf, name=_VALUE) if isinstance(leaf, PropertyTest) else leaf
    return evaluate(leaf, point).truth is literal.wanted


def points(about: Sequence[Literal], world: World, *, sure: Sequence[Literal]) -> tuple[Scope, ...] | None:
    """Points that stand for all values of the one subject at which the `sure` literals may hold.

    They are made for the literals in `about`, the sure ones among them. None where a few cannot stand for all.
    """
    leaf = about[0].leaf
    match leaf:
        case PropertyTest(name):
            return _of_property(name, about, world, sure)
        case ScoreTest(name):
            tests = [one.leaf for one in about if isinstance(one.leaf, ScoreTest)]
            texts = values(Kind.NUMBER, tests, single=True)
            return None if texts is None else tuple(_point(scores={name: float(text)}) for text in texts)
        case PersonaTest():
            return tuple(_point(persona=one) for one in (*world.personas, None))
        case StageTest():
            return tuple(_point(reached=reached) for reached in _reached(about, world))
        case HandoffTest():
            return tuple(_point(handoff=state) for state in (*world.handoffs, None))
        case _:
            return None


def can_be_tried(literal: Literal, world: World) -> bool:
    """Whether points stand for all values as far as this literal goes; others of its subject may then join it."""
    return subject(literal.leaf) is not None and points([literal], world, sure=[literal]) is not None


def score_points(test: ScoreTest, least: float, most: float) -> tuple[Scope, ...]:
    """Points for all that a score can come to, between the least and the most; none for an operator not known here."""
    texts = values(Kind.NUMBER, [test], single=True) or ()
    numbers = {min(max(float(text), least), most) for text in texts}
    return tuple(_point(scores={test.name: number}) for number in numbers)


def is_single(name: str, vocabulary: Vocabulary) -> bool:
    """Whether a contact can have only one of the property's choices."""
    definition = vocabulary.properties.get(name)
    return definition is not None and definition.field_type in _SINGLE


def _of_property(
    name: str, about: Sequence[Literal], world: World, sure: Sequence[Literal]
) -> tuple[Scope, ...] | None:
    kind, single = known_kind(name, world.vocabulary), is_single(name, world.vocabulary)
    if kind is None:
        return None
    met = [one.leaf for one in sure if isinstance(one.leaf, PropertyTest) and one.met]
    texts: tuple[str | None, ...] | None = picked(kind, met, single=single)
    if texts is None:
        tests = [one.leaf for one in about if isinstance(one.leaf, PropertyTest)]
        standing = values(kind, tests, single=single)
        texts = None if standing is None else (*standing, _UNREADABLE, None)
    vocabulary = Vocabulary({_VALUE: PropertyDefinition("value", "Value", kind.value)})
    return None if texts is None else tuple(_point(value=text, vocabulary=vocabulary) for text in texts)


def _reached(about: Sequence[Literal], world: World) -> Iterator[frozenset[str]]:
    """Whoever is at a stage has reached those before it; a stage that is in no order counts alone."""
    for count in range(len(world.stages) + 1):
        yield frozenset(world.stages[:count])
    for one in about:
        if isinstance(one.leaf, StageTest) and one.leaf.reaches not in world.stages:
            yield frozenset({one.leaf.reaches})


def _point(
    *,
    value: str | None = None,
    vocabulary: Vocabulary | None = None,
    scores: Mapping[str, float] | None = None,
    persona: str | None = None,
    reached: frozenset[str] = frozenset(),
    handoff: str | None = None,
) -> Scope:
    facts = Facts(_NOW, {"value": value}, handoff=handoff)
    return Scope(facts, vocabulary or Vocabulary(), persona=persona, scores=scores or {}, reached=reached)
