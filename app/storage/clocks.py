"""Clocks as kept: one row for each promise timed in each tenure, written whole whenever one changes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert

from app.records.ids import ContactId, PortalId
from app.sla.clock import Clock, ClockKind, Stop
from app.sla.pauses import Pause
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import clock

Pauses = tuple[Pause, ...]
_KEYS = ("portal_id", "handoff_id", "kind", "tenure")


@dataclass(frozen=True, slots=True)
class KeptClock:
    """A clock with the handoff and the contact that it is about."""

    handoff_id: UUID
    contact_id: ContactId
    clock: Clock


async def save(connection: Connection, portal_id: PortalId, kept: Sequence[KeptClock]) -> None:
    """Keep clocks, new ones and changed ones."""
    if not kept:
        return
    statement = insert(clock)
    statement = statement.on_conflict_do_update(
        index_elements=_KEYS,
        set_={column.name: statement.excluded[column.name] for column in clock.c if column.name not in _KEYS},
    )
    rows = [_written(portal_id, one) for one in kept]
    await connection.execute(statement, sorted(rows, key=lambda row: (row["handoff_id"], row["kind"], row["tenure"])))


async def of_handoffs(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Clock, ...]]:
    """The clocks of each handoff, in the order in which they started."""
    rows = await connection.execute(
        text("""
            SELECT * FROM clock WHERE portal_id = :portal_id AND handoff_id = ANY(:ids)
            ORDER BY handoff_id, tenure, started_at, kind
        """),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    found: dict[UUID, list[Clock]] = defaultdict(list)
    for row in rows:
        found[row.handoff_id].append(read(row))
    return {one: tuple(many) for one, many in found.items()}


async def next_wakes(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, shadow: bool
) -> Mapping[ContactId, datetime]:
    """When time alone next changes something for each contact that has a running clock in that mode."""
    rows = await connection.execute(
        text("""
            SELECT clock.contact_id, min(next_at) AS next_at FROM clock
            JOIN handoff ON handoff.portal_id = clock.portal_id AND handoff.id = handoff_id AND shadow = :shadow
            WHERE clock.portal_id = :portal_id AND clock.contact_id = ANY(:ids)
              AND stop IS NULL AND next_at IS NOT NULL
            GROUP BY clock.contact_id
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "shadow": shadow},
    )
    return {ContactId(row.contact_id): row.next_at for row in rows}


async def due_while_parked(
    connection: Connection, portal_id: PortalId, *, now: datetime, limit: int
) -> list[ContactId]:
    """Contacts whose lane is parked and for whom time changes something on a clock by now; the longest due first.

    Those on whom Baton itself fails are not among them.
    """
    rows = await connection.execute(
        text("""
            SELECT object_id FROM lane JOIN clock ON clock.portal_id = lane.portal_id AND contact_id = object_id
            WHERE lane.portal_id = :portal_id AND object_type = 'contact' AND parked AND lease_token IS NULL
              AND code IS DISTINCT FROM 'defect' AND clock.stop IS NULL AND clock.next_at <= :now
            GROUP BY object_id ORDER BY min(clock.next_at), object_id LIMIT :limit
        """),
        {"portal_id": portal_id, "now": now, "limit": limit},
    )
    return [ContactId(row.object_id) for row in rows]


