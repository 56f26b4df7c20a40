"""Deals: their stages, what they do to their contacts, and what is reported of them."""

import httpx
import pytest

from app.crm.simulator import RefusedError, Simulator

DEALS = "/crm/objects/2026-09/deals"


@pytest.fixture
def contact(sim: Simulator) -> str:
    contact = sim.create_contact({"email": "ada@birch.example"})
    sim.portal.outbox.take()
    return contact


@pytest.mark.parametrize(
    ("stage", "closed", "won"),
    [("contractsent", "false", "false"), ("closedwon", "true", "true"), ("closedlost", "true", "false")],
)
async def test_the_stage_says_whether_a_deal_is_closed_and_won(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, stage: str, closed: str, won: str
) -> None:
    deal = sim.create_deal({"dealname": "Pilot", "dealstage": "appointmentscheduled"}, contact_id=contact)

    sim.edit_deal(deal, {"dealstage": stage})
    answer = await hs.get(f"{DEALS}/{deal}", params={"properties": "dealstage,hs_is_closed,hs_is_closed_won"})

    told = answer.json()["properties"]
    assert (told["dealstage"], told["hs_is_closed"], told["hs_is_closed_won"]) == (stage, closed, won)


async def test_a_contact_counts_its_deals_from_the_first_on(
    sim: Simulator, hs: httpx.AsyncClient, contact: str
) -> None:
    other = sim.create_contact({"firstname": "Bruno"})
    before = sim.contact(contact).get("num_associated_deals")
    first = sim.create_deal({"dealname": "Pilot"}, contact_id=contact)
    sim.create_deal({"dealname": "Rollout"}, contact_id=contact)

    await hs.put(f"/crm/objects/2026-09/contacts/{other}/associations/default/deals/{first}")

    assert before is None
    assert sim.contact(contact)["num_associated_deals"] == "2"
    assert sim.contact(other)["num_associated_deals"] == "1"
    assert sim.contact(sim.merge_contacts(contact, other))["num_associated_deals"] == "2"


async def test_a_deal_is_reported_as_an_association_of_its_contact(sim: Simulator, contact: str) -> None:
    deal = sim.create_deal({"dealname": "Pilot"}, contact_id=contact)

    told = {each["associationType"]: (each["fromObjectId"], each["toObjectId"]) for each in sim.waiting_events()}

    assert told == {
        "CONTACT_TO_DEAL": (int(contact), int(deal)),
        "DEAL_TO_CONTACT": (int(deal), int(contact)),
    }


async def test_a_deal_takes_no_stage_that_its_pipeline_lacks(sim: Simulator, contact: str) -> None:
    with pytest.raises(RefusedError, match="not one of the allowed options"):
        sim.create_deal({"dealstage": "won"}, contact_id=contact)


async def test_a_deal_without_its_contact_is_not_made(sim: Simulator, hs: httpx.AsyncClient) -> None:
    with pytest.raises(KeyError):
        sim.create_deal({"dealname": "Pilot"}, contact_id="1")

    assert (await hs.get(DEALS)).json()["results"] == []
