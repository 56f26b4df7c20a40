"""Reading deals through the port, from the simulator in process and over a socket."""

from __future__ import annotations

import pytest

from app.crm.errors import Unauthorized
from app.crm.guard import QuotaClass
from app.crm.hubspot.paths import PATHS
from app.crm.simulator import Simulator
from app.records.crm import Deal, PropertyOption
from app.records.ids import ContactId, ObjectType
from tests.contract.port_parts import Bench, portal


@pytest.fixture
def sim() -> Simulator:
    return portal()


def make_contacts(sim: Simulator, count: int) -> list[ContactId]:
    return [ContactId(sim.create_contact({"email": f"lead{number}@example.com"})) for number in range(count)]


def token(sim: Simulator) -> dict[str, str]:
    return {"Authorization": f"Bearer {sim.access_token}"}


async def test_deals_of_a_hundred_contacts_cost_two_calls(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 100)
    pilot = sim.create_deal({"dealname": "Pilot", "dealstage": "qualifiedtobuy"}, contact_id=ids[3])
    rollout = sim.create_deal({"dealname": "Rollout", "amount": "12000"}, contact_id=ids[3])
    read = await bench.crm.read_deals(ids, ["dealname", "amount"])
    assert read[ids[3]] == (
        Deal(pilot, {"dealname": "Pilot", "amount": None}),
        Deal(rollout, {"dealname": "Rollout", "amount": "12000"}),
    )
    assert read == dict.fromkeys(ids, ()) | {ids[3]: read[ids[3]]}
    assert (sim.counters.total_calls, bench.quota.taken) == (2, [QuotaClass.ASSOCIATIONS, QuotaClass.GENERAL])


async def test_contacts_without_deals_cost_one_call_and_none_at_all_nothing(sim: Simulator, bench: Bench) -> None:
    ids = make_contacts(sim, 2)
    assert await bench.crm.read_deals([], ["dealname"]) == {}
    assert sim.counters.total_calls == 0
    assert await bench.crm.read_deals(ids + ids, ["dealname"]) == {ids[0]: (), ids[1]: ()}
    assert sim.counters.total_calls == 1


async def test_deals_beyond_the_first_page_of_links_are_read_in_hundreds(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    made = [sim.create_deal({"dealname": f"deal {number}"}, contact_id=contact_id) for number in range(510)]
    read = await bench.crm.read_deals([contact_id], ["dealname"])
    assert [deal.id for deal in read[contact_id]] == made
    assert sim.counters.total_calls == 2 + 6


async def test_deal_of_two_contacts_is_read_once_and_told_of_both(sim: Simulator, bench: Bench) -> None:
    ida, max_id = make_contacts(sim, 2)
    deal_id = sim.create_deal({"dealname": "Shared"}, contact_id=ida)
    path = f"/crm/objects/2026-09/deals/{deal_id}/associations/default/contacts/{max_id}"
    await bench.http.put(path, headers=token(sim))
    read = await bench.crm.read_deals([ida, max_id], ["dealname"])
    assert read == dict.fromkeys([ida, max_id], (Deal(deal_id, {"dealname": "Shared"}),))


async def test_deleted_deals_are_left_out(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    kept, deleted = (sim.create_deal({"dealname": name}, contact_id=contact_id) for name in ("kept", "deleted"))
    await bench.http.delete(f"/crm/objects/2026-09/deals/{deleted}", headers=token(sim))
    read = await bench.crm.read_deals([contact_id], ["dealname"])
    assert [deal.id for deal in read[contact_id]] == [kept]


async def test_deals_of_a_merged_contact_are_found_under_its_old_ids(sim: Simulator, bench: Bench) -> None:
    first, second = make_contacts(sim, 2)
    deals = tuple(sim.create_deal({"dealname": "Pilot"}, contact_id=each) for each in (first, second))
    sim.merge_contacts(first, second)
    read = await bench.crm.read_deals([first, second], [])
    assert {contact: tuple(deal.id for deal in found) for contact, found in read.items()} == {
        first: deals,
        second: deals,
    }


@pytest.mark.parametrize("version", PATHS)
async def test_every_version_reads_deals_and_their_definitions(sim: Simulator, bench: Bench, version: str) -> None:
    bench.version = version
    (contact_id,) = make_contacts(sim, 1)
    deal_id = sim.create_deal({"dealstage": "closedwon"}, contact_id=contact_id)
    (deal,) = (await bench.crm.read_deals([contact_id], ["dealstage", "hs_is_closed_won"]))[contact_id]
    assert deal == Deal(deal_id, {"dealstage": "closedwon", "hs_is_closed_won": "true"})
    found = {each.name: each for each in await bench.crm.read_definitions(ObjectType.DEAL)}
    assert (found["dealstage"].type, found["hs_is_closed"].type) == ("enumeration", "bool")
    assert PropertyOption("closedwon", "Closed won") in found["dealstage"].options
    assert [found[name].read_only for name in ("amount", "hs_is_closed", "createdate")] == [False, True, True]


async def test_deals_that_the_app_may_not_read_are_unauthorized(sim: Simulator, bench: Bench) -> None:
    (contact_id,) = make_contacts(sim, 1)
    sim.create_deal({"dealname": "Pilot"}, contact_id=contact_id)
    sim.faults.forbidden.add("POST deals/batch/read")
    with pytest.raises(Unauthorized):
        await bench.crm.read_deals([contact_id], ["dealname"])
