"""Calls, e-mails, meetings and the rest: read, kept with whom they were, and passed on to the contacts."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import SteppedClock
from app.engine.engagements import TRIES_MOST
from app.records.engagement import Engagement, EngagementKind, Maker
from app.records.ids import ContactId
from app.storage import engagements
from tests.conftest import NOW
from tests.engine.test_erasure import tables_that_know
from tests.world import World, open_world

ANN = "ann@example.com"
READS_OF_200 = {"POST calls/batch/read": 2, "POST associations/calls/contacts/batch/read": 2}


def owner(world: World, email: str = ANN) -> str:
    return next(one.id for one in world.sim.portal.owners.all() if one.email == email)


async def kept(world: World, contact: str) -> tuple[Engagement, ...]:
    """What is kept of a contact's engagements."""
    async with world.database.begin() as connection:
        found = await engagements.of_contacts(
            connection, world.baton.portal_id, [ContactId(contact)], since=NOW - timedelta(days=30)
        )
    return found.get(ContactId(contact), ())


async def lanes_of(world: World, kind: str) -> list[str]:
    rows = await world.rows("SELECT object_id FROM lane WHERE object_type = :kind ORDER BY object_id", kind=kind)
    return [row["object_id"] for row in rows]


async def states_of(world: World, kind: str) -> set[tuple[str, str | None]]:
    rows = await world.rows("SELECT state, reason FROM event WHERE object_type = :kind", kind=kind)
    return {(row["state"], row["reason"]) for row in rows}


async def looks_at(world: World, contact: str) -> int:
    rows = await world.rows("SELECT 1 FROM lane WHERE object_type = 'contact' AND object_id = :id", id=contact)
    return len(rows)


async def settled_lead(world: World) -> str:
    """A lead whose own events are done with, counters at zero."""
    contact = world.vp()
    await world.settle()
    world.sim.counters.reset()
    return contact


async def test_a_call_is_kept_with_its_contact_and_told_to_it(world: World) -> None:
    contact = await settled_lead(world)
    call = world.sim.log_call(contact, owner_id=owner(world), at=NOW)
    await world.unpack()
    await world.baton.worker.work()
    (one,) = await kept(world, contact)
    assert (one.id, one.kind, one.occurred_at, one.owner_id) == (call, EngagementKind.CALL, NOW, owner(world))
    assert one.is_touch
    await world.settle()
    assert await states_of(world, "call") == {("applied", None)}
    assert await lanes_of(world, "call") == []


async def test_each_kind_that_somebody_did_is_a_touch(world: World) -> None:
    contact = await settled_lead(world)
    ann = owner(world)
    made = {
        world.sim.log_call(contact, owner_id=ann),
        world.sim.log_email(contact, owner_id=ann),
        world.sim.hold_meeting(contact, owner_id=ann),
        world.sim.log_message(contact, owner_id=ann),
    }
    await world.settle()
    assert {one.id for one in await kept(world, contact) if one.is_touch} == made


async def test_automation_leaves_nothing_that_counts_as_a_touch(world: World) -> None:
    contact = await settled_lead(world)
    ann = owner(world)
    world.sim.send_sequence_email(contact, owner_id=ann)
    world.sim.log_activity("calls", contact, {"hs_call_direction": "OUTBOUND"}, source="INTEGRATION", by="2931120")
    world.sim.log_activity("meetings", contact, {}, source="IMPORT", by="")
    world.sim.log_activity("emails", contact, {"hs_email_direction": "EMAIL"}, source="AUTOMATION_PLATFORM", by="")
    world.sim.log_activity("emails", contact, {"hs_email_direction": "EMAIL"}, source="CONVERSATIONS", by="")
    await world.settle()
    found = await kept(world, contact)
    assert [one.maker for one in found].count(Maker.AUTOMATIC) == 4
    assert [one.maker for one in found].count(Maker.UNKNOWN) == 1
    assert not any(one.is_touch for one in found)


