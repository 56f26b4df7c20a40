"""What people did to open handoffs: holds, releases, reassignments, extensions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.state import Act, ActKind
from app.records.ids import ContactId, OwnerId, PortalId
from app.storage.database import Connection
from app.storage.tables import act


async def add(
    connection: Connection, portal_id: PortalId, handoff_id: UUID, done: Act, request_key: str | None = None
) -> bool:
    """Keep an act. The next look takes it in: mark the contact's lane in the same transaction.

    False when one was kept under its request key before.
    """
    kept = await connection.execute(
        insert(act)
        .values(
            portal_id=portal_id,
            id=uuid4(),
            handoff_id=handoff_id,
            kind=done.kind.value,
            by=done.by,
            because=done.because,
            until=done.until,
            to_owner_id=done.to,
            more=done.more,
            at=done.at,
            request_key=request_key,
        )
        .on_conflict_do_nothing()
    )
    return bool(kept.rowcount)


async def asked_for(connection: Connection, portal_id: PortalId, request_key: str) -> tuple[UUID, Act] | None:
    """The act that was kept under this request key, with its handoff; or None."""
    rows = await connection.execute(
        text("SELECT * FROM act WHERE portal_id = :portal_id AND request_key = :key"),
        {"portal_id": portal_id, "key": request_key},
    )
    return next(((row.handoff_id, _read(row)) for row in rows), None)


async def of_handoffs(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Act, ...]]:
    """The acts on each handoff, the earliest first."""
    rows = await connection.execute(
        text("SELECT * FROM act WHERE portal_id = :portal_id AND handoff_id = ANY(:ids) ORDER BY handoff_id, at, id"),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    found: dict[UUID, list[Act]] = defaultdict(list)
    for row in rows:
        found[row.handoff_id].append(_read(row))
    return {one: tuple(many) for one, many in found.items()}


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget the reasons that were given for what was done to these people's handoffs, wherever they are told."""
    keys = {"portal_id": portal_id, "ids": list(contact_ids)}
    for table, blanks in _REASONS:
        await connection.execute(
            text(f"""
                UPDATE {table} SET {blanks} FROM handoff
                WHERE handoff.portal_id = :portal_id AND handoff.contact_id = ANY(:ids)
                  AND {table}.portal_id = handoff.portal_id AND {table}.handoff_id = handoff.id
            """),
            keys,
        )


_REASONS = (
    ("act", "because = 'erased'"),
    ("tenure", "because = 'erased'"),
    (
        "clock",
        """
        because = 'erased',
        pauses = (SELECT coalesce(jsonb_agg(jsonb_set(one, '{because}', '"erased"')), '[]')
                  FROM jsonb_array_elements(clock.pauses) AS one)
        """,
    ),
)
"""Where the reason of an act stands, and what is left in its place."""


async def take_version(connection: Connection, portal_id: PortalId, handoff_id: UUID, version: int) -> None:
    """From now on the handoff is decided by this version of the agreement."""
    await connection.execute(
        text("UPDATE handoff SET version = :version WHERE portal_id = :portal_id AND id = :id"),
        {"portal_id": portal_id, "id": handoff_id, "version": version},
    )


def _read(row: Row[Any]) -> Act:
    to = OwnerId(row.to_owner_id) if row.to_owner_id else None
    return Act(ActKind(row.kind), row.by, row.at, row.because, row.until, to, row.more)
