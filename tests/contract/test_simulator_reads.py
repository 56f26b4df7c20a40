"""Reading records: one, many, lists, history."""

from datetime import timedelta

import httpx
import pytest

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock

VERSIONS = ("/crm/objects/2026-09", "/crm/objects/2026-03", "/crm/v3/objects")


@pytest.mark.parametrize("prefix", VERSIONS)
@pytest.mark.parametrize("word", ["contacts", "0-1"])
async def test_a_contact_is_read_under_every_version_and_name(
    sim: Simulator, hs: httpx.AsyncClient, prefix: str, word: str
) -> None:
    contact = sim.create_contact({"email": "ada@birch.example", "firstname": "Ada"})

    answer = await hs.get(f"{prefix}/{word}/{contact}", params={"properties": "email,phone,no_such_property"})

    assert answer.status_code == 200
    body = answer.json()
    assert body["id"] == contact
    assert len(contact) == 12
    assert body["properties"]["email"] == "ada@birch.example"
    assert body["properties"]["phone"] is None
    assert "no_such_property" not in body["properties"]
    assert body["createdAt"] == "2026-11-23T08:00:00.000Z"
    assert body["archived"] is False


async def test_a_contact_is_found_by_its_email_in_any_case(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})

    answer = await hs.get("/crm/objects/2026-09/contacts/ADA@birch.example", params={"idProperty": "email"})

    assert answer.json()["id"] == contact


async def test_a_call_without_the_right_token_is_refused_in_hubspots_shape(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})

    answer = await hs.get(f"/crm/v3/objects/contacts/{contact}", headers={"Authorization": "Bearer other"})

    assert answer.status_code == 401
    assert answer.json()["category"] == "INVALID_AUTHENTICATION"
    assert answer.json()["status"] == "error"


async def test_a_contact_that_does_not_exist_is_a_404(hs: httpx.AsyncClient) -> None:
    answer = await hs.get("/crm/objects/2026-09/contacts/123456789012")

    assert answer.status_code == 404
    assert answer.json()["category"] == "OBJECT_NOT_FOUND"


async def test_history_tells_each_value_newest_first_with_its_source(
    sim: Simulator, hs: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    contact = sim.create_contact({"lifecyclestage": "lead"}, source="IMPORT", by="userId:7")
    clock.advance(timedelta(minutes=5))
    await hs.patch(
        f"/crm/objects/2026-09/contacts/{contact}",
        json={"properties": {"lifecyclestage": "marketingqualifiedlead"}},
    )

    answer = await hs.get(
        f"/crm/objects/2026-09/contacts/{contact}", params={"propertiesWithHistory": "lifecyclestage"}
    )

    assert answer.json()["propertiesWithHistory"]["lifecyclestage"] == [
        {
            "value": "marketingqualifiedlead",
            "timestamp": "2026-11-23T08:05:00.000Z",
            "sourceType": "INTEGRATION",
            "sourceId": "54321",
        },
        {
            "value": "lead",
            "timestamp": "2026-11-23T08:00:00.000Z",
            "sourceType": "IMPORT",
            "sourceId": "userId:7",
            "updatedByUserId": 7,
        },
    ]


async def test_one_read_may_bring_the_associations_along(sim: Simulator, hs: httpx.AsyncClient) -> None:
    company = sim.create_company({"name": "Birch Bank"})
    contact = sim.create_contact({"email": "ada@birch.example"}, company_id=company)

    answer = await hs.get(f"/crm/v3/objects/contacts/{contact}", params={"associations": "companies"})

    results = answer.json()["associations"]["companies"]["results"]
    assert {"id": company, "type": "contact_to_company"} in results


async def test_a_batch_read_names_the_ids_that_are_missing_under_a_207(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})
    inputs = [{"id": "123"}, {"id": contact}]

    answer = await hs.post("/crm/objects/2026-09/contacts/batch/read", json={"inputs": inputs, "properties": ["email"]})

    assert answer.status_code == 207
    body = answer.json()
    assert [each["id"] for each in body["results"]] == [contact]
    assert body["numErrors"] == 1
    assert body["errors"][0]["category"] == "OBJECT_NOT_FOUND"
    assert body["errors"][0]["context"] == {"ids": ["123"]}
    assert "Could not get some CONTACT objects" in body["errors"][0]["message"]


@pytest.mark.parametrize(("histories", "most"), [([], 100), (["lifecyclestage"], 50)])
async def test_a_batch_read_takes_100_inputs_and_50_with_history(
    hs: httpx.AsyncClient, histories: list[str], most: int
) -> None:
    path = "/crm/objects/2026-09/contacts/batch/read"
    inputs = [{"id": str(n)} for n in range(most + 1)]
    body = {"inputs": inputs, "properties": [], "propertiesWithHistory": histories}

    refused = await hs.post(path, json=body)
    taken = await hs.post(path, json={**body, "inputs": inputs[:most]})

    assert refused.status_code == 400
    assert refused.json()["message"].endswith(f"is {most}")
    assert taken.status_code == 207


async def test_a_list_is_walked_page_by_page(sim: Simulator, hs: httpx.AsyncClient) -> None:
    made = [sim.create_contact({"email": f"c{n}@birch.example"}) for n in range(5)]

    first = (await hs.get("/crm/objects/2026-09/contacts", params={"limit": 3})).json()
    second = (
        await hs.get("/crm/objects/2026-09/contacts", params={"limit": 3, "after": first["paging"]["next"]["after"]})
    ).json()

    assert [each["id"] for each in first["results"] + second["results"]] == made
    assert "paging" not in second


async def test_an_unknown_object_type_is_refused(hs: httpx.AsyncClient) -> None:
    answer = await hs.get("/crm/objects/2026-09/spaceships/1")

    assert answer.status_code == 400
    assert "spaceships" in answer.json()["message"]
