"""What the rep says on the record, and how a handoff closes."""

from __future__ import annotations

from typing import Any

import pytest

from app.handoff.decision import Kind, Seat
from app.handoff.state import HandoffState, History, Lead, StageMove
from app.records.ids import OwnerId
from app.sla.clock import Stop
from tests.core.handoff.parts import (
    APPLIED,
    DAY,
    ENTERPRISE,
    HOUR,
    MQL,
    NOW,
    SQL,
    changed,
    cleared_by,
    decided,
    handoff,
    lead,
    open_lead,
    override,
    rejected,
    set_by,
    unready,
)
from tests.core.handoff.timed import QUALIFY, clock, promised, target, timed


def declined(**properties: Any) -> Lead:
    return open_lead(baton_handoff_status="rejected", baton_rejection_reason="no_budget", **properties)


@pytest.mark.parametrize("said", ["accepted", "working"])
def test_a_rep_moves_the_handoff_forward(said: str) -> None:
    decision = decided(open_lead(baton_handoff_status=said))
    assert (decision.kind, decision.handoff_state, decision.writes) == (Kind.KEPT, HandoffState(said), ())
    assert said in decision.because


@pytest.mark.parametrize("said", ["accepted", "open", "expired", "", "nonsense", None])
def test_a_handoff_never_moves_back_and_other_words_say_nothing(said: str | None) -> None:
    working = open_lead(handed=handoff(state=HandoffState.WORKING), baton_handoff_status=said)
    decision = decided(working)
    assert (decision.handoff_state, decision.closing, decision.writes) == (None, None, ())


def test_a_leftover_from_an_older_handoff_is_no_answer() -> None:
    in_flight = lead(history=History(handoff=handoff()), baton_handoff_status="rejected")
    decision = decided(in_flight)
    assert decision.closing is None
    assert set_by(decision)["baton_handoff_status"] == "open"


def test_an_answer_that_came_before_the_opening_was_known_to_stand_counts() -> None:
    told = changed("baton_handoff_status", at=NOW)
    in_flight = lead(history=History(handoff=handoff(), changes=told), baton_handoff_status="accepted")
    decision = decided(in_flight)
    assert decision.handoff_state is HandoffState.ACCEPTED
    assert set_by(decision)["baton_handoff_status"] == "accepted"


def test_a_qualified_lead_closes_its_handoff_and_frees_every_field() -> None:
    history = {"overrides": override("baton_why", "x", "y")}
    decision = decided(open_lead(history, baton_handoff_status="qualified"))
    assert decision.kind is Kind.CLOSED
    assert decision.closing is not None
    assert decision.closing.state is HandoffState.QUALIFIED
    assert decision.released == tuple(sorted({*APPLIED, "baton_why"}))
    assert decision.vacated == Seat(ENTERPRISE, OwnerId("eve"))
    assert decision.writes == ()


def test_the_stage_may_rise_in_the_decision_that_closes() -> None:
    decision = decided(open_lead(baton_handoff_status="qualified", baton_need_confirmed="true"))
    assert decision.closing is not None
    assert set_by(decision)["lifecyclestage"] == SQL


def test_a_rejected_lead_comes_back_after_the_span_of_its_reason() -> None:
    decision = decided(declined())
    assert decision.closing is not None
    assert (decision.closing.reason, decision.closing.returns_at) == ("no_budget", NOW + 90 * DAY)
    assert decision.closing.to_different_owner


@pytest.mark.parametrize("reason", ["not_a_fit", "something new"])
def test_a_reason_without_a_way_back_is_final(reason: str) -> None:
    decision = decided(open_lead(baton_handoff_status="rejected", baton_rejection_reason=reason))
    assert decision.closing is not None
    assert (decision.closing.reason, decision.closing.returns_at) == (reason, None)
    assert decision.stage_move is None


def test_a_rejection_waits_some_minutes_for_its_reason() -> None:
    history = {"changes": changed("baton_handoff_status", at=NOW)}
    decision = decided(open_lead(history, baton_handoff_status="rejected"))
    assert (decision.kind, decision.closing) == (Kind.KEPT, None)
    assert decision.look_again_at == NOW + HOUR / 6
    reason = decided(open_lead(history, baton_handoff_status="rejected", baton_rejection_reason="no_budget"))
    assert reason.closing is not None


