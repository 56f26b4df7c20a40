"""Batches: all or nothing without trace ids, each for itself with them."""

from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator

Json = dict[str, Any]
UPDATE = "contacts/batch/update"
NEWEST = "/crm/objects/2026-09"
V3 = "/crm/v3/objects"


@pytest.fixture
def pair(sim: Simulator) -> tuple[str, str]:
    return sim.create_contact({"lifecyclestage": "lead"}), sim.create_contact({"lifecyclestage": "lead"})


def inputs(pair: tuple[str, str], *, traced: bool) -> Json:
    """A good change to the first, a bad one to the second."""
    good = {"id": pair[0], "properties": {"lifecyclestage": "salesqualifiedlead"}}
    bad = {"id": pair[1], "properties": {"lifecyclestage": "no_such_stage"}}
    traces = ({"objectWriteTraceId": "t-good"}, {"objectWriteTraceId": "t-bad"}) if traced else ({}, {})
    return {"inputs": [{**good, **traces[0]}, {**bad, **traces[1]}]}


@pytest.mark.parametrize("prefix", [NEWEST, V3])
async def test_one_bad_input_without_trace_ids_spoils_the_batch(
    sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str], prefix: str
) -> None:
    answer = await hs.post(f"{prefix}/{UPDATE}", json=inputs(pair, traced=False))

    assert answer.status_code == 400
    assert answer.json()["category"] == "VALIDATION_ERROR"
    assert sim.contact(pair[0])["lifecyclestage"] == "lead"


@pytest.mark.parametrize(("prefix", "status"), [(NEWEST, 200), ("/crm/objects/2026-03", 207), (V3, 207)])
async def test_with_trace_ids_each_input_stands_for_itself(
    sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str], prefix: str, status: int
) -> None:
    answer = await hs.post(f"{prefix}/{UPDATE}", json=inputs(pair, traced=True))

    assert answer.status_code == status
    body = answer.json()
    assert [(each["id"], each["objectWriteTraceId"]) for each in body["results"]] == [(pair[0], "t-good")]
    assert body["numErrors"] == 1
    assert body["errors"][0]["context"]["objectWriteTraceId"] == ["t-bad"]
    assert body["errors"][0]["category"] == "VALIDATION_ERROR"
    assert body["errors"][0]["errors"][0]["code"] == "INVALID_OPTION"
    assert sim.contact(pair[0])["lifecyclestage"] == "salesqualifiedlead"


async def test_trace_ids_that_repeat_do_not_count(sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str]) -> None:
    body = inputs(pair, traced=True)
    body["inputs"][1]["objectWriteTraceId"] = "t-good"

    answer = await hs.post(f"{NEWEST}/{UPDATE}", json=body)

    assert answer.status_code == 400
    assert sim.contact(pair[0])["lifecyclestage"] == "lead"


async def test_a_portal_may_refuse_whole_batches_trace_ids_or_not(
    sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str]
) -> None:
    sim.faults.refuse_whole_batch = True

    answer = await hs.post(f"{NEWEST}/{UPDATE}", json=inputs(pair, traced=True))

    assert answer.status_code == 400
    assert sim.contact(pair[0])["lifecyclestage"] == "lead"


@pytest.mark.parametrize("path", ["contacts/batch/update", "contacts/batch/read"])
async def test_an_id_twice_in_a_batch_is_refused_in_hubspots_words(
    hs: httpx.AsyncClient, pair: tuple[str, str], path: str
) -> None:
    twice = [{"id": pair[0], "properties": {}}, {"id": pair[0], "properties": {}}]

    answer = await hs.post(f"{NEWEST}/{path}", json={"inputs": twice})

    assert answer.status_code == 400
    assert answer.json()["message"] == f"Duplicate IDs found in batch input: [{pair[0]}]. IDs must be unique"
    assert answer.json()["context"] == {"ids": [pair[0]]}


