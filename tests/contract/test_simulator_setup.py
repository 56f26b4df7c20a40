"""What a portal is made of: properties, groups, owners, the lifecycle pipeline, account details."""

from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator

PROPERTIES = "/crm/properties/2026-09/contacts"
STATUS: dict[str, Any] = {
    "name": "baton_handoff_status",
    "label": "Handoff status",
    "type": "enumeration",
    "fieldType": "select",
    "groupName": "baton",
    "options": [
        {"label": "Open", "value": "open", "hidden": False, "displayOrder": 0},
        {"label": "Accepted", "value": "accepted", "hidden": False, "displayOrder": 1},
    ],
}


async def test_a_fresh_portal_knows_nothing_of_baton(sim: Simulator, hs: httpx.AsyncClient) -> None:
    answer = await hs.get(PROPERTIES)

    by_name = {each["name"]: each for each in answer.json()["results"]}
    assert by_name.keys() == sim.property_names("contacts")
    assert not [name for name in by_name if name.startswith("baton")]
    assert by_name["hubspot_owner_id"]["externalOptions"] is True
    assert by_name["createdate"]["modificationMetadata"]["readOnlyValue"] is True
    assert [each["value"] for each in by_name["lifecyclestage"]["options"]] == sim.stages


async def test_a_group_and_a_property_can_be_made_once(sim: Simulator, hs: httpx.AsyncClient) -> None:
    early = await hs.post(PROPERTIES, json=STATUS)
    group = await hs.post(f"{PROPERTIES}/groups", json={"name": "baton", "label": "Baton handoff"})
    again = await hs.post(f"{PROPERTIES}/groups", json={"name": "baton", "label": "Baton handoff"})
    made = await hs.post(PROPERTIES, json=STATUS)
    twice = await hs.post(PROPERTIES, json=STATUS)

    assert [each.status_code for each in (early, group, again, made, twice)] == [400, 201, 409, 201, 409]
    contact = sim.create_contact({"baton_handoff_status": "open"})
    assert sim.contact(contact)["baton_handoff_status"] == "open"
    assert (await hs.get(f"{PROPERTIES}/groups/baton")).json()["label"] == "Baton handoff"
    assert (await hs.get(f"{PROPERTIES}/baton_handoff_status")).json()["groupName"] == "baton"


async def test_many_properties_can_be_made_and_read_at_once(sim: Simulator, hs: httpx.AsyncClient) -> None:
    sim.define_property("contacts", "baton_route", "string", "text", group="baton")
    text = {"label": "Text", "type": "string", "fieldType": "text", "groupName": "baton"}

    made = await hs.post(
        f"{PROPERTIES}/batch/create",
        json={"inputs": [{"name": "baton_route", **text}, {"name": "baton_reason", **text}]},
    )
    read = await hs.post(
        f"{PROPERTIES}/batch/read",
        json={"archived": False, "inputs": [{"name": "baton_reason"}, {"name": "baton_nothing"}]},
    )

    assert made.status_code == 207
    assert [each["name"] for each in made.json()["results"]] == ["baton_reason"]
    assert made.json()["errors"][0]["category"] == "CONFLICT"
    assert read.status_code == 207
    assert [each["name"] for each in read.json()["results"]] == ["baton_reason"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"label": ""},
        {"name": "Baton Status"},
        {"fieldType": "number"},
        {"type": "bool", "fieldType": "booleancheckbox", "options": []},
        {"options": [{"label": "A", "value": "a"}, {"label": "B", "value": "a"}]},
    ],
)
async def test_a_property_that_makes_no_sense_is_refused(
    sim: Simulator, hs: httpx.AsyncClient, wrong: dict[str, Any]
) -> None:
    await hs.post(f"{PROPERTIES}/groups", json={"name": "baton", "label": "Baton handoff"})

    answer = await hs.post(PROPERTIES, json={**STATUS, **wrong})

    assert answer.status_code == 400
    assert "baton_handoff_status" not in sim.property_names("contacts")


async def test_owners_come_in_pages_and_archived_ones_apart(sim: Simulator, hs: httpx.AsyncClient) -> None:
    active = [sim.create_owner(f"rep{n}@vendor.example", "Rep", str(n)) for n in range(3)]
    gone = sim.create_owner("gone@vendor.example", archived=True)

    first = (await hs.get("/crm/owners/2026-09", params={"limit": 2})).json()
    after = first["paging"]["next"]["after"]
    second = (await hs.get("/crm/v3/owners", params={"limit": 2, "after": after})).json()
    archived = (await hs.get("/crm/owners/2026-09", params={"archived": "true"})).json()["results"]
    by_email = (await hs.get("/crm/owners/2026-09", params={"email": "REP1@vendor.example"})).json()["results"]

    assert [each["id"] for each in first["results"] + second["results"]] == active
    assert [each["id"] for each in archived] == [gone]
    assert archived[0]["userId"] is None
    assert archived[0]["userIdIncludingInactive"] > 0
    assert [each["id"] for each in by_email] == [active[1]]


async def test_one_owner_is_found_by_id_or_user_id(sim: Simulator, hs: httpx.AsyncClient) -> None:
    owner = sim.create_owner("mara@vendor.example", "Mara", "Lindt")

    by_id = (await hs.get(f"/crm/owners/2026-09/{owner}")).json()
    by_user = (await hs.get(f"/crm/v3/owners/{by_id['userId']}", params={"idProperty": "userId"})).json()
    sim.archive_owner(owner)
    gone = await hs.get(f"/crm/owners/2026-09/{owner}")
    archived = await hs.get(f"/crm/owners/2026-09/{owner}", params={"archived": "true"})

    assert by_id == by_user
    assert (by_id["firstName"], by_id["type"], by_id["teams"]) == ("Mara", "PERSON", [])
    assert (gone.status_code, archived.status_code) == (404, 200)


@pytest.mark.parametrize("path", ["/crm/pipelines/2026-09/contacts", "/crm/v3/pipelines/0-1"])
async def test_the_lifecycle_pipeline_has_the_stages_in_order(sim: Simulator, hs: httpx.AsyncClient, path: str) -> None:
    sim.stages = [*sim.stages, "771650212"]

    (pipeline,) = (await hs.get(path)).json()["results"]

    assert pipeline["id"] == "contacts-lifecycle-pipeline"
    stages = sorted(pipeline["stages"], key=lambda stage: stage["displayOrder"])
    assert [stage["id"] for stage in stages] == sim.stages
    assert (await hs.get(f"{path}/contacts-lifecycle-pipeline")).json()["stages"] == pipeline["stages"]
    assert (await hs.get(f"{path}/contacts-lifecycle-pipeline/stages")).json()["results"] == pipeline["stages"]


@pytest.mark.parametrize("path", ["/account-info/v3/details", "/account-info/2026-09/details"])
async def test_the_account_says_who_it_is_and_where(hs: httpx.AsyncClient, path: str) -> None:
    account = (await hs.get(path)).json()

    assert (account["portalId"], account["timeZone"]) == (62515, "UTC")