async def test_two_hundred_calls_cost_four_reads(world: World) -> None:
    contact = await settled_lead(world)
    for _ in range(200):
        world.sim.log_call(contact, owner_id=owner(world))
    await world.settle()
    assert len(await kept(world, contact)) == 200
    calls = world.sim.counters.calls
    assert {name: many for name, many in calls.items() if "calls" in name} == READS_OF_200


async def test_an_association_that_lands_late_is_waited_for(world: World) -> None:
    contact = await settled_lead(world)
    world.sim.faults.association_lag = 60.0
    call = world.sim.log_call(contact, owner_id=owner(world))
    await world.settle()
    assert await kept(world, contact) == ()
    [lane] = await world.rows("SELECT code, attempts FROM lane WHERE object_type = 'call'")
    assert (lane["code"], lane["attempts"]) == ("unassociated", 1)
    assert await states_of(world, "call") == {("pending", None)}
    world.clock.advance(timedelta(seconds=90))
    await world.settle()
    assert [one.id for one in await kept(world, contact)] == [call]
    assert await lanes_of(world, "call") == []


async def test_an_engagement_without_a_contact_is_let_go_in_the_end_with_the_reason(world: World) -> None:
    contact = await settled_lead(world)
    world.sim.faults.association_lag = timedelta(days=30).total_seconds()
    world.sim.log_call(contact, owner_id=owner(world))
    await world.settle()
    for _ in range(TRIES_MOST):
        world.clock.advance(timedelta(days=1))
        await world.settle()
    assert await lanes_of(world, "call") == []
    assert await states_of(world, "call") == {("applied", "no contact is associated with it")}


async def test_the_same_news_twice_asks_for_one_look(world: World) -> None:
    contact = await settled_lead(world)
    world.sim.log_call(contact, owner_id=owner(world))
    again = [{**event, "eventId": 1_000_007} for event in world.sim.waiting_events()]
    await world.settle()
    before = await world.rows("SELECT count(*) AS many FROM decision WHERE contact_id = :id", id=contact)
    world.sim.counters.reset()
    await world.post(again)
    await world.settle()
    assert world.sim.counters.calls["POST calls/batch/read"] == 1
    assert world.sim.counters.calls["POST contacts/batch/read"] == 0
    assert before == await world.rows("SELECT count(*) AS many FROM decision WHERE contact_id = :id", id=contact)
    assert len(await kept(world, contact)) == 1


async def test_a_correction_replaces_what_was_kept_and_is_told(world: World) -> None:
    contact = await settled_lead(world)
    meeting = world.sim.hold_meeting(contact, owner_id=owner(world), hs_meeting_outcome="SCHEDULED")
    await world.settle()
    world.sim.counters.reset()
    world.sim.edit_activity("meetings", meeting, {"hs_meeting_outcome": "NO_SHOW"})
    await world.settle()
    (one,) = await kept(world, contact)
    assert not one.is_touch
    assert one.because == "hs_object_source is CRM_UI; hs_meeting_outcome is NO_SHOW"
    assert world.sim.counters.calls["POST contacts/batch/read"] == 1


async def test_a_deleted_engagement_is_forgotten_and_told(world: World) -> None:
    contact = await settled_lead(world)
    call = world.sim.log_call(contact, owner_id=owner(world))
    await world.settle()
    world.sim.counters.reset()
    world.sim.delete_activity("calls", call)
    await world.settle()
    assert await kept(world, contact) == ()
    assert world.sim.counters.calls["POST contacts/batch/read"] == 1
    assert ("applied", "the engagement is gone") in await states_of(world, "call")


async def test_an_email_without_an_owner_is_of_whoever_has_the_address_it_came_from(world: World) -> None:
    contact = await settled_lead(world)
    world.sim.log_email(contact, owner_id=owner(world), hubspot_owner_id="")
    world.sim.log_email(contact, owner_id="", hs_email_direction="INCOMING_EMAIL", hs_email_from_email="lead@x.example")
    await world.settle()
    assert {one.owner_id for one in await kept(world, contact)} == {owner(world), None}


