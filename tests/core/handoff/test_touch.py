"""What counts as a touch, whose it is, and which promise it keeps."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from app.handoff.state import Change, HandoffState
from app.handoff.touch import Touch, first_of, touches_of
from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import OwnerId
from app.sla.clock import Stop
from tests.core.handoff.parts import HOUR, NOW, decided, open_lead
from tests.core.handoff.timed import (
    ACCEPT,
    ATTEMPTS,
    FIRST_TOUCH,
    MINUTE,
    START,
    Kept,
    attempts,
    call,
    clock,
    lead_of,
    promised,
    target,
    tenure,
    timed,
)

SECOND = timedelta(seconds=1)
TWO = timed(tenure(1, "eve"), tenure(2, "dan", START + HOUR))


def touches(*made: Engagement, counted: tuple[str, ...] = (), **properties: Any) -> list[Touch]:
    return list(touches_of(TWO, lead_of(TWO, made, **properties), counted, NOW + 9 * HOUR))


@pytest.mark.parametrize(
    "made",
    [
        pytest.param(call(START, "zoe"), id="by a colleague"),
        pytest.param(call(START, maker=Maker.AUTOMATIC), id="by a sequence"),
        pytest.param(call(START, maker=Maker.UNKNOWN), id="by nobody knows whom"),
        pytest.param(call(START, owner_id=None), id="by nobody"),
        pytest.param(call(START, direction=Direction.INBOUND), id="from the lead"),
        pytest.param(call(START, kind=EngagementKind.NOTE, direction=Direction.NONE), id="a note to themselves"),
        pytest.param(call(START - SECOND), id="before they were chosen"),
        pytest.param(call(START + HOUR), id="when the lead was another's"),
        pytest.param(call(START + HOUR - SECOND, "dan"), id="by the next owner, too early"),
    ],
)
def test_what_is_not_made_by_the_owner_as_a_person_in_their_time_is_no_touch(made: Engagement) -> None:
    """Edge 3."""
    assert touches(made) == []


@pytest.mark.parametrize("direction", [Direction.OUTBOUND, Direction.TWO_WAY])
def test_reaching_out_and_meeting_are_touches_in_the_tenure_of_whoever_did(direction: Direction) -> None:
    made = (call(START, direction=direction), call(START + HOUR, "dan", direction=direction))
    assert [(one.at, one.tenure) for one in touches(*made)] == [(START, 1), (START + HOUR, 2)]


def test_two_touches_in_one_second_are_two_attempts_and_one_first_touch() -> None:
    """Edge 3."""
    mail = call(START + MINUTE, kind=EngagementKind.EMAIL, id="mail")
    kept = Kept(promised(first_touch=target("1 h"), attempts=attempts(2, "14 days")), made=[call(START + MINUTE), mail])
    kept.look(START + HOUR)
    assert [kept.clock(kind).stopped_at for kind in (FIRST_TOUCH, ATTEMPTS)] == [START + MINUTE] * 2
    assert kept.clock().because == "call by eve@example.com"
    assert kept.clock(ATTEMPTS).because == "attempt 2: email by eve@example.com"


def test_the_order_in_which_touches_are_told_does_not_matter() -> None:
    one, two = call(START + MINUTE), call(START + MINUTE, kind=EngagementKind.EMAIL)
    assert touches(one, two) == touches(two, one)
    assert first_of(touches(two, one), 1) == Touch(START + MINUTE, 1, "call by eve@example.com", f"call/{one.id}")


def test_what_is_yet_to_come_is_no_touch_yet() -> None:
    meeting = call(NOW + HOUR / 2, direction=Direction.TWO_WAY)
    handed = timed()
    assert touches_of(handed, lead_of(handed, [meeting]), (), NOW) == ()
    assert len(touches_of(handed, lead_of(handed, [meeting]), (), NOW + HOUR)) == 1


def test_a_property_that_dates_a_touch_counts_where_the_agreement_says_so() -> None:
    dated: dict[str, Any] = {"notes_last_contacted": (START + 5 * MINUTE).isoformat()}
    assert touches(**dated) == []
    [found] = touches(counted=("notes_last_contacted",), **dated)
    assert found == Touch(START + 5 * MINUTE, 1, "notes_last_contacted says so")


def test_a_property_that_dates_a_touch_told_already_is_no_second_one() -> None:
    dated = {"notes_last_contacted": (START + 5 * MINUTE).isoformat()}
    found = touches(call(START + 5 * MINUTE), counted=("notes_last_contacted",), **dated)
    assert [one.because for one in found] == ["call by eve@example.com"]


@pytest.mark.parametrize(("hand", "many"), [("CRM_UI userId:7", 1), ("MOBILE_IOS", 1), ("AUTOMATION_PLATFORM", 0)])
def test_another_property_counts_when_a_persons_hand_changed_it(hand: str, many: int) -> None:
    handed = timed()
    changes = {"hs_lead_status": Change(hand, START + MINUTE)}
    lead = lead_of(handed, history={"changes": changes}, hs_lead_status="CONNECTED")
    assert len(touches_of(handed, lead, ("hs_lead_status",), NOW)) == many


def test_a_touch_accepts_as_well() -> None:
    kept = Kept(promised(accept=target("15 min"), first_touch=target("1 h")), made=[call(START + 10 * MINUTE)])
    kept.look(START + HOUR)
    accept = kept.clock(ACCEPT)
    assert (accept.stop, accept.stopped_at, accept.is_breached) == (Stop.MET, START + 10 * MINUTE, False)


def test_a_word_on_the_record_accepts_and_is_no_touch() -> None:
    kept = Kept(promised(accept=target("15 min"), first_touch=target("1 h")))
    kept.handed = replace(kept.handed, state=HandoffState.ACCEPTED)
    kept.look(START + HOUR / 2)
    assert [one.kind for one in kept.handed.clocks] == [FIRST_TOUCH]
    assert kept.clock().stop is None


def test_a_touch_before_the_owner_stood_on_the_record_takes_no_time() -> None:
    waiting = timed(tenure(confirmed_at=START + 5 * MINUTE))
    kept = Kept(promised(first_touch=target("1 h")), waiting, made=[call(START + MINUTE)])
    kept.look(NOW)
    assert (kept.clock().stop, kept.clock().stopped_at) == (Stop.MET, START + 5 * MINUTE)


def test_a_meeting_to_come_is_looked_at_when_it_begins() -> None:
    meets_at = NOW + HOUR / 2
    booked = Engagement("m1", EngagementKind.MEETING, meets_at, OwnerId("eve"), Maker.HUMAN, Direction.TWO_WAY)
    handed = timed(clocks=(clock(within="2 h"),))
    lead = replace(open_lead(handed=handed), engagements=(booked,))
    before = decided(lead)
    assert (before.handoff_state, before.look_again_at) == (None, meets_at)
    assert decided(lead, now=meets_at).handoff_state is HandoffState.ACCEPTED
