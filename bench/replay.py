"""How long live events wait before and during a replay: `python -m bench.replay [records] [events]`.

The records are contacts of a simulated HubSpot in the same process, parked straight in the embedded PostgreSQL. One
worker works. An event is timed from its webhook request until a decision covers it.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory

from sqlalchemy import text

from app.clock import SteppedClock, SystemClock
from app.engine import replay
from app.engine.replay import Asked
from app.logs import configure_logs
from app.records.ids import ObjectType
from app.storage import lanes
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres
from app.storage.migrate import migrate
from app.storage.replays import ReplayState, StoredReplay
from tests.world import World, open_world

FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_LOOK_AGAIN_SECONDS = 0.005
_GLANCE_SECONDS = 0.25
_AT_ONCE = 5_000


class RunningClock(SteppedClock):
    """Goes on from a Friday as fast as time does."""

    def __init__(self) -> None:
        super().__init__(FRIDAY)
        self._began = time.monotonic()

    def now(self) -> datetime:
        return FRIDAY + timedelta(seconds=time.monotonic() - self._began)


async def park(world: World, records: int) -> None:
    """Make so many contacts, and park their lanes."""
    contacts = [world.sim.create_contact({"email": f"many{n}@example.org"}) for n in range(records)]
    await world.deliver()
    async with world.database.begin() as connection:
        await connection.execute(text("DELETE FROM delivery"))
    for first in range(0, records, _AT_ONCE):
        async with world.database.begin() as connection:
            some = [(ObjectType.CONTACT, one) for one in contacts[first : first + _AT_ONCE]]
            await lanes.mark(connection, world.baton.portal_id, some, wake_at=lanes.NEVER, now=world.clock.now())
    async with world.database.begin() as connection:
        await connection.execute(text("UPDATE lane SET parked = true, code = 'invalid'"))
        await connection.exec_driver_sql("ANALYZE lane")


async def latency(world: World, contact: str, number: int) -> float:
    """Seconds from an event's request until it is applied."""
    world.sim.edit_contact(contact, {"firstname": f"Ann {number}"})
    began = time.perf_counter()
    await world.deliver()
    while await world.rows(  # noqa: ASYNC110  the database tells nobody when a look is over
        "SELECT 1 FROM delivery WHERE unpacked_at IS NULL UNION ALL"
        " SELECT 1 FROM event WHERE object_type = 'contact' AND object_id = :id AND state = 'pending'",
        id=contact,
    ):
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)
    return time.perf_counter() - began


async def replayed(world: World, events: int, live: str) -> tuple[StoredReplay, float, list[float]]:
    """Replay what is parked, with live events meanwhile: how it ended, its seconds, and theirs."""
    portal_id, began = world.baton.portal_id, time.perf_counter()
    asked = Asked("state:parked", "bench", "bench")
    seen = await replay.start(world.database, portal_id, asked, now=world.clock.now())
    waited: list[float] = []
    while seen.state is ReplayState.RUNNING:
        if len(waited) < events:
            waited.append(await latency(world, live, events + len(waited)))
        else:
            await asyncio.sleep(_GLANCE_SECONDS)
        seen = await replay.replay_of(world.database, portal_id, seen.id)
    return seen, time.perf_counter() - began, waited


async def measured(url: str, records: int, events: int) -> tuple[list[float], list[float], StoredReplay, float]:
    """The waits before and during, the replay and its seconds."""
    async with open_world(url, RunningClock()) as world:
        await park(world, records)
        live, stop = world.vp(), asyncio.Event()
        working = asyncio.create_task(world.baton.worker.run(stop))
        try:
            await latency(world, live, 0)
            before = [await latency(world, live, number) for number in range(1, events)]
            seen, seconds, during = await replayed(world, events, live)
        finally:
            stop.set()
            await working
    return before, during, seen, seconds


def _waits(seconds: list[float]) -> str:
    cuts = quantiles(seconds, n=20)
    return f"half within {cuts[9] * 1000:.0f} ms, 95 % within {cuts[18] * 1000:.0f} ms (of {len(seconds)})"


async def main(records: int, events: int) -> int:
    configure_logs("warning", "console")
    with TemporaryDirectory(prefix="baton-bench-") as folder, EmbeddedPostgres(Path(folder) / "data") as server:
        database = Database(server.url)
        await migrate(database, now=FRIDAY)
        await database.close()
        before, during, seen, seconds = await measured(server.url, records, events)
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    report = (
        f"{SystemClock().now():%Y-%m-%d}, {machine}",
        f"replay: {seen.settled} of {seen.total} records in {seconds:.0f} s: {seen.settled / seconds:.0f} a second",
        f"live events before: {_waits(before)}",
        f"live events during: {_waits(during)}",
    )
    print("\n".join(report))  # noqa: T201  a report
    return 0 if seen.settled == records else 1


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(asyncio.run(main(*(given or (100_000, 200)))))
