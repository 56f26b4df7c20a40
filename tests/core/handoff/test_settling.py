"""Once a decision's writes stand, the next look finds nothing left to write: Baton never argues with itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from hypothesis import given

from app.handoff.decision import Decision, Kind, SetProperties
from app.handoff.state import Handoff, HandoffState, History, Lead, PastHandoff
from app.records.ids import OwnerId
from tests.core.handoff.parts import NOW, SQL, changed, decided, handoff, lead, roster, set_by, unready
from tests.core.handoff.test_laws import CASES
from tests.core.made import HALF

MINUTE = timedelta(minutes=1)


def settled(subject: Lead, decision: Decision) -> Lead:
    """The lead as the next look finds it, when everything that was decided landed and was confirmed."""
    sets = [write.properties for write in decision.writes if isinstance(write, SetProperties)]
    written = {name: value for properties in sets for name, value in properties.items()}
    history = subject.history
    kept = {name: value for name, value in history.applied.items() if name not in decision.released}
    held = {name: one for name, one in history.overrides.items() if name not in decision.released}
    after = replace(
        history,
        handoff=None if decision.closing else _handoff(history.handoff, decision),
        last=_last(history, decision),
        applied={**kept, **decision.adopted, **written},
        overrides={**held, **{one.field: one for one in decision.new_overrides}},
        stage_move=decision.stage_move,
        waiting_since=decision.waiting_since,
    )
    contact = replace(subject.contact, properties={**subject.contact.properties, **written})
    return replace(subject, contact=contact, history=after)


def _handoff(before: Handoff | None, decision: Decision) -> Handoff | None:
    opening = decision.opening
    if opening is not None:
        return handoff(
            route=opening.route,
            promise=opening.promise,
            pool=opening.pool,
            owner_id=opening.owner_id,
            opened_at=decision.at,
        )
    if before is None:
        return None
    return replace(
        before,
        owner_id=decision.handoff_owner or before.owner_id,
        state=decision.handoff_state or before.state,
        noted=True,
        tasked=True,
    )


def _last(history: History, decision: Decision) -> PastHandoff | None:
    closing, closed = decision.closing, history.handoff
    if closing is None or closed is None:
        return history.last
    return PastHandoff(
        id=closed.id,
        state=closing.state,
        owner_id=closed.owner_id,
        closed_at=decision.at,
        reason=closing.reason,
        returns_at=closing.returns_at,
        to_different_owner=closing.to_different_owner,
    )


@HALF
@given(CASES)
def test_when_everything_landed_nothing_is_left_to_write(case: tuple[Lead, list[str]]) -> None:
    subject, gone = case
    among = roster(gone=gone)
    landed, now = subject, NOW
    for _ in range(3):  # a rejection and its move back, then what that makes possible
        landed, now = settled(landed, decided(landed, among=among, now=now)), now + MINUTE
    at_rest = decided(landed, among=among, now=now)
    assert [write for write in at_rest.writes if isinstance(write, SetProperties)] == []
    assert at_rest.new_overrides == ()


def test_a_lead_lives_through_handoff_rejection_rest_and_return() -> None:
    opened = decided(lead())
    open_ = settled(lead(), opened)
    assert decided(open_).writes == ()

    declined = _say(open_, baton_handoff_status="rejected", baton_rejection_reason="no_budget")
    closed = decided(declined)
    assert closed.closing is not None
    assert closed.closing.returns_at is not None
    resting = settled(declined, closed)
    assert resting.contact.properties["lifecyclestage"] == "lead"
    assert decided(resting).kind is Kind.NOT_READY

    later = closed.closing.returns_at + MINUTE
    back = _say(resting, recent_conversion_date=later.isoformat())
    again = decided(back, now=later)
    assert again.opening is not None
    assert again.opening.owner_id == "dan"  # eve declined, and the reason asks for somebody else
    assert set_by(again)["baton_handoff_status"] == "open"
    assert set_by(again)["baton_rejection_reason"] == ""


def test_a_lead_lives_through_handoff_acceptance_and_qualification() -> None:
    open_ = settled(lead(), decided(lead()))
    accepted = _say(open_, baton_handoff_status="accepted")
    working = settled(accepted, decided(accepted))
    assert working.history.handoff is not None
    assert working.history.handoff.state is HandoffState.ACCEPTED
    confirmed = _say(working, baton_need_confirmed="true", baton_handoff_status="qualified")
    decision = decided(confirmed)
    assert (decision.kind, set_by(decision)["lifecyclestage"]) == (Kind.CLOSED, SQL)
    assert decided(settled(confirmed, decision)).kind is Kind.LEFT_ALONE


def test_a_person_who_takes_over_is_left_in_peace_until_the_handoff_closes() -> None:
    open_ = settled(lead(), decided(lead()))
    taken = _say(open_, hubspot_owner_id="zoe", lifecyclestage="lead")
    taken = replace(taken, history=replace(taken.history, changes=changed("hubspot_owner_id")))
    first = decided(taken)
    assert {one.field for one in first.new_overrides} == {"hubspot_owner_id", "lifecyclestage"}
    peace = settled(taken, first)
    assert (decided(peace).writes, decided(peace).new_overrides) == ((), ())
    done = settled(peace, decided(_say(peace, baton_handoff_status="qualified")))
    assert (done.history.overrides, done.history.applied) == ({}, {})


def test_that_a_handoff_expired_is_written_until_it_stands() -> None:
    last = PastHandoff("h0", HandoffState.EXPIRED, OwnerId("eve"), NOW - MINUTE)
    unsaid = unready(history=History(last=last), baton_handoff_status="open")
    decision = decided(unsaid)
    assert set_by(decision) == {"baton_handoff_status": "expired"}
    said = settled(unsaid, decision)
    assert decided(said).writes == ()
    assert decided(_say(said, baton_handoff_status="working")).writes == (), "a person may write over it"


def test_a_quiet_lead_stays_quiet() -> None:
    assert settled(unready(), decided(unready())) == unready()


def _say(subject: Lead, **properties: str) -> Lead:
    contact = replace(subject.contact, properties={**subject.contact.properties, **properties})
    return replace(subject, contact=contact)
