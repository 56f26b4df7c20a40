"""Rows that nothing reaches: they can never be met, or an earlier row takes every lead that they would."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.agreement.findings.whole import Whole
from app.agreement.logic.formula import Both, Formula, spelled_out
from app.agreement.logic.points import World
from app.agreement.logic.proof import Proof
from app.agreement.places import Place
from app.rules.condition import Condition
from app.rules.grammar import ConditionFault, Path

FIRST_MATCH = ("personas", "disqualify", "routes", "territories", "playbooks")
_NO_HANDOFF = ("qualified", "rejected", "recycled", "expired")
"""States of the last handoff while none is open, as when a lead may be handed over."""


@dataclass(frozen=True, slots=True)
class _Row:
    path: Path
    name: str
    formula: Formula
    branches: tuple[tuple[Path, Formula], ...]


def unmet_rows(whole: Whole) -> Iterator[ConditionFault]:
    """Conditions that no lead can meet, and rows whose leads an earlier row takes."""
    everybody = _world(whole, [persona.id for persona in whole.document.personas])
    definitions, faults = _possible_definitions(whole, everybody)
    yield from faults
    lost = list(_of_section(whole, "personas", definitions, everybody))
    yield from lost
    dead = {fault.path[1] for fault in lost if fault.path[2:] == ("when",)}  # not one of several ways of meeting it
    world = _world(whole, [one.id for at, one in enumerate(whole.document.personas) if at not in dead])
    for section in ("score", "disqualify", "stages", "territories", "playbooks"):
        yield from _of_section(whole, section, definitions, world)
    yield from _of_routes(whole, definitions, replace(world, handoffs=_NO_HANDOFF))


def _world(whole: Whole, personas: Sequence[str]) -> World:
    return World(whole.vocabulary, tuple(personas), whole.stages)


def _possible_definitions(whole: Whole, world: World) -> tuple[Mapping[str, Condition], list[ConditionFault]]:
    """The definitions that can be met; one that cannot is told once, not wherever it is used."""
    proof, definitions = Proof(world), whole.document.definitions
    faults = [
        _cannot_match(place.path)
        for place in whole.within("definitions")
        if proof.impossible(spelled_out(place.when, definitions))
    ]
    dead = {fault.path[1] for fault in faults}
    return {name: when for name, when in definitions.items() if name not in dead}, faults


def _of_section(
    whole: Whole, section: str, definitions: Mapping[str, Condition], world: World
) -> Iterator[ConditionFault]:
    proof = Proof(world)
    rows = [_row(whole, place, definitions) for place in whole.within(section)]
    possible = [row for row in rows if not proof.impossible(row.formula)]
    yield from (_cannot_match(row.path) for row in rows if row not in possible)
    yield from _dead_branches(possible, proof)
    if section in FIRST_MATCH:
        yield from _shadowed(possible, (), proof)


def _of_routes(whole: Whole, definitions: Mapping[str, Condition], world: World) -> Iterator[ConditionFault]:
    """Only ready leads are routed, and nobody whom a disqualifier takes."""
    proof = Proof(world)
    (ready,) = (_row(whole, place, definitions) for place in whole.within("ready"))
    if proof.impossible(ready.formula):
        yield _cannot_match(ready.path)
        return
    yield from _dead_branches([ready], proof)
    routes = [_row(whole, place, definitions) for place in whole.within("routes")]
    possible = [route for route in routes if not proof.impossible(Both((ready.formula, route.formula)))]
    yield from (_cannot_match(route.path, who="ready lead") for route in routes if route not in possible)
    yield from _dead_branches(possible, proof)
    barred = [_row(whole, place, definitions) for place in whole.within("disqualify")]
    yield from _shadowed(possible, barred, proof)


def _dead_branches(rows: Iterable[_Row], proof: Proof) -> Iterator[ConditionFault]:
    """A row that can be met may still have ways of meeting it that nobody takes; each is told where it begins."""
    dead: list[Path] = []
    for path, formula in (branch for row in rows for branch in row.branches):
        if not any(path[: len(one)] == one for one in dead) and proof.impossible(formula):
            dead.append(path)
            yield _cannot_match(path)


def _shadowed(rows: Sequence[_Row], before: Sequence[_Row], proof: Proof) -> Iterator[ConditionFault]:
    for at, row in enumerate(rows):
        taker = next((one for one in (*before, *rows[:at]) if proof.implies(row.formula, one.formula)), None)
        if taker is not None:
            message = f"whoever meets this is taken by `{taker.name}` first, so it is never used"
            yield ConditionFault(row.path, "shadowed", message, "Move it up, ask for something else, or remove it")


def _row(whole: Whole, place: Place, definitions: Mapping[str, Condition]) -> _Row:
    branches = ((path, spelled_out(when, definitions)) for path, when in place.branches(whole.names))
    return _Row(place.path, _name(whole, place.path), spelled_out(place.when, definitions), tuple(branches))


def _name(whole: Whole, path: Path) -> str:
    """The id of the row that a condition belongs to; else the section's name."""
    rows, at = getattr(whole.document, str(path[0])), path[-2] if len(path) > 1 else 0
    return str(rows[at].id) if isinstance(rows, list) and isinstance(at, int) else str(path[0])


def _cannot_match(path: Path, who: str = "lead") -> ConditionFault:
    message = f"no {who} can meet this: what it asks for cannot be true at once"
    return ConditionFault(path, "cannot_match", message, "Take away one of the tests that exclude each other")
