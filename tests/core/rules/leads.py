"""Leads and their scopes, for tests of rules."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

from app.records.crm import PropertyDefinition
from app.rules.condition import Condition
from app.rules.evaluate import Scope
from app.rules.facts import Facts, GroupMember, Signal, Vocabulary
from app.rules.grammar import ConditionFault, Names
from app.rules.parse import parse_condition

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
KINDS = ("string", "number", "bool", "date", "datetime", "enumeration")
VOCABULARY = Vocabulary(
    {
        f"{owner}.a_{kind}": PropertyDefinition(f"a_{kind}", f"A {kind}", kind)
        for owner in ("contact", "deal")
        for kind in KINDS
    },
    frozenset({"gmail.com"}),
)
NAMES = Names(
    definitions={"our_market"},
    personas={"buyer", "champion"},
    stages={"lead", "marketingqualifiedlead"},
    scores={"fit", "interest", "interest.urgency"},
    vocabulary=VOCABULARY,
)


def lead(
    *signals: Signal,
    company: Mapping[str, str | None] | None = None,
    handoff: str | None = None,
    now: datetime = NOW,
    deals: tuple[Mapping[str, str | None], ...] = (),
    group: tuple[GroupMember, ...] | None = None,
    **contact: str | None,
) -> Facts:
    return Facts(now, contact, company, signals, handoff, deals, group)


def scope(facts: Facts | None = None) -> Scope:
    return Scope(facts or lead(), VOCABULARY)


def having(name: str, value: str | None) -> Scope:
    """The scope of a contact with one value."""
    return scope(Facts(NOW, {name: value}))


def form(title: str, at: datetime = NOW) -> Signal:
    return Signal("form", title, at)


def condition(node: object) -> Condition:
    """The condition written, which must be without fault."""
    faults: list[ConditionFault] = []
    parsed = parse_condition(node, (), NAMES, faults)
    assert faults == []
    return parsed


def faults_of(node: object, names: Names = NAMES) -> list[ConditionFault]:
    faults: list[ConditionFault] = []
    parse_condition(node, (), names, faults)
    return faults
