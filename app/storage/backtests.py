"""Backtests as jobs: asked for, taken by one worker under a lease, done once, and read page by page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

import orjson
from sqlalchemy import RowMapping, insert, text

from app.handoff.backtest.result import BacktestResult
from app.handoff.backtest.trial import Period
from app.records.ids import PortalId
from app.storage.agreements import digest_of
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import backtest


class BacktestState(StrEnum):
    """A backtest moves down this list; the last three end it."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    """`reason` says why."""
    CANCELLED = "cancelled"

    @property
    def is_over(self) -> bool:
        """Whether nothing more comes of it."""
        return self in {BacktestState.DONE, BacktestState.FAILED, BacktestState.CANCELLED}


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a phase is. `done` never falls within one phase of one attempt, and ends at `total`."""

    phase: str
    done: int
    total: int


@dataclass(frozen=True, slots=True)
class StoredBacktest:
    """A backtest as kept: `draft` beside version `base`. `result` is there once it is done."""

    id: UUID
    state: BacktestState
    draft: str
    digest: str
    base: int
    period: Period
    progress: Progress
    requested_by: str
    attempts: int
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    result: BacktestResult | None
    reason: str | None


@dataclass(frozen=True, slots=True)
class Claimed:
    """A backtest in this worker's hands for as long as the token holds."""

    backtest: StoredBacktest
    token: UUID


async def add(
    connection: Connection,
    portal_id: PortalId,
    *,
    draft: str,
    base: int,
    period: Period,
    requested_by: str,
    now: datetime,
) -> UUID:
    """Queue a backtest; returns its id."""
    own_id = uuid4()
    await connection.execute(
        insert(backtest),
        {
            "portal_id": portal_id,
            "id": own_id,
            "state": BacktestState.QUEUED.value,
            "draft": draft,
            "digest": digest_of(draft),
            "base": base,
            "start_at": period.start_at,
            "end_at": period.end_at,
            "requested_by": requested_by,
            "created_at": now,
        },
    )
    return own_id


async def get(connection: Connection, portal_id: PortalId, backtest_id: UUID) -> StoredBacktest | None:
    """The backtest of this id, or None."""
    rows = await connection.execute(
        text("SELECT * FROM backtest WHERE portal_id = :portal_id AND id = :id"),
        {"portal_id": portal_id, "id": backtest_id},
    )
    return next((_stored(row) for row in rows.mappings()), None)


async def claim(connection: Connection, portal_id: PortalId, *, lease: timedelta, now: datetime) -> Claimed | None:
    """Take the oldest one that is queued or whose worker fell silent; what an earlier attempt found is dropped."""
    token = uuid4()
    rows = await connection.execute(
        text("""
            UPDATE backtest SET state = 'running', lease_token = :token, attempts = attempts + 1, phase = '', done = 0,
                   total = 0, leased_until = now() + CAST(:lease AS interval), started_at = coalesce(started_at, :now)
            WHERE portal_id = :portal_id AND id = (
                SELECT id FROM backtest WHERE portal_id = :portal_id
                  AND (state = 'queued' OR state = 'running' AND leased_until < now())
                ORDER BY created_at, id LIMIT 1 FOR UPDATE SKIP LOCKED)
            RETURNING *
        """),
        {"portal_id": portal_id, "token": token, "lease": lease, "now": now},
    )
    taken = next((_stored(row) for row in rows.mappings()), None)
    if taken is None:
        return None
    await connection.execute(
        text("DELETE FROM backtest_contact WHERE portal_id = :portal_id AND backtest_id = :id"),
        {"portal_id": portal_id, "id": taken.id},
    )
    return Claimed(taken, token)


async def report(
    connection: Connection, portal_id: PortalId, claimed: Claimed, progress: Progress, *, lease: timedelta
) -> bool:
    """Say how far it is and lengthen the lease. False when it is not this worker's any more, or was cancelled."""
    done = await connection.execute(
        text("""
            UPDATE backtest SET phase = :phase, total = :total,
                                done = CASE WHEN phase = :phase THEN greatest(done, :done) ELSE :done END,
                                leased_until = now() + CAST(:lease AS interval)
            WHERE portal_id = :portal_id AND id = :id AND lease_token = :token AND state = 'running'
        """),
        {
            "portal_id": portal_id,
            "id": claimed.backtest.id,
            "token": claimed.token,
            "phase": progress.phase,
            "done": progress.done,
            "total": progress.total,
            "lease": lease,
        },
    )
    return bool(done.rowcount)


