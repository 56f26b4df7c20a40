"""A ready lead: what is waited for, which route it takes, and what the record is made to say."""

from __future__ import annotations

from datetime import timedelta

from app.handoff.decision import AddNote, AddTask, Kind
from app.handoff.qualify import qualify
from app.handoff.route import reachable_pools
from app.handoff.state import History
from tests.core.handoff.parts import (
    ENTERPRISE,
    INBOUND,
    MQL,
    NOW,
    VOCABULARY,
    agreement,
    changed,
    decided,
    lead,
    open_lead,
    owner,
    rejected,
    roster,
    set_by,
    unready,
)

MINUTE = timedelta(minutes=1)


def test_a_lead_that_asked_for_a_demo_is_handed_to_the_next_in_the_demo_pool() -> None:
    decision = decided(lead())
    assert decision.kind is Kind.HANDED_OFF
    assert decision.because == "Asked for a demo, so route demo: eve@example.com is next in pool enterprise."
    assert decision.opening is not None
    assert (decision.opening.route, decision.opening.pool, decision.opening.owner_id) == (
        "demo",
        ENTERPRISE,
        "eve",
    )
    assert not decision.opening.owner_stands


def test_the_first_route_that_is_met_is_taken_and_the_last_takes_the_rest() -> None:
    guide = lead(recent_conversion_event_name="Pricing", lifecyclestage=MQL)
    decision = decided(guide)
    assert decision.opening is not None
    assert (decision.opening.route, decision.opening.owner_id) == ("rest", "ann")


def test_an_opening_writes_stage_owner_and_its_own_properties_at_once() -> None:
    assert set_by(decided(lead())) == {
        "lifecyclestage": MQL,
        "hubspot_owner_id": "eve",
        "baton_handoff_status": "open",
        "baton_route": "demo",
        "baton_why": "Asked for a demo: fit 70, interest 40, persona buyer.",
        "baton_persona": "buyer",
        "baton_fit_score": "70",
        "baton_interest_score": "40",
        "baton_due_at": "2026-11-20T16:00:00.000Z",
        "baton_next_step": "Accept within 15 business min, first touch within 1 business hour. "
        "Set Handoff status to Accepted, or to Rejected with a reason.",
    }


def test_an_opening_tells_the_owner_by_note_and_task_after_the_writes() -> None:
    decision = decided(lead())
    assert decision.writes[-2:] == (AddNote(), AddTask())
    assert [write.step for write in decision.writes] == sorted(write.step for write in decision.writes)
    assert decision.brief is not None


def test_an_opening_clears_the_reason_of_an_older_rejection() -> None:
    came_back = lead(
        history=History(last=rejected()), baton_rejection_reason="no_budget", baton_handoff_status="rejected"
    )
    written = set_by(decided(came_back))
    assert (written["baton_rejection_reason"], written["baton_handoff_status"]) == ("", "open")


def test_the_stage_moves_although_the_lead_is_not_ready() -> None:
    never_ready = agreement(ready=agreement().ready.__class__(agreement().disqualify[0].when, None))
    decision = decided(lead(), by=never_ready)
    assert decision.kind is Kind.STAGED
    assert set_by(decision) == {
        "lifecyclestage": MQL,
        "baton_persona": "buyer",
        "baton_fit_score": "70",
        "baton_interest_score": "40",
    }


def test_a_stage_that_already_stands_is_adopted_and_no_score_is_written() -> None:
    never_ready = agreement(ready=agreement().ready.__class__(agreement().disqualify[0].when, None))
    decision = decided(lead(lifecyclestage=MQL), by=never_ready)
    assert (decision.adopted, decision.writes) == ({"lifecyclestage": MQL}, ())


def test_a_ready_lead_waits_for_a_value_while_its_stage_moves() -> None:
    decision = decided(lead(company={"industry": None}))
    assert (decision.kind, decision.opening) == (Kind.WAITING, None)
    assert (decision.waiting_since, decision.look_again_at) == (NOW, NOW + 2 * MINUTE)
    assert set_by(decision)["lifecyclestage"] == MQL
    assert "2 min for Industry" in decision.because


def test_waiting_counts_from_when_it_began() -> None:
    history = History(waiting_since=NOW - MINUTE)
    decision = decided(lead(company={"industry": " "}, history=history))
    assert (decision.waiting_since, decision.look_again_at) == (NOW - MINUTE, NOW + MINUTE)


def test_a_lead_that_waited_long_enough_goes_on_with_a_mention() -> None:
    decision = decided(lead(company={"industry": ""}, history=History(waiting_since=NOW - 2 * MINUTE)))
    assert (decision.kind, decision.waiting_since) == (Kind.HANDED_OFF, None)
    assert decision.because.endswith("Industry is still not known.")


def test_with_nobody_to_take_it_the_lead_waits_and_the_remedy_is_named() -> None:
    decision = decided(lead(), among=roster(gone=("eve", "dan", "sam")))
    assert (decision.kind, decision.opening, decision.assignment) == (Kind.WAITING, None, None)
    assert decision.look_again_at == NOW + 15 * MINUTE
    assert "pool enterprise" in decision.because
    assert "eve@example.com: no active HubSpot owner" in decision.because
    assert "raise a cap" in decision.because


def test_the_pools_to_lock_are_those_in_reach_of_the_route() -> None:
    other = lead(recent_conversion_event_name="Pricing", lifecyclestage=MQL)
    weighed = qualify(agreement(), other, NOW, VOCABULARY)
    assert reachable_pools(agreement(), weighed) == (ENTERPRISE, INBOUND)


def test_no_pool_is_locked_where_no_owner_is_to_be_chosen() -> None:
    weighed = qualify(agreement(), unready(), NOW, VOCABULARY)
    assert reachable_pools(agreement(), weighed) == ()


def test_an_open_handoff_reaches_its_pool_unless_its_owner_is_known_to_be_active() -> None:
    weighed = qualify(agreement(), open_lead(), NOW, VOCABULARY)
    assert reachable_pools(agreement(), weighed) == (ENTERPRISE,)
    assert reachable_pools(agreement(), weighed, [owner("eve")]) == ()
    assert reachable_pools(agreement(), weighed, [owner("eve", active=False)]) == (ENTERPRISE,)


def test_what_stood_as_wanted_before_is_adopted_and_not_written() -> None:
    decision = decided(lead(lifecyclestage=MQL, baton_fit_score="70.0", hubspot_owner_id="zoe"))
    assert decision.adopted == {"lifecyclestage": MQL, "baton_fit_score": "70", "hubspot_owner_id": "zoe"}
    assert not {"lifecyclestage", "baton_fit_score", "hubspot_owner_id"} & set(set_by(decision))


def test_what_is_to_be_empty_and_is_is_neither_written_nor_adopted() -> None:
    decision = decided(lead(history=History(applied={"baton_persona": "buyer"}), jobtitle="Clerk", baton_persona=""))
    assert (decision.kind, decision.persona) == (Kind.HANDED_OFF, None)
    assert "baton_persona" not in {**set_by(decision), **decision.adopted}


def test_a_property_that_another_hand_holds_is_left_out_of_the_opening() -> None:
    history = History(applied={"baton_persona": "champion"}, changes=changed("baton_persona"))
    decision = decided(lead(history=history, baton_persona="friend"))
    assert "baton_persona" not in set_by(decision)
    assert [(one.field, one.value, one.by) for one in decision.new_overrides] == [
        ("baton_persona", "friend", "CRM_UI userId:7")
    ]
