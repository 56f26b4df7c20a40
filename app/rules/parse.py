"""From plain content (maps, lists, scalars) to a Condition, or what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.records.span import Span
from app.rules.condition import (
    All,
    Any_,
    Condition,
    HandoffTest,
    Meets,
    None_,
    PersonaTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.grammar import NOTHING, ConditionFault, Ids, Names, Path, Reading, nearest
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD
from app.rules.operands import Subject, property_tests, read_tests, texts
from app.rules.operators import read_span
from app.rules.signals import SIGNAL_KINDS
from app.rules.values import Kind

__all__ = ["NOTHING", "ConditionFault", "Names", "parse_condition", "parse_signal"]

_JOINS: Mapping[str, type[All | Any_ | None_]] = {"all": All, "any": Any_, "none": None_}
_STATES = (*HANDOFF_ROAD, *HANDOFF_ENDS)
_LIMITS = frozenset({"within", "at_least"})


def parse_condition(node: object, path: Path, known: Names, faults: list[ConditionFault]) -> Condition:
    """The condition that `node` writes. What is wrong is added to `faults`, each at its own path."""
    return _condition(node, Reading(path, known, faults))


def parse_signal(node: object, path: Path, known: Names, faults: list[ConditionFault]) -> SignalTest | None:
    """The signal test of a node that must be one, as under `each:`."""
    condition = parse_condition(node, path, known, faults)
    if isinstance(condition, SignalTest):
        return condition
    if condition is not NOTHING:
        Reading(path, known, faults).fault(
            "signal_wanted", "`each` counts signals", "Write `each: {signal: {form: any}}`, or use `when`"
        )
    return None


def _condition(node: object, reading: Reading) -> Condition:
    if isinstance(node, list):
        return _parts(All, node, reading)
    if not isinstance(node, Mapping) or not node:
        return reading.refuse(
            "not_a_condition",
            f"{_words(node)} is no condition",
            "Write one like `{company.numberofemployees: {at_least: 50}}`, or a list of them",
        )
    if len(node) > 1:
        return reading.at(list(node)[1]).refuse(
            "several_conditions",
            "One condition has one name, here there are several",
            "Put a dash before each, which makes it a list: all of them must be met",
            at_key=True,
        )
    ((name, wanted),) = node.items()
    return _named(str(name), wanted, reading.at(str(name)))


def _named(name: str, wanted: object, reading: Reading) -> Condition:
    if name in _JOINS:
        return _parts(_JOINS[name], wanted, reading)
    if name in reading.known.without or name.partition(".")[0] in reading.known.without:
        return reading.refuse(
            "not_here", f"`{name}` is not known yet at this place", "Use values and signals here", at_key=True
        )
    head, dot, rest = name.partition(".")
    if name in _LEAVES:
        return _LEAVES[name](wanted, reading)
    if head in _DOTTED and dot and rest:
        return _DOTTED[head](name, wanted, reading)
    return reading.refuse(
        "unknown_condition",
        f"`{name}` is no kind of condition",
        nearest(name, (*_JOINS, *_LEAVES, "contact.<property>", "company.<property>", "score.fit")),
        at_key=True,
    )


def _parts(join: type[All | Any_ | None_], node: object, reading: Reading) -> Condition:
    if not isinstance(node, list):
        return join((_condition(node, reading),))
    if not node:
        return reading.refuse("empty_list", "An empty list says nothing", "Write at least one condition in it")
    return join(tuple(_condition(part, reading.at(at)) for at, part in enumerate(node)))


def _property(name: str, wanted: object, reading: Reading) -> Condition:
    tests = property_tests(name, wanted, reading)
    if not tests:
        return NOTHING
    return tests[0] if len(tests) == 1 else All(tests)


def _score(name: str, wanted: object, reading: Reading) -> Condition:
    score = name.partition(".")[2]
    if score not in reading.known.scores:
        fix = nearest(name, [f"score.{one}" for one in sorted(reading.known.scores)])
        return reading.refuse("unknown_score", f"there is no score `{name}`", fix, at_key=True)
    tests = [ScoreTest(score, row, text) for row, text in read_tests(Subject(name, Kind.NUMBER), wanted, reading)]
    if not tests:
        return NOTHING
    return tests[0] if len(tests) == 1 else All(tuple(tests))


def _signal(node: object, reading: Reading) -> Condition:
    if not isinstance(node, Mapping) or len(set(node) - _LIMITS) != 1:
        return reading.refuse(
            "not_a_signal",
            "A signal names one kind of thing that a contact did",
            "Write it like `signal: {form: {contains: demo}, within: 7 days, at_least: 2 times}`",
        )
    (kind,) = set(node) - _LIMITS
    if kind not in SIGNAL_KINDS:
        fix = nearest(str(kind), SIGNAL_KINDS)
        return reading.at(str(kind)).refuse("unknown_signal", f"`{kind}` is no kind of signal", fix, at_key=True)
    before = len(reading.faults)
    test = SignalTest(
        kind,
        *_detail(kind, node[kind], reading.at(kind)),
        within=_window(node["within"], reading.at("within")) if "within" in node else None,
        at_least=_times(node["at_least"], reading.at("at_least")) if "at_least" in node else 1,
    )
    return test if len(reading.faults) == before else NOTHING


def _detail(kind: str, wanted: object, reading: Reading) -> tuple[str | None, tuple[str, ...]]:
    if wanted == "any":
        return None, ()
    tests = read_tests(Subject(kind, Kind.STRING), wanted, reading)
    if len(tests) > 1:
        reading.fault("several_tests", f"`{kind}` takes one test of its title", "Keep one of them")
    return tests[0] if tests else (None, ())


def _window(written: object, reading: Reading) -> Span | None:
    span = read_span(str(written))
    if span is None or not span.amount:
        reading.fault("bad_span", f"{_words(written)} is no length of ordinary time", "Write it like `7 days` or `2 h`")
    return span


def _times(written: object, reading: Reading) -> int:
    number = str(written).removesuffix("times").removesuffix("time").strip()
    if number.isascii() and number.isdigit() and int(number[:9]) > 0:
        return int(number[:9])
    reading.fault("bad_count", f"{_words(written)} is no number of times", "Write it like `2 times`")
    return 1


def _persona(wanted: object, reading: Reading) -> Condition:
    listed = wanted["one_of"] if isinstance(wanted, Mapping) and set(wanted) == {"one_of"} else wanted
    ids = texts(listed)
    if not ids:
        return reading.refuse("not_a_persona", "`persona` takes the id of a persona", "Write `persona: <id>`")
    for one in ids:
        _check_reference("persona", one, reading.known.personas, reading)
    return PersonaTest(ids)


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
        reading.fault("not_a_name", f"{_words(wanted)} is no {what}", f"Write the id of a {what}")
    return str(wanted)


def _check_reference(what: str, wanted: str, among: Ids, reading: Reading) -> None:
    if wanted not in among:
        code = f"unknown_{what.replace(' ', '_')}"
        reading.fault(code, f"there is no {what} `{wanted}`", nearest(wanted, among))


def _words(node: object) -> str:
    """What is written, short enough for a message."""
    written = {True: "true", False: "false"}.get(node) if isinstance(node, bool) else str(node)
    return "nothing" if node is None or node in ({}, []) else f"`{str(written)[:60]}`"


_Leaf: TypeAlias = Callable[[object, Reading], Condition]
_LEAVES: Mapping[str, _Leaf] = {
    "signal": _signal,
    "persona": _persona,
    "reaches": _reaches,
    "handoff": _handoff,
    "meets": _meets,
}
_DOTTED: Mapping[str, Callable[[str, object, Reading], Condition]] = {
    "contact": _property,
    "company": _property,
    "score": _score,
}
