"""Traces and conditions read as plain English."""

from __future__ import annotations

import pytest

from app.rules.evaluate import Scope, evaluate
from app.rules.facts import GroupMember
from app.rules.trace import nearest_misses, render
from app.rules.wording import describe
from tests.core.rules.leads import VOCABULARY, condition, form, having, lead, scope

SIZE = {"company.numberofemployees": {"at_least": 50}}
DEMO = {"signal": {"form": {"contains": "demo"}, "within": "7 days"}}


def test_a_condition_reads_as_part_of_a_sentence() -> None:
    node = {
        "all": [
            {"contact.jobtitle": {"has_any": ["chief", "vp"]}},
            {"any": [SIZE, DEMO]},
            {"none": [{"handoff": "open"}]},
        ]
    }
    assert describe(condition(node)) == (
        "Job title has any of the words chief, vp and (Company size at least 50 or Form contains demo, "
        "within 7 days) and not (Handoff open or later)"
    )


def test_a_trace_shows_the_value_seen_beside_the_value_wanted() -> None:
    trace = evaluate(condition([SIZE, DEMO]), scope(lead(form("Demo"), company={"numberofemployees": "120"})))
    assert render(trace) == [
        "met      all of",
        "  met      Company size at least 50 (is 120)",
        "  met      Form contains demo, within 7 days (is Demo at 2026-11-20 15:00 UTC)",
    ]


def test_a_miss_says_what_would_have_to_be_otherwise() -> None:
    trace = evaluate(condition([SIZE, DEMO]), scope(lead(company={"numberofemployees": "42"})))
    assert nearest_misses(trace) == [
        "Company size would have to be at least 50; it is 42",
        "A signal would be needed: Form contains demo, within 7 days; there is none",
    ]


def test_of_alternatives_the_nearest_is_named() -> None:
    trace = evaluate(condition({"any": [[SIZE, DEMO], {"persona": "buyer"}]}), scope())
    assert nearest_misses(trace) == ["Persona would have to be buyer; it is none"]


def test_what_must_not_be_is_named_too() -> None:
    trace = evaluate(condition({"none": [SIZE]}), scope(lead(company={"numberofemployees": "50"})))
    assert nearest_misses(trace) == ["It would have to be false that Company size at least 50; this is so"]


def test_a_definition_is_traced_to_its_parts() -> None:
    facts = Scope(lead(), definitions={"our_market": condition(SIZE)})
    assert render(evaluate(condition({"meets": "our_market"}), facts)) == [
        "no data  Our market is met",
        "  no data  Company size at least 50",
    ]


@pytest.mark.parametrize(
    ("node", "sentence"),
    [
        ({"contact.a_string": {"unknown": True}}, "A string is unknown"),
        ({"contact.a_string": {"known": True}}, "A string is known"),
        ({"contact.a_string": {"contains": ["demo", "trial"]}}, "A string contains demo or trial"),
        ({"contact.a_number": {"not_between": [1, 9]}}, "A number not between 1 and 9"),
        ({"contact.a_enumeration": {"exactly": ["A", "B"]}}, "A enumeration is exactly A and B"),
        ({"contact.a_date": {"before": "7 days from now"}}, "A date before 7 days from now"),
        ({"contact.a_date": {"in_previous": "quarter"}}, "A date in the previous quarter"),
        ({"deal.amount": {"at_least": 5, "below": 9}}, "Deal amount at least 5 and below 9"),
        ({"deal.a_bool": True}, "Deal: A bool is true"),
        ({"role": ["decision_maker", "champion"]}, "Buying role is decision maker or champion"),
        ({"buying_group": {"has": ["champion"]}}, "Buying group has champion"),
        ({"buying_group": {"at_least": 2}}, "Buying group has at least 2 people"),
        (
            {"buying_group": {"has": ["decision_maker", "champion"], "at_least": 3}},
            "Buying group has decision maker and champion, at least 3 people",
        ),
        (
            {"signal": {"form": "any", "within": "90 days", "not_within": "30 days", "at_most": "1 time"}},
            "Form of any kind, within 90 days, not within 30 days, at most 1 time",
        ),
    ],
)
def test_each_kind_of_leaf_reads_aloud(node: object, sentence: str) -> None:
    assert describe(condition(node), VOCABULARY) == sentence


def test_deals_and_a_buying_group_show_what_was_seen() -> None:
    amount = evaluate(
        condition({"deal.amount": {"at_least": 9}}), scope(lead(deals=({"amount": "5"}, {"amount": "7"})))
    )
    assert nearest_misses(amount) == ["Deal amount would have to be at least 9; it is 5, 7"]
    people = (GroupMember("1", "champion"), GroupMember("2", "end_user"))
    group = evaluate(condition({"buying_group": {"has": ["decision_maker"]}}), scope(lead(group=people)))
    assert nearest_misses(group) == [
        "Buying group would have to have decision maker; it is 2 people: champion, end user"
    ]


def test_what_is_met_has_no_misses() -> None:
    assert nearest_misses(evaluate(condition({"contact.a_string": {"known": False}}), scope())) == []


def test_values_from_outside_stay_on_their_line() -> None:
    trace = evaluate(condition({"contact.a_string": "x"}), having("a_string", "a\x1b[31m\nb" + "c" * 500))
    assert trace.seen is not None
    assert trace.seen.isprintable()
    assert len(trace.seen) == 80
