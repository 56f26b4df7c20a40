"""Reading through the port, from the simulator in process and over a socket."""

from __future__ import annotations

import pytest

from app.crm.errors import Unauthorized
from app.crm.guard import QuotaClass
from app.crm.hubspot.paths import PATHS
from app.crm.port import Activity, ActivityKind
from app.crm.simulator import Option, Simulator
from app.records.crm import Owner, PropertyDefinition, PropertyOption
from app.records.ids import CompanyId, ContactId, ObjectType, OwnerId
from tests.contract.port_parts import NOW, Bench, portal


@pytest.fixture
def sim() -> Simulator:
    return portal()


def make_contacts(sim: Simulator, count: int, company_id: str | None = None) -> list[ContactId]:
    return [
        ContactId(sim.create_contact({"email": f"lead{number}@example.com"}, company_id=company_id))
        for number in range(count)
    ]


async def test_hundred_contacts_cost_one_call(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 100)
    read = await bench.crm.read_contacts(ids, ["email", "jobtitle"])
    assert list(read.found) == ids
    assert read.found[ids[7]].properties == {"email": "lead7@example.com", "jobtitle": None}
    assert read.found[ids[7]].updated_at == NOW
    assert read.missing == frozenset()
    assert (sim.counters.total_calls, bench.quota.taken) == (1, [QuotaClass.GENERAL])


async def test_repeated_ids_are_asked_for_once(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 101)
    read = await bench.crm.read_contacts(ids + ids, ["email"])
    assert set(read.found) == set(ids)
    assert sim.counters.total_calls == 2


async def test_nothing_asked_costs_nothing(sim: Simulator, bench: Bench) -> None:
    crm = bench.crm
    assert (await crm.read_contacts([], ["email"])).found == {}
    assert await crm.read_companies([], ["name"]) == {}
    assert await crm.read_company_ids([]) == {}
    assert await crm.read_activities(ActivityKind.NOTE, []) == {}
    assert (await crm.update_contacts([]), await crm.create_notes([]), await crm.create_tasks([])) == (
        {},
        {},
        {},
    )
    await crm.create_properties(ObjectType.CONTACT, [])
    assert sim.counters.total_calls == 0


async def test_deleted_and_invented_contacts_are_missing_in_chunks_of_their_own(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 150)
    for contact_id in (ids[0], ids[149]):
        sim.delete_contact(contact_id)
    read = await bench.crm.read_contacts([*ids, ContactId("999000999")], ["email"])
    assert read.missing == {ids[0], ids[149], "999000999"}
    assert set(read.found) == set(ids[1:149])
    assert sim.counters.total_calls == 2


async def test_merged_contact_is_found_under_each_id_that_was_asked_for(sim: Simulator, bench: Bench) -> None:
    first, second, other = make_contacts(sim, 3)
    new = ContactId(sim.merge_contacts(first, second))
    read = await bench.crm.read_contacts([first, second, other], ["email"])
    assert read.missing == frozenset()
    assert {asked: contact.id for asked, contact in read.found.items()} == {
        first: new,
        second: new,
        other: other,
    }
    assert {first, second} <= set(read.found[first].merged_ids)


async def test_merged_contact_is_found_when_its_new_id_is_asked_for_too(sim: Simulator, bench: Bench) -> None:
    first, second = make_contacts(sim, 2)
    new = ContactId(sim.merge_contacts(first, second))
    read = await bench.crm.read_contacts([second, new], ["email"])
    assert {contact.id for contact in read.found.values()} == {new}
    assert set(read.found) == {second, new}


async def test_primary_company_comes_before_the_first(sim: Simulator, bench: Bench) -> None:
    acme, other = sim.create_company({"name": "Acme"}), sim.create_company({"name": "Other"})
    plain, several, none = make_contacts(sim, 3)
    sim.associate(plain, other, primary=False)
    sim.associate(several, other, primary=False)
    sim.associate(several, acme, primary=True)
    assert await bench.crm.read_company_ids([plain, several, none]) == {plain: other, several: acme}
    assert (sim.counters.total_calls, bench.quota.taken) == (1, [QuotaClass.ASSOCIATIONS])


async def test_companies_of_a_hundred_contacts_cost_one_call_each_way(sim: Simulator, bench: Bench) -> None:
    company_id = sim.create_company({"name": "Acme", "industry": "BANKING"})
    ids = make_contacts(sim, 100, company_id)
    links = await bench.crm.read_company_ids(ids)
    companies = await bench.crm.read_companies(list(links.values()), ["name", "industry"])
    assert links == dict.fromkeys(ids, CompanyId(company_id))
    assert companies[CompanyId(company_id)].properties == {"name": "Acme", "industry": "BANKING"}
    assert sim.counters.total_calls == 2


async def test_companies_that_are_not_there_are_left_out(bench: Bench) -> None:
    assert await bench.crm.read_companies([CompanyId("4711")], ["name"]) == {}


