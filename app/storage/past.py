"""The past of records' properties, as the CRM told of it, and which records it was asked about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

import orjson
from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.records.crm import PastValue
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import events
from app.storage.database import Connection
from app.storage.tables import past_reading, past_value

Pasts = Mapping[str, Mapping[str, tuple[PastValue, ...]]]
"""By record and property: the values that the CRM told of."""
_ROWS_MOST = 4000
"""Rows of one statement: PostgreSQL takes 32,767 parameters."""

_STORED = """
    FROM contact WHERE contact.portal_id = :portal_id AND gone_at IS NULL AND merged_into IS NULL
      AND read_at IS NOT NULL
      AND NOT EXISTS (SELECT FROM event WHERE event.portal_id = contact.portal_id AND object_type = 'contact'
                      AND object_id = contact.id AND kind = 'erased')
"""
"""Contacts that were read and are there: not gone, not merged, not erased."""


async def count_contacts(connection: Connection, portal_id: PortalId) -> int:
    """How many contacts a backtest is about."""
    return int(await connection.scalar(text(f"SELECT count(*) {_STORED}"), {"portal_id": portal_id}) or 0)


async def contact_page(connection: Connection, portal_id: PortalId, *, after: str, limit: int) -> list[ContactId]:
    """The next contacts a backtest is about, by id."""
    rows = await connection.execute(
        text(f"SELECT id {_STORED} AND id > :after ORDER BY id LIMIT :limit"),
        {"portal_id": portal_id, "after": after, "limit": limit},
    )
    return [ContactId(row.id) for row in rows]


async def unread(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    properties: Sequence[str],
    *,
    since: datetime,
) -> list[str]:
    """Records that a backtest is about and whose past was not read since, or not for all of these properties."""
    about = "SELECT id" if object_type is ObjectType.CONTACT else "SELECT DISTINCT company_id AS id"
    rows = await connection.execute(
        text(f"""
            SELECT about.id FROM ({about} {_STORED}) AS about
            WHERE about.id IS NOT NULL AND NOT EXISTS (
                SELECT FROM past_reading AS done
                WHERE done.portal_id = :portal_id AND done.object_type = :object_type AND done.object_id = about.id
                  AND done.read_at >= :since AND done.properties @> CAST(:properties AS jsonb))
            ORDER BY about.id
        """),
        {
            "portal_id": portal_id,
            "object_type": object_type.value,
            "since": since,
            "properties": orjson.dumps(sorted(properties)).decode(),
        },
    )
    return [row.id for row in rows]


async def save(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    pasts: Pasts,
    properties: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Keep what the CRM told; of a person who asked to be forgotten meanwhile, nothing."""
    kept = pasts
    if object_type is ObjectType.CONTACT:
        people = await unforgotten(connection, portal_id, [ContactId(record) for record in sorted(pasts)])
        kept = {record: told for record, told in pasts.items() if record in people}
    values = [row for record, told in kept.items() for row in _rows(portal_id, object_type, record, told)]
    for start in range(0, len(values), _ROWS_MOST):
        statement = insert(past_value).values(values[start : start + _ROWS_MOST])
        news = {name: statement.excluded[name] for name in ("value", "hand")}
        keys = ("portal_id", "object_type", "object_id", "property", "at")
        await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=news))
    if kept:
        await _note_reading(connection, portal_id, object_type, sorted(kept), properties, now)


async def unforgotten(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> frozenset[ContactId]:
    """Those who did not ask to be forgotten. Who asks now waits for the transaction, and then finds its rows."""
    await connection.execute(
        text("SELECT id FROM contact WHERE portal_id = :portal_id AND id = ANY(:ids) ORDER BY id FOR SHARE"),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return frozenset(contact_ids) - frozenset(await events.erased_among(connection, portal_id, contact_ids))


def _rows(
    portal_id: PortalId, object_type: ObjectType, record: str, told: Mapping[str, tuple[PastValue, ...]]
) -> list[dict[str, object]]:
    """One row for each instant: of values told for the same one, the newest, which comes first."""
    by_instant = {(name, one.at): one for name, values in sorted(told.items()) for one in reversed(values)}
    return [
        {
            "portal_id": portal_id,
            "object_type": object_type.value,
            "object_id": record,
            "property": name,
            "at": at,
            "value": one.value,
            "hand": one.hand,
        }
        for (name, at), one in by_instant.items()
    ]


async def _note_reading(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    records: Sequence[str],
    properties: Sequence[str],
    now: datetime,
) -> None:
    statement = insert(past_reading)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=("portal_id", "object_type", "object_id"),
            set_={name: statement.excluded[name] for name in ("properties", "read_at")},
        ),
        [
            {
                "portal_id": portal_id,
                "object_type": object_type.value,
                "object_id": record,
                "properties": sorted(properties),
                "read_at": now,
            }
            for record in records
        ],
    )


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget the past of people who asked to be forgotten."""
    for table in ("past_value", "past_reading"):
        await connection.execute(
            text(f"""
                DELETE FROM {table}
                WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids)
            """),
            {"portal_id": portal_id, "ids": list(contact_ids)},
        )
