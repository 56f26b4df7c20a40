"""Associations: read in batches, made by default type, late where the portal is slow."""

from datetime import timedelta

import httpx
import pytest

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock

PATHS = (
    "/crm/associations/2026-09/contacts/companies/batch/read",
    "/crm/associations/2026-03/0-1/0-2/batch/read",
    "/crm/v4/associations/contacts/companies/batch/read",
)


@pytest.mark.parametrize("path", PATHS)
async def test_the_primary_company_carries_both_labels_and_a_number_as_id(
    sim: Simulator, hs: httpx.AsyncClient, path: str
) -> None:
    company = sim.create_company({"name": "Birch Bank"})
    contact = sim.create_contact({"firstname": "Ada"}, company_id=company)

    answer = await hs.post(path, json={"inputs": [{"id": contact}]})

    assert answer.status_code == 200
    (result,) = answer.json()["results"]
    assert result["from"] == {"id": contact}
    (to,) = result["to"]
    assert to["toObjectId"] == int(company)
    assert [(each["typeId"], each["label"]) for each in to["associationTypes"]] == [
        (1, "Primary"),
        (279, None),
    ]


async def test_records_without_associations_are_errors_and_the_rest_is_in_no_order(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    company = sim.create_company({"name": "Birch Bank"})
    lone, *others = [sim.create_contact({"firstname": str(n)}) for n in range(3)]
    for contact in others:
        sim.associate(contact, company)

    answer = await hs.post(PATHS[0], json={"inputs": [{"id": each} for each in (lone, *others)]})

    assert answer.status_code == 207
    body = answer.json()
    assert [each["from"]["id"] for each in body["results"]] == others[::-1]
    (error,) = body["errors"]
    assert error["subCategory"] == "crm.associations.NO_ASSOCIATIONS_FOUND"
    assert error["context"]["fromObjectId"] == [lone]


async def test_a_new_primary_company_takes_the_place_of_the_old(sim: Simulator, hs: httpx.AsyncClient) -> None:
    first, second = sim.create_company({"name": "One"}), sim.create_company({"name": "Two"})
    contact = sim.create_contact({"firstname": "Ada"}, company_id=first)

    sim.associate(contact, second)
    answer = await hs.post(PATHS[0], json={"inputs": [{"id": contact}]})

    found = {to["toObjectId"]: len(to["associationTypes"]) for to in answer.json()["results"][0]["to"]}
    assert found == {int(second): 2, int(first): 1}
    assert sim.contact(contact)["associatedcompanyid"] == second


@pytest.mark.parametrize(("kind", "type_id"), [("notes", 201), ("tasks", 203), ("calls", 193)])
async def test_activities_are_found_from_the_contact(
    sim: Simulator, hs: httpx.AsyncClient, kind: str, type_id: int
) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    activity = sim.log_activity(kind, contact)

    answer = await hs.post(f"/crm/associations/2026-09/contacts/{kind}/batch/read", json={"inputs": [{"id": contact}]})

    (to,) = answer.json()["results"][0]["to"]
    assert to["toObjectId"] == int(activity)
    assert to["associationTypes"] == [{"category": "HUBSPOT_DEFINED", "typeId": type_id, "label": None}]


async def test_the_default_association_hangs_a_note_on_a_contact_once(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"firstname": "Ada"})
    made = await hs.post("/crm/objects/2026-09/notes", json={"properties": {"hs_timestamp": "1795680000000"}})
    path = f"/crm/objects/2026-09/notes/{made.json()['id']}/associations/default/contacts/{contact}"

    answers = [await hs.put(path), await hs.put(path.replace("/objects/2026-09", "/v4/objects"))]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert len(sim.notes_of(contact)) == 1
    assert sim.counters.effects(contact)["notes"] == 1


async def test_default_associations_are_made_in_a_batch(sim: Simulator, hs: httpx.AsyncClient) -> None:
    company, contact = sim.create_company({"name": "Birch Bank"}), sim.create_contact({"firstname": "Ada"})

    answer = await hs.post(
        "/crm/v4/associations/contacts/companies/batch/associate/default",
        json={"inputs": [{"from": {"id": contact}, "to": {"id": company}}]},
    )

    assert answer.status_code == 200
    assert sim.contact(contact)["associatedcompanyid"] == company


async def test_the_first_company_of_a_new_contact_is_its_primary_one(sim: Simulator, hs: httpx.AsyncClient) -> None:
    companies = [sim.create_company({"name": name}) for name in ("One", "Two")]
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 279}]
    body = {
        "properties": {"firstname": "Ada"},
        "associations": [{"to": {"id": each}, "types": types} for each in companies],
    }

    made = await hs.post("/crm/objects/2026-09/contacts", json=body)
    answer = await hs.post(PATHS[0], json={"inputs": [{"id": made.json()["id"]}]})

    assert [len(to["associationTypes"]) for to in answer.json()["results"][0]["to"]] == [2, 1]
    assert sim.contact(made.json()["id"])["associatedcompanyid"] == companies[0]


async def test_kinds_that_have_no_default_association_are_refused(hs: httpx.AsyncClient) -> None:
    answer = await hs.post("/crm/associations/2026-09/notes/tasks/batch/read", json={"inputs": [{"id": "1"}]})

    assert answer.status_code == 400
    assert answer.json()["message"].startswith("No default association exists between")


async def test_an_association_can_be_later_than_the_record(
    sim: Simulator, hs: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    sim.faults.association_lag = 30
    contact = sim.create_contact({"firstname": "Ada"})
    call = sim.log_activity("calls", contact)
    path, body = "/crm/associations/2026-09/calls/contacts/batch/read", {"inputs": [{"id": call}]}

    early = await hs.post(path, json=body)
    clock.advance(timedelta(seconds=30))
    later = await hs.post(path, json=body)

    assert (early.status_code, later.status_code) == (207, 200)


async def test_up_to_1000_records_are_asked_at_once(hs: httpx.AsyncClient) -> None:
    many = [{"id": str(n)} for n in range(1001)]

    assert (await hs.post(PATHS[0], json={"inputs": many[:1000]})).status_code == 207
    assert (await hs.post(PATHS[0], json={"inputs": many})).status_code == 400