async def test_a_batch_of_more_than_100_is_refused(hs: httpx.AsyncClient) -> None:
    many = [{"id": str(n), "properties": {}} for n in range(101)]

    answer = await hs.post(f"{NEWEST}/{UPDATE}", json={"inputs": many})

    assert answer.status_code == 400
    assert answer.json()["message"].endswith("is 100")


async def test_a_missing_id_is_an_error_of_its_own_input(hs: httpx.AsyncClient, pair: tuple[str, str]) -> None:
    body = inputs(pair, traced=True)
    body["inputs"][1] |= {"id": "999", "properties": {"firstname": "Ada"}}

    answer = await hs.post(f"{NEWEST}/{UPDATE}", json=body)

    (error,) = answer.json()["errors"]
    assert error["category"] == "OBJECT_NOT_FOUND"
    assert error["context"] == {"ids": ["999"], "objectWriteTraceId": ["t-bad"]}


async def test_notes_are_created_in_a_batch_with_their_associations(
    sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str]
) -> None:
    types = [{"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": 204}]
    tasks = [
        {
            "properties": {"hs_timestamp": "1795680000000", "hs_task_subject": f"Call {contact}"},
            "associations": [{"to": {"id": contact}, "types": types}],
            "objectWriteTraceId": contact,
        }
        for contact in pair
    ]

    answer = await hs.post(f"{NEWEST}/tasks/batch/create", json={"inputs": tasks})

    assert answer.status_code == 201
    assert [each["objectWriteTraceId"] for each in answer.json()["results"]] == list(pair)
    assert [task["hs_task_subject"] for task in sim.tasks_of(pair[1])] == [f"Call {pair[1]}"]
    assert sim.counters.effects(pair[0]) == {"stage_writes": 0, "owner_writes": 0, "notes": 0, "tasks": 1}


async def test_a_conflict_in_a_batch_names_the_contact_that_exists(sim: Simulator, hs: httpx.AsyncClient) -> None:
    existing = sim.create_contact({"email": "ada@birch.example"})
    wanted: list[Json] = [
        {"properties": {"email": email}, "associations": [], "objectWriteTraceId": email}
        for email in ("ada@birch.example", "new@birch.example")
    ]

    answer = await hs.post(f"{V3}/contacts/batch/create", json={"inputs": wanted})

    assert answer.status_code == 207
    assert answer.json()["errors"][0]["category"] == "CONFLICT"
    assert answer.json()["errors"][0]["context"]["existingId"] == [existing]
    assert len(answer.json()["results"]) == 1


async def test_two_new_contacts_with_one_email_leave_nothing_behind(sim: Simulator, hs: httpx.AsyncClient) -> None:
    twins = [{"properties": {"email": "ada@birch.example"}, "associations": []} for _ in range(2)]

    answer = await hs.post(f"{NEWEST}/contacts/batch/create", json={"inputs": twins})

    assert answer.status_code == 409
    assert sim.contact_ids() == []


async def test_an_upsert_by_a_unique_property_does_not_make_a_second_task(
    sim: Simulator, hs: httpx.AsyncClient
) -> None:
    sim.define_property("tasks", "baton_key", "string", "text", unique=True)
    wanted = {
        "id": "handoff-1",
        "idProperty": "baton_key",
        "properties": {"hs_timestamp": "2026-11-23T09:00:00Z", "hs_task_subject": "Call Ada"},
    }

    first = await hs.post(f"{NEWEST}/tasks/batch/upsert", json={"inputs": [wanted]})
    second = await hs.post(f"{NEWEST}/tasks/batch/upsert", json={"inputs": [wanted]})

    assert [first.json()["results"][0]["new"], second.json()["results"][0]["new"]] == [True, False]
    assert first.json()["results"][0]["id"] == second.json()["results"][0]["id"]


async def test_archived_records_disappear(sim: Simulator, hs: httpx.AsyncClient, pair: tuple[str, str]) -> None:
    answer = await hs.post(f"{NEWEST}/contacts/batch/archive", json={"inputs": [{"id": pair[0]}, {"id": "1"}]})

    assert answer.status_code == 204
    assert sim.contact_ids() == [pair[1]]
