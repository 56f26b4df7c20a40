"""Handoffs as people look for them: by state, owner, pool or contact, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text

from app.handoff.state import HandoffState
from app.records.ids import ContactId, OwnerId, PoolId, PortalId
from app.storage.database import Connection

_HELD = """
    EXISTS (SELECT FROM jsonb_to_recordset(clock.pauses) AS pause (from_at timestamptz, until_at timestamptz)
            WHERE pause.from_at <= :now AND (pause.until_at IS NULL OR pause.until_at > :now))
"""
_OVERDUE = f"""
    EXISTS (SELECT FROM clock WHERE clock.portal_id = handoff.portal_id AND clock.handoff_id = handoff.id
              AND clock.stop IS NULL
              AND (clock.breached_at IS NOT NULL AND clock.rescinded_at IS NULL
                   OR clock.due_at <= :now AND NOT {_HELD}))
"""
"""As the state of a clock has it: what is held is not overdue, unless it was before."""
_LISTED = f"""
    SELECT handoff.*, owner.email, {_OVERDUE} AS overdue FROM handoff
    LEFT JOIN owner ON owner.portal_id = handoff.portal_id AND owner.id = handoff.owner_id
    WHERE handoff.portal_id = :portal_id
"""
_WANTED = f"""
    AND shadow = :shadow AND (CAST(:state AS text) IS NULL OR state = :state)
    AND (CAST(:pool AS text) IS NULL OR pool = :pool) AND (CAST(:email AS text) IS NULL OR lower(email) = lower(:email))
    AND (CAST(:contact_id AS text) IS NULL OR contact_id = :contact_id) AND (NOT :overdue OR {_OVERDUE})
    AND (CAST(:after AS uuid) IS NULL OR (opened_at, handoff.id) < (
        SELECT opened_at, id FROM handoff WHERE portal_id = :portal_id AND id = :after))
    ORDER BY opened_at DESC, handoff.id DESC LIMIT :limit
"""


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which handoffs to list. `owner` is the address of whoever has it; `overdue` those with a clock that is."""

    state: HandoffState | None = None
    owner: str | None = None
    pool: str | None = None
    contact_id: str | None = None
    overdue: bool = False


@dataclass(frozen=True, slots=True)
class ListedHandoff:
    """A handoff in short. `owner` is an address; None where HubSpot no longer knows who it was."""

    id: UUID
    contact_id: ContactId
    shadow: bool
    version: int
    route: str
    promise: str
    pool: PoolId
    owner_id: OwnerId
    owner: str | None
    state: HandoffState
    because: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    closed_at: datetime | None
    reason: str | None
    returns_at: datetime | None


async def page(
    connection: Connection,
    portal_id: PortalId,
    wanted: Wanted,
    *,
    shadow: bool,
    now: datetime,
    limit: int,
    after: UUID | None = None,
) -> list[ListedHandoff]:
    """Handoffs, newest first; only those older than the handoff `after`."""
    rows = await connection.execute(
        text(_LISTED + _WANTED),
        {
            "portal_id": portal_id,
            "now": now,
            "shadow": shadow,
            "state": wanted.state.value if wanted.state else None,
            "pool": wanted.pool,
            "email": wanted.owner,
            "contact_id": wanted.contact_id,
            "overdue": wanted.overdue,
            "after": after,
            "limit": limit,
        },
    )
    return [_listed(row) for row in rows]


async def get(connection: Connection, portal_id: PortalId, handoff_id: UUID, *, now: datetime) -> ListedHandoff | None:
    rows = await connection.execute(
        text(_LISTED + "AND handoff.id = :id"), {"portal_id": portal_id, "id": handoff_id, "now": now}
    )
    return next((_listed(row) for row in rows), None)


async def contacts_of(connection: Connection, portal_id: PortalId, owner_id: OwnerId) -> list[ContactId]:
    """The contacts whose open handoffs the owner has."""
    rows = await connection.execute(
        text("""
            SELECT DISTINCT contact_id FROM handoff
            WHERE portal_id = :portal_id AND owner_id = :owner_id AND closed_at IS NULL ORDER BY contact_id
        """),
        {"portal_id": portal_id, "owner_id": owner_id},
    )
    return [ContactId(row.contact_id) for row in rows]


async def signalled_at(connection: Connection, portal_id: PortalId, one: ListedHandoff) -> datetime | None:
    """When the lead last did something that was known as the handoff opened.

    None where no event told, and where the lead only waited for the end of its rest.
    """
    rows = await connection.execute(
        text("""
            SELECT max(occurred_at) AS at FROM event
            WHERE portal_id = :portal_id AND object_type = 'contact' AND object_id = :contact_id AND state = 'applied'
              AND occurred_at <= :opened_at AND received_at <= :opened_at
              AND occurred_at >= coalesce(
                  (SELECT max(returns_at) FROM handoff
                   WHERE portal_id = :portal_id AND contact_id = :contact_id AND returns_at <= :opened_at),
                  '-infinity')
        """),
        {"portal_id": portal_id, "contact_id": one.contact_id, "opened_at": one.opened_at},
    )
    at: datetime | None = rows.scalar()
    return at


def _listed(row: Row[Any]) -> ListedHandoff:
    return ListedHandoff(
        id=row.id,
        contact_id=ContactId(row.contact_id),
        shadow=row.shadow,
        version=row.version,
        route=row.route,
        promise=row.promise,
        pool=PoolId(row.pool),
        owner_id=OwnerId(row.owner_id),
        owner=row.email,
        state=HandoffState(row.state),
        because=row.because,
        opened_at=row.opened_at,
        due_at=row.due_at,
        overdue=row.overdue,
        closed_at=row.closed_at,
        reason=row.reason,
        returns_at=row.returns_at,
    )
