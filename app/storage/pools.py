"""Pools' ledgers: credits, locked in order while leads are routed, and every assignment with its reasons."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import RowMapping, insert, text

from app.handoff.decision import Assignment
from app.handoff.ledger import Line
from app.handoff.state import Inputs, PoolState
from app.records.ids import ContactId, OwnerId, PoolId, PortalId
from app.storage import handoffs
from app.storage.codec import from_json
from app.storage.database import Connection
from app.storage.tables import assignment


async def lock(
    connection: Connection, portal_id: PortalId, pools: Sequence[PoolId], *, shadow: bool
) -> Mapping[PoolId, PoolState]:
    """Lock the ledgers of these pools, in the order of their names, and read them."""
    keys = {"portal_id": portal_id, "pools": sorted(pools), "shadow": shadow}
    await connection.execute(
        text("""
            INSERT INTO pool (portal_id, pool, shadow) SELECT :portal_id, name, :shadow
            FROM unnest(CAST(:pools AS text[])) AS wanted (name) ORDER BY name ON CONFLICT DO NOTHING
        """),
        keys,
    )
    rows = await connection.execute(
        text("""
            SELECT pool, credits FROM pool WHERE portal_id = :portal_id AND shadow = :shadow AND pool = ANY(:pools)
            ORDER BY pool FOR UPDATE
        """),
        keys,
    )
    counts = await handoffs.open_counts(connection, portal_id, pools, shadow=shadow)
    return {
        PoolId(row.pool): PoolState(credits=row.credits, open_handoffs=counts.get(PoolId(row.pool), {})) for row in rows
    }


@dataclass(frozen=True, slots=True)
class Entry:
    """A line to add to a ledger."""

    assignment: Assignment
    decision_id: UUID
    handoff_id: UUID
    contact_id: ContactId


async def record(
    connection: Connection, portal_id: PortalId, entries: Sequence[Entry], *, shadow: bool, now: datetime
) -> None:
    """Add lines to the ledgers, in order, under the locks that `lock` took."""
    rows: list[dict[str, object]] = []
    for pool in sorted({entry.assignment.pool for entry in entries}):
        lines = [entry for entry in entries if entry.assignment.pool == pool]
        last = await connection.scalar(
            text("""
                UPDATE pool SET credits = CAST(:credits AS jsonb), assigned = assigned + :many
                WHERE portal_id = :portal_id AND pool = :pool AND shadow = :shadow RETURNING assigned
            """),
            {
                "portal_id": portal_id,
                "pool": pool,
                "shadow": shadow,
                "credits": _json(lines[-1].assignment.credits_after),
                "many": len(lines),
            },
        )
        first = int(last or 0) - len(lines) + 1
        rows += [_row(portal_id, line, first + n, shadow=shadow, now=now) for n, line in enumerate(lines)]
    if rows:
        await connection.execute(insert(assignment), rows)


def _row(portal_id: PortalId, entry: Entry, number: int, *, shadow: bool, now: datetime) -> dict[str, object]:
    made = entry.assignment
    return {
        "portal_id": portal_id,
        "pool": made.pool,
        "shadow": shadow,
        "number": number,
        "decision_id": entry.decision_id,
        "handoff_id": entry.handoff_id,
        "contact_id": entry.contact_id,
        "owner_id": made.owner_id,
        "charged": made.charged,
        "because": made.because,
        "credits_before": dict(made.credits_before),
        "credits_after": dict(made.credits_after),
        "skipped": [{"who": skipped.who, "why": skipped.why} for skipped in made.skipped],
        "at": now,
    }


@dataclass(frozen=True, slots=True)
class Ledger:
    """A pool's ledger as it stands: the credits now, and how many lines there are."""

    pool: PoolId
    shadow: bool
    credits: Mapping[OwnerId, int]
    lines: int


async def ledgers(connection: Connection, portal_id: PortalId) -> list[Ledger]:
    """Every ledger of the portal, live ones first."""
    rows = await connection.execute(
        text("SELECT * FROM pool WHERE portal_id = :portal_id ORDER BY shadow, pool"), {"portal_id": portal_id}
    )
    return [Ledger(PoolId(row.pool), row.shadow, row.credits, row.assigned) for row in rows]


@dataclass(frozen=True, slots=True)
class Kept:
    """A line with the agreement version that decided it. `inputs` is None where they were erased."""

    line: Line
    version: int | None
    inputs: Inputs | None


async def page(connection: Connection, portal_id: PortalId, ledger: Ledger, *, after: int, limit: int) -> list[Kept]:
    """Lines of a ledger in their order, beginning behind number `after`."""
    rows = await connection.execute(
        text("""
            SELECT assignment.*, decision.version, decision.inputs FROM assignment
            LEFT JOIN decision ON decision.portal_id = assignment.portal_id AND decision.id = assignment.decision_id
            WHERE assignment.portal_id = :portal_id AND pool = :pool AND assignment.shadow = :shadow
              AND number > :after ORDER BY number LIMIT :limit
        """),
        {"portal_id": portal_id, "pool": ledger.pool, "shadow": ledger.shadow, "after": after, "limit": limit},
    )
    return [_kept(row) for row in rows.mappings()]


def _kept(row: RowMapping) -> Kept:
    line = Line(
        number=row["number"],
        at=row["at"],
        owner_id=OwnerId(row["owner_id"]),
        charged=row["charged"],
        credits_before=row["credits_before"],
        credits_after=row["credits_after"],
    )
    return Kept(line, row["version"], from_json(row["inputs"], Inputs) if row["inputs"] else None)


async def forget_shadow(connection: Connection, portal_id: PortalId) -> None:
    """Shadow mode ends: its ledgers start over; the lines stay."""
    await connection.execute(
        text("UPDATE pool SET credits = '{}' WHERE portal_id = :portal_id AND shadow"),
        {"portal_id": portal_id},
    )


def _json(credits_: Mapping[OwnerId, int]) -> str:
    return orjson.dumps(dict(credits_)).decode()
