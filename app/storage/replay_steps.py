"""How a replay goes on: records are asked for a slice at a time, and their results kept when they were looked at."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.records.ids import ObjectType, PortalId
from app.storage import lanes
from app.storage.database import Connection
from app.storage.lanes import Priority
from app.storage.replays import ItemState
from app.storage.selections import TRIED_AGAIN

Record = tuple[ObjectType, str]


@dataclass(frozen=True, slots=True)
class Running:
    """A replay that goes on, in this transaction's hands."""

    id: UUID
    created_at: datetime


async def take_running(connection: Connection, portal_id: PortalId) -> Running | None:
    """Lock the oldest replay that has records to ask for, unless another worker is at it."""
    rows = await connection.execute(
        text("""
            SELECT id, created_at FROM replay WHERE portal_id = :portal_id AND state = 'running' AND EXISTS (
                SELECT FROM replay_item WHERE replay_item.portal_id = :portal_id AND replay_id = replay.id
                  AND replay_item.state = 'queued')
            ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED
        """),
        {"portal_id": portal_id},
    )
    return next((Running(row.id, row.created_at) for row in rows), None)


async def waiting(connection: Connection, portal_id: PortalId, *, most: int, now: datetime) -> int:
    """How many lanes of work that is in no hurry are due, counted up to `most`."""
    many = await connection.scalar(
        text("""
            SELECT count(*) FROM (
                SELECT FROM lane WHERE portal_id = :portal_id AND object_type = ANY(:types) AND priority = :background
                  AND NOT parked AND lease_token IS NULL AND wake_at <= :now LIMIT :most) AS due
        """),
        {
            "portal_id": portal_id,
            "types": [one.value for one in ObjectType],
            "background": int(Priority.BACKGROUND),
            "most": most,
            "now": now,
        },
    )
    return int(many or 0)


async def next_queued(connection: Connection, portal_id: PortalId, replay_id: UUID, *, limit: int) -> list[Record]:
    """The replay's next records, by type and id."""
    rows = await connection.execute(
        text("""
            SELECT object_type, object_id FROM replay_item
            WHERE portal_id = :portal_id AND replay_id = :replay_id AND state = 'queued'
            ORDER BY object_type, object_id LIMIT :limit
        """),
        {"portal_id": portal_id, "replay_id": replay_id, "limit": limit},
    )
    return [(ObjectType(row.object_type), row.object_id) for row in rows]


async def pass_over(
    connection: Connection, portal_id: PortalId, running: Running, records: Sequence[Record], *, now: datetime
) -> set[Record]:
    """Settle those that a newer decision overtook, unless they are parked since; returns them.

    A decision overtakes if the contact was read for it, not if it was made from what is stored, for a clock alone.
    """
    rows = await connection.execute(
        text("""
            UPDATE replay_item SET state = 'overtaken', decision_id = newer.id, outcome = newer.kind,
                                   words = newer.because, settled_at = :now
            FROM (SELECT DISTINCT ON (contact_id) * FROM decision
                  WHERE portal_id = :portal_id AND contact_id = ANY(:contacts) AND at > :since
                  ORDER BY contact_id, at DESC) AS newer
                 JOIN contact ON contact.portal_id = :portal_id AND contact.id = newer.contact_id
                                 AND contact.read_at > :since
            WHERE replay_item.portal_id = :portal_id AND replay_id = :replay_id
              AND object_type = 'contact' AND object_id = newer.contact_id
              AND NOT EXISTS (SELECT FROM lane WHERE lane.portal_id = :portal_id AND lane.object_type = 'contact'
                                AND lane.object_id = newer.contact_id AND parked)
              AND NOT EXISTS (SELECT FROM write WHERE write.portal_id = :portal_id
                                AND write.contact_id = newer.contact_id AND write.state = 'parked')
            RETURNING replay_item.object_id
        """),
        {
            "portal_id": portal_id,
            "replay_id": running.id,
            "contacts": [own_id for kind, own_id in records if kind is ObjectType.CONTACT],
            "since": running.created_at,
            "now": now,
        },
    )
    return {(ObjectType.CONTACT, row.object_id) for row in rows}


