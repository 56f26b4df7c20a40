"""Sweeping: now and then a walk through what changed in the CRM since the last one, and backfills as asked for.

A walk goes page by page, each in whichever worker is free; how far it is stands in the database. After an outage,
Baton's or the network's, the next sweep begins where the last one ended.
"""

from __future__ import annotations

from datetime import timedelta

import structlog

from app.crm.errors import CrmError
from app.engine.look import Bench
from app.engine.sweep import LAG, walk_on
from app.storage import portals, sweeps
from app.storage.database import Connection
from app.storage.sweeps import Claimed

_log = structlog.get_logger(__name__)

_UNPACKED_WITHIN = timedelta(minutes=1)
"""A request that waits longer than this to be unpacked holds sweeps up: what it tells would count as missed."""


async def sweep(bench: Bench, *, every: timedelta | None) -> bool:
    """Walk one page of whatever is due; False when nothing is, or when the CRM does not answer.

    With `every` a sweep begins that long after the last one did; without, only backfills are walked.
    """
    claimed = await bench.database.transact(lambda connection: _claim(connection, bench, every))
    if claimed is None:
        return False
    try:
        walked = await walk_on(bench, claimed)
    except CrmError as error:
        await _stand_still(bench, claimed, error)
        return False
    if walked is not None and walked.finished_at is not None:
        counts = {"seen": walked.seen, "marked": walked.marked, "missed": walked.missed}
        _log.info("swept", kind=walked.kind.value, until=walked.until_at.isoformat(), **counts)
    return True


async def _claim(connection: Connection, bench: Bench, every: timedelta | None) -> Claimed | None:
    now = bench.clock.now()
    portal = await portals.get(connection, bench.portal_id)
    if portal is None or portal.paused_reason or portal.blocked_reason:
        return None
    if await sweeps.packed_before(connection, now - _UNPACKED_WITHIN):
        return None
    if every is not None:
        await sweeps.begin_if_due(connection, bench.portal_id, every=every, overlap=LAG, until=now - LAG, now=now)
    return await sweeps.claim(connection, bench.portal_id, lease=bench.pace.lease)


async def _stand_still(bench: Bench, claimed: Claimed, error: CrmError) -> None:
    _log.warning("sweep_stands_still", sweep=str(claimed.sweep.id), error=error.code)
    async with bench.database.begin() as connection:
        await sweeps.stand_still(connection, bench.portal_id, claimed, error.words)