async def test_owners_include_the_archived_ones(sim: Simulator, bench: Bench) -> None:
    ann = sim.create_owner("ann@example.com", "Ann", "Arbor")
    bob = sim.create_owner("bob@example.com")
    sim.archive_owner(bob)
    owners = {owner.id: owner for owner in await bench.crm.read_owners()}
    assert owners[OwnerId(ann)] == Owner(OwnerId(ann), "ann@example.com", "Ann Arbor", active=True)
    assert owners[OwnerId(bob)] == Owner(OwnerId(bob), "bob@example.com", "bob@example.com", active=False)


async def test_owners_beyond_the_first_page_are_read(sim: Simulator, bench: Bench) -> None:
    for number in range(230):
        sim.create_owner(f"rep{number}@example.com", archived=number % 2 == 0)
    owners = await bench.crm.read_owners()
    assert len(owners) == 230
    assert sum(owner.active for owner in owners) == 115


async def test_definitions_say_what_can_be_written(sim: Simulator, bench: Bench) -> None:
    sim.define_property("contacts", "baton_band", "enumeration", "select", "Band", "baton_group", [Option("a", "A")])
    sim.define_property("contacts", "baton_reckoned", "number", "number", read_only=True)
    found = {each.name: each for each in await bench.crm.read_definitions(ObjectType.CONTACT)}
    assert found["baton_band"] == PropertyDefinition(
        "baton_band",
        "Band",
        "enumeration",
        (PropertyOption("a", "A"),),
        field_type="select",
        group="baton_group",
    )
    assert (found["baton_reckoned"].read_only, found["email"].read_only) == (True, False)
    assert sim.counters.total_calls == 1


async def test_property_group_and_properties_are_made_once(sim: Simulator, bench: Bench) -> None:
    crm = bench.crm
    wanted = [
        PropertyDefinition("baton_reason", "Reason", "string", group="baton_made"),
        PropertyDefinition("baton_met", "Met", "bool", group="baton_made"),
        PropertyDefinition("baton_at", "At", "datetime", group="baton_made"),
        PropertyDefinition(
            "baton_state", "State", "enumeration", (PropertyOption("open", "Open"),), group="baton_made"
        ),
    ]
    assert await crm.create_property_group(ObjectType.CONTACT, "baton_made", "Baton") is True
    assert await crm.create_property_group(ObjectType.CONTACT, "baton_made", "Baton") is False
    await crm.create_properties(ObjectType.CONTACT, wanted[:2])
    await crm.create_properties(ObjectType.CONTACT, wanted)
    found = {each.name: each for each in await crm.read_definitions(ObjectType.CONTACT)}
    assert {each.name: (found[each.name].type, found[each.name].group) for each in wanted} == {
        "baton_reason": ("string", "baton_made"),
        "baton_met": ("bool", "baton_made"),
        "baton_at": ("datetime", "baton_made"),
        "baton_state": ("enumeration", "baton_made"),
    }


async def test_notes_of_a_hundred_contacts_cost_two_calls(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 100)
    note = sim.log_activity("notes", ids[3], {"hs_note_body": "<p>one</p>"})
    sim.log_activity("tasks", ids[3], {"hs_task_subject": "Call", "hs_task_body": "not a note"})
    read = await bench.crm.read_activities(ActivityKind.NOTE, ids)
    assert set(read) == set(ids)
    assert read[ids[3]] == (Activity(note, "<p>one</p>"),)
    assert read[ids[4]] == ()
    assert bench.quota.taken == [QuotaClass.ASSOCIATIONS, QuotaClass.GENERAL]
    assert sim.counters.total_calls == 2


async def test_bodies_are_read_in_hundreds_and_links_in_pages(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    for number in range(620):
        sim.log_activity("tasks", contact_id, {"hs_task_subject": "s", "hs_task_body": f"body {number}"})
    read = await bench.crm.read_activities(ActivityKind.TASK, [contact_id])
    assert {task.body for task in read[contact_id]} == {f"body {number}" for number in range(620)}
    assert sim.counters.total_calls == 2 + 7


@pytest.mark.parametrize("version", PATHS)
async def test_every_version_reads_the_same(sim: Simulator, bench: Bench, version: str) -> None:
    bench.version = version
    company_id = sim.create_company({"name": "Acme"})
    (contact_id,) = make_contacts(sim, 1, company_id)
    crm = bench.crm
    assert (await crm.read_contacts([contact_id], ["email"])).found[contact_id].id == contact_id
    assert await crm.read_company_ids([contact_id]) == {contact_id: company_id}
    assert set(await crm.read_companies([CompanyId(company_id)], ["name"])) == {company_id}
    assert await crm.read_definitions(ObjectType.COMPANY)
    await crm.read_owners()
    assert await crm.read_activities(ActivityKind.NOTE, [contact_id]) == {contact_id: ()}


async def test_missing_scope_is_unauthorized(sim: Simulator, bench: Bench) -> None:
    sim.faults.forbidden.add("GET owners")
    with pytest.raises(Unauthorized):
        await bench.crm.read_owners()
    assert bench.breaker.records == [True]
