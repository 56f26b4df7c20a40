"""Webhook requests as they came: stored whole before anything is parsed, unpacked many at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import bindparam, insert, select, text, update

from app.storage.database import Connection
from app.storage.tables import delivery


@dataclass(frozen=True, slots=True)
class Delivery:
    """One validly signed request. `headers` are the few worth keeping, none of them a secret."""

    id: UUID
    source: str
    headers: dict[str, str]
    body: bytes
    verdict: str
    received_at: datetime


async def add(connection: Connection, deliveries: Sequence[Delivery]) -> None:
    """Store requests; they share the caller's one commit."""
    await connection.execute(
        insert(delivery),
        [
            {
                "id": one.id,
                "source": one.source,
                "headers": one.headers,
                "body": one.body,
                "verdict": one.verdict,
                "received_at": one.received_at,
            }
            for one in deliveries
        ],
    )


async def take_packed(connection: Connection, *, limit: int) -> list[Delivery]:
    """Lock the oldest requests that are not unpacked yet; another worker takes others."""
    rows = await connection.execute(
        select(delivery)
        .where(delivery.c.unpacked_at.is_(None))
        .order_by(delivery.c.received_at)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [Delivery(row.id, row.source, row.headers, row.body or b"", row.verdict, row.received_at) for row in rows]


async def get(connection: Connection, delivery_id: UUID) -> Delivery | None:
    """One request; its body is empty once it was forgotten."""
    row = (await connection.execute(select(delivery).where(delivery.c.id == delivery_id))).one_or_none()
    if row is None:
        return None
    return Delivery(row.id, row.source, row.headers, row.body or b"", row.verdict, row.received_at)


async def mark_unpacked(connection: Connection, ids: Sequence[UUID], *, now: datetime) -> None:
    await connection.execute(
        update(delivery).where(delivery.c.id == bindparam("one")).values(unpacked_at=now),
        [{"one": one} for one in ids],
    )


async def drop_bodies(connection: Connection, *, before: datetime) -> int:
    """Forget the raw bytes of requests unpacked before an instant; their events stay. Returns how many."""
    done = await connection.execute(
        text("UPDATE delivery SET body = NULL WHERE body IS NOT NULL AND unpacked_at < :before"),
        {"before": before},
    )
    return int(done.rowcount)


async def waiting(connection: Connection) -> int:
    """How many requests are stored and not unpacked."""
    return int(await connection.scalar(text("SELECT count(*) FROM delivery WHERE unpacked_at IS NULL")) or 0)


async def newest_at(connection: Connection, *, but_by: str) -> datetime | None:
    """When the last request came, those of one user agent left out; None before the first."""
    at: datetime | None = await connection.scalar(
        text("SELECT max(received_at) FROM delivery WHERE headers ->> 'user-agent' IS DISTINCT FROM :agent"),
        {"agent": but_by},
    )
    return at
