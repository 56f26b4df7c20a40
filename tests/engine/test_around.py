"""What changes at companies and deals is passed on to the contacts, where the agreement reads it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from app.clock import SteppedClock
from app.engine import companies
from app.engine.hints import UNREAD
from app.engine.start import packaged_agreement
from app.storage.lanes import Priority
from tests.conftest import NOW
from tests.world import World, open_world

_READY = "ready:\n  any:\n"
_DEAL = "    - deal.amount: {at_least: 1000}\n"


@pytest.fixture
async def dealing(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    file = tmp_path / "agreement.yaml"
    file.write_text(packaged_agreement().read_text().replace(_READY, _READY + _DEAL))
    async with open_world(database_url, clock, agreement_file=file) as opened:
        yield opened


async def people_of(world: World, company: str, many: int) -> list[str]:
    """Settled contacts of a company, counters at zero."""
    people = [world.lead("Newsletter", company) for _ in range(many)]
    await world.settle()
    world.sim.counters.reset()
    return people


async def lanes_around(world: World) -> list[str]:
    rows = await world.rows("SELECT object_type FROM lane WHERE object_type <> 'contact'")
    return [row["object_type"] for row in rows]


async def test_a_change_of_a_company_that_matters_reaches_all_its_people(world: World) -> None:
    company = world.sim.create_company({"name": "Tiny", "numberofemployees": "12", "industry": "RETAIL"})
    people = await people_of(world, company, 3)
    world.sim.edit_company(company, {"numberofemployees": "9000"})
    await world.unpack()
    assert await lanes_around(world) == ["company"]
    await world.settle()
    assert await lanes_around(world) == []
    rows = await world.rows("SELECT id, properties FROM company")
    assert [row["properties"]["numberofemployees"] for row in rows] == ["9000"]
    decided = await world.rows("SELECT contact_id, count(*) AS many FROM decision GROUP BY contact_id")
    assert {row["contact_id"]: row["many"] for row in decided} == dict.fromkeys(people, 2)


class CrossingClock(SteppedClock):
    """A clock that passes a second at one of its next readings."""

    crosses_in = 0

    def now(self) -> datetime:
        self.crosses_in -= 1
        return self.advance(timedelta(seconds=1)) if self.crosses_in == 0 else super().now()


@pytest.mark.parametrize("reading", range(1, 7))
async def test_a_company_that_came_with_its_people_costs_no_second_look_wherever_the_round_stood(
    database_url: str, reading: int
) -> None:
    clock = CrossingClock(NOW)
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.deliver()
        while (await world.baton.unpacking.unpack()).requests:
            pass
        clock.crosses_in = reading
        for _ in range(3):
            await world.baton.worker.work()
        assert clock.crosses_in < 0
        assert [row["many"] for row in await world.rows("SELECT count(*) AS many FROM decision")] == [1]


async def test_people_of_a_company_wait_behind_those_who_did_something(world: World) -> None:
    company = world.sim.create_company({"name": "Tiny", "numberofemployees": "12"})
    people = await people_of(world, company, 5)
    world.sim.edit_company(company, {"numberofemployees": "9000"})
    await world.unpack()
    ready = await world.baton.watch.ready()
    assert ready is not None
    assert await companies.take(world.baton.bench, ready[1], at_once=2) == 1
    rows = await world.rows("SELECT object_id, priority FROM lane WHERE object_type = 'contact'")
    assert {row["object_id"]: row["priority"] for row in rows} == dict.fromkeys(people, Priority.BACKGROUND)


async def test_a_change_that_the_agreement_does_not_read_costs_no_look(world: World) -> None:
    company = world.sim.create_company({"name": "Tiny", "numberofemployees": "12"})
    await people_of(world, company, 1)
    world.sim.edit_company(company, {"hubspot_owner_id": ""})
    await world.post(
        [{"eventId": 7, "portalId": 62515, "subscriptionType": "company.propertyChange", "objectId": int(company),
          "occurredAt": 1795186800000, "propertyName": "city", "propertyValue": "Bonn"}]
    )  # fmt: skip
    await world.settle()
    assert world.sim.counters.total_calls == 0
    [event] = await world.rows("SELECT state, reason FROM event WHERE property_name = 'city'")
    assert (event["state"], event["reason"]) == ("applied", UNREAD)


def _moved(deal: str, amount: str) -> dict[str, object]:
    return {
        "eventId": 8, "portalId": 62515, "subscriptionType": "deal.propertyChange", "objectId": int(deal),
        "occurredAt": 1795186800000, "propertyName": "amount", "propertyValue": amount,
    }  # fmt: skip


async def test_a_change_of_a_deal_that_matters_reaches_its_contact(dealing: World) -> None:
    contact = dealing.lead("Newsletter")
    deal = dealing.sim.create_deal({"dealname": "Pilot", "amount": "10"}, contact_id=contact)
    await dealing.settle()
    dealing.sim.edit_deal(deal, {"amount": "5000"})
    await dealing.post([_moved(deal, "5000")])
    await dealing.settle()
    rows = await dealing.rows(
        "SELECT inputs -> 'lead' -> 'deals' AS deals FROM decision WHERE contact_id = :id ORDER BY at", id=contact
    )
    assert [row["deals"][0]["properties"]["amount"] for row in rows] == ["10", "5000"]
    assert await lanes_around(dealing) == []


async def test_deals_cost_no_call_where_the_agreement_reads_none(world: World) -> None:
    contact = world.lead("Newsletter")
    deal = world.sim.create_deal({"dealname": "Pilot"}, contact_id=contact)
    await world.settle()
    world.sim.counters.reset()
    await world.post([_moved(deal, "5000")])
    await world.settle()
    assert world.sim.counters.total_calls == 0
    assert await lanes_around(world) == []
