"""A portal at work that is backed up, and another Baton on what was restored from that."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from sqlalchemy import text

from app.clock import SteppedClock
from app.engine import mode
from app.engine.backup import restore
from app.engine.probes import SILENT, Probes
from app.records.ids import PortalId
from app.storage.database import Database
from tests.world import PORTAL, World, open_world

LEADS = 5
ONCE = {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}


@asynccontextmanager
async def restored(url: str, world: World, file: Path) -> AsyncIterator[World]:
    """Another Baton beside the same HubSpot, on what the file holds, resumed once nothing can be in the air."""
    database = Database(url)
    await restore(database, file, by="ada", now=world.clock.now())
    await database.close()
    async with open_world(url, world.clock, sim=world.sim, live=False) as other:
        async with other.database.begin() as connection:
            await connection.execute(text("UPDATE write SET sent_at = now() - interval '1 h' WHERE state = 'sending'"))
        await mode.resume(other.database, PortalId(PORTAL), "ada", now=world.clock.now())
        yield other


@asynccontextmanager
async def working(url: str, clock: SteppedClock, probes: Probes = SILENT) -> AsyncIterator[World]:
    """A live portal with leads that came in and that nobody looked at yet."""
    async with open_world(url, clock, probes=probes) as world:
        for _ in range(LEADS):
            world.vp()
        await world.unpack()
        yield world
