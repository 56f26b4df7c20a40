"""A more urgent route than the one that the lead took brings its deadlines forward, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from app.agreement.model import Agreement, Promise
from app.handoff.decision import Decision, Kind
from app.handoff.state import Lead
from app.sla.clock import Clock
from tests.core.handoff.parts import HOUR, NOW, agreement, decided, open_lead
from tests.core.handoff.timed import FIRST_TOUCH, MINUTE, clock, target, timed

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


def test_the_deadline_moves_once() -> None:
    asks = slow_lead(recent_conversion_date=NOW.isoformat())
    first = kept(decided(asks, by=two_promises()))
    assert asks.history.handoff is not None
    handed = replace(asks.history.handoff, clocks=(first,))
    again = replace(asks, history=replace(asks.history, handoff=handed))
    assert kept(decided(again, by=two_promises(), now=LATER)).due_at == NOW + HOUR


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
