"""How long a backtest of a quarter takes, and how much memory: `python -m bench.backtest [contacts]`.

The portal is made up (`bench.quarter`) in the embedded PostgreSQL, so that HubSpot is never asked. The numbers
count what `baton` does with its own data: reading it, deciding it under both agreements, keeping what changes.
"""

from __future__ import annotations

import asyncio
import os
import platform
import resource
import sys
import threading
import time
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self, cast

from app.clock import SystemClock
from app.crm.port import Crm
from app.engine.backtest import backtest_state, request_backtest, run_next
from app.engine.look import Bench
from app.engine.rulebook import Shelf, rulebook_of
from app.engine.start import packaged_agreement
from app.handoff.backtest.result import BacktestResult
from app.records.ids import PortalId
from app.storage import agreements
from app.storage.agreements import NewVersion, Version
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres
from app.storage.migrate import migrate
from bench.quarter import QUARTER, make_portal

PORTAL = PortalId(62515)
_MOST_MB = 1000


def draft_of(document: str) -> str:
    """The document with a smaller company as its market: what an admin might try."""
    return document.replace("numberofemployees: {at_least: 50}", "numberofemployees: {at_least: 30}")


async def made(database: Database, contacts: int) -> tuple[Bench, Version]:
    """A portal with so many contacts, and version 1 of the packaged agreement."""
    document = packaged_agreement().read_text(encoding="utf-8")
    async with database.begin() as connection:
        new = NewVersion(1, document, "bench", "The packaged one")
        await agreements.publish(connection, PORTAL, new, now=QUARTER.start_at)
        version = await agreements.get(connection, PORTAL, 1)
    if version is None:
        raise LookupError("version 1 was not kept")
    await make_portal(database, PORTAL, await rulebook_of(version), contacts=contacts, seed=7)
    nobody = cast("Crm", None)  # every past is told: the CRM is never asked
    return Bench(database, nobody, PORTAL, SystemClock(), Shelf(database, PORTAL)), version


async def measured(bench: Bench, version: Version) -> tuple[BacktestResult, float]:
    """Run one backtest, printing how far it is; its result and the seconds it took."""
    backtest_id = await request_backtest(
        bench.database, PORTAL, draft=draft_of(version.text), base=version, period=QUARTER, by="bench",
        now=QUARTER.end_at + timedelta(days=1),
    )  # fmt: skip
    began = time.perf_counter()
    running = asyncio.ensure_future(run_next(bench))
    while not (await asyncio.wait([running], timeout=5))[0]:
        seen = await backtest_state(bench.database, PORTAL, backtest_id)
        if seen is not None:
            progress = seen.progress
            print(f"{time.perf_counter() - began:6.0f} s  {progress.phase}: {progress.done} of {progress.total}")  # noqa: T201  a report
    await running
    seen = await backtest_state(bench.database, PORTAL, backtest_id)
    if seen is None or seen.result is None:
        raise LookupError(f"the backtest came to nothing: {seen.reason if seen else 'it is gone'}")
    return seen.result, time.perf_counter() - began


class _Memory:
    """The most memory that this process and the ones it started held together, in MB, sampled from /proc."""

    def __init__(self) -> None:
        self.most = 0.0
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            self.most = max(self.most, sum(_resident_mb(one) for one in (os.getpid(), *_children())))


def _children() -> list[int]:
    told = Path(f"/proc/{os.getpid()}/task").glob("*/children")
    return [int(one) for path in told for one in path.read_text().split() if "postgres" not in _command(int(one))]


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except OSError:
        return ""


def _resident_mb(pid: int) -> float:
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text().split()[1])
    except (OSError, IndexError):
        return 0.0
    return pages * resource.getpagesize() / 1e6


async def main(contacts: int) -> int:
    with TemporaryDirectory(prefix="baton-bench-") as folder, EmbeddedPostgres(Path(folder) / "data") as server:
        database = Database(server.url)
        await migrate(database, now=QUARTER.end_at)
        bench, version = await made(database, contacts)
        with _Memory() as memory:
            result, seconds = await measured(bench, version)
        await database.close()
    machine = f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}"
    print(f"{SystemClock().now():%Y-%m-%d}, {machine}")  # noqa: T201  a report
    print(  # noqa: T201  a report
        f"{result.contacts} contacts in {seconds:.0f} s: {result.contacts / seconds:.0f} a second; "
        f"{result.changed} change; {result.before.handoffs} and {result.after.handoffs} handoffs; "
        f"at most {memory.most:.0f} MB in all processes"
    )
    return 0 if memory.most < _MOST_MB else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main(int(sys.argv[1]) if len(sys.argv) > 1 else 50_000)))
