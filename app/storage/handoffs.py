"""Handoffs: at most one open for a contact in each mode, every closed one kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import insert, text

from app.handoff.decision import Brief, Closing, Opening
from app.handoff.state import Handoff, HandoffState, PastHandoff
from app.records.ids import ContactId, OwnerId, PoolId, PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import handoff

_RUNNING = """
    SELECT handoff.*,
           EXISTS (SELECT FROM write WHERE write.portal_id = handoff.portal_id AND write.handoff_id = handoff.id
                   AND write.kind = 'note' AND write.state = 'done') AS noted,
           EXISTS (SELECT FROM write WHERE write.portal_id = handoff.portal_id AND write.handoff_id = handoff.id
                   AND write.kind = 'task' AND write.state = 'done') AS tasked
    FROM handoff
    WHERE portal_id = :portal_id AND shadow = :shadow AND closed_at IS NULL AND contact_id = ANY(:ids)
"""


async def running(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, shadow: bool
) -> Mapping[ContactId, Handoff]:
    """The handoff of each contact that is not closed."""
    rows = await connection.execute(
        text(_RUNNING), {"portal_id": portal_id, "shadow": shadow, "ids": list(contact_ids)}
    )
    return {
        ContactId(row.contact_id): Handoff(
            id=str(row.id),
            version=row.version,
            route=row.route,
            promise=row.promise,
            pool=PoolId(row.pool),
            owner_id=OwnerId(row.owner_id),
            state=HandoffState(row.state),
            opened_at=row.opened_at,
            owner_confirmed_at=row.owner_confirmed_at,
            noted=row.noted,
            tasked=row.tasked,
        )
        for row in rows
    }


async def versions(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, shadow: bool
) -> Mapping[ContactId, int]:
    """The agreement version of each contact's handoff that is not closed."""
    rows = await connection.execute(
        text("""
            SELECT contact_id, version FROM handoff
            WHERE portal_id = :portal_id AND shadow = :shadow AND closed_at IS NULL AND contact_id = ANY(:ids)
        """),
        {"portal_id": portal_id, "shadow": shadow, "ids": list(contact_ids)},
    )
    return {ContactId(row.contact_id): row.version for row in rows}


