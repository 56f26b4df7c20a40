"""The ladder carried out: who gets the lead instead, who does not, which tasks are added and closed, how it ends."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from app.agreement.model import EXPIRED, Agreement, RecycleRule
from app.handoff.decide import decide
from app.handoff.decision import AddTask, CloseTask, Decision, Kind, SetProperties
from app.handoff.escalation import former_tasks, further_tasks
from app.handoff.state import ActKind, Handoff, HandoffState, Inputs, PastHandoff, Roster
from app.handoff.timing import passed_on
from app.records.ids import OwnerId
from app.records.span import Span
from app.sla.clock import Stop
from tests.core.handoff.parts import (
    APPLIED,
    DAY,
    ENTERPRISE,
    HOUR,
    NOW,
    VOCABULARY,
    changed,
    cleared_by,
    override,
    rejected,
    roster,
    set_by,
    with_pool,
)
from tests.core.handoff.timed import (
    FIRST_TOUCH,
    MINUTE,
    QUALIFY,
    START,
    Kept,
    act,
    call,
    held,
    lead_of,
    promised,
    target,
    tenure,
    timed,
)

GIVES_ON = promised(first_touch=target("1 h", ("breach", "notify manager"), ("breach + 30 min", "reassign")))
MOVES = START + 90 * MINUTE


def decided(
    by: Agreement,
    handed: Handoff,
    now: datetime = MOVES,
    among: Roster | None = None,
    history: dict[str, Any] | None = None,
    **properties: Any,
) -> Decision:
    """The decision on the handoff after a look at its start, as the engine would take one."""
    kept = Kept(by, handed)
    kept.look(START)
    lead = lead_of(kept.handed, history=history, **properties)
    return decide(by, Inputs(lead, among or roster(), now), VOCABULARY)


def further(decision: Decision) -> list[AddTask]:
    return [write for write in decision.writes if isinstance(write, AddTask)]


def kinds(decision: Decision) -> list[str]:
    return [one.kind for one in decision.notices]


def test_a_lead_that_nobody_touched_goes_to_the_next_owner_who_accepts_it_anew() -> None:
    decision = decided(GIVES_ON, timed(state=HandoffState.ACCEPTED))
    assert (decision.kind, decision.handoff_owner, decision.handoff_state) == (
        Kind.REASSIGNED,
        "dan",
        HandoffState.OPEN,
    )
    assert decision.because.startswith("eve@example.com did not act: first touch within 1 hour was not kept: dan@")
    assert decision.tenure is not None
    assert (decision.tenure.number, decision.tenure.assigned_at, decision.tenure.confirmed_at) == (2, MOVES, None)
    [clock] = decision.clocks
    assert (clock.stop, clock.rungs, clock.is_breached) == (Stop.PASSED_ON, (1, 2), True)
    assert kinds(decision) == ["breached", "reassigned", "reassigned", "reassigned"]
    assert AddTask(name="task-2") in decision.writes
    [closing] = [write for write in decision.writes if isinstance(write, CloseTask)]
    assert closing.of == "task"
    assert "eve@example.com did not act" in closing.because


def test_nothing_is_given_on_before_its_time() -> None:
    decision = decided(GIVES_ON, timed(), MOVES - MINUTE)
    assert (decision.kind, kinds(decision)) == (Kind.KEPT, ["breached"])


def test_one_new_owner_answers_every_step_that_asks_for_one() -> None:
    both = promised(first_touch=target("30 min", ("breach", "reassign")), qualify=target("1 h", ("breach", "reassign")))
    decision = decided(both, timed())
    assert decision.kind is Kind.REASSIGNED
    assert {one.kind: one.rungs for one in decision.clocks} == {FIRST_TOUCH: (1,), QUALIFY: (1,)}


def gone_round(times: int, **changes: Any) -> Handoff:
    """A handoff that was given on so many times; the newest owner is zoe."""
    former = [tenure(number, f"one{number}") for number in range(1, times + 1)]
    return timed(*former, tenure(times + 1, "zoe"), **changes)


@pytest.mark.parametrize(("times", "kind"), [(1, Kind.REASSIGNED), (2, Kind.KEPT), (3, Kind.KEPT)])
def test_after_two_changes_of_owner_the_manager_is_told_instead(times: int, kind: Kind) -> None:
    history = {"applied": {**APPLIED, "hubspot_owner_id": "zoe"}}
    decision = decided(GIVES_ON, gone_round(times), history=history, hubspot_owner_id="zoe")
    assert decision.kind is kind
    if kind is Kind.KEPT:
        assert kinds(decision) == ["breached", "not reassigned"]
        assert decision.notices[-1].to == "sam@example.com"
        assert "it may be given on 2 times at most" in decision.because
        assert decision.clocks[-1].rungs == (1, 2)


def test_a_pool_may_allow_no_change_of_owner_at_all() -> None:
    by = promised(with_pool(ENTERPRISE, reassign_at_most=0), first_touch=GIVES_ON.promises["fast"].first_touch)
    decision = decided(by, timed())
    assert (decision.kind, kinds(decision)) == (Kind.KEPT, ["breached", "not reassigned"])


def test_a_lead_that_a_person_gave_to_its_owner_is_not_taken_from_them() -> None:
    given = timed(tenure(1, "eve"), tenure(2, "zoe"))
    history = {"overrides": override("hubspot_owner_id", "zoe", "eve")}
    decision = decided(GIVES_ON, given, history=history, hubspot_owner_id="zoe")
    assert (decision.kind, decision.handoff_owner) == (Kind.KEPT, None)
    assert kinds(decision) == ["breached", "not reassigned"]
    assert "it was given to its owner by CRM_UI userId:7" in decision.because
    assert decision.clocks[-1].rungs == (1, 2)


def test_what_fell_due_after_a_person_had_given_the_lead_on_is_no_breach_of_the_former_owner() -> None:
    given = {"changes": changed("hubspot_owner_id", at=START + 30 * MINUTE)}
    decision = decided(GIVES_ON, timed(), history=given, hubspot_owner_id="zoe")
    former, _ = decision.clocks
    assert (former.stop, former.is_breached) == (Stop.PASSED_ON, False)
    assert decision.notices == ()
    late = {"changes": changed("hubspot_owner_id", at=START + 70 * MINUTE)}
    decision = decided(GIVES_ON, timed(), history=late, hubspot_owner_id="zoe")
    assert [one.is_breached for one in decision.clocks if one.tenure == 1] == [True]
    assert kinds(decision) == ["breached", "not reassigned"]


def test_where_there_is_nobody_else_it_is_tried_again_and_the_step_is_not_done() -> None:
    handed = timed()
    decision = decided(GIVES_ON, handed, among=roster(gone=("dan", "sam")))
    assert (decision.kind, decision.look_again_at) == (Kind.KEPT, MOVES + 15 * MINUTE)
    [clock] = decision.clocks
    assert (clock.stop, clock.rungs) == (None, (1,))
    later = decided(GIVES_ON, replace(handed, clocks=decision.clocks), MOVES + 15 * MINUTE)
    assert (later.kind, later.handoff_owner, kinds(later)) == (Kind.REASSIGNED, "dan", ["reassigned"] * 3)


def test_a_person_gives_the_lead_to_whom_they_name() -> None:
    wish = act(ActKind.REASSIGN, NOW, to=OwnerId("bob"))
    decision = decided(GIVES_ON, timed(acts=(wish,)), NOW + MINUTE)
    assert (decision.kind, decision.handoff_owner) == (Kind.REASSIGNED, "bob")
    assert decision.because.startswith("mia@example.com gave it on: she asked for it")
    assert decision.assignment is not None
    assert not decision.assignment.charged
    assert [one.stop for one in decision.clocks] == [Stop.PASSED_ON]


def test_a_lead_that_a_person_gives_on_stays_accepted() -> None:
    handed = timed(acts=(act(ActKind.REASSIGN, NOW, to=OwnerId("dan")),), state=HandoffState.ACCEPTED)
    decision = decided(GIVES_ON, handed, NOW, baton_handoff_status="accepted")
    assert (decision.kind, decision.handoff_state) == (Kind.REASSIGNED, HandoffState.ACCEPTED)
    writes = [one.properties for one in decision.writes if isinstance(one, SetProperties)]
    assert {one.get("baton_handoff_status", "accepted") for one in writes} == {"accepted"}


def test_a_person_who_names_nobody_gives_the_lead_to_whoever_is_next() -> None:
    decision = decided(GIVES_ON, timed(acts=(act(ActKind.REASSIGN, NOW),)), NOW + MINUTE)
    assert decision.handoff_owner == "dan"


def test_a_wish_goes_before_what_another_hand_chose_and_before_the_bound() -> None:
    wish = act(ActKind.REASSIGN, NOW, to=OwnerId("bob"))
    history = {"overrides": override("hubspot_owner_id", "zoe", "eve")}
    decision = decided(GIVES_ON, gone_round(3, acts=(wish,)), history=history, hubspot_owner_id="zoe")
    assert decision.handoff_owner == "bob"


def test_a_wish_that_was_fulfilled_is_no_wish_any_more() -> None:
    wish = act(ActKind.REASSIGN, NOW, to=OwnerId("bob"))
    handed = timed(tenure(), tenure(2, "dan", NOW + MINUTE), acts=(wish,))
    history = {"applied": {**APPLIED, "hubspot_owner_id": "dan"}}
    decision = decided(GIVES_ON, handed, NOW + 2 * MINUTE, history=history, hubspot_owner_id="dan")
    assert decision.kind is Kind.KEPT


def test_a_wish_for_somebody_who_left_waits_and_says_so() -> None:
    wish = act(ActKind.REASSIGN, NOW, to=OwnerId("bob"))
    decision = decided(GIVES_ON, timed(acts=(wish,)), NOW + MINUTE, among=roster(gone=("bob",)))
    assert (decision.kind, decision.handoff_owner) == (Kind.KEPT, None)
    assert "gave it on: she asked for it, and nobody can take it" in decision.because


def test_a_step_may_add_a_task_for_the_owner_and_does_so_once() -> None:
    by = promised(first_touch=target("1 h", ("breach", "task")))
    decision = decided(by, timed())
    assert further(decision) == [AddTask(name="task-first_touch-1-1", title="Overdue: first touch")]
    assert "First touch is overdue since" in decision.because
    stands = timed(clocks=decision.clocks)
    again = (*stands.told, "task-first_touch-1-1")
    assert further(decided(by, replace(stands, told=again), MOVES + HOUR)) == []


def test_a_task_is_of_no_use_once_the_clock_has_stopped() -> None:
    by = promised(first_touch=target("1 h", ("breach", "task")))
    kept = Kept(by)
    kept.look(START + HOUR)
    assert len(further_tasks(by, kept.handed, kept.handed.clocks)) == 1
    kept.made.append(call(MOVES))
    kept.look(MOVES)
    assert further_tasks(by, kept.handed, kept.handed.clocks) == ()


def test_a_former_owners_task_is_closed_once() -> None:
    handed = timed(tenure(), tenure(2, "dan", NOW, because="eve left"), told=("task", "task-2"))
    assert former_tasks(handed, 2) == (CloseTask("task", "The lead has another owner: eve left."),)
    assert former_tasks(replace(handed, told=("task", "task-2", "closed-task")), 2) == ()


STOPS = replace(
    promised(qualify=target("1 h", ("breach", "notify both sides"), ("breach + 1 h", "stop"))),
    recycle=(RecycleRule(EXPIRED, Span.parse("30 days"), "different_owner", None, "lead", at_most=2),),
)


def test_a_handoff_that_the_ladder_stops_expires_and_may_come_back_by_its_rule() -> None:
    end = START + 2 * HOUR
    decision = decided(STOPS, timed(), end)
    assert decision.closing is not None
    assert (decision.kind, decision.closing.state, decision.closing.reason) == (
        Kind.CLOSED,
        HandoffState.EXPIRED,
        EXPIRED,
    )
    assert (decision.closing.returns_at, decision.closing.to_different_owner) == (end + 30 * DAY, True)
    assert set_by(decision) == {"baton_handoff_status": "expired", "lifecyclestage": "lead"}
    assert cleared_by(decision) == {"lifecyclestage": ""}
    assert [write.of for write in decision.writes if isinstance(write, CloseTask)] == ["task"]
    assert "Nobody acted: qualify within 1 hour was not kept." in decision.because
    assert [(one.to, one.kind) for one in decision.notices] == [("sam@example.com", "breached")]
    assert [(one.stop, one.rungs) for one in decision.clocks] == [(Stop.CLOSED, (1, 2))]


@pytest.mark.parametrize(
    ("last", "comes_back"),
    [(None, True), (rejected(returns=0), True), (rejected(returns=1), False), (rejected(returns=5), False)],
)
def test_a_lead_comes_back_as_often_as_its_rule_allows(last: PastHandoff | None, comes_back: bool) -> None:  # noqa: FBT001  a parameter of the test
    decision = decided(STOPS, timed(), START + 2 * HOUR, history={"last": last})
    assert decision.closing is not None
    assert (decision.closing.returns_at is not None) is comes_back


def test_without_a_rule_a_lead_that_nobody_worked_may_come_back_at_once_and_its_stage_stays() -> None:
    decision = decided(replace(STOPS, recycle=()), timed(), START + 2 * HOUR)
    assert decision.closing is not None
    assert (decision.closing.state, decision.closing.returns_at) == (HandoffState.EXPIRED, START + 2 * HOUR)
    assert set_by(decision) == {"baton_handoff_status": "expired"}


def test_what_was_done_or_is_held_is_not_stopped() -> None:
    qualified = decided(STOPS, timed(), START + 2 * HOUR, baton_handoff_status="qualified")
    assert qualified.closing is not None
    assert qualified.closing.state is HandoffState.QUALIFIED
    assert decided(STOPS, timed(acts=(held(START + MINUTE),)), START + 5 * HOUR).closing is None


def test_clocks_of_a_closed_handoff_have_nothing_left_to_wait_for() -> None:
    decision = decided(GIVES_ON, timed(), START + MINUTE, baton_handoff_status="rejected", baton_rejection_reason="x")
    assert [(one.stop, one.next_at, one.rungs) for one in decision.clocks] == [(Stop.CLOSED, None, ())]
    assert passed_on(decision.clocks, NOW, "too late") == decision.clocks
