"""Lanes: which records need a look, and who is looking.

Marking raises a lane's generation; releasing compares it, so that a hint that came during a look is
never lost. The lease token alone fences: whoever holds it may commit, settle and release. Rows are
locked in the order of their keys everywhere.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import IntEnum
from uuid import UUID, uuid4

from sqlalchemy import text

from app.records.ids import ObjectType, PortalId
from app.storage.database import Connection

NEVER = datetime(9999, 1, 1, tzinfo=UTC)
"""The wake_at of a lane that only a new event or a person wakes."""

_LIVE_SHARE = 0.8


class Priority(IntEnum):
    """Lower goes first: up to 80 % of a claim is live while other work waits."""

    LIVE = 0
    """Signals, deadlines, retries."""
    BACKGROUND = 1
    """Sweeps, imports, replays, going live."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """A lane that this look holds, with the generation that its decision will cover."""

    object_id: str
    generation: int
    attempts: int
    by_clock: bool = False
    """Nothing came since the last whole look, and only a clock woke it: what is stored is enough to go by."""


@dataclass(frozen=True, slots=True)
class Release:
    """How a lane is let go: when to wake next (None: never again, the lane goes), and why it waits.

    `failed` keeps the count of attempts; otherwise it starts over. With `parked_at` it needs a person or a new event.
    `whole`: the look took everything in, and the record need not be read again before `read_by` for time alone.
    """

    object_id: str
    generation: int
    wake_at: datetime | None = None
    failed: bool = False
    counted: bool = True
    parked_at: datetime | None = None
    code: str | None = None
    reason: str | None = None
    whole: bool = False
    read_by: datetime | None = None

    @property
    def parked(self) -> bool:
        return self.parked_at is not None


async def mark(
    connection: Connection,
    portal_id: PortalId,
    records: Sequence[tuple[ObjectType, str]],
    *,
    wake_at: datetime,
    now: datetime,
    priority: Priority = Priority.LIVE,
) -> Mapping[tuple[str, str], int]:
    """Ask for a look at each record, soon; return each lane's new generation.

    Only ever brings a wake_at forward, leased or not: steady events neither postpone a look nor void one. A lane that
    nobody waited for, parked or asleep, takes the priority given; else the more urgent one stands.
    """
    if not records:
        return {}
    rows = await connection.execute(
        text("""
            INSERT INTO lane (portal_id, object_type, object_id, wake_at, priority, marked_at)
            SELECT :portal_id, object_type, object_id, :wake_at, :priority, :now
            FROM unnest(CAST(:types AS text[]), CAST(:ids AS text[])) AS hint (object_type, object_id)
            ORDER BY object_type, object_id
            ON CONFLICT (portal_id, object_type, object_id) DO UPDATE SET
                generation = lane.generation + 1,
                wake_at = least(lane.wake_at, excluded.wake_at),
                priority = CASE
                    WHEN lane.parked OR lane.generation = lane.covered AND lane.wake_at > excluded.marked_at
                         AND lane.lease_token IS NULL THEN excluded.priority
                    ELSE least(lane.priority, excluded.priority) END,
                attempts = CASE WHEN lane.parked THEN 0 ELSE lane.attempts END,
                parked = false,
                marked_at = excluded.marked_at
            RETURNING object_type, object_id, generation
        """),
        {
            "portal_id": portal_id,
            "types": [kind.value for kind, _ in sorted(set(records))],
            "ids": [object_id for _, object_id in sorted(set(records))],
            "wake_at": wake_at,
            "priority": int(priority),
            "now": now,
        },
    )
    return {(row.object_type, row.object_id): row.generation for row in rows}


async def claim(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    *,
    limit: int,
    lease: timedelta,
    now: datetime,
) -> tuple[UUID, list[Claimed]]:
    """Take up to `limit` lanes under one new lease token: first those whose holder fell silent, then what is due."""
    chosen = await _lock_silent(connection, portal_id, object_type, limit)
    chosen += await _lock_due(connection, portal_id, object_type, limit - len(chosen), now)
    token = uuid4()
    rows = await connection.execute(
        text("""
            UPDATE lane SET lease_token = :token, leased_until = now() + CAST(:lease AS interval), wake_at = :never,
                            attempts = attempts + 1
            WHERE portal_id = :portal_id AND object_type = :object_type AND object_id = ANY(:ids)
            RETURNING object_id, generation, attempts,
                      generation = covered AND (read_by IS NULL OR read_by > :now) AS by_clock
        """),
        {
            "now": now,
            "token": token,
            "lease": lease,
            "never": NEVER,
            "portal_id": portal_id,
            "object_type": object_type.value,
            "ids": chosen,
        },
    )
    return token, sorted(
        (Claimed(row.object_id, row.generation, row.attempts, bool(row.by_clock)) for row in rows),
        key=lambda lane: lane.object_id,
    )


async def waiting_types(
    connection: Connection, portal_id: PortalId, among: Sequence[ObjectType], *, now: datetime
) -> list[ObjectType]:
    """Those of these types of which a lane may be claimed now."""
    rows = await connection.execute(
        text("""
            SELECT kind FROM unnest(CAST(:kinds AS text[])) AS kind
            WHERE EXISTS (SELECT FROM lane WHERE portal_id = :portal_id AND object_type = kind
                            AND NOT parked AND lease_token IS NULL AND priority = ANY(:priorities) AND wake_at <= :now)
               OR EXISTS (SELECT FROM lane WHERE portal_id = :portal_id AND object_type = kind
                            AND lease_token IS NOT NULL AND leased_until < now())
        """),
        {
            "portal_id": portal_id,
            "kinds": [each.value for each in among],
            "priorities": [int(each) for each in Priority],
            "now": now,
        },
    )
    return [ObjectType(row.kind) for row in rows]


async def _lock_silent(connection: Connection, portal_id: PortalId, object_type: ObjectType, limit: int) -> list[str]:
    rows = await connection.execute(
        text("""
            SELECT object_id FROM lane
            WHERE portal_id = :portal_id AND object_type = :object_type
              AND lease_token IS NOT NULL AND leased_until < now()
            ORDER BY leased_until LIMIT :limit FOR UPDATE SKIP LOCKED
        """),
        {"portal_id": portal_id, "object_type": object_type.value, "limit": limit},
    )
    return [row.object_id for row in rows]


async def _lock_due(
    connection: Connection, portal_id: PortalId, object_type: ObjectType, limit: int, now: datetime
) -> list[str]:
    """Live lanes and the rest, oldest first; an unused share goes to the other."""
    live_most = max(1, int(limit * _LIVE_SHARE))
    live = await _lock_of(connection, portal_id, object_type, Priority.LIVE, limit, now)
    rest = await _lock_of(
        connection, portal_id, object_type, Priority.BACKGROUND, limit - min(len(live), live_most), now
    )
    return live[: limit - len(rest)] + rest


async def _lock_of(
    connection: Connection, portal_id: PortalId, object_type: ObjectType, priority: Priority, limit: int, now: datetime
) -> list[str]:
    rows = await connection.execute(
        text("""
            SELECT object_id FROM lane
            WHERE portal_id = :portal_id AND object_type = :object_type AND priority = :priority
              AND NOT parked AND lease_token IS NULL AND wake_at <= :now
            ORDER BY wake_at LIMIT :limit FOR UPDATE SKIP LOCKED
        """),
        {
            "portal_id": portal_id,
            "object_type": object_type.value,
            "priority": int(priority),
            "now": now,
            "limit": max(limit, 0),
        },
    )
    return [row.object_id for row in rows]


async def held(connection: Connection, portal_id: PortalId, object_type: ObjectType, token: UUID) -> Mapping[str, int]:
    """Lock the lanes that the token still holds, in order; return their generations as of now. This is the fence."""
    rows = await connection.execute(
        text("""
            SELECT object_id, generation FROM lane
            WHERE portal_id = :portal_id AND object_type = :object_type AND lease_token = :token
            ORDER BY object_id FOR UPDATE
        """),
        {"portal_id": portal_id, "object_type": object_type.value, "token": token},
    )
    return {row.object_id: row.generation for row in rows}


async def renew(
    connection: Connection, portal_id: PortalId, object_type: ObjectType, token: UUID, *, lease: timedelta
) -> frozenset[str]:
    """Lengthen the lease from now on; return the records still held."""
    still = await held(connection, portal_id, object_type, token)
    await connection.execute(
        text("""
            UPDATE lane SET leased_until = now() + CAST(:lease AS interval)
            WHERE portal_id = :portal_id AND object_type = :object_type AND lease_token = :token
        """),
        {"portal_id": portal_id, "object_type": object_type.value, "token": token, "lease": lease},
    )
    return frozenset(still)


async def release(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    token: UUID,
    releases: Sequence[Release],
) -> None:
    """Let lanes go. A lane that was marked meanwhile stays and wakes at the earlier of both times.

    One that has nothing left but to sleep until its time is live again: deadlines go before what waits behind.
    """
    generations = await held(connection, portal_id, object_type, token)
    ours = [item for item in releases if item.object_id in generations]
    done = [
        item
        for item in ours
        if item.wake_at is None and not item.parked and generations[item.object_id] == item.generation
    ]
    await connection.execute(
        text("DELETE FROM lane WHERE portal_id = :portal_id AND object_type = :object_type AND object_id = ANY(:ids)"),
        {"portal_id": portal_id, "object_type": object_type.value, "ids": [item.object_id for item in done]},
    )
    kept = [item for item in ours if item not in done]
    await _let_go(connection, portal_id, object_type, kept, generations)


async def _let_go(
    connection: Connection,
    portal_id: PortalId,
    object_type: ObjectType,
    kept: Sequence[Release],
    generations: Mapping[str, int],
) -> None:
    await connection.execute(
        text("""
            UPDATE lane SET
                lease_token = NULL, leased_until = NULL,
                wake_at = least(lane.wake_at, let.wake_at),
                attempts = CASE WHEN let.failed THEN greatest(lane.attempts - let.uncounted, 0) ELSE 0 END,
                parked = let.parked, parked_at = let.parked_at, code = let.code, reason = let.reason,
                priority = CASE WHEN lane.generation = let.covered THEN :live ELSE lane.priority END,
                covered = let.covered, read_by = let.read_by
            FROM unnest(CAST(:ids AS text[]), CAST(:wakes AS timestamptz[]), CAST(:failed AS boolean[]),
                        CAST(:uncounted AS integer[]), CAST(:parked AS boolean[]), CAST(:codes AS text[]),
                        CAST(:reasons AS text[]), CAST(:covered AS bigint[]), CAST(:read_by AS timestamptz[]),
                        CAST(:parked_at AS timestamptz[]))
                 AS let (object_id, wake_at, failed, uncounted, parked, code, reason, covered, read_by, parked_at)
            WHERE lane.portal_id = :portal_id AND lane.object_type = :object_type AND lane.object_id = let.object_id
        """),
        {
            "portal_id": portal_id,
            "object_type": object_type.value,
            "live": int(Priority.LIVE),
            "ids": [item.object_id for item in kept],
            "wakes": [item.wake_at or NEVER for item in kept],
            "failed": [item.failed for item in kept],
            "uncounted": [0 if item.counted else 1 for item in kept],
            "parked": [item.parked and generations[item.object_id] == item.generation for item in kept],
            "parked_at": [item.parked_at for item in kept],
            "codes": [item.code for item in kept],
            "reasons": [item.reason for item in kept],
            "covered": [item.generation if item.whole else None for item in kept],
            "read_by": [item.read_by for item in kept],
        },
    )


@dataclass(frozen=True, slots=True)
class Lane:
    """A lane as ops see it."""

    object_type: str
    object_id: str
    wake_at: datetime | None
    leased: bool
    attempts: int
    parked: bool
    code: str | None
    reason: str | None


async def listed(connection: Connection, portal_id: PortalId, *, limit: int) -> list[Lane]:
    """Lanes, the earliest to wake first, the parked ones before all."""
    rows = await connection.execute(
        text("SELECT * FROM lane WHERE portal_id = :portal_id ORDER BY parked DESC, wake_at, object_id LIMIT :limit"),
        {"portal_id": portal_id, "limit": limit},
    )
    return [
        Lane(
            row.object_type, row.object_id, row.wake_at if row.wake_at < NEVER else None, row.lease_token is not None,
            row.attempts, row.parked, row.code, row.reason,
        )
        for row in rows
    ]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Backlog:
    """How much waits: lanes of records of any type due now, leased, asleep until later, parked."""

    due: int
    leased: int
    asleep: int
    parked: int

    @property
    def is_quiet(self) -> bool:
        """Nothing is due and nobody is at work."""
        return self.due == 0 and self.leased == 0


async def backlog(connection: Connection, portal_id: PortalId, *, now: datetime) -> Backlog:
    row = (
        await connection.execute(
            text("""
                SELECT count(*) FILTER (WHERE free AND wake_at <= :now) AS due,
                       count(*) FILTER (WHERE lease_token IS NOT NULL) AS leased,
                       count(*) FILTER (WHERE free AND wake_at > :now) AS asleep,
                       count(*) FILTER (WHERE parked) AS parked
                FROM (SELECT *, lease_token IS NULL AND NOT parked AS free
                      FROM lane WHERE portal_id = :portal_id) AS each
            """),
            {"portal_id": portal_id, "now": now},
        )
    ).one()
    return Backlog(row.due, row.leased, row.asleep, row.parked)