async def ask(
    connection: Connection, portal_id: PortalId, replay_id: UUID, records: Sequence[Record], *, now: datetime
) -> None:
    """Ask for a look at each record, behind what is live; what was refused for its contact is due again."""
    generations = await lanes.mark(connection, portal_id, records, wake_at=now, now=now, priority=Priority.BACKGROUND)
    await connection.execute(
        text("""
            UPDATE replay_item SET state = 'looking', generation = asked.generation, marked_at = :now
            FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[]), CAST(:generations AS bigint[]))
                 AS asked (object_type, object_id, generation)
            WHERE portal_id = :portal_id AND replay_id = :replay_id
              AND replay_item.object_type = asked.object_type AND replay_item.object_id = asked.object_id
        """),
        {
            "portal_id": portal_id,
            "replay_id": replay_id,
            "types": [kind for kind, _ in generations],
            "ids": [own_id for _, own_id in generations],
            "generations": list(generations.values()),
            "now": now,
        },
    )
    await _make_due(connection, portal_id, [own_id for kind, own_id in records if kind is ObjectType.CONTACT])


async def _make_due(connection: Connection, portal_id: PortalId, contacts: Sequence[str]) -> None:
    """What was refused and is still wanted; properties are decided anew by the look."""
    await connection.execute(
        text(f"""
            UPDATE write SET state = 'due'
            WHERE portal_id = :portal_id AND contact_id = ANY(:ids) AND kind <> 'properties' AND {TRIED_AGAIN}
        """),
        {"portal_id": portal_id, "ids": list(contacts)},
    )


async def settle(connection: Connection, portal_id: PortalId, *, now: datetime) -> Counter[ItemState]:
    """Keep the result of every record that was looked at since it was asked for; returns how many came to which.

    It was, when its lane is gone, began anew, is parked once more, or was covered at the generation asked for. The
    result is the newest decision: one before may be of a look that had read the record before it was asked for.
    """
    done = await connection.execute(
        text("""
            UPDATE replay_item SET
                state = CASE WHEN seen.parked THEN 'failed' ELSE 'done' END,
                decision_id = seen.decision_id, settled_at = :now,
                outcome = CASE WHEN seen.parked THEN seen.code ELSE seen.kind END,
                words = CASE WHEN seen.parked THEN seen.reason ELSE seen.because END
            FROM (
                SELECT item.replay_id, item.object_type, item.object_id, coalesce(lane.parked, false) AS parked,
                       lane.code, lane.reason, made.id AS decision_id, coalesce(made.kind, 'looked at') AS kind,
                       coalesce(made.because, CASE item.object_type
                           WHEN 'contact' THEN 'the record is gone, or was merged with another'
                           ELSE 'passed on to the contacts it concerns, where the agreement reads it' END) AS because
                FROM replay_item AS item
                LEFT JOIN lane ON lane.portal_id = item.portal_id AND lane.object_type = item.object_type
                                  AND lane.object_id = item.object_id
                LEFT JOIN LATERAL (
                    SELECT id, kind, because FROM decision
                    WHERE decision.portal_id = :portal_id AND item.object_type = 'contact'
                      AND contact_id = item.object_id AND at >= item.marked_at
                    ORDER BY at DESC LIMIT 1) AS made ON true
                WHERE item.portal_id = :portal_id AND item.state = 'looking'
                  AND (lane.object_id IS NULL OR lane.generation < item.generation OR lane.parked
                       OR lane.covered >= item.generation)
            ) AS seen
            WHERE replay_item.portal_id = :portal_id AND replay_item.replay_id = seen.replay_id
              AND replay_item.object_type = seen.object_type AND replay_item.object_id = seen.object_id
              AND replay_item.state = 'looking'
            RETURNING replay_item.state
        """),
        {"portal_id": portal_id, "now": now},
    )
    return Counter(ItemState(row.state) for row in done)


async def finish(connection: Connection, portal_id: PortalId, *, now: datetime) -> list[UUID]:
    """Say of each running replay that it is done, if every record of it has its result; returns which."""
    rows = await connection.execute(
        text("""
            UPDATE replay SET state = 'done', finished_at = :now
            WHERE portal_id = :portal_id AND state = 'running'
              AND NOT EXISTS (SELECT FROM replay_item AS item WHERE item.portal_id = :portal_id
                                AND item.replay_id = replay.id AND item.state = 'queued')
              AND NOT EXISTS (SELECT FROM replay_item AS item WHERE item.portal_id = :portal_id
                                AND item.replay_id = replay.id AND item.state = 'looking')
            RETURNING id
        """),
        {"portal_id": portal_id, "now": now},
    )
    return [row.id for row in rows]
