"""Pools that look at the clock: whoever is at work goes first, or nobody else gets a lead."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.agreement.model import Agreement, Member
from app.handoff.decision import Decision, Kind, Skipped
from app.handoff.state import Lead, Roster
from app.records.ids import OwnerId
from app.sla.calendar import Calendar
from app.sla.hours import Interval
from tests.core.handoff.parts import DAY, ENTERPRISE, INBOUND, MQL, NOW, agreement, decided, lead, roster

NIGHT = Calendar("night", "America/New_York", {day: (Interval.parse("20:00-24:00"),) for day in range(7)})
DAWN = Calendar("dawn", "Europe/London", {day: (Interval.parse("08:00-12:00"),) for day in range(5)})
"""At NOW, a Friday 10:00 in New York, it is 15:00 in London."""
TONIGHT = datetime(2026, 11, 21, 1, tzinfo=UTC)
SATURDAY = NOW + DAY


def hours(working_hours: str | None, *members: Member, **changes: Any) -> Agreement:
    """The usual agreement, whose pool inbound has these members, and looks at hours so."""
    pools = agreement().pools
    inbound = replace(pools[INBOUND], working_hours=working_hours, members=members, if_nobody=None, **changes)
    calendars = {**agreement().calendars, "night": NIGHT, "dawn": DAWN}
    return agreement(pools={**pools, INBOUND: inbound}, calendars=calendars)


def member(name: str, calendar: str | None = None) -> Member:
    return Member(f"{name}@example.com", calendar=calendar)


def ready(**properties: Any) -> Lead:
    """A ready lead that takes the route to pool inbound."""
    return lead(recent_conversion_event_name="Pricing", lifecyclestage=MQL, **properties)


def outcome(by: Agreement, now: datetime = NOW, among: Roster | None = None, subject: Lead | None = None) -> Decision:
    return decided(subject or ready(), by=by, now=now, among=among)


def owner_of(decision: Decision) -> str:
    assert decision.assignment is not None
    return decision.assignment.owner_id


ANN, BOB, EVE = member("ann", "night"), member("bob"), member("eve", "dawn")


def test_without_a_word_on_hours_turns_are_taken_around_the_clock() -> None:
    assert owner_of(outcome(hours(None, ANN, BOB))) == "ann"


@pytest.mark.parametrize("word", ["prefer", "require"])
def test_whoever_is_at_work_takes_the_turn_and_the_others_are_told(word: str) -> None:
    decision = outcome(hours(word, ANN, BOB, EVE))
    assert owner_of(decision) == "bob"
    assert decision.assignment is not None
    assert decision.assignment.skipped == (
        Skipped("ann@example.com", "outside working hours until 2026-11-21 01:00 UTC"),
        Skipped("eve@example.com", "outside working hours until 2026-11-23 08:00 UTC"),
    )
    assert sum(decision.assignment.credits_after.values()) == 0
    assert decision.assignment.credits_after == {"bob": 0}


def test_where_nobody_is_at_work_all_take_turns_if_hours_are_only_preferred() -> None:
    decision = outcome(hours("prefer", BOB, EVE), SATURDAY)
    assert owner_of(decision) == "bob"
    assert decision.assignment is not None
    assert decision.assignment.credits_after == {"bob": -1, "eve": 1}
    assert decision.assignment.skipped == ()


def test_who_cannot_take_a_lead_anyway_does_not_keep_the_others_from_it() -> None:
    among = replace(roster(), away={OwnerId("bob"): NOW + DAY})
    assert owner_of(outcome(hours("prefer", ANN, BOB), among=among)) == "ann"


def test_where_hours_are_required_a_lead_waits_for_the_first_who_opens() -> None:
    soon = TONIGHT - timedelta(minutes=5)
    decision = outcome(hours("require", ANN, BOB, EVE), soon)
    assert decision.kind is Kind.WAITING
    assert "ann@example.com: outside working hours until 2026-11-21 01:00 UTC" in decision.because
    assert decision.look_again_at == TONIGHT
    assert owner_of(outcome(hours("require", ANN, BOB, EVE), TONIGHT)) == "ann"


def test_who_opens_and_cannot_take_the_lead_is_not_waited_for() -> None:
    soon = TONIGHT - timedelta(minutes=5)
    decision = outcome(hours("require", ANN, BOB), soon, roster(gone=("ann",)))
    assert decision.look_again_at == soon + timedelta(minutes=15)


def test_another_pool_at_work_gets_what_a_closed_one_cannot_take() -> None:
    following = hours("require", ANN)
    inbound = replace(following.pools[INBOUND], if_nobody=ENTERPRISE)
    decision = outcome(replace(following, pools={**following.pools, INBOUND: inbound}))
    assert decision.opening is not None
    assert (decision.opening.pool, decision.opening.owner_id) == (ENTERPRISE, "eve")


def test_whoever_stands_in_does_so_at_any_hour() -> None:
    decision = outcome(hours("require", ANN, fallback_owner="sam@example.com"), SATURDAY)
    assert owner_of(decision) == "sam"


def test_a_preferred_owner_keeps_the_hours_of_the_pool_or_their_own() -> None:
    by = hours("require", ANN, BOB, prefer=("company_owner",))
    of_dan = ready(company={"hubspot_owner_id": "dan"})
    assert owner_of(outcome(by, subject=of_dan)) == "dan"
    tonight = outcome(by, TONIGHT, subject=of_dan)
    assert owner_of(tonight) == "ann"
    assert tonight.assignment is not None
    assert tonight.assignment.skipped[0] == Skipped(
        "dan@example.com", "owns the company, but is outside working hours until 2026-11-23 14:00 UTC"
    )
    assert owner_of(outcome(hours("prefer", ANN, BOB, prefer=("company_owner",)), TONIGHT, subject=of_dan)) == "dan"


def test_an_owner_on_the_record_is_kept_at_any_hour() -> None:
    assert owner_of(outcome(hours("require", ANN), SATURDAY, subject=ready(hubspot_owner_id="zoe"))) == "zoe"
