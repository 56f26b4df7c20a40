"""Traces and conditions read as plain English."""

from __future__ import annotations

from app.rules.evaluate import Scope, evaluate
from app.rules.trace import nearest_misses, render
from app.rules.wording import describe
from tests.core.rules.leads import condition, form, having, lead, scope

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


def test_what_is_met_has_no_misses() -> None:
    assert nearest_misses(evaluate(condition({"contact.a_string": {"known": False}}), scope())) == []


def test_values_from_outside_stay_on_their_line() -> None:
    trace = evaluate(condition({"contact.a_string": "x"}), having("a_string", "a\x1b[31m\nb" + "c" * 500))
    assert trace.seen is not None
    assert trace.seen.isprintable()
    assert len(trace.seen) == 80
