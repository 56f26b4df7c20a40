"""An open handoff: sent again until it stands, then left in peace, and never taken from a person's hands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from app.handoff.decision import AddNote, AddTask, Kind, Seat
from app.handoff.state import HandoffState, History, Lead, Roster
from app.records.ids import OwnerId, PoolId
from tests.core.handoff.parts import (
    APPLIED,
    DAY,
    ENTERPRISE,
    HOUR,
    MQL,
    NOW,
    SQL,
    agreement,
    changed,
    decided,
    handoff,
    lead,
    open_lead,
    override,
    rejected,
    roster,
    set_by,
)
from tests.core.handoff.timed import START, tenure, timed


def test_a_handoff_that_stands_is_kept_and_nothing_is_written() -> None:
    decision = decided(open_lead())
    assert (decision.kind, decision.writes, decision.adopted) == (Kind.KEPT, (), {})
    assert (decision.new_overrides, decision.brief) == ((), None)


def test_a_handoff_stays_open_when_the_conditions_that_opened_it_lapse() -> None:
    assert decided(open_lead(), now=NOW + 30 * DAY).kind is Kind.KEPT
    assert decided(open_lead(lifecyclestage="opportunity", email="x@rival.com")).closing is None
    assert decided(open_lead(), now=datetime(2028, 1, 1, tzinfo=UTC)).kind is Kind.KEPT


def test_writes_that_do_not_stand_are_decided_again_with_note_and_task() -> None:
    first = decided(lead())
    in_flight = lead(history=History(handoff=handoff(noted=False, tasked=False, opened_at=NOW)))
    again = decided(in_flight)
    assert (again.kind, again.opening) == (Kind.KEPT, None)
    assert again.writes == first.writes
    assert again.brief == first.brief


def test_writes_that_landed_without_an_answer_are_adopted() -> None:
    landed = set_by(decided(lead()))
    decision = decided(lead(history=History(handoff=handoff()), **dict[str, Any](landed)))
    assert (decision.writes, decision.adopted) == ((), landed)


def test_only_what_was_not_told_yet_is_told() -> None:
    assert decided(open_lead(handed=handoff(noted=False))).writes == (AddNote(),)
    decision = decided(open_lead(handed=handoff(tasked=False)))
    assert decision.writes == (AddTask(),)
    assert decision.brief is not None


def test_scores_that_changed_are_not_written_while_nothing_else_changes() -> None:
    applied = {**APPLIED, "baton_fit_score": "40"}
    decision = decided(open_lead({"applied": applied}, baton_fit_score="40"))
    assert (decision.scores["fit"], decision.writes) == (70, ())


def test_the_due_time_is_written_once_the_owner_is_confirmed() -> None:
    confirmed = handoff(owner_confirmed_at=NOW)
    assert set_by(decided(open_lead(handed=confirmed))) == {"baton_due_at": "2026-11-20T16:00:00.000Z"}
    stands = open_lead(
        {"applied": {**APPLIED, "baton_due_at": "2026-11-20T16:00:00.000Z"}},
        handed=confirmed,
        baton_due_at="2026-11-20T16:00:00Z",
    )
    assert decided(stands).writes == ()


def test_an_owner_whom_a_person_chose_is_kept_and_the_handoff_follows() -> None:
    decision = decided(open_lead({"changes": changed("hubspot_owner_id")}, hubspot_owner_id="zoe"))
    assert (decision.kind, decision.handoff_owner) == (Kind.KEPT, "zoe")
    assert decision.writes == (AddTask(name="task"),)
    assert decision.vacated == Seat(ENTERPRISE, OwnerId("eve"))
    found = decision.new_overrides[0]
    assert (found.field, found.value, found.was, found.by) == (
        "hubspot_owner_id",
        "zoe",
        "eve",
        "CRM_UI userId:7",
    )
    assert found.seen_at == NOW
    assert decision.because == "The lead was given to zoe@example.com by CRM_UI userId:7; that is kept."


def given_on(**history: Any) -> Lead:
    """Dan has the lead since 09:00, and was not written before the worker was killed: eve still stands."""
    handed = timed(tenure(at=START - DAY), tenure(2, "dan", confirmed_at=None))
    return open_lead({"applied": {"lifecyclestage": MQL}, **history}, handed)


def test_a_former_owner_who_still_stands_on_the_record_is_nobodys_choice() -> None:
    before = changed("hubspot_owner_id", at=START - DAY)
    for subject in (given_on(), given_on(changes=before)):
        decision = decided(subject)
        assert (decision.handoff_owner, decision.new_overrides) == (None, ())
        assert set_by(decision)["hubspot_owner_id"] == "dan"


def test_a_former_owner_whom_a_person_put_back_is_kept() -> None:
    decision = decided(given_on(changes=changed("hubspot_owner_id")))
    assert decision.handoff_owner == "eve"
    assert "hubspot_owner_id" not in set_by(decision)


def test_a_person_whom_no_event_named_is_another_hand() -> None:
    assert decided(open_lead(hubspot_owner_id="zoe")).new_overrides[0].by == "another hand"


def test_an_override_is_recorded_once() -> None:
    held = open_lead(
        {"overrides": override("hubspot_owner_id", "zoe", "eve")},
        handed=handoff(owner_id=OwnerId("zoe")),
        hubspot_owner_id="zoe",
    )
    decision = decided(held)
    assert (decision.new_overrides, decision.handoff_owner, decision.writes) == ((), None, ())


def test_a_second_change_by_a_person_is_a_second_override() -> None:
    held = open_lead(
        {"overrides": override("hubspot_owner_id", "zoe", "eve")},
        handed=handoff(owner_id=OwnerId("zoe")),
        hubspot_owner_id="bob",
    )
    decision = decided(held)
    assert decision.handoff_owner == "bob"
    assert [(one.value, one.was) for one in decision.new_overrides] == [("bob", "eve")]


def test_an_owner_whom_a_person_took_off_is_not_put_back_but_still_answers_for_the_lead() -> None:
    decision = decided(open_lead(hubspot_owner_id=None))
    assert (decision.handoff_owner, decision.writes) == (None, ())
    assert decision.new_overrides[0].value is None
    assert "given to nobody" in decision.because


def test_a_person_who_is_quicker_than_the_first_write_is_not_overruled() -> None:
    in_flight = lead(history=History(handoff=handoff()), hubspot_owner_id="zoe")
    decision = decided(in_flight)
    assert decision.handoff_owner == "zoe"
    assert "hubspot_owner_id" not in set_by(decision)


def test_the_one_who_declined_before_is_no_claim_on_a_lead_in_flight() -> None:
    history = History(handoff=handoff(), last=rejected(owner_id=OwnerId("zoe"), to_different_owner=True))
    assert set_by(decided(lead(history=history, hubspot_owner_id="zoe")))["hubspot_owner_id"] == "eve"


def test_a_stage_that_a_person_moved_while_open_stays() -> None:
    for moved in ("lead", "opportunity"):
        decision = decided(open_lead(lifecyclestage=moved))
        assert (decision.stage_wanted, decision.writes) == (None, ())
        assert [(one.field, one.value) for one in decision.new_overrides] == [("lifecyclestage", moved)]


def test_a_property_that_a_person_changed_while_open_stays() -> None:
    applied = {**APPLIED, "baton_why": "Asked for a demo"}
    decision = decided(open_lead({"applied": applied}, baton_why="Call her on Monday"))
    assert decision.writes == ()
    assert [(one.field, one.was) for one in decision.new_overrides] == [("baton_why", "Asked for a demo")]


def test_what_the_rep_says_is_never_an_override() -> None:
    said = open_lead(baton_handoff_status="working", baton_need_confirmed="false", baton_rejection_reason="x")
    assert decided(said).new_overrides == ()


def test_the_stage_moves_forward_while_the_handoff_is_open() -> None:
    decision = decided(open_lead(baton_handoff_status="accepted", baton_need_confirmed="true"))
    assert (decision.kind, decision.handoff_state) == (Kind.STAGED, HandoffState.ACCEPTED)
    assert set_by(decision)["lifecyclestage"] == SQL
    assert set_by(decision)["baton_fit_score"] == "70"


def test_an_owner_who_left_is_replaced_by_the_next_in_the_pool() -> None:
    decision = decided(open_lead(), among=roster(gone=("eve",)))
    assert (decision.kind, decision.handoff_owner) == (Kind.REASSIGNED, "dan")
    assert set_by(decision)["hubspot_owner_id"] == "dan"
    assert (decision.handoff_state, set_by(decision)["baton_handoff_status"]) == (HandoffState.OPEN, "open")
    assert decision.vacated == Seat(ENTERPRISE, OwnerId("eve"))
    assert decision.assignment is not None
    assert decision.assignment.charged
    assert decision.because.startswith("eve@example.com is no active HubSpot owner: dan@example.com")


def test_a_reassignment_that_did_not_land_is_decided_again() -> None:
    moved = open_lead(handed=handoff(owner_id=OwnerId("dan")))
    decision = decided(moved, among=roster(gone=("eve",)))
    assert (decision.kind, set_by(decision)) == (Kind.KEPT, {"hubspot_owner_id": "dan"})


def test_an_owner_who_left_keeps_the_lead_while_nobody_can_take_it() -> None:
    decision = decided(open_lead(), among=roster(gone=("eve", "dan", "sam")))
    assert (decision.kind, decision.assignment, decision.writes) == (Kind.KEPT, None, ())
    assert decision.look_again_at == NOW + HOUR / 4
    assert "pool enterprise" in decision.because


def test_an_inactive_owner_whom_a_person_chose_is_left_to_that_person() -> None:
    decision = decided(open_lead(hubspot_owner_id="zoe"), among=roster(gone=("zoe",)))
    assert (decision.kind, decision.assignment) == (Kind.KEPT, None)


def test_a_handoff_of_a_pool_that_is_no_more_is_reassigned_in_the_last_routes_pool() -> None:
    lost = open_lead(handed=handoff(pool=PoolId("gone")))
    decision = decided(lost, among=roster(gone=("eve",)))
    assert decision.handoff_owner == "ann"


def test_a_route_that_is_no_more_does_not_stop_a_handoff() -> None:
    in_flight = lead(history=History(handoff=handoff(route="gone", promise="gone", noted=False)))
    decision = decided(in_flight, by=agreement(promises={}))
    assert set_by(decision)["baton_route"] == "gone"
    assert decision.brief is not None
    assert decision.brief.promise == ""


def test_nobody_at_all_in_the_roster_raises_nothing() -> None:
    assert decided(open_lead(), among=Roster()).kind is Kind.KEPT
    assert decided(lead(lifecyclestage=MQL), among=Roster()).kind is Kind.WAITING
