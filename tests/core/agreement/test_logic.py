"""What is said of conditions before a lead is seen is true of every lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import combinations, permutations
from random import Random
from typing import Any, TypeAlias

import pytest
from hypothesis import given

from app.agreement.logic.formula import spelled_out
from app.agreement.logic.points import World
from app.agreement.logic.proof import Proof
from app.records.crm import PropertyDefinition
from app.rules.condition import All, Condition
from app.rules.evaluate import evaluate
from app.rules.facts import Facts, Signal, Vocabulary
from app.rules.grammar import Names
from app.rules.names import DEFAULT_PROPERTIES
from app.rules.operators import OPERATORS, Takes
from app.rules.parse import parse_condition
from app.rules.scope import Scope
from app.rules.truth import Truth
from app.rules.values import Kind
from tests.core.made import HALF, made

ONE_CHOICE = PropertyDefinition("industry", "Industry", "enumeration", field_type="select")
WORDS = Vocabulary({**DEFAULT_PROPERTIES, "company.industry": ONE_CHOICE})
WORLD = World(WORDS, ("buyer", "champion"), ("lead", "mql", "sql"))
SMALL_BUSINESS = {"company.numberofemployees": {"below": 50}}
NOW = datetime(2026, 11, 20, 10, tzinfo=UTC)


def condition(written: object) -> Condition:
    faults: list[Any] = []
    names = Names({"small"}, WORLD.personas, WORLD.stages, {"fit"}, WORDS)
    parsed = parse_condition(written, (), names, faults)
    assert faults == []
    return parsed


DEFINITIONS = {"small": condition(SMALL_BUSINESS)}


def implies(stronger: object, weaker: object) -> bool:
    one, other = (spelled_out(condition(written), DEFINITIONS) for written in (stronger, weaker))
    return Proof(WORLD).implies(one, other)


def impossible(written: object) -> bool:
    return Proof(WORLD).impossible(spelled_out(condition(written), DEFINITIONS))


def size(**test: object) -> dict[str, object]:
    return {"company.numberofemployees": test}


def title(**test: object) -> dict[str, object]:
    return {"contact.jobtitle": test}


def form(**test: object) -> dict[str, object]:
    return {"signal": test}


def created(**test: object) -> dict[str, object]:
    return {"contact.createdate": test}


IMPLIED: tuple[tuple[object, object], ...] = (
    (size(at_least=50), size(at_least=20)),
    (size(equals=50), size(between=[10, 90])),
    (size(at_least=50), {"company.numberofemployees": {"known": True}}),
    ([size(at_least=50), title(contains="head")], size(above=49)),
    (size(at_least=50, below=90), size(below=91)),
    ({"any": [size(equals=1), size(equals=2)]}, size(below=3)),
    (size(below=20), {"meets": "small"}),
    ({"none": [{"any": [size(below=50), title(equals="cto")]}]}, {"none": [size(below=20)]}),
    (title(equals="VP Sales"), title(contains="vp")),
    (title(one_of=["CEO", "cto"]), title(one_of=["CTO", "CEO", "CFO"])),
    (title(contains="vice president"), title(contains="president")),
    (title(contains="vice president"), title(contains=["president", "chief"])),
    (title(contains=["vp sales", "vp finance"]), title(contains="vp")),
    (title(ends_with=["of sales"]), title(ends_with=["sales", "finance"])),
    (title(has_any=["vice president"]), title(has_any=["vp", "president"])),
    (title(has_all=["vice", "sales"]), title(has_any=["sales"])),
    ({"company.industry": {"equals": "BANKING"}}, {"company.industry": {"one_of": ["BANKING", "RETAIL"]}}),
    ({"contact.hs_buying_role": {"one_of": ["A", "B"]}}, {"contact.hs_buying_role": {"one_of": ["A", "B", "C"]}}),
    ({"contact.createdate": {"after": "2026-05-01"}}, {"contact.createdate": {"after": "2026-04-01"}}),
    (form(form={"contains": "demo request"}, within="7 days"), form(form={"contains": "demo"}, within="2 weeks")),
    (form(form="any", at_least="3 times"), form(form="any", at_least="2 times")),
    ({"none": [form(form="any")]}, {"none": [form(form={"contains": "demo"})]}),
    ({"persona": "buyer"}, {"persona": ["buyer", "champion"]}),
    ({"reaches": "sql"}, {"reaches": "mql"}),
    ({"handoff": "working"}, {"handoff": "accepted"}),
    ({"score.fit": {"at_least": 40}}, {"score.fit": {"above": 39}}),
)
NOT_IMPLIED: tuple[tuple[object, object], ...] = (
    (size(at_least=20), size(at_least=50)),
    ({"company.numberofemployees": {"at_least": 50, "if_missing": "met"}}, size(at_least=20)),
    ({"none": [size(below=50)]}, {"company.numberofemployees": {"below": 50, "if_missing": "not met"}}),
    (title(contains="president"), title(contains="vice president")),
    (title(has_any=["vice", "president"]), title(has_any=["vice"])),
    (title(equals="cto"), {"contact.city": {"equals": "cto"}}),
    (size(at_least=5), size(equals=5)),
    ({"contact.hs_buying_role": {"one_of": ["A", "B"]}}, {"contact.hs_buying_role": {"one_of": ["A"]}}),
    (form(form={"contains": "demo"}, within="2 weeks"), form(form={"contains": "demo"}, within="7 days")),
    (form(form="any"), form(visit="any")),
    ({"reaches": "mql"}, {"reaches": "sql"}),
    ({"handoff": "accepted"}, {"handoff": "working"}),
    (title(contains="vp"), title(contains=["vp sales", "cto"])),
    (title(contains=["vp", "cto"]), title(contains="vp")),
    (title(starts_with="vp"), title(starts_with=["vp sales", "cto"])),
    (form(form={"contains": "demo"}), form(form={"contains": ["a demo", "trial"]})),
    (created(after="30 days ago"), created(after="2026-01-01")),
)
IMPOSSIBLE: tuple[object, ...] = (
    size(at_least=50, below=50),
    [size(equals=5), size(equals=6)],
    [size(above=5), {"none": [size(at_least=3)]}],
    [size(at_least=50), {"meets": "small"}],
    [size(at_least=50), {"any": [size(below=10), size(equals=20)]}],
    title(equals="cto", contains="sales"),
    [title(contains="cto"), {"none": [title(contains="cto")]}],
    [{"company.industry": {"one_of": ["BANKING"]}}, {"company.industry": {"one_of": ["RETAIL"]}}],
    [{"contact.createdate": {"after": "2026-05-01"}}, {"contact.createdate": {"before": "2026-05-01"}}],
    [{"persona": "buyer"}, {"persona": "champion"}],
    [{"reaches": "sql"}, {"none": [{"reaches": "mql"}]}],
    [{"handoff": "accepted"}, {"handoff": "rejected"}],
    [{"contact.is_public": True}, {"none": [{"contact.is_public": True}]}],
)
POSSIBLE: tuple[object, ...] = (
    size(at_least=50, at_most=50),
    [{"contact.hs_buying_role": {"one_of": ["A"]}}, {"contact.hs_buying_role": {"one_of": ["B"]}}],
    [title(contains="vice"), title(contains="president"), {"none": [title(contains="sales")]}],
    [form(form="any", at_least="2 times"), form(visit="any")],
    {"company.numberofemployees": {"at_least": 50, "if_missing": "met"}},
    created(before="30 days ago"),
    created(after="7 days from now"),
    [created(before="30 days ago"), created(after="60 days ago")],
    [created(equals="2025-01-01"), created(after="30 days ago")],
    [created(before="2026-10-01"), created(in_last="30 days")],
)


@pytest.mark.parametrize(("stronger", "weaker"), IMPLIED)
def test_it_sees_that_one_condition_implies_another(stronger: object, weaker: object) -> None:
    assert implies(stronger, weaker)


@pytest.mark.parametrize(("stronger", "weaker"), NOT_IMPLIED)
def test_it_does_not_claim_what_does_not_follow(stronger: object, weaker: object) -> None:
    assert not implies(stronger, weaker)


@pytest.mark.parametrize("written", IMPOSSIBLE)
def test_it_sees_that_a_condition_cannot_be_met(written: object) -> None:
    assert impossible(written)


@pytest.mark.parametrize("written", POSSIBLE)
def test_it_does_not_call_impossible_what_can_be(written: object) -> None:
    assert not impossible(written)


def test_what_is_too_hard_to_see_through_is_left_open() -> None:
    one, other = (spelled_out(condition(written), {}) for written in (size(at_least=50), size(at_least=20)))
    assert not Proof(WORLD, left=0).implies(one, other)


WORDS_ASKED = ("a", "b", "a b", "ab")
DAYS = ("2026-01-01", "2026-01-02", "3 days ago", "3 days from now")
ON_TEXTS = [name for name, one in OPERATORS.items() if one.takes is Takes.MANY and Kind.STRING in one.kinds]
ON_CHOICES = [name for name, one in OPERATORS.items() if one.takes is Takes.MANY and Kind.ENUMERATION in one.kinds]


def leaf(rng: Random) -> object:
    number = rng.choice((0, 5, 5.5, 6))
    word = rng.choice(WORDS_ASKED)
    words = rng.sample(WORDS_ASKED, rng.randint(1, 2))
    return rng.choice((
        size(**{rng.choice(("at_least", "at_most", "above", "below", "equals", "not_equals")): number}),
        {"company.numberofemployees": {"at_least": number, "if_missing": rng.choice(("met", "not met"))}},
        {"company.numberofemployees": {rng.choice(("known", "unknown")): rng.random() < 0.5}},
        title(**{rng.choice(("equals", "not_equals")): word}),
        title(**{rng.choice(ON_TEXTS): words}),
        {"contact.hs_buying_role": {rng.choice(ON_CHOICES): words}},
        {"contact.hs_buying_role": {rng.choice(("equals", "not_equals")): word}},
        {"company.industry": {rng.choice(("one_of", "none_of", "equals", "not_equals")): word}},
        created(**{rng.choice(("before", "after")): rng.choice(DAYS)}),
        created(equals=rng.choice(DAYS[:2])),
        created(**{rng.choice(("in_last", "in_next", "more_than_ago", "more_than_from_now")): "3 days"}),
        form(form=rng.choice(("any", {rng.choice(ON_TEXTS): words})), at_least=rng.choice(("1 time", "2 times"))),
        {"persona": rng.choice((["buyer"], ["buyer", "champion"]))},
        {"reaches": rng.choice(WORLD.stages)},
        {"handoff": rng.choice(("open", "accepted", "rejected"))},
        {"score.fit": {rng.choice(("at_least", "below", "equals")): number}},
    ))  # fmt: skip


def tree(rng: Random, depth: int = 2) -> object:
    if depth == 0 or rng.random() < 0.4:
        return leaf(rng)
    parts = [tree(rng, depth - 1) for _ in range(rng.randint(1, 3))]
    return {rng.choice(("all", "any", "none")): parts}


def lead(rng: Random) -> Scope:
    """Any lead, near the values that the leaves compare with."""
    words = (None, "", "a", "b", "ab", "b a", "a b c", "a;b", "x")
    sizes = (None, "?", "0", "5", "5.2", "5.5", "6", "7")
    days = (None, "2025-12-31", "2026-01-01T12:00:00Z", "2026-01-02", "2026-11-16", "2026-11-19", "2026-11-24")
    contact = {"jobtitle": rng.choice(words), "hs_buying_role": rng.choice(words), "createdate": rng.choice(days)}
    company = {"numberofemployees": rng.choice(sizes), "industry": rng.choice((None, "a", "b", "x"))}
    signals = tuple(Signal("form", rng.choice(("a", "b", "a b")), NOW) for _ in range(rng.randint(0, 3)))
    facts = Facts(NOW, contact, company, signals, rng.choice((None, "open", "accepted", "working", "rejected")))
    reached = frozenset(WORLD.stages[: rng.randint(0, 3)])
    scores = {"fit": rng.choice((0.0, 5.0, 5.5, 6.0, 7.0))}
    return Scope(facts, persona=rng.choice((None, *WORLD.personas)), scores=scores, reached=reached)


Drawn: TypeAlias = tuple[list[object], list[Scope]]


def some(rng: Random) -> Drawn:
    """Leaves, of which many are about the same, a tree, and leads near to what they ask for."""
    return [*(leaf(rng) for _ in range(5)), tree(rng)], [lead(rng) for _ in range(6)]


def who_meets(one: Condition, leads: list[Scope]) -> frozenset[int]:
    scopes = [replace(scope, vocabulary=WORDS) for scope in leads]
    return frozenset(at for at, scope in enumerate(scopes) if evaluate(one, scope).truth is Truth.MET)


@HALF
@given(made(some))
def test_what_is_implied_holds_for_every_lead(drawn: Drawn) -> None:
    conditions = [condition(written) for written in drawn[0]]
    proof, met = Proof(WORLD), {one: who_meets(one, drawn[1]) for one in conditions}
    for stronger, weaker in permutations(conditions, 2):
        if proof.implies(spelled_out(stronger, {}), spelled_out(weaker, {})):
            assert met[stronger] <= met[weaker]


@HALF
@given(made(some))
def test_what_is_impossible_holds_for_no_lead(drawn: Drawn) -> None:
    conditions = [condition(written) for written in drawn[0]]
    proof, met = Proof(WORLD), {one: who_meets(one, drawn[1]) for one in conditions}
    for one, other in combinations(conditions, 2):
        if proof.impossible(spelled_out(All((one, other)), {})):
            assert not met[one] & met[other]
