"""Replays: what was chosen, how far each is, and what came of every record."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from sqlalchemy import RowMapping, text

from app.records.ids import ContactId, PortalId
from app.storage.database import Connection
from app.storage.selections import Selection


class ReplayState(StrEnum):
    RUNNING = "running"
    CANCELLED = "cancelled"
    """No further record is asked for; it can be resumed."""
    DONE = "done"
    """Every record has its result."""


class ItemState(StrEnum):
    QUEUED = "queued"
    LOOKING = "looking"
    """Its lane waits for a look, or is being looked at."""
    DONE = "done"
    """Looked at: `outcome` and `words` say what was decided."""
    FAILED = "failed"
    """Parked once more: `outcome` is the code of the error, `words` are the CRM's."""
    OVERTAKEN = "overtaken"
    """A decision that is newer than the replay came first, and stands: it was not looked at again."""


@dataclass(frozen=True, slots=True)
class NewReplay:
    """A replay to begin. `filter` holds no relative time."""

    id: UUID
    name: str
    filter: str
    requested_by: str
    request_key: str | None


@dataclass(frozen=True, slots=True)
class StoredReplay:
    """A replay as kept, with how many of its records are in each state; `total` is how many were chosen."""

    id: UUID
    name: str
    filter: str
    state: ReplayState
    total: int
    requested_by: str
    created_at: datetime
    finished_at: datetime | None
    counts: Mapping[ItemState, int]

    @property
    def settled(self) -> int:
        """How many records have their result."""
        return sum(self.counts.get(one, 0) for one in (ItemState.DONE, ItemState.FAILED, ItemState.OVERTAKEN))

    @property
    def failed(self) -> int:
        """How many records were refused once more."""
        return self.counts.get(ItemState.FAILED, 0)


@dataclass(frozen=True, slots=True)
class Item:
    """A record of a replay: the code it was chosen for, and what came of it."""

    object_type: str
    object_id: str
    state: ItemState
    code: str | None
    seen_at: datetime | None
    decision_id: UUID | None
    outcome: str | None
    words: str | None
    settled_at: datetime | None


async def add(connection: Connection, portal_id: PortalId, new: NewReplay, *, now: datetime) -> bool:
    """Keep a replay without records. False when one was begun under its request key before."""
    made = await connection.execute(
        text("""
            INSERT INTO replay (portal_id, id, name, filter, state, total, requested_by, request_key, created_at)
            VALUES (:portal_id, :id, :name, :filter, 'running', 0, :requested_by, :request_key, :now)
            ON CONFLICT (portal_id, request_key) WHERE request_key IS NOT NULL DO NOTHING
        """),
        {
            "portal_id": portal_id,
            "id": new.id,
            "name": new.name,
            "filter": new.filter,
            "requested_by": new.requested_by,
            "request_key": new.request_key,
            "now": now,
        },
    )
    return bool(made.rowcount)


async def fill(connection: Connection, portal_id: PortalId, replay_id: UUID, chosen: Selection) -> int:
    """Keep every record that is chosen now, however many; returns how many."""
    await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
    made = await connection.execute(
        text(f"""
            INSERT INTO replay_item (portal_id, replay_id, object_type, object_id, state, code, seen_at)
            SELECT :portal_id, :replay_id, object_type, object_id, 'queued', code, seen_at
            FROM ({chosen.query}) AS chosen
        """),
        {**chosen.values, "replay_id": replay_id},
    )
    await connection.execute(
        text("UPDATE replay SET total = :total WHERE portal_id = :portal_id AND id = :id"),
        {"portal_id": portal_id, "id": replay_id, "total": made.rowcount},
    )
    return int(made.rowcount)


_WITH_COUNTS = """
    SELECT replay.*, (
        SELECT coalesce(jsonb_object_agg(state, many), '{}') FROM (
            SELECT state, count(*) AS many FROM replay_item
            WHERE replay_item.portal_id = replay.portal_id AND replay_id = replay.id GROUP BY state) AS each
    ) AS counts FROM replay WHERE portal_id = :portal_id
"""


