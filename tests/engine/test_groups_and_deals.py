"""Conditions that look around a contact: at its deals, and at the people of its company."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.clock import SteppedClock
from app.engine.start import packaged_agreement
from tests.world import World, open_world

_READY = "ready:\n  any:\n"
_GROUP = "    - buying_group: {has: [decision_maker, champion], at_least: 2 people}\n"
_DEAL = "    - deal.amount: {at_least: 1000}\n"


async def _world(database_url: str, clock: SteppedClock, folder: Path, ready: str) -> AsyncIterator[World]:
    file = folder / "agreement.yaml"
    file.write_text(packaged_agreement().read_text().replace(_READY, _READY + ready))
    async with open_world(database_url, clock, agreement_file=file) as opened:
        yield opened


@pytest.fixture
async def grouped(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    async for opened in _world(database_url, clock, tmp_path, _GROUP):
        yield opened


@pytest.fixture
async def dealing(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    async for opened in _world(database_url, clock, tmp_path, _DEAL):
        yield opened


async def _kinds(world: World, contact: str) -> list[str]:
    return [
        row["kind"]
        for row in await world.rows("SELECT kind FROM decision WHERE contact_id = :id ORDER BY at", id=contact)
    ]


def _tiny(world: World) -> str:
    """A company that is too small for anybody in it to be ready alone."""
    return world.sim.create_company({"name": "Tiny", "numberofemployees": "12", "industry": "RETAIL"})


async def test_a_contact_becomes_ready_when_a_colleague_completes_the_buying_group(grouped: World) -> None:
    company = _tiny(grouped)
    buyer = grouped.lead("Newsletter", company, jobtitle="Head of Sales")
    await grouped.settle()
    assert await _kinds(grouped, buyer) == ["not ready"]
    champion = grouped.lead("Newsletter", company, jobtitle="Senior Engineer")
    await grouped.settle()
    assert (await _kinds(grouped, champion))[-1] == "handed off"
    assert (await _kinds(grouped, buyer))[-1] == "handed off"


async def test_colleagues_who_come_in_one_look_make_a_group(grouped: World) -> None:
    company = _tiny(grouped)
    pair = [grouped.lead("Newsletter", company, jobtitle=title) for title in ("Head of Sales", "Senior Engineer")]
    await grouped.settle()
    assert [(await _kinds(grouped, one))[-1] for one in pair] == ["handed off", "handed off"]


async def test_whoever_comes_from_another_company_completes_the_buying_group(grouped: World) -> None:
    buyer = grouped.lead("Newsletter", _tiny(grouped), jobtitle="Head of Sales")
    elsewhere = _tiny(grouped)
    champion = grouped.lead("Newsletter", elsewhere, jobtitle="Senior Engineer")
    await grouped.settle()
    assert [(await _kinds(grouped, one))[-1] for one in (buyer, champion)] == ["not ready", "not ready"]
    grouped.sim.associate(buyer, elsewhere)
    await grouped.settle()
    assert [(await _kinds(grouped, one))[-1] for one in (buyer, champion)] == ["handed off", "handed off"]


async def test_colleagues_are_looked_at_again_when_one_of_the_group_is_deleted_or_goes_elsewhere(
    grouped: World,
) -> None:
    company = _tiny(grouped)
    stays, goes, leaves = (grouped.lead("Newsletter", company, jobtitle="Head of Sales") for _ in range(3))
    await grouped.settle()
    before = len(await _kinds(grouped, stays))
    grouped.sim.delete_contact(goes)
    await grouped.settle()
    assert len(await _kinds(grouped, stays)) == before + 1
    grouped.sim.associate(leaves, _tiny(grouped))
    await grouped.settle()
    assert len(await _kinds(grouped, stays)) == before + 2


async def test_somebody_alone_at_a_company_is_looked_at_once(grouped: World) -> None:
    alone = grouped.lead("Newsletter", _tiny(grouped), jobtitle="Head of Sales")
    await grouped.settle()
    assert await _kinds(grouped, alone) == ["not ready"]


async def test_people_of_another_company_make_no_group(grouped: World) -> None:
    for title in ("Head of Sales", "Senior Engineer"):
        company = grouped.sim.create_company({"name": title, "numberofemployees": "12", "industry": "RETAIL"})
        grouped.lead("Newsletter", company, jobtitle=title)
    await grouped.settle()
    assert {row["kind"] for row in await grouped.rows("SELECT kind FROM decision")} == {"not ready"}


async def test_a_group_that_nobody_joins_costs_no_further_look(grouped: World) -> None:
    company = _tiny(grouped)
    contacts = [grouped.lead("Newsletter", company, jobtitle="Head of Sales") for _ in range(3)]
    await grouped.settle()
    looks = [len(await _kinds(grouped, contact)) for contact in contacts]
    assert max(looks) <= 2


async def test_a_deal_of_the_contact_is_seen(dealing: World) -> None:
    company = _tiny(dealing)
    small, large = (dealing.lead("Newsletter", company, jobtitle="Clerk") for _ in range(2))
    dealing.sim.create_deal({"dealname": "Small", "amount": "999"}, contact_id=small)
    dealing.sim.create_deal({"dealname": "Large", "amount": "1000"}, contact_id=large)
    await dealing.settle()
    told = await dealing.rows("SELECT contact_id, decision -> 'because' AS because FROM decision")
    assert {row["contact_id"] for row in told} == {small, large}
    [seen] = await dealing.rows(
        "SELECT inputs -> 'lead' -> 'deals' AS deals FROM decision WHERE contact_id = :id LIMIT 1", id=large
    )
    assert seen["deals"][0]["properties"]["amount"] == "1000"


async def test_an_agreement_that_looks_at_no_deal_reads_none(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.settle()
        assert not [call for call in world.sim.counters.calls if "deals" in call]
