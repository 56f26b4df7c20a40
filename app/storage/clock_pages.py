"""Running clocks as people look for them: the one that is due first goes first."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.records.ids import ContactId, PoolId, PortalId
from app.sla.clock import Clock, ClockKind
from app.storage import clocks
from app.storage.database import Connection

_FAR = "CAST('9999-12-31' AS timestamptz)"


@dataclass(frozen=True, slots=True)
class Place:
    """Which clock it is: of which handoff, for what, in which tenure."""

    handoff_id: UUID
    kind: ClockKind
    tenure: int


@dataclass(frozen=True, slots=True)
class ListedClock:
    """A running clock. `owner` is an address; None where HubSpot no longer knows who it was."""

    place: Place
    contact_id: ContactId
    pool: PoolId
    owner: str | None
    clock: Clock


async def running(
    connection: Connection,
    portal_id: PortalId,
    *,
    shadow: bool,
    limit: int,
    due_before: datetime | None = None,
    breached: bool = False,
    after: Place | None = None,
) -> list[ListedClock]:
    """Clocks that run in open handoffs, by when they are due; `breached`: only those whose breach stands."""
    rows = await connection.execute(
        text(f"""
            SELECT clock.*, handoff.pool, owner.email FROM clock
            JOIN handoff ON handoff.portal_id = clock.portal_id AND handoff.id = clock.handoff_id
            LEFT JOIN owner ON owner.portal_id = clock.portal_id AND owner.id = clock.owner_id
            WHERE clock.portal_id = :portal_id AND clock.stop IS NULL AND handoff.shadow = :shadow
              AND (CAST(:due_before AS timestamptz) IS NULL OR clock.due_at < :due_before)
              AND (NOT :breached OR clock.breached_at IS NOT NULL AND clock.rescinded_at IS NULL)
              AND (CAST(:handoff_id AS uuid) IS NULL OR
                   (coalesce(clock.due_at, {_FAR}), clock.handoff_id, clock.kind, clock.tenure) > (
                    SELECT coalesce(due_at, {_FAR}), handoff_id, kind, tenure FROM clock
                    WHERE portal_id = :portal_id AND handoff_id = :handoff_id AND kind = :kind AND tenure = :tenure))
            ORDER BY coalesce(clock.due_at, {_FAR}), clock.handoff_id, clock.kind, clock.tenure LIMIT :limit
        """),
        {
            "portal_id": portal_id,
            "shadow": shadow,
            "due_before": due_before,
            "breached": breached,
            "handoff_id": after.handoff_id if after else None,
            "kind": after.kind.value if after else None,
            "tenure": after.tenure if after else None,
            "limit": limit,
        },
    )
    found = ((row, clocks.read(row)) for row in rows)
    return [
        ListedClock(
            Place(row.handoff_id, one.kind, one.tenure), ContactId(row.contact_id), PoolId(row.pool), row.email, one
        )
        for row, one in found
    ]
