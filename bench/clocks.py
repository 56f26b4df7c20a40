"""How fast clocks that fall due at one instant are heeded: `python -m bench.clocks [leads] [due]`.

The leads are copies of one that was handed over (`bench.crowd`), in the embedded PostgreSQL. Two processes work, as
two workers would: they know that HubSpot answers, and what is due needs no further call.
"""

from __future__ import annotations

import asyncio
import os
import platform
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from datetime import UTC, datetime, timedelta
from multiprocessing import get_context
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import cast

from app.clock import SteppedClock, SystemClock
from app.crm.port import Crm
from app.engine.heard import Heard
from app.engine.look import Bench, look
from app.engine.rulebook import Shelf, rulebook_of
from app.records.ids import PortalId
from app.storage import agreements, portals
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres
from app.storage.migrate import migrate
from bench.crowd import make_crowd
from tests.world import PORTAL, open_world

WORKERS = 2
FRIDAY = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
_PORTAL = PortalId(PORTAL)


async def handed_over(url: str, *, leads: int, due: int) -> datetime:
    """Make so many handed-over leads in a live portal; returns when the first `due` of them are to be accepted."""
    async with open_world(url, SteppedClock(FRIDAY)) as world:
        firm = world.sim.create_company({"numberofemployees": "900", "industry": "COMPUTER_SOFTWARE"})
        contact = world.lead("Pricing guide", firm, jobtitle="Operations Lead")
        await world.settle()
        [row] = await world.rows("SELECT due_at FROM clock WHERE kind = 'accept'")
        await make_crowd(world.database, _PORTAL, contact, copies=leads - 1, due=due - 1, later=timedelta(hours=1))
    return cast("datetime", row["due_at"])


def worked(url: str, now: datetime) -> int:
    """Work in this process until nothing is due at `now`; how many looks at a contact that took."""
    return asyncio.run(_work(url, now))


async def _work(url: str, now: datetime) -> int:
    database = Database(url)
    async with database.begin() as connection:
        portal = await portals.get(connection, _PORTAL)
        version = await agreements.newest(connection, _PORTAL)
    if portal is None or version is None:
        raise LookupError("the portal was not made")
    rulebook = await rulebook_of(version)
    nobody = cast("Crm", None)  # HubSpot is never asked: it was heard at this very instant
    bench = Bench(database, nobody, _PORTAL, SteppedClock(now), Shelf(database, _PORTAL), heard=Heard(now))
    done = 0
    while (looked := await look(bench, portal, rulebook)).contacts:
        done += looked.contacts
    await database.close()
    return done


async def main(leads: int, due: int) -> int:
    with TemporaryDirectory(prefix="baton-bench-") as folder, EmbeddedPostgres(Path(folder) / "data") as server:
        database = Database(server.url)
        await migrate(database, now=FRIDAY)
        await database.close()
        due_at = await handed_over(server.url, leads=leads, due=due)
        with ProcessPoolExecutor(WORKERS, get_context("spawn")) as processes:
            list(processes.map(worked, [server.url] * WORKERS, [FRIDAY] * WORKERS))  # nothing is due: they start
            began = time.perf_counter()
            done = sum(processes.map(worked, [server.url] * WORKERS, [due_at] * WORKERS))
            seconds = time.perf_counter() - began
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{SystemClock().now():%Y-%m-%d}, {machine}")  # noqa: T201  a report
    print(f"{done} clocks of {leads} leads in {seconds:.0f} s with {WORKERS} workers: {done / seconds:.0f} a second")  # noqa: T201  a report
    return 0 if done == due else 1


if __name__ == "__main__":
    given = [int(one) for one in sys.argv[1:]]
    sys.exit(asyncio.run(main(*(given or (300_000, 20_000)))))
