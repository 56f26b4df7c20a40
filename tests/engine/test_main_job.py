"""The whole path: a webhook comes in, and the record in HubSpot has stage, owner, note and task."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

from app.crm.simulator import ValidationRule
from app.handoff.decide import decide
from app.handoff.decision import Decision
from app.storage import decisions
from app.storage.codec import to_json
from tests.world import World


async def test_a_vp_who_asks_for_a_demo_is_handed_to_the_enterprise_pool(world: World) -> None:
    contact = world.vp()
    await world.settle()
    record = world.sim.contact(contact)
    assert record["lifecyclestage"] == "marketingqualifiedlead"
    assert record["baton_handoff_status"] == "open"
    assert record["baton_route"] == "demo"
    assert await owner_email(world, contact) == "eve@example.com"
    [note], [task] = world.sim.notes_of(contact), world.sim.tasks_of(contact)
    assert "Demo request" in note["hs_note_body"]
    assert "earn back the cost" in note["hs_note_body"]
    assert task["hubspot_owner_id"] == record["hubspot_owner_id"]
    [handoff] = await world.rows("SELECT owner_confirmed_at, due_at FROM handoff")
    assert handoff["due_at"] - handoff["owner_confirmed_at"] == timedelta(hours=1)
    assert task["hs_timestamp"] == handoff["due_at"].strftime("%Y-%m-%dT%H:%M:%S.000Z")


async def test_what_baton_wrote_comes_back_as_echoes_and_makes_no_second_look(world: World) -> None:
    contact = world.vp()
    await world.settle()
    looks = await world.rows("SELECT count(*) AS many FROM decision WHERE contact_id = :id", id=contact)
    assert looks == [{"many": 1}]
    due = "SELECT * FROM lane WHERE object_type = 'contact' AND NOT parked AND wake_at <= :now"
    assert await world.rows(due, now=world.clock.now()) == []
    echoes = await world.rows("SELECT * FROM event WHERE reason = 'echo of a write by Baton'")
    assert {row["property_name"] for row in echoes} >= {"lifecyclestage", "hubspot_owner_id"}


async def test_one_created_contact_whose_creation_comes_fourth_of_five_events_is_decided_once(world: World) -> None:
    contact = world.vp()
    while world.sim.pending_events():
        await world.deliver()
    [company] = [row["company_id"] for row in await world.rows("SELECT company_id FROM contact")] or [None]
    del company
    body = [
        {"eventId": 962803702 + n, "subscriptionId": 3855062, "portalId": 62515, "appId": 54321,
         "occurredAt": 1751360059094, "attemptNumber": 0, "objectId": int(contact), "changeSource": "CRM_UI",
         "sourceId": "userId:75514748", **what}
        for n, what in enumerate((
            {"subscriptionType": "contact.propertyChange", "propertyName": "phone", "propertyValue": "+32470000000"},
            {"subscriptionType": "contact.propertyChange", "propertyName": "email", "propertyValue": "m@example.com"},
            {"subscriptionType": "contact.propertyChange", "propertyName": "firstname", "propertyValue": "Max"},
            {"subscriptionType": "contact.creation", "changeFlag": "CREATED"},
            {"subscriptionType": "contact.propertyChange", "propertyName": "lastname", "propertyValue": "Example"},
        ))
    ]  # fmt: skip
    answer = await world.post(body)
    assert answer == 204
    await world.settle()
    applied = await world.rows(
        "SELECT DISTINCT decision_id FROM event WHERE state = 'applied' AND object_id = :id", id=contact
    )
    assert len(applied) == 1
    effects = world.sim.counters.effects(contact)
    assert (effects["stage_writes"], effects["owner_writes"], effects["notes"], effects["tasks"]) == (1, 1, 1, 1)


async def test_a_thousand_leads_take_at_most_seventy_calls(world: World) -> None:
    contacts = thousand(world)
    await world.settle()
    assert {world.sim.contact(one)["lifecyclestage"] for one in contacts} == {"marketingqualifiedlead"}
    assert all(len(world.sim.notes_of(one)) == len(world.sim.tasks_of(one)) == 1 for one in contacts)
    assert world.sim.counters.total_calls <= 70, world.sim.counters.calls
    assert world.sim.counters.throttled == 0


async def test_one_bad_record_in_each_hundred_is_parked_alone_with_hubspots_words(world: World) -> None:
    world.sim.faults.validation_rules.append(
        ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone number is required for MQLs.")
    )
    contacts = thousand(world, phone=lambda number: "" if number % 100 == 7 else "+1 555 0100")
    await world.settle()
    stages = Counter(world.sim.contact(one).get("lifecyclestage") or "none" for one in contacts)
    assert stages["marketingqualifiedlead"] == 990
    parked = await world.rows("SELECT reason FROM lane WHERE parked")
    assert len(parked) == 10
    assert all("Phone number is required for MQLs." in row["reason"] for row in parked)
    assert world.sim.counters.total_calls <= 70, world.sim.counters.calls


async def test_every_stored_decision_computed_again_is_the_same(world: World) -> None:
    for one in (world.vp(), world.lead("Newsletter"), world.lead("Demo request", email="x@rival.com")):
        world.sim.edit_contact(one, {"jobtitle": "Head of Sales"})
    await world.settle()
    ready = await world.baton.watch.ready()
    assert ready is not None
    async with world.database.begin() as connection:
        stored = await decisions.newest(connection, world.baton.portal_id, limit=100)
    assert len(stored) >= 3
    for kept in stored:
        again = decide(ready[1].agreement, kept.inputs(), ready[1].vocabulary)
        assert to_json(again, Decision) == kept.stored_decision


def thousand(world: World, phone: Callable[[int], str] = lambda _: "") -> list[str]:
    """A thousand people at a firm in the market who asked for the pricing guide."""
    company = world.sim.create_company({"name": "Bank", "numberofemployees": "900", "industry": "BANKING"})
    return [world.lead("Pricing guide", company, phone=phone(number)) for number in range(1000)]


async def owner_email(world: World, contact: str) -> str:
    [row] = await world.rows(
        "SELECT email FROM owner WHERE id = :id", id=world.sim.contact(contact)["hubspot_owner_id"]
    )
    return str(row["email"])
