"""Explanations, and the agreement's own examples."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from app.agreement.model import Disqualifier, Example, ExampleSignal
from app.agreement.parse import default_vocabulary, parse_agreement
from app.handoff.examples import run_examples
from app.handoff.explain import explain, render
from app.handoff.properties import OWN_PROPERTIES, READS, STATUS, own_properties
from app.handoff.qualify import qualify
from app.handoff.state import Inputs, Lead
from app.records.span import Span
from app.rules.condition import BuyingGroupTest, PersonaTest, SignalTest
from app.rules.score import ScoreCard, ScoreRow
from tests.core.handoff.parts import (
    MQL,
    NOW,
    VOCABULARY,
    agreement,
    decided,
    lead,
    open_lead,
    roster,
    unready,
)

COMMITTED = Path(__file__).parents[3] / "config" / "agreement.yaml"


def lines(subject: Lead, gone: tuple[str, ...] = ()) -> list[str]:
    return render(explain(agreement(), Inputs(subject, roster(gone=gone), NOW), VOCABULARY))


def test_an_explanation_holds_the_very_decision() -> None:
    inputs = Inputs(lead(), roster(), NOW)
    assert explain(agreement(), inputs, VOCABULARY).decision == decided(lead())


def test_an_explanation_names_the_route_the_owner_and_who_was_passed_over() -> None:
    told = "\n".join(lines(lead(), gone=("eve",)))
    assert told.startswith("Handed off: Asked for a demo")
    assert "Persona: buyer" in told
    assert "Score fit: 70" in told
    assert "Stage: lead, to be marketingqualifiedlead" in told
    assert "dan@example.com is next in pool enterprise" in told
    assert "passed over eve@example.com: no active HubSpot owner" in told
    assert "credit of owner dan: 0, then 0" in told


def test_an_explanation_says_what_would_have_made_the_lead_ready() -> None:
    told = lines(unready())
    after = told[told.index("What would have made it ready") + 1]
    assert "at least 30; it is 0" in after


def test_a_row_at_its_own_most_says_so() -> None:
    row = ScoreRow("asks", 30, each=SignalTest("form"), cap=20)
    told = explain(agreement(fit=ScoreCard(None, (row,))), Inputs(lead(), roster(), NOW), VOCABULARY)
    assert "  20 of 20 asks (at its most)" in render(told)


def test_an_open_handoff_and_a_disqualified_lead_are_explained_too() -> None:
    assert lines(open_lead())[0].startswith("Kept: ")
    assert lines(lead(email="x@rival.com"))[0] == "Disqualified: Works for a competitor."


def test_the_committed_agreement_passes_its_own_examples() -> None:
    committed = parse_agreement(COMMITTED.read_bytes(), file="agreement.yaml")
    results = run_examples(committed, default_vocabulary())
    assert results
    assert [(result.name, result.differences) for result in results if not result.passed] == []


def example(state: str | None = None, /, **expect: str | float | bool | None) -> Example:
    return Example(
        name="one",
        at=NOW,
        contact={"jobtitle": "VP", "lifecyclestage": "lead", "baton_need_confirmed": "true"},
        company={"numberofemployees": "120", "industry": "BANKING"},
        signals=(ExampleSignal("form", "Demo request", Span.parse("1 h")),),
        expect={name.replace("__", "."): value for name, value in expect.items()},
        handoff=state,
    )


def test_an_example_passes_when_everything_expected_came_out() -> None:
    expected = example(
        stage=MQL,
        route="demo",
        pool="enterprise",
        owner="eve@example.com",
        persona="buyer",
        disqualified=False,
        ready=True,
        handoff="open",
        score__fit=70,
        score__interest__urgency=40,
    )
    (result,) = run_examples(agreement(examples=(expected,)), VOCABULARY)
    assert (result.passed, result.differences) == (True, ())
    assert result.explanation[0].startswith("Handed off")


def test_an_example_that_fails_says_what_was_expected_and_what_came_out() -> None:
    expected = example(route="rest", ready=False, colour="red")
    (result,) = run_examples(agreement(examples=(expected,)), VOCABULARY)
    assert not result.passed
    assert result.differences[:2] == (
        "route: expected rest, came out as demo",
        "ready: expected false, came out as true",
    )
    assert result.differences[2].startswith("colour is nothing that an example can expect")


def test_an_example_with_a_company_has_the_contact_in_the_buying_group() -> None:
    asks = replace(agreement(), disqualify=(Disqualifier("alone", "Decides", BuyingGroupTest(("decision_maker",))),))
    told = replace(asks, examples=(example(persona="buyer", disqualified="alone"),))
    assert [result.differences for result in run_examples(told, VOCABULARY)] == [()]


def test_an_example_may_start_from_a_handoff() -> None:
    accepted = example("accepted", stage="salesqualifiedlead", handoff="accepted", ready=False, route=None)
    closed = example("qualified", handoff="qualified", ready=False)
    odd = example("no such state", handoff="open")
    results = run_examples(agreement(examples=(accepted, closed, odd)), VOCABULARY)
    assert [result.differences for result in results] == [(), (), ()]


def test_the_rejection_reasons_are_the_agreements() -> None:
    by_name = {own.name: own for own in own_properties(agreement())}
    assert [one.value for one in by_name["baton_rejection_reason"].options] == ["no_budget", "not_a_fit"]
    assert by_name.keys() == {own.name for own in OWN_PROPERTIES}


def test_everything_that_baton_writes_is_read_again() -> None:
    assert {own.name for own in OWN_PROPERTIES} <= READS.contact
    assert {own.group for own in OWN_PROPERTIES} == {"baton"}
    assert STATUS in READS.contact


def test_a_score_that_falls_short_names_the_row_that_would_have_been_enough() -> None:
    small = qualify(agreement(), lead(company={"numberofemployees": "42"}), NOW, VOCABULARY)
    assert small.why_not == (
        "Not ready: Fit score would have to be at least 40; it is 30 "
        "(market would add 40: Company size would have to be at least 50; it is 42)."
    )


def test_a_row_that_would_not_be_enough_is_not_named() -> None:
    rows = replace(agreement().fit, rows=(ScoreRow("buyer", 30, PersonaTest(("buyer",))),))
    nobody = qualify(agreement(fit=rows), lead(jobtitle="Clerk"), NOW, VOCABULARY)
    assert "would add" not in nobody.why_not


def test_a_row_is_named_with_what_the_cap_leaves_of_its_points() -> None:
    capped = agreement(fit=replace(agreement().fit, cap=45))
    small = qualify(capped, lead(company={"numberofemployees": "42"}), NOW, VOCABULARY)
    assert "(market would add 15: " in small.why_not