async def last_closed(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, shadow: bool
) -> Mapping[ContactId, PastHandoff]:
    """The handoff of each contact that sales closed last; one that merely ended (gone, merged) does not count."""
    rows = await connection.execute(
        text("""
            SELECT DISTINCT ON (contact_id) * FROM handoff
            WHERE portal_id = :portal_id AND shadow = :shadow AND closed_at IS NOT NULL AND contact_id = ANY(:ids)
              AND state <> 'ended'
            ORDER BY contact_id, closed_at DESC
        """),
        {"portal_id": portal_id, "shadow": shadow, "ids": list(contact_ids)},
    )
    return {
        ContactId(row.contact_id): PastHandoff(
            id=str(row.id),
            state=HandoffState(row.state),
            owner_id=OwnerId(row.owner_id),
            closed_at=row.closed_at,
            reason=row.reason,
            returns_at=row.returns_at,
            to_different_owner=row.to_different_owner,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class NewHandoff:
    id: UUID
    contact_id: ContactId
    version: int
    opening: Opening
    brief: Brief
    owner_confirmed_at: datetime | None
    due_at: datetime | None


async def open_(
    connection: Connection, portal_id: PortalId, opened: Sequence[NewHandoff], *, shadow: bool, now: datetime
) -> None:
    if not opened:
        return
    await connection.execute(
        insert(handoff),
        [
            {
                "portal_id": portal_id,
                "id": one.id,
                "contact_id": one.contact_id,
                "shadow": shadow,
                "version": one.version,
                "route": one.opening.route,
                "promise": one.opening.promise,
                "pool": one.opening.pool,
                "owner_id": one.opening.owner_id,
                "state": HandoffState.OPEN.value,
                "because": one.opening.because,
                "brief": to_json(one.brief, Brief),
                "opened_at": now,
                "owner_confirmed_at": one.owner_confirmed_at,
                "due_at": one.due_at,
            }
            for one in opened
        ],
    )


async def close(
    connection: Connection, portal_id: PortalId, handoff_id: UUID, closing: Closing, *, now: datetime
) -> None:
    await connection.execute(
        text("""
            UPDATE handoff SET state = :state, reason = :reason, returns_at = :returns_at,
                               to_different_owner = :different, closed_at = :now
            WHERE portal_id = :portal_id AND id = :id
        """),
        {
            "portal_id": portal_id,
            "id": handoff_id,
            "state": closing.state.value,
            "reason": closing.reason,
            "returns_at": closing.returns_at,
            "different": closing.to_different_owner,
            "now": now,
        },
    )


async def change(
    connection: Connection,
    portal_id: PortalId,
    handoff_id: UUID,
    *,
    state: HandoffState | None = None,
    owner_id: OwnerId | None = None,
) -> None:
    """Move an open handoff to another state, or give it to another owner."""
    await connection.execute(
        text("""
            UPDATE handoff SET state = coalesce(:state, state), owner_id = coalesce(:owner_id, owner_id)
            WHERE portal_id = :portal_id AND id = :id
        """),
        {
            "portal_id": portal_id,
            "id": handoff_id,
            "state": state.value if state else None,
            "owner_id": owner_id,
        },
    )


async def confirm_owners(
    connection: Connection, portal_id: PortalId, due: Mapping[UUID, datetime | None], *, now: datetime
) -> None:
    """The owners of these handoffs stand in the CRM: from now on the promises run, and are due then."""
    if not due:
        return
    await connection.execute(
        text("""
            UPDATE handoff SET owner_confirmed_at = :now, due_at = stands.due_at
            FROM unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamptz[])) AS stands (id, due_at)
            WHERE handoff.portal_id = :portal_id AND handoff.id = stands.id AND owner_confirmed_at IS NULL
        """),
        {"portal_id": portal_id, "ids": list(due), "due": list(due.values()), "now": now},
    )


async def end(
    connection: Connection,
    portal_id: PortalId,
    contact_ids: Sequence[ContactId],
    reason: str,
    *,
    now: datetime,
) -> None:
    """End whatever is open for these contacts because the record is gone."""
    await connection.execute(
        text("""
            UPDATE handoff SET state = 'ended', reason = :reason, closed_at = :now
            WHERE portal_id = :portal_id AND closed_at IS NULL AND contact_id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "reason": reason, "now": now},
    )


async def end_shadow(connection: Connection, portal_id: PortalId, *, now: datetime) -> list[ContactId]:
    """Shadow mode ends: so do its handoffs. Returns the contacts that they were about."""
    rows = await connection.execute(
        text("""
            UPDATE handoff SET state = 'ended', reason = 'shadow mode ended', closed_at = :now
            WHERE portal_id = :portal_id AND shadow AND closed_at IS NULL RETURNING contact_id
        """),
        {"portal_id": portal_id, "now": now},
    )
    return [ContactId(row.contact_id) for row in rows]


async def move(connection: Connection, portal_id: PortalId, old: ContactId, new: ContactId, *, now: datetime) -> None:
    """A contact was merged into another: its handoffs go along; of two open ones the earlier survives."""
    keys = {"portal_id": portal_id, "old": old, "new": new, "now": now}
    await connection.execute(
        text("""
            UPDATE handoff SET state = 'ended', reason = 'merged with an earlier handoff', closed_at = :now
            WHERE portal_id = :portal_id AND closed_at IS NULL AND contact_id IN (:old, :new)
              AND EXISTS (SELECT FROM handoff AS other
                          WHERE other.portal_id = handoff.portal_id AND other.shadow = handoff.shadow
                            AND other.closed_at IS NULL AND other.contact_id IN (:old, :new)
                            AND (other.opened_at, other.id) < (handoff.opened_at, handoff.id))
        """),
        keys,
    )
    for table in ("handoff", "write"):
        await connection.execute(
            text(f"UPDATE {table} SET contact_id = :new WHERE portal_id = :portal_id AND contact_id = :old"),
            keys,
        )


@dataclass(frozen=True, slots=True)
class ToTell:
    """What the note and the task of a handoff are rendered from."""

    id: UUID
    owner_id: OwnerId
    brief: Brief
    due_at: datetime | None


async def to_tell(connection: Connection, portal_id: PortalId, ids: Sequence[UUID]) -> Mapping[UUID, ToTell]:
    rows = await connection.execute(
        text("SELECT id, owner_id, brief, due_at FROM handoff WHERE portal_id = :portal_id AND id = ANY(:ids)"),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    return {row.id: ToTell(row.id, OwnerId(row.owner_id), from_json(row.brief, Brief), row.due_at) for row in rows}


async def open_counts(
    connection: Connection, portal_id: PortalId, pools: Sequence[PoolId] | None = None, *, shadow: bool
) -> Mapping[PoolId, Mapping[OwnerId, int]]:
    """Open handoffs of each owner in each of the pools, or in all."""
    rows = await connection.execute(
        text("""
            SELECT pool, owner_id, count(*) AS many FROM handoff
            WHERE portal_id = :portal_id AND shadow = :shadow AND closed_at IS NULL
              AND (CAST(:pools AS text[]) IS NULL OR pool = ANY(:pools))
            GROUP BY pool, owner_id
        """),
        {"portal_id": portal_id, "shadow": shadow, "pools": None if pools is None else list(pools)},
    )
    counts: dict[PoolId, dict[OwnerId, int]] = {}
    for row in rows:
        counts.setdefault(PoolId(row.pool), {})[OwnerId(row.owner_id)] = row.many
    return counts


async def promises(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[PoolId, str]]:
    """Pool and promise of each handoff."""
    if not ids:
        return {}
    rows = await connection.execute(
        text("SELECT id, pool, promise FROM handoff WHERE portal_id = :portal_id AND id = ANY(:ids)"),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    return {row.id: (PoolId(row.pool), row.promise) for row in rows}
