"""Absences: who is away when, as people said. Rows are only added, and ended."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, insert, text

from app.records.ids import OwnerId, PortalId
from app.sla.pauses import Pause
from app.storage.database import Connection
from app.storage.tables import absence


@dataclass(frozen=True, slots=True)
class Absence:
    """Somebody is away in [from_at, until_at), or until `ended_at` where that was said."""

    id: UUID
    owner_id: OwnerId
    from_at: datetime
    until_at: datetime
    reason: str | None
    made_by: str
    made_at: datetime
    ended_at: datetime | None = None


async def add(connection: Connection, portal_id: PortalId, made: Absence) -> None:
    await connection.execute(
        insert(absence).values(
            portal_id=portal_id,
            id=made.id,
            owner_id=made.owner_id,
            from_at=made.from_at,
            until_at=made.until_at,
            reason=made.reason,
            made_by=made.made_by,
            made_at=made.made_at,
        )
    )


async def away(connection: Connection, portal_id: PortalId, *, now: datetime) -> Mapping[OwnerId, datetime]:
    """Until when each owner is away who is away at `now`."""
    rows = await connection.execute(
        text("""
            SELECT owner_id, max(until_at) AS until_at FROM absence
            WHERE portal_id = :portal_id AND ended_at IS NULL AND from_at <= :now AND until_at > :now
            GROUP BY owner_id
        """),
        {"portal_id": portal_id, "now": now},
    )
    return {OwnerId(row.owner_id): row.until_at for row in rows}


async def as_pauses(
    connection: Connection, portal_id: PortalId, owner_ids: Sequence[OwnerId], *, since: datetime
) -> tuple[Pause, ...]:
    """The absences of these owners that reach past `since`, as pauses of their clocks, the earliest first."""
    if not owner_ids:
        return ()
    rows = await connection.execute(
        text("""
            SELECT owner_id, from_at, least(until_at, ended_at) AS until_at
            FROM absence
            WHERE portal_id = :portal_id AND owner_id = ANY(:owners) AND until_at > :since
              AND (ended_at IS NULL OR ended_at > greatest(from_at, :since))
            ORDER BY from_at, id
        """),
        {"portal_id": portal_id, "owners": list(owner_ids), "since": since},
    )
    return tuple(Pause(row.from_at, row.until_at, "the owner is away", row.owner_id) for row in rows)


async def to_come(
    connection: Connection, portal_id: PortalId, *, now: datetime, owner_id: OwnerId | None = None
) -> list[Absence]:
    """Absences that run at `now` or are planned, of everybody or of one owner, earliest first."""
    rows = await connection.execute(
        text("""
            SELECT * FROM absence
            WHERE portal_id = :portal_id AND ended_at IS NULL AND until_at > :now
              AND (CAST(:owner_id AS text) IS NULL OR owner_id = :owner_id)
            ORDER BY from_at, id
        """),
        {"portal_id": portal_id, "now": now, "owner_id": owner_id},
    )
    return [_absence(row) for row in rows.mappings()]


async def page(
    connection: Connection, portal_id: PortalId, *, now: datetime, limit: int, after: UUID | None = None
) -> list[Absence]:
    """Absences that run at `now` or are planned, earliest first; only those that follow the absence `after`."""
    rows = await connection.execute(
        text("""
            SELECT * FROM absence
            WHERE portal_id = :portal_id AND ended_at IS NULL AND until_at > :now
              AND (CAST(:after AS uuid) IS NULL OR (from_at, id) > (
                  SELECT from_at, id FROM absence WHERE portal_id = :portal_id AND id = :after))
            ORDER BY from_at, id LIMIT :limit
        """),
        {"portal_id": portal_id, "now": now, "after": after, "limit": limit},
    )
    return [_absence(row) for row in rows.mappings()]


async def end(connection: Connection, portal_id: PortalId, ids: Sequence[UUID], *, now: datetime) -> None:
    """These absences are over, or never come."""
    await connection.execute(
        text("UPDATE absence SET ended_at = :now WHERE portal_id = :portal_id AND id = ANY(:ids)"),
        {"portal_id": portal_id, "ids": list(ids), "now": now},
    )


def _absence(row: RowMapping) -> Absence:
    return Absence(
        id=row["id"],
        owner_id=OwnerId(row["owner_id"]),
        from_at=row["from_at"],
        until_at=row["until_at"],
        reason=row["reason"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        ended_at=row["ended_at"],
    )
