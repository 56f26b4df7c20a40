"""From the name and content of one leaf to its test, or what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.records.roles import ROLES
from app.rules.condition import (
    All,
    BuyingGroupTest,
    Condition,
    DealTest,
    HandoffTest,
    Meets,
    PersonaTest,
    RoleTest,
    ScoreTest,
    StageTest,
)
from app.rules.grammar import NOTHING, Ids, Reading, nearest, quoted
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD
from app.rules.operands import Subject, property_tests, read_tests, texts
from app.rules.parse_signal import read_count, signal_test
from app.rules.values import Kind

_STATES = (*HANDOFF_ROAD, *HANDOFF_ENDS)
_GROUP_FIELDS = frozenset({"has", "at_least"})


def _property(name: str, wanted: object, reading: Reading) -> Condition:
    tests = property_tests(name, wanted, reading)
    if not tests:
        return NOTHING
    return tests[0] if len(tests) == 1 else All(tests)


def _deal(name: str, wanted: object, reading: Reading) -> Condition:
    tests = property_tests(name, wanted, reading)
    return DealTest(tests) if tests else NOTHING


def _score(name: str, wanted: object, reading: Reading) -> Condition:
    score = name.partition(".")[2]
    if score not in reading.known.scores:
        fix = nearest(name, [f"score.{one}" for one in sorted(reading.known.scores)])
        return reading.refuse("unknown_score", f"there is no score `{name}`", fix, at_key=True)
    tests = [ScoreTest(score, row, text) for row, text in read_tests(Subject(name, Kind.NUMBER), wanted, reading)]
    if not tests:
        return NOTHING
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _persona(wanted: object, reading: Reading) -> Condition:
    ids = _one_of(wanted)
    if not ids:
        return reading.refuse("not_a_persona", "`persona` takes the id of a persona", "Write `persona: <id>`")
    for one in ids:
        _check_reference("persona", one, reading.known.personas, reading)
    return PersonaTest(ids)


def _role(wanted: object, reading: Reading) -> Condition:
    roles = _one_of(wanted)
    if not roles:
        fix = "Write it like `role: decision_maker`"
        return reading.refuse("not_a_role", "`role` takes a buying role", fix)
    for one in roles:
        _check_reference("buying role", one, ROLES, reading)
    return RoleTest(roles)


def _one_of(wanted: object) -> tuple[str, ...]:
    """The names under a leaf that takes one, a list of them, or `one_of`."""
    return texts(wanted["one_of"] if isinstance(wanted, Mapping) and set(wanted) == {"one_of"} else wanted)


def _buying_group(node: object, reading: Reading) -> Condition:
    if not isinstance(node, Mapping) or not node or set(node) - _GROUP_FIELDS:
        return reading.refuse(
            "not_a_group",
            "A buying group says who is in it, how many, or both",
            "Write it like `buying_group: {has: [decision_maker, champion], at_least: 2 people}`",
        )
    before = len(reading.faults)
    has = _roles(node["has"], reading.at("has")) if "has" in node else ()
    people = ("people", "person")
    least = read_count(node["at_least"], reading.at("at_least"), people) if "at_least" in node else 1
    return BuyingGroupTest(has, least) if len(reading.faults) == before else NOTHING


def _roles(node: object, reading: Reading) -> tuple[str, ...]:
    roles = texts(node)
    if not roles:
        reading.fault("not_a_role", f"{quoted(node)} is no buying role", "Write it like `[decision_maker, champion]`")
    for one in roles:
        _check_reference("buying role", one, ROLES, reading)
    return roles


def _reaches(wanted: object, reading: Reading) -> Condition:
    return StageTest(_reference("stage", wanted, reading.known.stages, reading))


def _handoff(wanted: object, reading: Reading) -> Condition:
    return HandoffTest(_reference("handoff state", wanted, _STATES, reading))


def _meets(wanted: object, reading: Reading) -> Condition:
    return Meets(_reference("definition", wanted, reading.known.definitions, reading))


def _reference(what: str, wanted: object, among: Ids, reading: Reading) -> str:
    if isinstance(wanted, str):
        _check_reference(what, wanted, among, reading)
    else:
        reading.fault("not_a_name", f"{quoted(wanted)} is no {what}", f"Write the id of a {what}")
    return str(wanted)


def _check_reference(what: str, wanted: str, among: Ids, reading: Reading) -> None:
    if wanted not in among:
        code = f"unknown_{what.replace(' ', '_')}"
        reading.fault(code, f"there is no {what} `{wanted}`", nearest(wanted, among))


_Leaf: TypeAlias = Callable[[object, Reading], Condition]

LEAVES: Mapping[str, _Leaf] = {
    "signal": lambda node, reading: signal_test(node, reading) or NOTHING,
    "persona": _persona,
    "role": _role,
    "buying_group": _buying_group,
    "reaches": _reaches,
    "handoff": _handoff,
    "meets": _meets,
}
"""The leaves that are one word."""

DOTTED: Mapping[str, Callable[[str, object, Reading], Condition]] = {
    "contact": _property,
    "company": _property,
    "deal": _deal,
    "score": _score,
}
"""The leaves that name a value, by what stands before the dot."""
