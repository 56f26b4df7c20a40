"""Merged contacts: a new record, to which the old ids lead in some calls and not in others."""

from datetime import timedelta

import httpx
import pytest

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock

OBJECTS = "/crm/objects/2026-09"


@pytest.fixture
def merged(sim: Simulator) -> tuple[str, str, str]:
    """The primary, the other one, and what they became."""
    company = sim.create_company({"name": "Birch Bank"})
    primary = sim.create_contact({"email": "ada@birch.example", "lifecyclestage": "lead"}, company_id=company)
    other = sim.create_contact({"email": "ada@gmail.com", "phone": "1", "lifecyclestage": "salesqualifiedlead"})
    sim.log_activity("notes", other, {"hs_note_body": "kept"})
    return primary, other, sim.merge_contacts(primary, other)


async def test_the_new_record_has_the_best_of_both(sim: Simulator, merged: tuple[str, str, str]) -> None:
    primary, other, new = merged
    now = sim.contact(new)

    assert new not in {primary, other}
    assert (now["email"], now["phone"]) == ("ada@birch.example", "1")
    assert now["lifecyclestage"] == "salesqualifiedlead"
    assert now["hs_merged_object_ids"] == f"{primary};{other}"
    assert now["hs_additional_emails"] == "ada@gmail.com"
    assert [note["hs_note_body"] for note in sim.notes_of(new)] == ["kept"]


async def test_each_history_ends_in_the_value_that_the_new_record_has(
    sim: Simulator, clock: ShiftedClock, merged: tuple[str, str, str]
) -> None:
    first, second = merged[2], sim.create_contact({"email": "ada@work.example", "lifecyclestage": "lead"})
    clock.advance(timedelta(minutes=5))
    sim.edit_contact(second, {"jobtitle": "CTO", "phone": "2"})

    new = sim.merge_contacts(first, second, by="userId:9")

    assert [(value, by) for value, _, _, by in sim.history(new, "phone")] == [
        ("1", "userId:9"),
        ("2", "userId:1001"),
        ("1", "userId:1001"),
    ]
    for name in ("email", "phone", "jobtitle", "lifecyclestage", "createdate"):
        assert sim.history(new, name)[0][0] == sim.contact(new)[name]


@pytest.mark.parametrize("which", [0, 1])
async def test_single_calls_with_an_old_id_reach_the_new_record(
    sim: Simulator, hs: httpx.AsyncClient, merged: tuple[str, str, str], which: int
) -> None:
    old, new = merged[which], merged[2]

    read = await hs.get(f"{OBJECTS}/contacts/{old}")
    written = await hs.patch(f"{OBJECTS}/contacts/{old}", json={"properties": {"firstname": "Ada"}})

    assert (read.json()["id"], written.json()["id"]) == (new, new)
    assert sim.contact(new)["firstname"] == "Ada"


async def test_a_batch_read_answers_an_old_id_with_the_new_record(
    hs: httpx.AsyncClient, merged: tuple[str, str, str]
) -> None:
    inputs = [{"id": merged[0]}, {"id": merged[1]}]

    answer = await hs.post(f"{OBJECTS}/contacts/batch/read", json={"inputs": inputs, "properties": []})

    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()["results"]] == [merged[2]]


async def test_a_batch_update_leaves_an_old_id_out_without_a_word(
    sim: Simulator, hs: httpx.AsyncClient, merged: tuple[str, str, str]
) -> None:
    fine = sim.create_contact({"firstname": "Bruno"})
    inputs = [{"id": each, "properties": {"jobtitle": "CTO"}} for each in (merged[1], fine)]

    answer = await hs.post(f"{OBJECTS}/contacts/batch/update", json={"inputs": inputs})

    assert answer.status_code == 200
    assert [each["id"] for each in answer.json()["results"]] == [fine]
    assert "errors" not in answer.json()
    assert "jobtitle" not in sim.contact(merged[2])


async def test_both_emails_lead_to_the_new_record(hs: httpx.AsyncClient, merged: tuple[str, str, str]) -> None:
    for email in ("ada@birch.example", "ada@gmail.com"):
        answer = await hs.get(f"{OBJECTS}/contacts/{email}", params={"idProperty": "email"})
        assert answer.json()["id"] == merged[2]


async def test_the_company_stays_the_primary_one(hs: httpx.AsyncClient, merged: tuple[str, str, str]) -> None:
    answer = await hs.post(
        "/crm/associations/2026-09/contacts/companies/batch/read", json={"inputs": [{"id": merged[2]}]}
    )

    (to,) = answer.json()["results"][0]["to"]
    assert [each["typeId"] for each in to["associationTypes"]] == [1, 279]


async def test_effects_on_both_count_for_the_new_record(sim: Simulator, hs: httpx.AsyncClient) -> None:
    pair = [sim.create_contact({"lifecyclestage": "subscriber"}) for _ in range(2)]
    for contact in pair:
        await hs.patch(f"{OBJECTS}/contacts/{contact}", json={"properties": {"lifecyclestage": "lead"}})

    new = sim.merge_contacts(*pair)

    assert sim.counters.effects(new)["stage_writes"] == 2
    assert sim.counters.effects(pair[0])["stage_writes"] == 2


async def test_the_api_merges_and_erases_too(sim: Simulator, hs: httpx.AsyncClient) -> None:
    pair = [sim.create_contact({"firstname": each}) for each in ("Ada", "Adele")]

    answer = await hs.post(f"{OBJECTS}/contacts/merge", json={"primaryObjectId": pair[0], "objectIdToMerge": pair[1]})
    itself = await hs.post(f"{OBJECTS}/contacts/merge", json={"primaryObjectId": pair[0], "objectIdToMerge": pair[1]})
    erased = await hs.post(f"{OBJECTS}/contacts/gdpr-delete", json={"objectId": answer.json()["id"]})

    assert [each.status_code for each in (answer, itself, erased)] == [200, 400, 204]
    assert sim.contact_ids() == []


async def test_an_erased_contact_is_gone_for_good(sim: Simulator, hs: httpx.AsyncClient) -> None:
    contact = sim.create_contact({"email": "ada@birch.example"})

    sim.erase_contact(contact)

    assert (await hs.get(f"{OBJECTS}/contacts/{contact}", params={"archived": "true"})).status_code == 404
    with pytest.raises(KeyError):
        sim.contact(contact)