async def put_back(connection: Connection, portal_id: PortalId, claimed: Claimed) -> None:
    """Queue it again as if this attempt had not been; nothing where the token does not hold any more."""
    await connection.execute(
        text("""
            UPDATE backtest SET state = 'queued', attempts = attempts - 1, lease_token = NULL, leased_until = NULL
            WHERE portal_id = :portal_id AND id = :id AND lease_token = :token AND state = 'running'
        """),
        {"portal_id": portal_id, "id": claimed.backtest.id, "token": claimed.token},
    )


async def finish(
    connection: Connection, portal_id: PortalId, claimed: Claimed, result: BacktestResult, *, now: datetime
) -> bool:
    """Keep the result. False when the token does not hold any more."""
    return await _end(connection, portal_id, claimed, BacktestState.DONE, now, result=to_json(result, BacktestResult))


async def fail(connection: Connection, portal_id: PortalId, claimed: Claimed, reason: str, *, now: datetime) -> bool:
    """Give it up, and say why. False when the token does not hold any more."""
    return await _end(connection, portal_id, claimed, BacktestState.FAILED, now, reason=reason)


async def _end(
    connection: Connection,
    portal_id: PortalId,
    claimed: Claimed,
    state: BacktestState,
    now: datetime,
    *,
    result: object = None,
    reason: str | None = None,
) -> bool:
    done = await connection.execute(
        text("""
            UPDATE backtest SET state = :state, result = CAST(:result AS jsonb), reason = :reason, finished_at = :now,
                                lease_token = NULL, leased_until = NULL
            WHERE portal_id = :portal_id AND id = :id AND lease_token = :token AND state = 'running'
        """),
        {
            "portal_id": portal_id,
            "id": claimed.backtest.id,
            "token": claimed.token,
            "state": state.value,
            "result": None if result is None else orjson.dumps(result).decode(),
            "reason": reason,
            "now": now,
        },
    )
    return bool(done.rowcount)


async def cancel(connection: Connection, portal_id: PortalId, backtest_id: UUID, *, now: datetime) -> bool:
    """Stop it, running or not; its worker notices at its next report. False when it was over or is not there."""
    done = await connection.execute(
        text("""
            UPDATE backtest SET state = 'cancelled', finished_at = :now, lease_token = NULL, leased_until = NULL
            WHERE portal_id = :portal_id AND id = :id AND state IN ('queued', 'running')
        """),
        {"portal_id": portal_id, "id": backtest_id, "now": now},
    )
    return bool(done.rowcount)


async def fence(connection: Connection, portal_id: PortalId, claimed: Claimed) -> bool:
    """Whether it is still in this worker's hands; nobody takes it before the transaction ends."""
    found = await connection.scalar(
        text("""
            SELECT 1 FROM backtest WHERE portal_id = :portal_id AND id = :id AND lease_token = :token
              AND state = 'running' FOR SHARE
        """),
        {"portal_id": portal_id, "id": claimed.backtest.id, "token": claimed.token},
    )
    return found is not None


def _stored(row: RowMapping) -> StoredBacktest:
    result: Mapping[str, Any] | None = row["result"]
    return StoredBacktest(
        id=row["id"],
        state=BacktestState(row["state"]),
        draft=row["draft"],
        digest=row["digest"],
        base=row["base"],
        period=Period(row["start_at"], row["end_at"]),
        progress=Progress(row["phase"], row["done"], row["total"]),
        requested_by=row["requested_by"],
        attempts=row["attempts"],
        created_at=row["created_at"],
        started_at=row["started_at"],
        finished_at=row["finished_at"],
        result=None if result is None else from_json(result, BacktestResult),
        reason=row["reason"],
    )
