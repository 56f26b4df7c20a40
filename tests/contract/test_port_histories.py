"""Reading the past of properties through the port, from the simulator in process and over a socket."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.crm.errors import Unauthorized
from app.crm.guard import QuotaClass
from app.crm.hubspot.paths import PATHS
from app.crm.port import HISTORY_BATCH
from app.crm.simulator import Simulator
from app.records.crm import PastValue
from app.records.ids import ObjectType
from tests.contract.port_parts import NOW, Bench, portal


@pytest.fixture
def sim() -> Simulator:
    return portal()


def edit_later(
    sim: Simulator, contact_id: str, properties: dict[str, str], *, by: str, source: str = "CRM_UI"
) -> datetime:
    """Change a contact an hour after its last change; when that was."""
    at = sim.now() + timedelta(hours=1)
    sim.now = lambda: at
    sim.edit_contact(contact_id, properties, by=by, source=source)
    return at


async def test_past_is_told_newest_first_with_its_time_and_hand(sim: Simulator, bench: Bench) -> None:
    contact_id = sim.create_contact({"jobtitle": "Analyst"}, source="IMPORT", by="userId:7")
    first = edit_later(sim, contact_id, {"jobtitle": "CTO"}, by="userId:8")
    second = edit_later(sim, contact_id, {"jobtitle": ""}, by="", source="HUBSPOT_INTERNAL")
    read = await bench.crm.read_histories(ObjectType.CONTACT, [contact_id], ["jobtitle", "phone"])
    assert read == {
        contact_id: {
            "jobtitle": (
                PastValue(None, second, "HUBSPOT_INTERNAL"),
                PastValue("CTO", first, "CRM_UI userId:8"),
                PastValue("Analyst", NOW, "IMPORT userId:7"),
            ),
            "phone": (),
        }
    }


async def test_app_is_the_hand_of_what_it_wrote_itself(sim: Simulator, bench: Bench) -> None:
    contact_id = sim.create_contact({"firstname": "Ida"})
    token = {"Authorization": f"Bearer {sim.access_token}"}
    await bench.http.patch(
        f"/crm/objects/2026-09/contacts/{contact_id}", json={"properties": {"firstname": "Max"}}, headers=token
    )
    read = await bench.crm.read_histories(ObjectType.CONTACT, [contact_id], ["firstname"])
    assert [past.hand for past in read[contact_id]["firstname"]] == ["INTEGRATION 54321", "CRM_UI userId:1001"]


async def test_past_of_fifty_contacts_costs_one_call(sim: Simulator, bench: Bench) -> None:
    ids = [sim.create_contact({"jobtitle": f"role {number}"}) for number in range(HISTORY_BATCH + 1)]
    read = await bench.crm.read_histories(ObjectType.CONTACT, ids[:-1], ["jobtitle"])
    assert [read[each]["jobtitle"][0].value for each in ids[:-1]] == [f"role {number}" for number in range(50)]
    assert (sim.counters.total_calls, bench.quota.taken) == (1, [QuotaClass.GENERAL])
    assert set(await bench.crm.read_histories(ObjectType.CONTACT, ids + ids, ["jobtitle", "jobtitle"])) == set(ids)
    assert sim.counters.total_calls == 3


async def test_nothing_asked_of_the_past_costs_nothing(sim: Simulator, bench: Bench) -> None:
    assert await bench.crm.read_histories(ObjectType.CONTACT, [], ["jobtitle"]) == {}
    assert sim.counters.total_calls == 0


async def test_contacts_that_are_not_there_have_no_past(sim: Simulator, bench: Bench) -> None:
    there, deleted = sim.create_contact({"jobtitle": "CTO"}), sim.create_contact({"jobtitle": "CTO"})
    sim.delete_contact(deleted)
    read = await bench.crm.read_histories(ObjectType.CONTACT, [there, deleted, "999000999"], ["jobtitle"])
    assert set(read) == {there}
    assert sim.counters.total_calls == 1


async def test_merged_contact_tells_the_past_of_both_under_each_id(sim: Simulator, bench: Bench) -> None:
    first = sim.create_contact({"jobtitle": "Analyst"}, by="userId:1")
    second = sim.create_contact({"email": "ida@example.com"}, by="userId:2")
    edit_later(sim, second, {"jobtitle": "CTO"}, by="userId:2")
    new = sim.merge_contacts(first, second, by="userId:3")
    read = await bench.crm.read_histories(ObjectType.CONTACT, [first, second], ["jobtitle"])
    assert read[first] == read[second]
    assert [(past.value, past.hand) for past in read[first]["jobtitle"]] == [
        ("Analyst", "CRM_UI userId:3"),
        ("CTO", "CRM_UI userId:2"),
        ("Analyst", "CRM_UI userId:1"),
    ]
    assert sim.contact(new)["jobtitle"] == "Analyst"


async def test_date_of_creation_has_a_past_of_one(sim: Simulator, bench: Bench) -> None:
    contact_id = sim.create_contact({"firstname": "Ida"})
    read = await bench.crm.read_histories(ObjectType.CONTACT, [contact_id], ["createdate"])
    assert [past.at for past in read[contact_id]["createdate"]] == [NOW]


@pytest.mark.parametrize("version", PATHS)
async def test_every_version_tells_the_past_of_companies(sim: Simulator, bench: Bench, version: str) -> None:
    bench.version = version
    company_id = sim.create_company({"numberofemployees": "42"}, by="userId:7")
    sim.edit_company(company_id, {"numberofemployees": "50"}, by="userId:8")
    read = await bench.crm.read_histories(ObjectType.COMPANY, [company_id], ["numberofemployees"])
    assert [(past.value, past.hand) for past in read[company_id]["numberofemployees"]] == [
        ("50", "CRM_UI userId:8"),
        ("42", "CRM_UI userId:7"),
    ]


async def test_past_that_the_app_may_not_read_is_unauthorized(sim: Simulator, bench: Bench) -> None:
    contact_id = sim.create_contact({"jobtitle": "CTO"})
    sim.faults.forbidden.add("POST contacts/batch/read")
    with pytest.raises(Unauthorized):
        await bench.crm.read_histories(ObjectType.CONTACT, [contact_id], ["jobtitle"])
