"""Outages of the CRM: from the first call that failed to the first that was answered again. No clock runs then."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import text

from app.records.ids import PortalId
from app.sla.pauses import Pause
from app.storage.database import Connection

BECAUSE = "HubSpot did not answer"


async def begin(connection: Connection, portal_id: PortalId, *, at: datetime) -> None:
    """The CRM does not answer since `at`; nothing changes where that is known."""
    await connection.execute(
        text("""
            INSERT INTO outage (portal_id, from_at) SELECT :portal_id, :at
            WHERE NOT EXISTS (SELECT FROM outage WHERE portal_id = :portal_id AND until_at IS NULL)
            ON CONFLICT DO NOTHING
        """),
        {"portal_id": portal_id, "at": at},
    )


async def end(connection: Connection, portal_id: PortalId, *, at: datetime) -> None:
    """The CRM answers at `at`."""
    await connection.execute(
        text("""
            UPDATE outage SET until_at = greatest(:at, from_at)
            WHERE portal_id = :portal_id AND until_at IS NULL
        """),
        {"portal_id": portal_id, "at": at},
    )


async def since(connection: Connection, portal_id: PortalId, at: datetime) -> tuple[Pause, ...]:
    """Every outage that reached past `at`, as pauses of all clocks, the earliest first."""
    rows = await connection.execute(
        text("""
            SELECT from_at, until_at FROM outage
            WHERE portal_id = :portal_id AND (until_at IS NULL OR until_at > :at) ORDER BY from_at
        """),
        {"portal_id": portal_id, "at": at},
    )
    return tuple(Pause(row.from_at, row.until_at, BECAUSE) for row in rows)
