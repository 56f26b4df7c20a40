"""When a lead is left alone, disqualified or not ready, and how that is said."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.handoff.decision import Kind
from app.handoff.state import HandoffState, History
from app.records.stages import StageOrder
from tests.core.handoff.parts import DAY, HOUR, MQL, NOW, SQL, decided, lead, override, rejected, set_by, unready


def test_no_handoff_opens_after_the_agreement_ended() -> None:
    last_hour = datetime(2027, 10, 1, 3, tzinfo=UTC)  # still 30 September in New York
    recent = lead(recent_conversion_date=last_hour.isoformat())
    assert decided(recent, now=last_hour).kind is Kind.HANDED_OFF
    ended = decided(recent, now=last_hour + HOUR)
    assert (ended.kind, ended.writes) == (Kind.LEFT_ALONE, ())
    assert "2027-09-30" in ended.because


def test_before_the_agreement_starts_nothing_is_written_and_the_lead_is_looked_at_when_it_does() -> None:
    early = datetime(2026, 9, 30, 12, tzinfo=UTC)
    decision = decided(lead(recent_conversion_date=early.isoformat()), now=early)
    assert (decision.kind, decision.writes) == (Kind.LEFT_ALONE, ())
    assert decision.look_again_at == datetime(2026, 10, 1, 4, tzinfo=UTC)


def test_a_competitor_is_disqualified_whatever_it_scores() -> None:
    decision = decided(lead(email="x@rival.com"))
    assert (decision.kind, decision.writes) == (Kind.DISQUALIFIED, ())
    assert decision.because == "Disqualified: Works for a competitor."


@pytest.mark.parametrize("stage", ["opportunity", "customer"])
def test_a_lead_at_opportunity_or_past_it_is_left_alone(stage: str) -> None:
    assert decided(lead(lifecyclestage=stage)).kind is Kind.LEFT_ALONE


@pytest.mark.parametrize(
    "older",
    [
        {"hubspot_owner_assigneddate": "2026-09-01T00:00:00Z"},
        {"hs_lifecyclestage_marketingqualifiedlead_date": "1788220800000"},
        {"num_associated_deals": "1"},
    ],
)
def test_a_lead_that_sales_already_had_is_left_alone(older: dict[str, Any]) -> None:
    decision = decided(lead(**older))
    assert (decision.kind, decision.writes) == (Kind.LEFT_ALONE, ())


def test_what_baton_did_under_an_older_agreement_does_not_make_the_lead_old() -> None:
    owned = lead(history=History(last=rejected()), hubspot_owner_assigneddate="2026-08-12T00:00:00Z")
    assert decided(owned).kind is Kind.HANDED_OFF


def test_a_portal_with_its_own_stages_is_read_in_its_own_order() -> None:
    own = replace(lead(lifecyclestage="77"), stages=StageOrder(("lead", MQL, "77", "opportunity")))
    assert decided(own).stage_wanted is None


def test_a_lead_that_is_not_ready_is_told_what_is_missing() -> None:
    decision = decided(unready())
    assert decision.kind is Kind.NOT_READY
    assert "at least 30; it is 0" in decision.because
    assert decision.writes == ()


def test_a_lead_is_looked_at_again_when_its_signal_lapses() -> None:
    small = lead(company={"numberofemployees": "5"}, jobtitle="Clerk")
    assert decided(small).look_again_at == NOW - HOUR + 7 * DAY


def test_a_lead_that_sales_qualified_is_never_handed_over_again() -> None:
    history = History(last=rejected(state=HandoffState.QUALIFIED, reason=None))
    decision = decided(lead(history=history, lifecyclestage=SQL))
    assert (decision.kind, decision.opening) == (Kind.LEFT_ALONE, None)


def test_a_qualified_lead_still_rises_when_its_need_is_confirmed_later() -> None:
    history = History(last=rejected(state=HandoffState.QUALIFIED, reason=None))
    decision = decided(unready(history, lifecyclestage=MQL, baton_need_confirmed="true"))
    assert (decision.kind, decision.stage_wanted) == (Kind.STAGED, SQL)


def test_a_rejected_lead_rests_until_its_time_and_is_looked_at_then() -> None:
    decision = decided(lead(history=History(last=rejected(returns_at=NOW + DAY))))
    assert (decision.kind, decision.look_again_at) == (Kind.NOT_READY, NOW + DAY)
    assert (decision.stage_wanted, decision.writes) == (None, ())


def test_a_rested_lead_waits_for_something_new() -> None:
    old = rejected(closed_at=NOW - HOUR / 2)
    decision = decided(lead(history=History(last=old)))
    assert decision.kind is Kind.NOT_READY
    assert "something new" in decision.because


def test_a_rested_lead_with_a_new_signal_is_handed_over_again() -> None:
    assert decided(lead(history=History(last=rejected()))).kind is Kind.HANDED_OFF


def test_a_lead_rejected_for_good_never_comes_back() -> None:
    decision = decided(lead(history=History(last=rejected(returns_at=None))))
    assert (decision.kind, decision.look_again_at) == (Kind.NOT_READY, None)


def test_an_expired_handoff_needs_only_something_new() -> None:
    expired = rejected(state=HandoffState.EXPIRED, returns_at=NOW - DAY)
    assert decided(lead(history=History(last=expired))).kind is Kind.HANDED_OFF
    assert decided(unready(history=History(last=expired))).kind is Kind.NOT_READY


def test_an_opened_mail_brings_no_lead_back() -> None:
    opened = {"hs_email_last_open_date": NOW.isoformat(), "hs_email_last_email_name": "News"}
    decision = decided(unready(history=History(last=rejected()), **opened))
    assert "something new" in decision.because


def test_a_handoff_that_ended_with_shadow_mode_leaves_no_trace() -> None:
    ended = rejected(state=HandoffState.ENDED, returns_at=None, closed_at=NOW)
    assert decided(lead(history=History(last=ended))).kind is Kind.HANDED_OFF


def test_a_stage_that_a_person_moved_back_does_not_make_the_lead_ready() -> None:
    history = History(applied={"lifecyclestage": MQL}, overrides=override("lifecyclestage", "lead", MQL))
    decision = decided(lead(history=history))
    assert (decision.kind, set_by(decision)) == (Kind.NOT_READY, {})
    assert "CRM_UI userId:7" in decision.because
