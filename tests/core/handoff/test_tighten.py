"""A more urgent route than the one that the lead took brings its deadlines forward, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.agreement.model import Agreement, Promise
from app.handoff.decision import Decision, Kind
from app.handoff.state import Act, Lead
from app.sla.clock import Clock
from tests.core.handoff.parts import HOUR, NOW, agreement, decided, open_lead
from tests.core.handoff.timed import FIRST_TOUCH, MINUTE, clock, held, more, target, timed

LATER = NOW + 10 * MINUTE


def two_promises() -> Agreement:
    """`demo` promises an hour, `rest` a day; the handoff took `rest`."""
    fast = Promise("fast", "pool", None, target("1 h"))
    slow = Promise("slow", "pool", None, target("24 h"))
    demo, rest = agreement().routes
    return replace(agreement(), routes=(demo, replace(rest, promise="slow")), promises={"fast": fast, "slow": slow})


def slow_lead(**properties: Any) -> Lead:
    slow = clock(within="24 h", due_at=NOW + 23 * HOUR)
    return open_lead(handed=timed(route="rest", promise="slow", clocks=(slow,)), **properties)


def kept(decision: Decision) -> Clock:
    [found] = decision.clocks
    return found


def test_a_demo_request_brings_the_deadline_of_a_reader_forward() -> None:
    asks = slow_lead(recent_conversion_date=NOW.isoformat())
    decision = decided(asks, by=two_promises())
    assert (decision.kind, decision.handoff_owner) == (Kind.KEPT, None)
    assert kept(decision).kind is FIRST_TOUCH
    assert kept(decision).due_at == NOW + HOUR
    assert kept(decision).next_at == NOW + HOUR


def brought_forward(by: Agreement) -> tuple[Lead, Clock]:
    """A lead whose deadline came forward at NOW, and its clock."""
    asks = slow_lead(recent_conversion_date=NOW.isoformat())
    return asks, kept(decided(asks, by=by))


def later(lead: Lead, clock: Clock, by: Agreement, *acts: Act) -> Clock:
    """The clock at LATER, after what people did."""
    assert lead.history.handoff is not None
    handed = replace(lead.history.handoff, clocks=(clock,), acts=acts)
    return kept(decided(replace(lead, history=replace(lead.history, handoff=handed)), by=by, now=LATER))


def test_the_deadline_moves_once() -> None:
    by = two_promises()
    assert later(*brought_forward(by), by).due_at == NOW + HOUR


def test_time_that_a_person_gives_after_that_is_not_taken_away_again() -> None:
    by = two_promises()
    lead, clock = brought_forward(by)
    assert later(lead, clock, by, more(NOW + MINUTE, "3 h")).due_at == NOW + 4 * HOUR


def test_a_hold_after_that_moves_the_deadline_that_came_forward() -> None:
    by = two_promises()
    lead, clock = brought_forward(by)
    assert later(lead, clock, by, held(NOW + MINUTE, NOW + HOUR)).due_at == NOW + 119 * MINUTE


def test_a_further_sign_brings_it_forward_once_more() -> None:
    by = two_promises()
    lead, clock = brought_forward(by)
    properties = {**lead.contact.properties, "recent_conversion_date": (NOW + 2 * MINUTE).isoformat()}
    again = replace(lead, contact=replace(lead.contact, properties=properties))
    assert later(again, clock, by, more(NOW + MINUTE, "3 h")).due_at == LATER + HOUR


def test_what_the_lead_did_before_the_handoff_opened_brings_nothing_forward() -> None:
    before = slow_lead(recent_conversion_date=(NOW - 3 * HOUR).isoformat())
    assert kept(decided(before, by=two_promises())).due_at == NOW + 23 * HOUR


def test_a_slower_route_changes_nothing() -> None:
    reads = open_lead(
        handed=timed(clocks=(clock(within="2 h"),)),
        recent_conversion_event_name="Newsletter",
        recent_conversion_date=NOW.isoformat(),
    )
    assert kept(decided(reads, by=two_promises())).due_at == NOW + HOUR
