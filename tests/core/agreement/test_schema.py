"""The schema that editors use says what parsing says, and cannot drift from it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from hypothesis import given

from app.agreement.fields import NOT_YET_KNOWN
from app.agreement.hover import HOVER
from app.agreement.schema import SCHEMA_ID, agreement_schema
from app.agreement.source import read_source
from app.agreement.terms import Part
from app.records.span import SPELLINGS
from app.rules.grammar import ConditionFault, Names
from app.rules.operators import OPERATORS
from app.rules.parse import parse_condition
from app.rules.parse_leaf import DOTTED, LEAVES
from app.rules.parse_signal import SIGNAL_LIMITS
from app.rules.signals import SIGNAL_KINDS
from tests.core.agreement.documents import SMALL, WHOLE, broken, faults
from tests.core.agreement.json_schema import KEYWORDS, accepts, subschemas, target
from tests.core.made import made, picked

SCHEMA: dict[str, Any] = agreement_schema()
DEFINED: dict[str, Any] = SCHEMA["$defs"]


def _shapes(shape: type[Part]) -> Iterator[type[Part]]:
    for inner in shape.__subclasses__():
        yield inner
        yield from _shapes(inner)


SHAPES = {shape.__name__: set(shape.model_fields) for shape in _shapes(Part)}


def _names(schema: dict[str, Any]) -> set[str]:
    return set(schema["properties"])


def test_it_is_well_formed() -> None:
    every = tuple(subschemas(SCHEMA))
    assert (SCHEMA["$schema"], SCHEMA["$id"]) == ("https://json-schema.org/draft/2020-12/schema", SCHEMA_ID)
    assert {name for one in every for name in one} <= KEYWORDS
    assert all(target(SCHEMA, one["$ref"]) for one in every if "$ref" in one)
    assert all(re.compile(one["pattern"]) for one in every if "pattern" in one)


def test_no_definition_is_left_over() -> None:
    assert {one["$ref"] for one in subschemas(SCHEMA) if "$ref" in one} == {f"#/$defs/{name}" for name in DEFINED}


def test_a_map_takes_no_name_that_it_does_not_say() -> None:
    said = [one for one in subschemas(SCHEMA) if one.keys() & {"properties", "patternProperties"}]
    assert [one for one in said if one["additionalProperties"] is not False] == []


def test_every_name_says_what_it_is_for() -> None:
    assert {shape: set(names) for shape, names in HOVER.items()} == SHAPES
    silent = [name for one in subschemas(SCHEMA) for name, said in one.get("properties", {}).items() if not said]
    assert silent == []


@pytest.mark.parametrize("shape", sorted(SHAPES.keys() - {"Document", "Ready"}))
def test_every_field_of_a_shape_is_in_it(shape: str) -> None:
    assert _names(DEFINED[shape]) == SHAPES[shape]


def test_every_section_is_in_it() -> None:
    assert _names(SCHEMA) == SHAPES["Document"]


def test_ready_is_a_condition_with_more_beside_it() -> None:
    assert _names(DEFINED["Ready"]) == _names(DEFINED["Condition"]) | SHAPES["Ready"]


@pytest.mark.parametrize("place", NOT_YET_KNOWN)
def test_a_condition_has_every_leaf_that_is_known_at_its_place(place: str) -> None:
    condition, without = DEFINED[place], set(NOT_YET_KNOWN[place])
    assert _names(condition) == {"all", "any", "none", *LEAVES} - without
    assert set(condition["patternProperties"]) == {rf"^{head}\." for head in DOTTED.keys() - without}


def test_every_operator_and_signal_is_in_it() -> None:
    assert _names(DEFINED["Comparison"]) == {*OPERATORS, "if_missing"}
    assert _names(DEFINED["Signal"]) == {*SIGNAL_KINDS, *SIGNAL_LIMITS}


@pytest.mark.parametrize("text", [WHOLE, SMALL], ids=["the committed one", "a small one"])
def test_an_agreement_without_a_fault_is_accepted(text: str) -> None:
    assert accepts(SCHEMA, read_source(text).content)


@pytest.mark.parametrize("unit", [spelling for spellings in SPELLINGS.values() for spelling in spellings])
def test_every_spelling_of_a_length_is_accepted(unit: str) -> None:
    text = broken("4 business hours", f"4 business {unit}")
    assert faults(text) == ()
    assert accepts(SCHEMA, read_source(text).content)


CONDITION = "{company.numberofemployees: {at_least: 50}}"
SIGNAL = "{signal: {form: {contains: demo}, within: 7 days, at_least: 2 times}}"
ACCEPTED: tuple[tuple[str, str], ...] = (
    (CONDITION, "{company.numberofemployees: 50}"),
    (CONDITION, "{company.industry: [BANKING, RETAIL]}"),
    (CONDITION, "{company.numberofemployees: {between: [10, 50], if_missing: met}}"),
    (CONDITION, "{any: [{contact.country: {known: true}}, {none: {contact.createdate: {in_last: 30 days}}}]}"),
    (CONDITION, "[{contact.days_since_createdate: {below: 3}}, {deal.amount: {at_least: 5000}}]"),
    (CONDITION, SIGNAL),
    (CONDITION, "{signal: {email_open: any, not_within: 3 months, at_most: 0}}"),
    (CONDITION, "{persona: {one_of: [buyer]}}"),
    (CONDITION, "[{role: champion}, {role: [champion, blocker]}, {persona: buyer}]"),
    (CONDITION, "{buying_group: {has: [decision_maker, champion], at_least: 2 people}}"),
    ("ready: {reaches: marketingqualifiedlead}", "ready: [{handoff: accepted}, {score.interest: 3}]"),
    ("{reaches: marketingqualifiedlead}", "{reaches: lead, wait_for: {known: [contact.email], at_most: 2 min}}"),
    ("when: {meets: big}}]}", "each: {signal: {form: any}}, half_life: 2 weeks}]}"),
    ("calendar: office, members", "calendar: office, if_nobody: {owner: sam@example.com}, members"),
    ("recycle: []", "recycle: [{reason: no_time, return_after: never, to: same_owner}]"),
    ("recycle: []", "recycle: [{reason: a, return_after: never, at_most: 2 times}, {reason: b, return_after: never}]"),
    ("recycle: []", "recycle: []\nterritories: [{id: north, because: Up there, owners: [ann@example.com]}]"),
    ("recycle: []", "recycle: []\nnamed_accounts: [{company: Acme, owner: ann@example.com, domain: acme.example}]"),
    ("office, members", "office, working_hours: require, prefer: [territory], reassign_at_most: 0, members"),
    ("{owner: ann@example.com}", "{owner: ann@example.com, calendar: office}"),
    ("hours_of: pool", "hours_of: lead, when_owner_away: stop, counts_as_touch: [notes_last_contacted]"),
    ("4 business hours", "4 business hours, steps: [{at: 75 %, do: task}, {at: breach, do: stop}]"),
    ("pool, accept", "pool, attempts: {count: 2, within: 3 days, steps: [{at: breach, do: stop}]}, accept"),
    ('"09:00-13:00"]}', '"09:00-13:00"]}, extra_open: {2026-12-19: ["10:00-14:00", "15:00-16:00"]}'),
    ("ends_on: never", "ends_on: 2027-10-01"),
    ("{owner: ann@example.com}", "{owner: ann@example.com, share: 2, at_most: 25 open handoffs}"),
    ("expect: {ready: true}", "expect: {ready: true, disqualified: false, score.fit: 40, pool: everyone}"),
    ("{company: {numberofemployees: 50}}", "{contact: {email: }, signals: [{form: Demo, ago: 1 h}], handoff: open}"),
)
REFUSED: tuple[tuple[str, str], ...] = (
    ("recycle: []\n", ""),
    ("recycle: []\n", "recycle: []\nrecycled: []\n"),
    ("recycle: []", "recycle: {}"),
    ("stages:\n", "stages: []\nstagings:\n"),
    ("ends_on: never", "ends_on: soon"),
    ("currency: EUR", "currency: euro"),
    ("disputes: rev@example.com", "disputes: rev"),
    ("hours_of: pool", "hours_of: pond"),
    ("  big: {company", "  big one: {company"),
    ("  fit: {rows", "  fitness: {rows"),
    ("revenue: 1000", "revenue: true"),
    ("role: decision_maker", "role: boss"),
    ("period: quarter", "period: decade"),
    ("sections: [pools]", "sections: [ponds]"),
    ("mon-thu:", "monday:"),
    ("4 business hours", "four hours"),
    ("revenue: 1000", "revenue: a lot"),
    ("id: soon", "id: as soon as possible"),
    ("because: All of them, ", ""),
    ("because: All of them, ", "because: All of them, why: because, "),
    (CONDITION, "{}"),
    (CONDITION, "[]"),
    (CONDITION, "big"),
    (CONDITION, "{employees: 50}"),
    (CONDITION, "{company.numberofemployees: 50, company.industry: BANKING}"),
    (CONDITION, "{company.numberofemployees: {least: 50}}"),
    (CONDITION, "{company.numberofemployees: {between: [10]}}"),
    (CONDITION, "{company.numberofemployees: {at_least: 50, if_missing: maybe}}"),
    (CONDITION, "{contact.createdate: {in_last: 3 business days}}"),
    (CONDITION, "{signal: {smoke: any}}"),
    (CONDITION, "{signal: {form: any, call: any}}"),
    (CONDITION, "{signal: {form: any, within: a week}}"),
    (CONDITION, "{signal: {form: any, at_least: 0 times}}"),
    (CONDITION, "{score.fit: {contains: 4}}"),
    (CONDITION, "{handoff: lost}"),
    (CONDITION, "{role: boss}"),
    (CONDITION, "{buying_group: {}}"),
    ("when: {contact.jobtitle: {has_any: [head]}}", "when: {any: [{persona: buyer}]}"),
    ("when: {meets: big}}]}", "when: {all: [{score.fit: 3}]}}]}"),
    ("when: {meets: big}}]}", "each: {meets: big}}]}"),
    ("when: {meets: big}}]}", "half_life: 1 day}]}"),
    ("when: {meets: big}}]}", "each: {signal: {form: any}}, half_life: 1 month}]}"),
    ("{reaches: marketingqualifiedlead}", "{reaches: lead, waits_for: {known: [contact.email], at_most: 2 min}}"),
    ("recycle: []", "recycle: [{reason: a, return_after: never, at_most: twice}]"),
    ("recycle: []", "recycle: []\nterritories: [{id: north, because: Up there, owners: []}]"),
    ("recycle: []", "recycle: []\nnamed_accounts: [{company: Acme, owner: ann@example.com, domain: Acme}]"),
    ("recycle: []", "recycle: []\nnamed_accounts: [{company: Acme}]"),
    ("office, members", "office, working_hours: sometimes, members"),
    ("office, members", "office, prefer: [nearest], members"),
    ("office, members", "office, reassign_at_most: 11, members"),
    ("hours_of: pool", "hours_of: pool, when_owner_away: pause"),
    ("hours_of: pool", "hours_of: pool, counts_as_touch: [Last contacted]"),
    ("4 business hours", "4 business hours, steps: [{at: breach, do: tasks}]"),
    ('"09:00-13:00"]}', '"09:00-13:00"]}, extra_open: {sat: ["10:00-14:00"]}'),
    ('"09:00-13:00"]}', '"09:00-13:00"]}, extra_open: {2026-12-19: [always]}'),
    ("accept: {within: 4 business hours}", "attempts: {count: 2, within: 3 days}"),
    ("calendar: office, members", "calendar: office, if_nobody: {team: sam@example.com}, members"),
    ("{owner: ann@example.com}", "{owner: ann@example.com, share: 0}"),
    ("expect: {ready: true}", "expect: {ready: yes}"),
    ("expect: {ready: true}", "expect: {}"),
    ("expect: {ready: true}", "expect: {readiness: true}"),
    ("{company: {numberofemployees: 50}}", "{signals: [{form: Demo}]}"),
)


@pytest.mark.parametrize(("old", "new"), ACCEPTED)
def test_what_parsing_accepts_it_accepts(old: str, new: str) -> None:
    text = broken(old, new)
    assert faults(text) == ()
    assert accepts(SCHEMA, read_source(text).content)


@pytest.mark.parametrize(("old", "new"), REFUSED)
def test_what_it_refuses_parsing_refuses(old: str, new: str) -> None:
    text = broken(old, new)
    assert faults(text) != ()
    assert not accepts(SCHEMA, read_source(text).content)


KNOWN = Names(definitions={"big"}, personas={"buyer"}, stages={"lead"}, scores={"fit", "interest"})
DETAILS = ("big", "buyer", "lead", "accepted", "champion", "met", "day", "7 days", 2, 4.5, True, "2026-10-01")
SUBJECTS = ("contact.jobtitle", "company.numberofemployees", "contact.createdate", "deal.amount", "score.fit")


def _operand(rng: Random) -> Any:
    one = rng.choice(DETAILS)
    return rng.choice([one, one, one, picked(rng, DETAILS, 3), {"one_of": one}])


def _node(rng: Random, depth: int) -> Any:
    """A condition, or what looks like one."""
    if depth and rng.random() < 0.2:
        parts = [_node(rng, depth - 1) for _ in range(rng.randint(1, 2))]
        return rng.choice([parts, {rng.choice(["all", "any", "none"]): rng.choice([parts, parts[0]])}])
    comparison = {rng.choice((*OPERATORS, "if_missing")): _operand(rng) for _ in range(rng.choice((1, 1, 2)))}
    signal = {rng.choice(tuple(SIGNAL_KINDS)): rng.choice(["any", comparison])}
    limits = {name: _operand(rng) for name in picked(rng, tuple(sorted(SIGNAL_LIMITS)), 1)}
    leaf = {rng.choice(tuple(LEAVES)): rng.choice([_operand(rng), {"has": _operand(rng)}])}
    value = rng.choice([comparison, comparison, _operand(rng)])
    return rng.choice([{rng.choice(SUBJECTS): value}, {"signal": signal | limits}, leaf])


def _parses(node: object) -> bool:
    found: list[ConditionFault] = []
    parse_condition(node, (), KNOWN, found)
    return not found


@given(made(lambda rng: [_node(rng, 2) for _ in range(10)]))
def test_no_condition_that_parsing_accepts_is_refused(nodes: list[Any]) -> None:
    assert [node for node in nodes if _parses(node) and not accepts(SCHEMA, node, by="Condition")] == []


def test_one_in_ten_of_the_conditions_made_is_accepted_and_so_tries_the_schema() -> None:
    rng = Random(1)  # noqa: S311  no secret
    assert sum(_parses(_node(rng, 2)) for _ in range(500)) > 50
