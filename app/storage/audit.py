"""The audit: who changed what by hand, and why. Only ever added to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import insert, text

from app.records.ids import PortalId
from app.storage.database import Connection
from app.storage.tables import audit


@dataclass(frozen=True, slots=True)
class Line:
    """One change by hand."""

    actor: str
    action: str
    detail: Mapping[str, object]
    at: datetime


async def note(
    connection: Connection,
    portal_id: PortalId,
    actor: str,
    action: str,
    detail: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """Add one line. `detail` holds no secret and no personal value of a lead."""
    await connection.execute(
        insert(audit).values(portal_id=portal_id, id=uuid4(), actor=actor, action=action, detail=dict(detail), at=now)
    )


async def lines(connection: Connection, portal_id: PortalId, *, limit: int) -> list[Line]:
    """The newest lines, newest first."""
    rows = await connection.execute(
        text("SELECT * FROM audit WHERE portal_id = :portal_id ORDER BY at DESC, id LIMIT :limit"),
        {"portal_id": portal_id, "limit": limit},
    )
    return [Line(row.actor, row.action, row.detail, row.at) for row in rows]
