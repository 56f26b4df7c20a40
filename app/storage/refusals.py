"""What the CRM refused, and still refuses: parked writes, counted by its words."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import text

from app.records.ids import PortalId
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Refused:
    """So many writes are parked for the same reason; `hint` says what a person can do."""

    many: int
    words: str
    hint: str


async def refused(connection: Connection, portal_id: PortalId, *, limit: int) -> list[Refused]:
    """The commonest reasons first."""
    rows = await connection.execute(
        text("""
            SELECT count(*) AS many, coalesce(words, code, '') AS words, coalesce(hint, '') AS hint FROM write
            WHERE portal_id = :id AND state = 'parked' GROUP BY 2, 3 ORDER BY 1 DESC, 2, 3 LIMIT :limit
        """),
        {"id": portal_id, "limit": limit},
    )
    return [Refused(row.many, row.words, row.hint) for row in rows]
