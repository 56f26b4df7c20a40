"""Contacts that come out otherwise in a backtest, kept one by one and read page by page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import insert, text

from app.handoff.backtest.result import ChangedContact
from app.records.ids import ContactId, PortalId
from app.storage import past
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import backtest_contact


async def add(connection: Connection, portal_id: PortalId, backtest_id: UUID, many: Sequence[ChangedContact]) -> None:
    """Keep contacts that come out otherwise; of a person who asked to be forgotten meanwhile, only the outcomes."""
    if not many:
        return
    people = await past.unforgotten(connection, portal_id, [one.contact_id for one in many])
    await connection.execute(
        insert(backtest_contact),
        [
            {
                "portal_id": portal_id,
                "backtest_id": backtest_id,
                "contact_id": one.contact_id,
                "before": one.before.name,
                "after": one.after.name,
                "told": to_json(one, ChangedContact) if one.contact_id in people else {},
            }
            for one in sorted(many, key=lambda one: one.contact_id)
        ],
    )


@dataclass(frozen=True, slots=True)
class StoredChange:
    """A contact that comes out otherwise. `told` is None once the person asked to be forgotten."""

    contact_id: ContactId
    before: str
    after: str
    told: ChangedContact | None


async def page(
    connection: Connection,
    portal_id: PortalId,
    backtest_id: UUID,
    *,
    limit: int,
    start_after: str = "",
    move: tuple[str, str] | None = None,
) -> list[StoredChange]:
    """A page of the contacts that come out otherwise, by id; `move` picks those of one cell of the matrix."""
    before, after = move or (None, None)
    rows = await connection.execute(
        text("""
            SELECT * FROM backtest_contact
            WHERE portal_id = :portal_id AND backtest_id = :id AND contact_id > :start_after
              AND (CAST(:before AS text) IS NULL OR before = :before AND after = :after)
            ORDER BY contact_id LIMIT :limit
        """),
        {
            "portal_id": portal_id,
            "id": backtest_id,
            "start_after": start_after,
            "limit": limit,
            "before": before,
            "after": after,
        },
    )
    return [
        StoredChange(row.contact_id, row.before, row.after, from_json(row.told, ChangedContact) if row.told else None)
        for row in rows
    ]