def test_a_rejection_whose_reason_is_waited_for_does_not_keep_the_promise_to_qualify() -> None:
    by = promised(qualify=target("2 h"))
    history = {"changes": changed("baton_handoff_status", at=NOW)}
    running = clock(QUALIFY, "2 h")
    waiting = decided(open_lead(history, handed=timed(clocks=(running,)), baton_handoff_status="rejected"), by=by)
    assert [(one.stop, one.next_at) for one in waiting.clocks] == [(None, None)]
    given = open_lead(
        history,
        handed=timed(clocks=waiting.clocks),
        baton_handoff_status="rejected",
        baton_rejection_reason="no_budget",
    )
    [over] = decided(given, by=by, now=NOW + 2 * HOUR).clocks
    assert (over.stop, over.stopped_at, over.is_breached) == (Stop.MET, NOW, False)


def test_a_rejection_that_stays_without_a_reason_closes_and_the_lead_does_not_come_back() -> None:
    history = {"changes": changed("baton_handoff_status", at=NOW - HOUR / 6)}
    decision = decided(open_lead(history, baton_handoff_status="rejected"))
    assert decision.closing is not None
    assert (decision.closing.state, decision.closing.reason) == (HandoffState.REJECTED, None)
    assert decision.closing.returns_at is None


def test_a_rejection_without_a_reason_closes_in_the_end() -> None:
    history = {"changes": changed("baton_handoff_status", at=NOW - HOUR / 2)}
    for told in (history, {}):
        decision = decided(open_lead(told, baton_handoff_status="rejected"))
        assert decision.closing is not None
        assert (decision.closing.reason, decision.closing.returns_at) == (None, None)


def test_a_rejection_moves_the_stage_back_by_clearing_and_setting() -> None:
    decision = decided(declined())
    assert cleared_by(decision) == {"lifecyclestage": ""}
    assert set_by(decision) == {"lifecyclestage": "lead"}
    assert decision.stage_move == StageMove("lead", "Rejected: no_budget", was=MQL)
    assert [write.step.value for write in decision.writes] == ["1 clear", "2 set"]


@pytest.mark.parametrize("seen", ["subscriber", "lead", None])
def test_a_stage_that_is_not_ahead_is_not_moved_back(seen: str | None) -> None:
    decision = decided(declined(lifecyclestage=seen))
    assert (decision.stage_move, decision.writes) == (None, ())


def test_a_stage_that_a_person_set_is_not_moved_back() -> None:
    decision = decided(declined(lifecyclestage="customer"))
    assert (decision.stage_move, decision.writes) == (None, ())


def resting(move: StageMove) -> History:
    return History(last=rejected(closed_at=NOW - HOUR, returns_at=NOW + DAY), stage_move=move)


MOVE = StageMove("lead", "Rejected: no_budget", was=MQL)


def test_a_move_back_that_is_done_is_forgotten() -> None:
    decision = decided(unready(resting(MOVE), lifecyclestage="lead"))
    assert (decision.stage_move, decision.writes, decision.adopted) == (None, (), {"lifecyclestage": "lead"})


def test_a_move_back_that_stopped_half_way_is_finished() -> None:
    decision = decided(lead(history=resting(MOVE), lifecyclestage=None))
    assert (decision.stage_move, cleared_by(decision)) == (MOVE, {})
    assert set_by(decision) == {"lifecyclestage": "lead"}


def test_a_move_back_that_did_not_begin_begins_again() -> None:
    decision = decided(lead(history=resting(MOVE), lifecyclestage=MQL))
    assert decision.stage_move == MOVE
    assert (cleared_by(decision), set_by(decision)) == ({"lifecyclestage": ""}, {"lifecyclestage": "lead"})


def test_a_move_back_gives_way_to_a_person() -> None:
    decision = decided(lead(history=resting(MOVE), lifecyclestage=SQL))
    assert (decision.stage_move, decision.writes) == (None, ())
    assert "another hand set the stage" in decision.because


def test_a_move_whose_start_is_not_known_gives_way_to_a_change_since() -> None:
    unknown = StageMove("lead", "Rejected: no_budget")
    history = resting(unknown)
    assert decided(lead(history=history, lifecyclestage=SQL)).stage_move == unknown
    since = History(last=history.last, stage_move=unknown, changes=changed("lifecyclestage", at=NOW))
    assert decided(lead(history=since, lifecyclestage=SQL)).stage_move is None
