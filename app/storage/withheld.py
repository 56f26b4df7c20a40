"""What shadow mode withholds: the writes that would go out if the portal were live."""

from __future__ import annotations

from sqlalchemy import text

from app.records.ids import ContactId, PortalId
from app.storage.database import Connection
from app.storage.writes import StoredWrite, as_stored


async def listed(connection: Connection, portal_id: PortalId, *, limit: int) -> list[StoredWrite]:
    """What would be written, by contact and step."""
    rows = await connection.execute(
        text("""
            SELECT * FROM write WHERE portal_id = :portal_id AND state = 'withheld'
            ORDER BY contact_id, step, kind LIMIT :limit
        """),
        {"portal_id": portal_id, "limit": limit},
    )
    return [as_stored(row) for row in rows.mappings()]


async def contacts(connection: Connection, portal_id: PortalId) -> int:
    """How many contacts would be written."""
    query = text("SELECT count(DISTINCT contact_id) FROM write WHERE portal_id = :portal_id AND state = 'withheld'")
    return int(await connection.scalar(query, {"portal_id": portal_id}) or 0)


async def discard(connection: Connection, portal_id: PortalId) -> list[ContactId]:
    """Shadow mode ends: what it withheld is decided again. Returns the contacts concerned."""
    rows = await connection.execute(
        text("""
            UPDATE write SET state = 'superseded' WHERE portal_id = :portal_id AND state = 'withheld'
            RETURNING contact_id
        """),
        {"portal_id": portal_id},
    )
    return [ContactId(row.contact_id) for row in rows]
