"""When many clocks fall due at one instant, each is heeded once, and nobody else is looked at."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from app.clock import SteppedClock
from bench.crowd import copy_id, make_crowd
from tests.world import World, open_world

SOAK = os.environ.get("BATON_SOAK") == "1"
LEADS = 300_000 if SOAK else 1_500
DUE = 20_000 if SOAK else 500
READS_MOST = 20


@dataclass(frozen=True, slots=True)
class Crowd:
    """Two workers, and leads in the hands of Sales; the first DUE are to be accepted by `due_at`."""

    world: World
    beside: World
    due_at: datetime


@pytest.fixture
async def crowd(database_url: str, clock: SteppedClock) -> AsyncIterator[Crowd]:
    async with AsyncExitStack() as stack:
        world = await stack.enter_async_context(open_world(database_url, clock))
        firm = world.sim.create_company(
            {"name": "Softworks", "numberofemployees": "900", "industry": "COMPUTER_SOFTWARE"}
        )
        contact = world.lead("Pricing guide", firm, jobtitle="Operations Lead")
        await world.settle()
        portal_id, later = world.baton.portal_id, timedelta(hours=1)
        await make_crowd(world.database, portal_id, contact, copies=LEADS - 1, due=DUE - 1, later=later)
        beside = await stack.enter_async_context(open_world(database_url, clock, sim=world.sim, live=False))
        [row] = await world.rows("SELECT due_at FROM clock WHERE kind = 'accept' AND contact_id = :id", id=contact)
        yield Crowd(world, beside, row["due_at"])


@pytest.mark.soak
async def test_two_workers_heed_all_that_falls_due_at_one_instant_once(crowd: Crowd) -> None:
    world, due_at = crowd.world, crowd.due_at
    waiting, decided = await _waiting(world), await _many(world, "decision")
    world.clock.set(due_at)
    world.baton.watch.forget()  # hours have passed: the portal is asked whether it is still there
    world.sim.counters.reset()
    await asyncio.gather(_work_off(world), _work_off(crowd.beside))
    breached = "clock WHERE kind = 'accept' AND breached_at = :at AND due_at = :at AND rungs = '[1]'"
    assert await _many(world, breached, at=due_at) == DUE
    assert await _many(world, "clock WHERE breached_at IS NOT NULL") == DUE
    assert await world.rows("SELECT DISTINCT kind, recipient FROM notice") == [
        {"kind": "breached", "recipient": "sam@example.com"}
    ]
    assert await _many(world, "(SELECT DISTINCT contact_id FROM notice) AS told") == DUE
    assert await _many(world, "notice") == DUE
    assert await _many(world, "(SELECT DISTINCT contact_id FROM decision WHERE at = :at) AS decided", at=due_at) == DUE
    assert await _many(world, "decision") == decided + DUE
    assert await _waiting(world) == waiting, "somebody was looked at who was not due"
    assert world.sim.counters.total_calls <= READS_MOST


async def _work_off(world: World) -> None:
    while await world.baton.worker.work():
        pass


async def _many(world: World, what: str, **values: object) -> int:
    [row] = await world.rows(f"SELECT count(*) AS many FROM {what}", **values)
    return int(row["many"])


async def _waiting(world: World) -> str:
    """A digest of all that is kept of the leads that are not due: their lanes and their clocks."""
    [row] = await world.rows(
        """
        SELECT md5(string_agg(CAST(lane AS text) || CAST(clock AS text), ',' ORDER BY contact_id, kind)) AS rows
        FROM clock JOIN lane ON lane.portal_id = clock.portal_id AND object_id = contact_id WHERE contact_id >= :first
        """,
        first=copy_id(DUE),
    )
    return str(row["rows"])
