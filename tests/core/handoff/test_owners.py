"""Who gets a ready lead, and who is passed over."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from app.handoff.decision import Assignment, Kind, Skipped
from app.handoff.owners import Nobody, find_owner, members_in_turn
from app.handoff.route import charge
from app.handoff.search import Search
from app.handoff.state import HandoffState, History, Lead, PoolState, Roster, Tenure
from app.records.ids import OwnerId, PoolId
from tests.core.handoff.parts import (
    DAY,
    ENTERPRISE,
    INBOUND,
    MQL,
    NOW,
    decided,
    handoff,
    lead,
    open_lead,
    rejected,
    roster,
    set_by,
    with_pool,
)

PAIR = ("eve", "dan")


def inbound(**properties: Any) -> Lead:
    """A ready lead that takes the route to pool inbound, with ann and bob."""
    return lead(recent_conversion_event_name="Pricing", lifecyclestage=MQL, **properties)


def assigned(subject: Lead, among: Roster | None = None) -> Assignment:
    line = decided(subject, among=among).assignment
    assert line is not None
    return line


def test_an_active_owner_on_the_record_is_kept_uncharged() -> None:
    decision = decided(lead(hubspot_owner_id="zoe"))
    assert decision.opening is not None
    assert decision.opening.owner_stands
    assert decision.assignment is not None
    assert (decision.assignment.owner_id, decision.assignment.charged) == ("zoe", False)
    assert "hubspot_owner_id" not in set_by(decision)
    assert "already owns the lead" in decision.because


def test_an_inactive_or_unknown_owner_is_replaced() -> None:
    for gone in ("zoe", "4711"):
        decision = decided(lead(hubspot_owner_id=gone), among=roster(gone=("zoe",)))
        assert set_by(decision)["hubspot_owner_id"] == "eve"
        assert decision.assignment is not None
        assert "owns the record" in decision.assignment.skipped[0].why


def test_the_owner_of_the_company_comes_before_the_rotation_uncharged() -> None:
    line = assigned(lead(company={"hubspot_owner_id": "dan"}))
    assert (line.owner_id, line.charged, line.because) == ("dan", False, "owns the company")


def test_a_company_owner_who_left_is_passed_over() -> None:
    line = assigned(lead(company={"hubspot_owner_id": "zoe"}), roster(gone=("zoe",)))
    assert (line.owner_id, line.charged) == ("eve", True)
    assert line.skipped == (Skipped("zoe@example.com", "owns the company, but is no active HubSpot owner"),)


def test_a_returning_lead_goes_back_to_its_previous_owner() -> None:
    line = assigned(lead(history=History(last=rejected(owner_id=OwnerId("dan")))))
    assert (line.owner_id, line.because, line.charged) == ("dan", "had the lead before", False)


def test_a_lead_that_is_to_go_to_somebody_else_does_not_go_back() -> None:
    history = History(last=rejected(owner_id=OwnerId("eve"), to_different_owner=True))
    line = assigned(lead(history=history, hubspot_owner_id="eve"))
    assert line.owner_id == "dan"
    assert all(passed.who == "eve@example.com" for passed in line.skipped)


def test_everybody_who_had_a_lead_that_is_to_go_to_somebody_else_is_passed_over() -> None:
    last = rejected(owner_id=OwnerId("dan"), owners=(OwnerId("eve"), OwnerId("dan")), to_different_owner=True)
    line = assigned(lead(history=History(last=last)))
    assert line.owner_id == "sam"
    assert line.skipped == (
        Skipped("dan@example.com", "had the lead before, but declined this lead before"),
        Skipped("eve@example.com", "had this lead before"),
        Skipped("dan@example.com", "declined this lead before"),
    )


def test_whoever_let_a_lead_expire_does_not_get_it_back_where_somebody_else_is_to() -> None:
    last = rejected(state=HandoffState.EXPIRED, owner_id=OwnerId("eve"), to_different_owner=True)
    line = assigned(lead(history=History(last=last)))
    assert line.owner_id == "dan"
    assert Skipped("eve@example.com", "let this lead expire before") in line.skipped


def test_a_lead_that_is_given_on_never_goes_back_to_who_had_it() -> None:
    tenures = tuple(Tenure(number, OwnerId(name), f"{name}@example.com", NOW) for number, name in enumerate(PAIR, 1))
    handed = handoff(owner_id=OwnerId("dan"), tenures=tenures)
    decision = decided(open_lead(handed=handed), among=roster(gone=("dan",)))
    assert decision.handoff_owner == "sam"
    assert decision.assignment is not None
    assert Skipped("eve@example.com", "had this lead already") in decision.assignment.skipped


def test_whoever_stands_in_does_so_even_for_a_lead_that_they_declined() -> None:
    history = History(last=rejected(owner_id=OwnerId("sam"), to_different_owner=True))
    line = assigned(lead(history=history), roster(gone=PAIR))
    assert (line.owner_id, line.because) == ("sam", "stands in for pool enterprise")
    given_on = Search(
        with_pool(ENTERPRISE), open_lead(), roster(gone=PAIR), NOW, {OwnerId("sam"): "had to be replaced"}
    )
    assert isinstance(find_owner(given_on, ENTERPRISE), Nobody)


def test_the_only_member_does_not_get_a_lead_back_that_is_to_be_given_on() -> None:
    alone = with_pool(ENTERPRISE, members=with_pool(ENTERPRISE).pools[ENTERPRISE].members[:1])
    search = Search(alone, open_lead(), roster(), NOW, {OwnerId("eve"): "had to be replaced"})
    assert members_in_turn(search, alone.pools[ENTERPRISE])[0] == ()
    found = find_owner(search, ENTERPRISE)
    assert isinstance(found, Assignment)
    assert found.owner_id == "sam"


def test_the_only_member_of_a_pool_gets_even_a_lead_that_they_declined() -> None:
    alone = with_pool(ENTERPRISE, members=with_pool(ENTERPRISE).pools[ENTERPRISE].members[:1])
    history = History(last=rejected(owner_id=OwnerId("eve"), to_different_owner=True))
    decision = decided(lead(history=history), by=alone)
    assert decision.assignment is not None
    assert decision.assignment.owner_id == "eve"


def test_shares_are_kept_to_and_ties_go_to_who_is_named_first() -> None:
    pools = {INBOUND: PoolState()}
    got = []
    for _ in range(6):
        decision = decided(inbound(), among=roster(pools=pools))
        assert decision.assignment is not None
        got.append(decision.assignment.owner_id)
        free = charge(pools, decision)[INBOUND]
        pools = {INBOUND: PoolState(credits=free.credits)}  # as if each lead were closed at once
    assert got == ["ann", "bob", "ann", "ann", "bob", "ann"]


def test_a_member_at_their_cap_is_passed_over() -> None:
    full = PoolState(open_handoffs={OwnerId("ann"): 2})
    line = assigned(inbound(), roster(pools={INBOUND: full}))
    assert line.owner_id == "bob"
    assert Skipped("ann@example.com", "at the cap of 2 open handoffs") in line.skipped


def test_a_member_who_left_is_passed_over_and_pays_nothing() -> None:
    before = {OwnerId("ann"): -1, OwnerId("bob"): 1}
    line = assigned(inbound(), roster(gone=("ann",), pools={INBOUND: PoolState(credits=before)}))
    assert Skipped("ann@example.com", "no active HubSpot owner") in line.skipped
    assert (line.credits_before, line.credits_after) == (before, before)


def test_a_pool_with_nobody_hands_on_to_the_next() -> None:
    decision = decided(inbound(), among=roster(gone=("ann", "bob")))
    assert decision.opening is not None
    assert (decision.opening.pool, decision.opening.owner_id) == (ENTERPRISE, "eve")
    assert decision.assignment is not None
    assert [passed.who for passed in decision.assignment.skipped] == ["ann@example.com", "bob@example.com"]


def test_somebody_stands_in_when_the_whole_chain_has_nobody() -> None:
    line = assigned(inbound(), roster(gone=("ann", "bob", "eve", "dan")))
    assert (line.owner_id, line.charged) == ("sam", False)
    assert line.because == "stands in for pool enterprise"


def test_pools_that_refer_to_each_other_end_in_nobody() -> None:
    circle = with_pool(ENTERPRISE, if_nobody=INBOUND, fallback_owner=None)
    decision = decided(inbound(), by=circle, among=roster(gone=("ann", "bob", "eve", "dan", "sam")))
    assert decision.kind is Kind.WAITING


def test_a_handoff_counts_against_its_owner_until_it_closes() -> None:
    pools = {ENTERPRISE: PoolState()}
    opened = charge(pools, decided(lead()))
    assert opened[ENTERPRISE].open_handoffs == {"eve": 1}
    assert sum(opened[ENTERPRISE].credits.values()) == 0
    closed = charge(opened, decided(open_lead(baton_handoff_status="qualified")))
    assert closed[ENTERPRISE].open_handoffs == {"eve": 0}
    assert closed[ENTERPRISE].credits == opened[ENTERPRISE].credits


def test_a_preferred_owner_is_counted_but_not_charged() -> None:
    charged = charge({ENTERPRISE: PoolState()}, decided(lead(hubspot_owner_id="zoe")))
    assert charged[ENTERPRISE] == PoolState(open_handoffs={OwnerId("zoe"): 1})


def test_a_reassigned_handoff_changes_seats() -> None:
    pools = {ENTERPRISE: PoolState(open_handoffs={OwnerId("eve"): 3})}
    decision = decided(open_lead(), among=roster(gone=("eve",), pools=pools))
    assert charge(pools, decision)[ENTERPRISE].open_handoffs == {"eve": 2, "dan": 1}


def test_a_handoff_that_a_person_gave_away_changes_seats() -> None:
    pools = {ENTERPRISE: PoolState(open_handoffs={OwnerId("eve"): 3})}
    given = decided(open_lead(hubspot_owner_id="zoe"))
    assert charge(pools, given)[ENTERPRISE].open_handoffs == {"eve": 2, "zoe": 1}


def test_ledgers_that_are_not_at_hand_stay_out_of_it() -> None:
    elsewhere = {PoolId("other"): PoolState()}
    assert charge(elsewhere, decided(lead())) == elsewhere
    assert charge(elsewhere, decided(open_lead(handed=handoff(), baton_handoff_status="qualified"))) == elsewhere


def away(among: Roster, *names: str, until: datetime = NOW + 3 * DAY) -> Roster:
    return replace(among, away={OwnerId(name): until for name in names})


def test_a_member_who_is_away_is_passed_over_and_neither_earns_nor_pays() -> None:
    before = {OwnerId("ann"): 1, OwnerId("bob"): -1}
    line = assigned(inbound(), away(roster(pools={INBOUND: PoolState(credits=before)}), "ann"))
    assert line.owner_id == "bob"
    assert Skipped("ann@example.com", "away until 2026-11-23 15:00 UTC") in line.skipped
    assert (line.credits_before, line.credits_after) == (before, before)


def test_a_preferred_owner_who_is_away_is_passed_over() -> None:
    line = assigned(lead(company={"hubspot_owner_id": "dan"}), away(roster(), "dan"))
    assert line.owner_id == "eve"
    assert line.skipped[0] == Skipped("dan@example.com", "owns the company, but is away until 2026-11-23 15:00 UTC")


def test_whoever_stands_in_is_passed_over_while_away() -> None:
    decision = decided(inbound(), among=away(roster(), "ann", "bob", "eve", "dan", "sam"))
    assert decision.kind is Kind.WAITING
    assert "sam@example.com: stands in, but is away until 2026-11-23 15:00 UTC" in decision.because


def test_a_lead_that_nobody_was_there_to_take_wakes_when_the_first_is_back() -> None:
    everyone = ("ann", "bob", "eve", "dan", "sam")
    soon = NOW + timedelta(minutes=5)
    among = away(roster(), *everyone)
    among = replace(among, away={**among.away, OwnerId("dan"): soon})
    assert decided(inbound(), among=among).look_again_at == soon


def test_an_owner_on_the_record_is_kept_while_away() -> None:
    line = assigned(lead(hubspot_owner_id="zoe"), away(roster(), "zoe"))
    assert (line.owner_id, line.charged) == ("zoe", False)


def test_an_open_handoff_stays_with_its_owner_while_away() -> None:
    decision = decided(open_lead(), among=away(roster(), "eve"))
    assert (decision.kind, decision.assignment) == (Kind.KEPT, None)


def test_a_handoff_whose_owner_left_goes_to_nobody_who_is_away() -> None:
    decision = decided(open_lead(), among=away(roster(gone=("eve",)), "dan"))
    assert decision.handoff_owner == "sam"
    waiting = decided(open_lead(), among=away(roster(gone=("eve",)), "dan", "sam", until=NOW + timedelta(minutes=5)))
    assert waiting.look_again_at == NOW + timedelta(minutes=5)
