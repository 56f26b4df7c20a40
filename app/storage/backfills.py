"""Backfills: walks that people ask for, found again and broken off; walked as sweeps are."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from sqlalchemy import insert, select, update

from app.records.ids import PortalId
from app.storage.database import Connection
from app.storage.sweeps import Sweep, SweepKind, sweep_of
from app.storage.tables import sweep

_BACKFILL = sweep.c.kind == SweepKind.BACKFILL.value


async def add(
    connection: Connection, portal_id: PortalId, *, since: datetime, until: datetime, by: str, now: datetime
) -> Sweep:
    """Queue a walk over the past."""
    rows = await connection.execute(
        insert(sweep)
        .values(
            portal_id=portal_id,
            id=uuid4(),
            kind=SweepKind.BACKFILL.value,
            from_at=since,
            until_at=until,
            place_at=since,
            begun_by=by,
            begun_at=now,
        )
        .returning(sweep)
    )
    return sweep_of(rows.mappings().one())


async def get(connection: Connection, portal_id: PortalId, own_id: UUID) -> Sweep | None:
    """The backfill of this id, or None."""
    query = select(sweep).where(_BACKFILL, sweep.c.portal_id == portal_id, sweep.c.id == own_id)
    row = (await connection.execute(query)).mappings().one_or_none()
    return sweep_of(row) if row else None


async def listed(connection: Connection, portal_id: PortalId, *, limit: int) -> list[Sweep]:
    """Backfills, newest first."""
    query = select(sweep).where(_BACKFILL, sweep.c.portal_id == portal_id)
    rows = await connection.execute(query.order_by(sweep.c.begun_at.desc(), sweep.c.id).limit(limit))
    return [sweep_of(row) for row in rows.mappings()]


async def cancel(connection: Connection, portal_id: PortalId, own_id: UUID, *, by: str, now: datetime) -> bool:
    """Break a walk off; whoever is in the middle of a page of it keeps nothing of that. False when it is over."""
    done = await connection.execute(
        update(sweep)
        .where(_BACKFILL, sweep.c.portal_id == portal_id, sweep.c.id == own_id, sweep.c.finished_at.is_(None))
        .values(finished_at=now, cancelled_by=by, lease_token=None, leased_until=None)
    )
    return bool(done.rowcount)
