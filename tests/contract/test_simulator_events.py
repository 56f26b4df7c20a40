"""Webhook events: their shapes, and what causes them."""

from collections import Counter
from datetime import timedelta

import httpx

from app.crm.simulator import Simulator, Subscription
from app.crm.simulator.events import Event
from app.crm.simulator.instants import ShiftedClock, epoch_ms, iso


def taken(sim: Simulator) -> list[Event]:
    return sim.portal.outbox.take()


async def test_one_contact_made_by_a_person_is_several_events_of_one_instant(
    sim: Simulator, clock: ShiftedClock
) -> None:
    contact = sim.create_contact({"email": "ada@birch.example", "firstname": "Ada", "city": "Bonn"})

    events = taken(sim)

    assert sorted(each.get("propertyName", "") for each in events) == ["", "email", "firstname"]
    assert events[0]["subscriptionType"] == "contact.propertyChange"
    assert {each["occurredAt"] for each in events} == {epoch_ms(clock())}
    creation = next(each for each in events if each["subscriptionType"] == "contact.creation")
    ids = {name: creation.pop(name) for name in ("eventId", "subscriptionId")}
    assert all(isinstance(each, int) for each in ids.values())
    assert creation == {
        "portalId": 62515,
        "appId": 54321,
        "occurredAt": epoch_ms(clock()),
        "subscriptionType": "contact.creation",
        "attemptNumber": 0,
        "objectId": int(contact),
        "changeFlag": "CREATED",
        "changeSource": "CRM_UI",
        "sourceId": "userId:1001",
    }


async def test_the_apps_own_write_comes_back_marked_with_its_id(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    taken(sim)

    await hs.patch(f"/crm/objects/2026-09/contacts/{contact}", json={"properties": {"lifecyclestage": "lead"}})

    (echo,) = taken(sim)
    assert (echo["changeSource"], echo["sourceId"]) == ("INTEGRATION", "54321")
    assert (echo["propertyName"], echo["propertyValue"]) == ("lifecyclestage", "lead")


async def test_instants_travel_as_epoch_milliseconds_and_cleared_values_as_empty_text(
    sim: Simulator, clock: ShiftedClock
) -> None:
    contact = sim.create_contact({"phone": "1"})
    taken(sim)

    sim.submit_form(contact, "Request a demo")
    sim.edit_contact(contact, {"phone": ""})

    values = {each["propertyName"]: each["propertyValue"] for each in taken(sim)}
    assert values == {
        "recent_conversion_event_name": "Request a demo",
        "recent_conversion_date": str(epoch_ms(clock())),
        "phone": "",
    }


async def test_nothing_is_said_about_properties_that_nobody_subscribed_to(sim: Simulator) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    taken(sim)

    sim.edit_contact(contact, {"city": "Bonn"})

    assert sim.pending_events() == 0


async def test_two_subscriptions_to_one_property_both_report_it(sim: Simulator) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    taken(sim)
    sim.subscriptions.append(Subscription("object.propertyChange", "phone", "0-1", id=99))

    sim.edit_contact(contact, {"phone": "1"})

    old, new = taken(sim)
    assert old["subscriptionType"] == "contact.propertyChange"
    assert "objectTypeId" not in old
    assert (new["objectTypeId"], new["isSensitive"], new["subscriptionId"]) == ("0-1", False, 99)


async def test_an_activity_is_reported_without_its_contact(sim: Simulator) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    taken(sim)

    call = sim.log_activity("calls", contact, {"hs_call_direction": "OUTBOUND"}, by="userId:7")

    (event,) = taken(sim)
    assert (event["subscriptionType"], event["objectTypeId"]) == ("object.creation", "0-48")
    assert event["objectId"] == int(call)
    assert event["sourceId"] == "userId:7"
    assert contact not in str(event)


async def test_a_primary_company_is_reported_in_both_directions_and_once_more(sim: Simulator) -> None:
    company, contact = sim.create_company({"name": "Birch"}), sim.create_contact({"firstname": "Ada"})
    taken(sim)

    sim.associate(contact, company)

    events = taken(sim)
    said = Counter((each["associationType"], each["isPrimaryAssociation"]) for each in events)
    assert said == {
        ("CONTACT_TO_COMPANY", False): 1,
        ("COMPANY_TO_CONTACT", False): 1,
        ("CONTACT_TO_COMPANY", True): 1,
        ("COMPANY_TO_CONTACT", True): 1,
    }
    assert all("objectId" not in each and "subscriptionId" not in each for each in events)


async def test_an_association_made_from_the_company_is_reported_to_those_who_watch_contacts(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    company, contact = sim.create_company({"name": "Birch"}), sim.create_contact({"firstname": "Ada"})
    taken(sim)

    path = f"/crm/objects/2026-09/companies/{company}/associations/default/contacts/{contact}"
    assert (await hs.put(path)).status_code == 200

    assert {each["associationType"] for each in taken(sim)} == {"COMPANY_TO_CONTACT", "CONTACT_TO_COMPANY"}


async def test_a_merge_is_reported_with_the_deletion_of_the_one_that_lost(sim: Simulator) -> None:
    primary = sim.create_contact({"email": "ada@birch.example"})
    other = sim.create_contact({"email": "ada@gmail.com", "phone": "1", "lifecyclestage": "lead"})
    taken(sim)

    merged = sim.merge_contacts(primary, other)

    merge, deletion = taken(sim)
    assert merge["subscriptionType"] == "contact.merge"
    assert (merge["primaryObjectId"], merge["mergedObjectIds"]) == (int(primary), [int(other)])
    assert merge["newObjectId"] == int(merged)
    assert merge["numberOfPropertiesMoved"] > 0
    assert (deletion["subscriptionType"], deletion["objectId"]) == ("contact.deletion", int(other))
    assert deletion["changeFlag"] == "DELETED"


async def test_erasing_is_reported_twice(sim: Simulator) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    taken(sim)

    sim.erase_contact(contact)

    assert {each["subscriptionType"] for each in taken(sim)} == {
        "contact.privacyDeletion",
        "contact.deletion",
    }


async def test_a_seeded_world_is_the_same_for_the_same_seed_and_silent(clock: ShiftedClock) -> None:
    first, second, other = (Simulator(now=clock, seed=seed) for seed in (3, 3, 4))
    for each in (first, second, other):
        each.seed_world(30)

    worlds = [[each.contact(contact) for contact in each.contact_ids()] for each in (first, second, other)]
    assert worlds[0] == worlds[1]
    assert worlds[0] != worlds[2]
    assert first.pending_events() == 0
    assert all(properties["createdate"] < iso(clock()) for properties in worlds[0])


async def test_a_world_can_grow_and_speak(sim: Simulator, clock: ShiftedClock) -> None:
    sim.seed_world(5)
    clock.advance(timedelta(days=1))

    more = sim.seed_world(5, emit=True)

    assert len(sim.contact_ids()) == 10
    creations = [each for each in taken(sim) if each["subscriptionType"] == "contact.creation"]
    assert [str(each["objectId"]) for each in creations] == more
