"""Events: each counted once, each in one of four states, none dropped without a reason."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.state import Change
from app.records.event import Event, EventKind, EventState, Unreadable
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage.database import Connection
from app.storage.tables import event

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
"""Where an event stands in time that says none: its key alone tells it from others."""

NO_PORTAL = PortalId(0)
"""The portal of what could not be read far enough to tell."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An event as unpacked from a delivery, with what becomes of it."""

    event: Event | Unreadable
    delivery_id: UUID
    received_at: datetime
    state: EventState
    reason: str | None = None


async def add_new(connection: Connection, arrivals: Sequence[Arrival], *, portal_id: PortalId) -> set[str]:
    """Store those not seen before; return their keys. What cannot be attributed is kept under `portal_id`."""
    if not arrivals:
        return set()
    rows = await connection.execute(
        insert(event).on_conflict_do_nothing().returning(event.c.key),
        [_row(one, portal_id) for one in sorted(arrivals, key=lambda one: one.event.key)],
    )
    return {row.key for row in rows}


def _row(arrival: Arrival, portal_id: PortalId) -> dict[str, object]:
    said = arrival.event
    base: dict[str, object] = {
        "key": said.key,
        "delivery_id": arrival.delivery_id,
        "received_at": arrival.received_at,
        "state": arrival.state.value,
        "reason": arrival.reason,
    }
    if isinstance(said, Unreadable):
        nothing = dict.fromkeys(
            ("type_name", "kind", "object_type", "object_id", "property_name", "property_value", "hand")
        )
        return base | nothing | {"portal_id": portal_id, "occurred_at": EPOCH, "raw": said.raw}
    return base | {
        "portal_id": said.portal_id,
        "occurred_at": said.occurred_at or EPOCH,
        "type_name": said.type_name,
        "kind": said.kind.value,
        "object_type": said.object_type.value if said.object_type else None,
        "object_id": said.object_id,
        "property_name": said.property_name,
        "property_value": said.property_value,
        "hand": said.hand,
        "raw": None,
    }


async def set_generations(
    connection: Connection,
    portal_id: PortalId,
    keys: Sequence[str],
    generations: Mapping[tuple[str, str], int],
) -> None:
    """Note on each new event the generation of its lane: a look at that generation or later covers it."""
    await connection.execute(
        text("""
            UPDATE event SET generation = lane.generation
            FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:generations AS bigint[]))
                 AS lane (object_type, object_id, generation)
            WHERE event.portal_id = :portal_id AND event.key = ANY(:keys) AND event.state = 'pending'
              AND event.object_type = lane.object_type AND event.object_id = lane.object_id
        """),
        {
            "portal_id": portal_id,
            "keys": list(keys),
            "types": [kind for kind, _ in generations],
            "ids": [object_id for _, object_id in generations],
            "generations": list(generations.values()),
        },
    )


async def apply(
    connection: Connection,
    portal_id: PortalId,
    covered: Sequence[tuple[str, int, UUID | None]],
    *,
    reason: str | None = None,
    object_type: ObjectType = ObjectType.CONTACT,
) -> int:
    """Mark pending events as applied by (record's id, generation read, decision); return how many."""
    done = await connection.execute(
        text("""
            UPDATE event SET state = 'applied', decision_id = look.decision_id, reason = :reason
            FROM unnest(CAST(:ids AS text[]), CAST(:generations AS bigint[]), CAST(:decisions AS uuid[]))
                 AS look (object_id, generation, decision_id)
            WHERE event.portal_id = :portal_id AND event.object_type = :object_type AND event.state = 'pending'
              AND event.object_id = look.object_id AND event.generation <= look.generation
        """),
        {
            "portal_id": portal_id,
            "object_type": object_type.value,
            "reason": reason,
            "ids": [object_id for object_id, _, _ in covered],
            "generations": [generation for _, generation, _ in covered],
            "decisions": [decision for _, _, decision in covered],
        },
    )
    return int(done.rowcount)


async def ignore_echoes_of(
    connection: Connection, portal_id: PortalId, object_type: str, object_ids: Sequence[str]
) -> None:
    """Events about notes or tasks that turn out to be Baton's own need no look: ignore them, drop their lanes."""
    keys = {"portal_id": portal_id, "object_type": object_type, "ids": list(object_ids)}
    await connection.execute(
        text("""
            UPDATE event SET state = 'ignored', reason = 'echo of a write by Baton'
            WHERE portal_id = :portal_id AND object_type = :object_type AND object_id = ANY(:ids) AND state = 'pending'
        """),
        keys,
    )
    await connection.execute(
        text("""
            DELETE FROM lane WHERE portal_id = :portal_id AND object_type = :object_type AND object_id = ANY(:ids)
              AND lease_token IS NULL
        """),
        keys,
    )


@dataclass(frozen=True, slots=True)
class Hint:
    """What a pending event says of a record: what became of it, and which property changed, if one did."""

    object_id: str
    kind: EventKind
    property_name: str | None


async def hints(
    connection: Connection, portal_id: PortalId, object_type: ObjectType, object_ids: Sequence[str]
) -> frozenset[Hint]:
    """What is pending about these records, each thing once."""
    rows = await connection.execute(
        text("""
            SELECT DISTINCT object_id, kind, property_name FROM event
            WHERE portal_id = :portal_id AND object_type = :object_type AND object_id = ANY(:ids) AND state = 'pending'
        """),
        {"portal_id": portal_id, "object_type": object_type.value, "ids": list(object_ids)},
    )
    return frozenset(Hint(row.object_id, EventKind(row.kind), row.property_name) for row in rows)


async def latest_changes(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], properties: Sequence[str]
) -> Mapping[ContactId, Mapping[str, Change]]:
    """Whose hand changed each property last, as far as pending events tell."""
    rows = await connection.execute(
        text("""
            SELECT DISTINCT ON (object_id, property_name) object_id, property_name, hand, occurred_at FROM event
            WHERE portal_id = :portal_id AND object_type = 'contact' AND state = 'pending'
              AND object_id = ANY(:ids) AND property_name = ANY(:properties)
            ORDER BY object_id, property_name, occurred_at DESC
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "properties": list(properties)},
    )
    changes: dict[ContactId, dict[str, Change]] = {}
    for row in rows:
        changes.setdefault(ContactId(row.object_id), {})[row.property_name] = Change(row.hand, row.occurred_at)
    return changes


async def erased_among(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> list[ContactId]:
    """Those of these contacts who asked to be forgotten, as events told."""
    rows = await connection.execute(
        text("""
            SELECT DISTINCT object_id FROM event
            WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids) AND kind = 'erased'
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return [ContactId(row.object_id) for row in rows]


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget what events said about people who asked to be forgotten; that there were events stays."""
    await connection.execute(
        text("""
            UPDATE event SET property_value = NULL, raw = NULL
            WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    await connection.execute(
        text("""
            UPDATE delivery SET body = NULL WHERE unpacked_at IS NOT NULL AND id IN (
                SELECT delivery_id FROM event
                WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids))
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )


async def counts(connection: Connection, *, about: ObjectType | None = None) -> Mapping[str, int]:
    """How many events stand in each state: of all records, or of one type."""
    rows = await connection.execute(
        text("""
            SELECT state, count(*) AS many FROM event
            WHERE CAST(:about AS text) IS NULL OR object_type = :about GROUP BY state
        """),
        {"about": about.value if about else None},
    )
    return {row.state: row.many for row in rows}
