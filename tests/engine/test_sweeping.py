"""A sweep is walked once, by whoever is free, from where it last was; it begins when it is due."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import cast

import pytest

from app.crm.port import SEARCH_PAGE, ChangedPage, Crm
from app.engine.sweep import LAG, walk_on
from app.engine.sweeping import sweep
from app.records.changes import Place
from app.storage.sweeps import begin_if_due, claim
from tests.engine.sweeps import EVERY, a_quiet_lead, many_quiet, swept, totals_of
from tests.world import World


async def test_a_sweep_begins_when_it_is_due_and_not_before(world: World) -> None:
    first = await swept(world)
    assert (await swept(world, after=EVERY - timedelta(seconds=1))).id == first.id
    second = await swept(world, after=timedelta(seconds=1))
    assert second.id != first.id
    assert second.from_at == first.until_at - LAG
    assert second.until_at == world.clock.now() - LAG


async def test_without_an_interval_no_sweep_begins(world: World) -> None:
    world.clock.advance(EVERY)
    assert not await sweep(world.baton.bench, every=None)
    assert await world.rows("SELECT * FROM sweep") == []


@pytest.mark.parametrize("column", ["paused_reason", "blocked_reason"])
async def test_while_the_portal_is_stopped_no_sweep_begins(world: World, column: str) -> None:
    world.clock.advance(EVERY)
    await world.rows(f"WITH done AS (UPDATE portal SET {column} = 'x' RETURNING 1) SELECT 1 FROM done")
    assert not await sweep(world.baton.bench, every=EVERY)


async def test_a_search_that_is_refused_stands_still_with_hubspot_s_words_and_goes_on_later(world: World) -> None:
    a_quiet_lead(world)
    world.clock.advance(EVERY)
    world.sim.faults.fail_next = [502, 502]
    assert not await sweep(world.baton.bench, every=EVERY)
    [stands] = await world.rows("SELECT words, finished_at FROM sweep")
    assert (stands["words"], stands["finished_at"]) == ("There was a problem with the request.", None)
    assert (await swept(world, after=timedelta())).missed == 1
    [over] = await world.rows("SELECT words FROM sweep")
    assert over["words"] is None


class Gone(BaseException):
    """The process is gone: nothing after this runs."""


@dataclass
class Dying:
    """A CRM whose asker dies after so many pages."""

    crm: Crm
    pages: int

    async def search_changed(self, after: Place, until: datetime) -> ChangedPage:
        if self.pages == 0:
            raise Gone
        self.pages -= 1
        return await self.crm.search_changed(after, until)


async def test_a_sweep_whose_worker_dies_goes_on_from_the_last_page(world: World) -> None:
    contacts = many_quiet(world, 2 * SEARCH_PAGE + 50)
    world.clock.advance(EVERY)
    dying = replace(world.baton.bench, crm=cast("Crm", Dying(world.baton.crm, pages=1)))
    assert await sweep(dying, every=EVERY)
    with pytest.raises(Gone):
        await sweep(dying, every=EVERY)
    assert not await sweep(world.baton.bench, every=EVERY), "the dead worker's lease holds"
    await world.rows(
        "WITH late AS (UPDATE sweep SET leased_until = now() - interval '1 s' RETURNING 1) SELECT 1 FROM late"
    )
    done = await swept(world, after=timedelta())
    assert (done.seen, done.marked, done.missed) == (len(contacts),) * 3
    assert world.sim.counters.calls["POST contacts/search"] == 3


async def test_a_worker_that_lost_its_page_to_another_marks_and_counts_nothing(world: World) -> None:
    a_quiet_lead(world)
    world.clock.advance(EVERY)
    async with world.database.begin() as connection:
        until = world.clock.now() - LAG
        await begin_if_due(
            connection, world.baton.portal_id, every=EVERY, overlap=LAG, until=until, now=world.clock.now()
        )
        slow = await claim(connection, world.baton.portal_id, lease=-LAG)
    assert slow is not None
    assert (await swept(world, after=timedelta())).missed == 1
    assert await walk_on(world.baton.bench, slow) is None
    assert (await totals_of(world))["missed"] == 1


async def test_two_workers_at_once_sweep_once(world: World) -> None:
    contacts = many_quiet(world, SEARCH_PAGE + 50)
    world.clock.advance(EVERY)

    async def work() -> None:
        for _ in range(4):
            await sweep(world.baton.bench, every=EVERY)

    await asyncio.gather(work(), work(), work())
    found = await totals_of(world)
    assert found == {"finished": 1, "seen": len(contacts), "missed": len(contacts)}
