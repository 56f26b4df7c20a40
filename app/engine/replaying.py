"""Going on with replays, beside the looks: a slice at a time, and only while little else waits behind live traffic."""

from __future__ import annotations

import structlog

from app.engine.look import Bench
from app.records.ids import ObjectType
from app.storage import replay_steps
from app.storage.database import Connection
from app.storage.replay_steps import Running

_log = structlog.get_logger(__name__)

SLICE = 500
"""So many records wait for their look at most: five looks' worth, so that workers find the next ones ready."""


async def go_on(bench: Bench, *, slice_: int = SLICE) -> bool:
    """Keep what was looked at, ask for the next records. False when there was nothing to do for now."""

    async def work(connection: Connection) -> bool:
        now = bench.clock.now()
        settled = await replay_steps.settle(connection, bench.portal_id, now=now)
        running = await replay_steps.take_running(connection, bench.portal_id)
        asked = await _ask(connection, bench, running, slice_) if running else 0
        for done in await replay_steps.finish(connection, bench.portal_id, now=now):
            _log.info("replay_done", replay=str(done))
        return settled + asked > 0

    return await bench.database.transact(work)


async def _ask(connection: Connection, bench: Bench, running: Running, slice_: int) -> int:
    """Ask for as many looks as there is room for; returns how many records were gone through."""
    now, portal_id = bench.clock.now(), bench.portal_id
    room = slice_ - await replay_steps.waiting(connection, portal_id, most=slice_, now=now)
    if room <= 0:
        return 0
    records = await replay_steps.next_queued(connection, portal_id, running.id, limit=room)
    overtaken = await replay_steps.pass_over(connection, portal_id, running, records, now=now)
    left: list[tuple[ObjectType, str]] = [one for one in records if one not in overtaken]
    await replay_steps.ask(connection, portal_id, running.id, left, now=now)
    return len(records)