async def test_own_notes_and_tasks_are_no_engagements(world: World) -> None:
    contact = await settled_lead(world)
    assert world.sim.notes_of(contact)
    assert world.sim.tasks_of(contact)
    assert await kept(world, contact) == ()
    for kind in ("note", "task"):
        assert await states_of(world, kind) == {("ignored", "echo of a write by Baton")}


async def test_merged_contacts_have_the_engagements_of_both(world: World) -> None:
    first, second = await settled_lead(world), world.lead("Demo request")
    made = {world.sim.log_call(each, owner_id=owner(world)) for each in (first, second)}
    await world.settle()
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    assert {one.id for one in await kept(world, survivor)} == made
    assert await kept(world, first) == ()


async def test_who_is_forgotten_leaves_no_title_even_if_it_was_being_read(world: World) -> None:
    contact = await settled_lead(world)
    world.sim.log_call(contact, owner_id=owner(world), hs_call_title="About Canarywood")
    await world.settle()
    assert "engagement" in await tables_that_know(world, "Canarywood")
    world.sim.erase_contact(contact)
    await world.settle()
    assert await tables_that_know(world, "Canarywood") == []


async def test_without_the_scope_for_emails_only_these_wait(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock) as world:
        contact = await settled_lead(world)
        world.sim.faults.forbidden.add("POST emails/batch/read")
        world.sim.log_email(contact, owner_id=owner(world))
        call = world.sim.log_call(contact, owner_id=owner(world))
        await world.settle()
        assert [one.id for one in await kept(world, contact)] == [call]
        [lane] = await world.rows("SELECT code, parked FROM lane WHERE object_type = 'email'")
        assert (lane["code"], lane["parked"]) == ("unauthorized", False)
        world.sim.faults.clear()
        clock.advance(timedelta(minutes=5))
        await world.settle()
        assert len(await kept(world, contact)) == 2


@pytest.mark.parametrize("fault", [503, 502, 423])
async def test_an_outage_only_puts_engagements_off(world: World, fault: int) -> None:
    contact = await settled_lead(world)
    world.sim.log_call(contact, owner_id=owner(world))
    world.sim.faults.fail_next = [fault, fault]
    for _ in range(3):
        await world.settle()
        world.clock.advance(timedelta(minutes=1))
    assert len(await kept(world, contact)) == 1


async def test_a_call_told_of_after_the_handoff_ended_takes_the_breach_back(world: World) -> None:
    contact = await settled_lead(world)
    [had] = await world.rows("SELECT owner_id FROM tenure WHERE number = 1")
    called_at = world.clock.now() + timedelta(minutes=1)
    world.clock.advance(timedelta(hours=2))
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "not_a_fit"})
    await world.settle()
    missed = "SELECT kind FROM clock WHERE tenure = 1 AND breached_at IS NOT NULL AND rescinded_at IS NULL"
    assert await world.rows("SELECT 1 FROM handoff WHERE closed_at IS NULL") == []
    assert await world.rows(missed)
    world.sim.log_call(contact, owner_id=had["owner_id"], at=called_at)
    await world.settle()
    assert await world.rows(missed) == []
    assert await world.rows("SELECT 1 FROM audit WHERE action = 'breach taken back'")


async def test_a_meeting_to_which_the_lead_did_not_come_stops_no_clock_in_the_end(world: World) -> None:
    contact = await settled_lead(world)
    meeting = world.sim.hold_meeting(contact, owner_id=owner(world, "eve@example.com"), hs_meeting_outcome="SCHEDULED")
    await world.settle()
    assert await first_touch(world) == "met"
    world.sim.edit_activity("meetings", meeting, {"hs_meeting_outcome": "NO_SHOW"})
    await world.settle()
    assert await first_touch(world) is None


async def first_touch(world: World) -> str | None:
    """What stopped the first owner's clock; None while it runs."""
    [row] = await world.rows("SELECT stop FROM clock WHERE kind = 'first_touch' AND tenure = 1")
    stop: str | None = row["stop"]
    return stop