async def lock_parked(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> frozenset[ContactId]:
    """Lock those lanes of these contacts that are still parked and that nobody else has locked; returns whose."""
    rows = await connection.execute(
        text("""
            SELECT object_id FROM lane
            WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = ANY(:ids)
              AND parked AND lease_token IS NULL
            ORDER BY object_id FOR UPDATE SKIP LOCKED
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return frozenset(ContactId(row.object_id) for row in rows)


async def close_ended(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, now: datetime
) -> None:
    """The clocks of these contacts' handoffs that ended with their record have nothing left to time."""
    await connection.execute(
        text("""
            UPDATE clock SET stop = 'closed', stopped_at = greatest(:now, started_at), next_at = NULL,
                             because = coalesce(handoff.reason, 'the handoff ended')
            FROM handoff
            WHERE clock.portal_id = :portal_id AND clock.contact_id = ANY(:ids) AND clock.stop IS NULL
              AND handoff.portal_id = clock.portal_id
              AND handoff.id = clock.handoff_id AND handoff.state = 'ended'
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "now": now},
    )


async def move(connection: Connection, portal_id: PortalId, old: ContactId, new: ContactId, *, now: datetime) -> None:
    """A contact was merged into another: of two running deadlines of a kind the earlier one survives."""
    keys = {"portal_id": portal_id, "old": old, "new": new, "now": now}
    await connection.execute(
        text("""
            UPDATE clock SET no_later_than = other.due_at, limited_at = :now, due_at = other.due_at
            FROM clock AS other, handoff AS kept, handoff AS given_up
            WHERE clock.portal_id = :portal_id AND clock.stop IS NULL
              AND kept.portal_id = clock.portal_id AND kept.id = clock.handoff_id AND kept.closed_at IS NULL
              AND kept.contact_id IN (:old, :new)
              AND other.portal_id = clock.portal_id AND other.kind = clock.kind AND other.stop IS NULL
              AND given_up.portal_id = other.portal_id AND given_up.id = other.handoff_id
              AND given_up.contact_id IN (:old, :new) AND given_up.state = 'ended' AND given_up.id <> kept.id
              AND other.due_at < clock.due_at
        """),
        keys,
    )
    await connection.execute(
        text("UPDATE clock SET contact_id = :new WHERE portal_id = :portal_id AND contact_id = :old"), keys
    )


async def rescind_late(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, now: datetime
) -> list[KeptClock]:
    """Take back breaches of handoffs that have ended, where the owner's touch in time came to be known only now.

    Open handoffs are not among them: their own look does it. Returns the clocks as they are now.
    """
    rows = await connection.execute(
        text("""
            UPDATE clock SET rescinded_at = :now, stopped_at = touch.at, stop = 'met', because = touch.words
            FROM (
                SELECT DISTINCT ON (missed.portal_id, missed.handoff_id, missed.kind, missed.tenure) missed.*,
                       greatest(engagement.occurred_at, missed.started_at) AS at,
                       engagement.kind || ' by ' || tenure.owner_email AS words
                FROM clock AS missed
                JOIN handoff ON handoff.portal_id = missed.portal_id AND handoff.id = missed.handoff_id
                            AND handoff.closed_at IS NOT NULL
                JOIN tenure ON tenure.portal_id = missed.portal_id AND tenure.handoff_id = missed.handoff_id
                           AND tenure.number = missed.tenure
                JOIN engagement_contact AS link ON link.portal_id = missed.portal_id
                                               AND link.contact_id = missed.contact_id
                JOIN engagement ON engagement.portal_id = link.portal_id AND engagement.kind = link.kind
                               AND engagement.id = link.engagement_id
                WHERE missed.portal_id = :portal_id AND missed.contact_id = ANY(:ids)
                  AND missed.kind IN ('accept', 'first_touch')
                  AND missed.breached_at IS NOT NULL AND missed.rescinded_at IS NULL
                  AND engagement.owner_id = tenure.owner_id AND engagement.maker = 'human'
                  AND engagement.direction IN ('outbound', 'two-way')
                  AND engagement.occurred_at BETWEEN tenure.assigned_at AND missed.due_at
                ORDER BY missed.portal_id, missed.handoff_id, missed.kind, missed.tenure, engagement.occurred_at
            ) AS touch
            WHERE clock.portal_id = touch.portal_id AND clock.handoff_id = touch.handoff_id
              AND clock.kind = touch.kind AND clock.tenure = touch.tenure
            RETURNING clock.*
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "now": now},
    )
    return [KeptClock(row.handoff_id, ContactId(row.contact_id), read(row)) for row in rows]


def read(row: Row[Any]) -> Clock:
    """A clock from its row."""
    return Clock(
        kind=ClockKind(row.kind),
        tenure=row.tenure,
        owner_id=row.owner_id,
        calendar=row.calendar,
        time_zone=row.time_zone,
        target=row.target,
        started_at=row.started_at,
        due_at=row.due_at,
        pauses=from_json(row.pauses, Pauses),
        no_later_than=row.no_later_than,
        limited_at=row.limited_at,
        extensions=row.extensions,
        stopped_at=row.stopped_at,
        stop=Stop(row.stop) if row.stop else None,
        because=row.because,
        kept_by=row.kept_by,
        breached_at=row.breached_at,
        rescinded_at=row.rescinded_at,
        rungs=tuple(row.rungs),
        next_at=row.next_at,
    )


def _written(portal_id: PortalId, kept: KeptClock) -> dict[str, Any]:
    one = kept.clock
    return {
        "portal_id": portal_id,
        "handoff_id": kept.handoff_id,
        "kind": one.kind.value,
        "tenure": one.tenure,
        "contact_id": kept.contact_id,
        "owner_id": one.owner_id,
        "calendar": one.calendar,
        "time_zone": one.time_zone,
        "target": one.target,
        "started_at": one.started_at,
        "due_at": one.due_at,
        "pauses": to_json(one.pauses, Pauses),
        "no_later_than": one.no_later_than,
        "limited_at": one.limited_at,
        "extensions": one.extensions,
        "stopped_at": one.stopped_at,
        "stop": one.stop.value if one.stop else None,
        "because": one.because,
        "kept_by": one.kept_by,
        "breached_at": one.breached_at,
        "rescinded_at": one.rescinded_at,
        "rungs": list(one.rungs),
        "next_at": one.next_at,
    }
