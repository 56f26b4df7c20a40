"""Events as people look for them: by key, state or contact, newest first, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text

from app.storage.database import Connection
from app.storage.events import EPOCH

_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class StoredEvent:
    """An event as ops see it. `occurred_at` is None where it could not be read."""

    key: str
    portal_id: int
    state: str
    reason: str | None
    type: str | None
    object_type: str | None
    object_id: str | None
    property_name: str | None
    property_value: str | None
    hand: str | None
    occurred_at: datetime | None
    received_at: datetime
    decision_id: UUID | None
    delivery_id: UUID
    raw: str | None


Place = tuple[datetime, str]
"""Where an event stands in the list: when it was received, and its key."""


async def listed(
    connection: Connection,
    *,
    limit: int,
    key: str | None = None,
    state: str | None = None,
    contact_id: str | None = None,
    after: Place | None = None,
) -> list[StoredEvent]:
    """Events of every portal, newest first; where given, only those with such a key, state or contact.

    Each portal's are read by their index, from the one behind `after` on: a page costs the same wherever it is.
    """
    rows = await connection.execute(
        text("""
            WITH RECURSIVE told (portal_id) AS (
                SELECT min(portal_id) FROM event
                UNION ALL
                SELECT (SELECT min(portal_id) FROM event WHERE portal_id > told.portal_id) FROM told
                WHERE portal_id IS NOT NULL
            )
            SELECT page.* FROM told CROSS JOIN LATERAL (
                SELECT * FROM event
                WHERE event.portal_id = told.portal_id
                  AND (received_at, key) < (CAST(:received_at AS timestamptz), CAST(:after_key AS text))
                  AND (CAST(:key AS text) IS NULL OR starts_with(key, :key))
                  AND (CAST(:state AS text) IS NULL OR state = :state)
                  AND (CAST(:contact_id AS text) IS NULL OR object_type = 'contact' AND object_id = :contact_id)
                ORDER BY received_at DESC, key DESC LIMIT :limit) AS page
            ORDER BY received_at DESC, key DESC LIMIT :limit
        """),
        {
            "limit": limit,
            "key": key,
            "state": state,
            "contact_id": contact_id,
            "received_at": after[0] if after else _END_OF_TIME,
            "after_key": after[1] if after else "",
        },
    )
    return [
        StoredEvent(
            row.key, row.portal_id, row.state, row.reason, row.type_name, row.object_type, row.object_id,
            row.property_name, row.property_value, row.hand, row.occurred_at if row.occurred_at > EPOCH else None,
            row.received_at, row.decision_id, row.delivery_id, row.raw,
        )
        for row in rows
    ]  # fmt: skip
