"""Promises that are broken and not made good yet."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.records.ids import ContactId, PoolId, PortalId
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class OpenBreach:
    """A clock that ran out and still waits. `kind` is what was promised; `owner` the address, else the id."""

    pool: PoolId
    contact_id: ContactId
    kind: str
    owner: str
    due_at: datetime


async def open_breaches(connection: Connection, portal_id: PortalId, *, shadow: bool) -> list[OpenBreach]:
    """Every open breach of the portal's open handoffs in a mode, the longest overdue first."""
    rows = await connection.execute(
        text("""
            SELECT handoff.pool, handoff.contact_id, clock.kind, coalesce(owner.email, clock.owner_id) AS owner,
                   clock.due_at
            FROM clock JOIN handoff ON handoff.portal_id = clock.portal_id AND handoff.id = clock.handoff_id
            LEFT JOIN owner ON owner.portal_id = clock.portal_id AND owner.id = clock.owner_id
            WHERE clock.portal_id = :portal_id AND handoff.shadow = :shadow AND handoff.closed_at IS NULL
              AND clock.breached_at IS NOT NULL AND clock.rescinded_at IS NULL AND clock.stop IS NULL
            ORDER BY clock.due_at, handoff.contact_id, clock.kind
        """),
        {"portal_id": portal_id, "shadow": shadow},
    )
    return [OpenBreach(PoolId(row.pool), ContactId(row.contact_id), row.kind, row.owner, row.due_at) for row in rows]