async def get(connection: Connection, portal_id: PortalId, replay_id: UUID) -> StoredReplay | None:
    """The replay of this id, or None."""
    rows = await connection.execute(text(f"{_WITH_COUNTS} AND id = :id"), {"portal_id": portal_id, "id": replay_id})
    return next((_stored(row) for row in rows.mappings()), None)


async def asked_for(connection: Connection, portal_id: PortalId, request_key: str) -> StoredReplay | None:
    """The replay that was begun under this request key, or None."""
    values = {"portal_id": portal_id, "key": request_key}
    rows = await connection.execute(text(f"{_WITH_COUNTS} AND request_key = :key"), values)
    return next((_stored(row) for row in rows.mappings()), None)


async def listed(connection: Connection, portal_id: PortalId, *, limit: int) -> list[StoredReplay]:
    """Replays, newest first."""
    query = f"{_WITH_COUNTS} ORDER BY created_at DESC, id LIMIT :limit"
    rows = await connection.execute(text(query), {"portal_id": portal_id, "limit": limit})
    return [_stored(row) for row in rows.mappings()]


async def change_state(
    connection: Connection, portal_id: PortalId, replay_id: UUID, *, from_: ReplayState, to: ReplayState
) -> bool:
    """Move a replay from one state to another. False when it is in neither, or not there."""
    done = await connection.execute(
        text("UPDATE replay SET state = :to WHERE portal_id = :portal_id AND id = :id AND state = :from"),
        {"portal_id": portal_id, "id": replay_id, "from": from_.value, "to": to.value},
    )
    return bool(done.rowcount)


async def items(
    connection: Connection,
    portal_id: PortalId,
    replay_id: UUID,
    *,
    limit: int,
    after: tuple[str, str] = ("", ""),
    state: ItemState | None = None,
) -> list[Item]:
    """A page of a replay's records, by type and id, from the one behind `after`; only those in `state`, if given."""
    rows = await connection.execute(
        text("""
            SELECT * FROM replay_item WHERE portal_id = :portal_id AND replay_id = :replay_id
              AND (object_type, object_id) > (:after_type, :after_id)
              AND (CAST(:state AS text) IS NULL OR state = :state)
            ORDER BY object_type, object_id LIMIT :limit
        """),
        {
            "portal_id": portal_id,
            "replay_id": replay_id,
            "after_type": after[0],
            "after_id": after[1],
            "state": state.value if state else None,
            "limit": limit,
        },
    )
    return [
        Item(
            row.object_type, row.object_id, ItemState(row.state), row.code, row.seen_at, row.decision_id,
            row.outcome, row.words, row.settled_at,
        )
        for row in rows
    ]  # fmt: skip


async def forget(connection: Connection, *, before: datetime) -> int:
    """Drop replays with their records that were done before an instant, or cancelled and begun before; how many."""
    over = "state = 'done' AND finished_at < :before OR state = 'cancelled' AND created_at < :before"
    await connection.execute(
        text(f"DELETE FROM replay_item WHERE replay_id IN (SELECT id FROM replay WHERE {over})"), {"before": before}
    )
    done = await connection.execute(text(f"DELETE FROM replay WHERE {over}"), {"before": before})
    return int(done.rowcount)


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget what was said of these people; which replays they were in, and what came of it, stays."""
    await connection.execute(
        text("""
            UPDATE replay_item SET words = NULL
            WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )


def _stored(row: RowMapping) -> StoredReplay:
    return StoredReplay(
        id=row["id"],
        name=row["name"],
        filter=row["filter"],
        state=ReplayState(row["state"]),
        total=row["total"],
        requested_by=row["requested_by"],
        created_at=row["created_at"],
        finished_at=row["finished_at"],
        counts={ItemState(state): many for state, many in row["counts"].items()},
    )
