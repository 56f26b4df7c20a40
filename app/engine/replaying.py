"""Going on with replays, beside the looks: a slice at a time, and only while little else waits behind live traffic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from uuid import UUID

import structlog

from app.engine.look import Bench
from app.metrics import REPLAYED
from app.records.ids import ObjectType
from app.storage import outages, portals, replay_steps
from app.storage.database import Connection
from app.storage.replay_steps import Running
from app.storage.replays import ItemState

_log = structlog.get_logger(__name__)

SLICE = 500
"""So many records wait for their look at most: five looks' worth, so that workers find the next ones ready."""


@dataclass(frozen=True, slots=True)
class _Step:
    """What one step did: how many records came to which result, how many were gone through, which replays are over."""

    results: Counter[ItemState]
    passed: int
    over: list[UUID]


async def go_on(bench: Bench, *, slice_: int = SLICE) -> bool:
    """Keep what was looked at, ask for the next records. False when there was nothing to do for now.

    While the portal is stopped or the CRM is away nothing is asked for, so that a replay can still be cancelled.
    """
    done = await bench.database.transact(partial(_step, bench, slice_))
    for result, many in done.results.items():
        REPLAYED.labels(result.value).inc(many)
    for replay_id in done.over:
        _log.info("replay_done", replay=str(replay_id))
    return done.results.total() + done.passed > 0


async def _step(bench: Bench, slice_: int, connection: Connection) -> _Step:
    now = bench.clock.now()
    results = await replay_steps.settle(connection, bench.portal_id, now=now)
    running = await replay_steps.take_running(connection, bench.portal_id) if await _goes(connection, bench) else None
    passed, overtaken = await _ask(connection, bench, running, slice_) if running else (0, 0)
    over = await replay_steps.finish(connection, bench.portal_id, now=now)
    return _Step(results + Counter({ItemState.OVERTAKEN: overtaken}), passed, over)


async def _goes(connection: Connection, bench: Bench) -> bool:
    """Whether looks are taken, and come to an end."""
    portal = await portals.get(connection, bench.portal_id)
    if portal is None or portal.paused_reason or portal.blocked_reason:
        return False
    return not await outages.since(connection, bench.portal_id, bench.clock.now())


async def _ask(connection: Connection, bench: Bench, running: Running, slice_: int) -> tuple[int, int]:
    """Ask for as many looks as there is room for; how many records were gone through, how many of them overtaken."""
    now, portal_id = bench.clock.now(), bench.portal_id
    room = slice_ - await replay_steps.waiting(connection, portal_id, most=slice_, now=now)
    if room <= 0:
        return 0, 0
    records = await replay_steps.next_queued(connection, portal_id, running.id, limit=room)
    overtaken = await replay_steps.pass_over(connection, portal_id, running, records, now=now)
    left: list[tuple[ObjectType, str]] = [one for one in records if one not in overtaken]
    await replay_steps.ask(connection, portal_id, running.id, left, now=now)
    return len(records), len(overtaken)
