"""From plain content (maps, lists, scalars) to a Condition, or what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Mapping

from app.rules.condition import All, Any_, Condition, None_, SignalTest
from app.rules.grammar import NOTHING, ConditionFault, Names, Path, Reading, nearest, quoted
from app.rules.parse_leaf import DOTTED, LEAVES

__all__ = ["NOTHING", "ConditionFault", "Names", "parse_condition", "parse_signal"]

_JOINS: Mapping[str, type[All | Any_ | None_]] = {"all": All, "any": Any_, "none": None_}


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
            f"{quoted(node)} is no condition",
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
    if name in LEAVES:
        return LEAVES[name](wanted, reading)
    if head in DOTTED and dot and rest:
        return DOTTED[head](name, wanted, reading)
    return reading.refuse(
        "unknown_condition",
        f"`{name}` is no kind of condition",
        nearest(name, (*_JOINS, *LEAVES, "contact.<property>", "company.<property>", "deal.<property>", "score.fit")),
        at_key=True,
    )


def _parts(join: type[All | Any_ | None_], node: object, reading: Reading) -> Condition:
    if not isinstance(node, list):
        return join((_condition(node, reading),))
    if not node:
        return reading.refuse("empty_list", "An empty list says nothing", "Write at least one condition in it")
    return join(tuple(_condition(part, reading.at(at)) for at, part in enumerate(node)))
