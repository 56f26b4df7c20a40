"""Handoffs: at most one open for a contact in each mode, every closed one kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, insert, text

from app.handoff.decision import Brief, Closing, Opening
from app.handoff.state import Handoff, HandoffState, PastHandoff, Tenure
from app.records.ids import ContactId, OwnerId, PoolId, PortalId
from app.sla.pauses import Pause
from app.storage import absences, acts, clocks, outages, tenures
from app.storage.codec import to_json
from app.storage.database import Connection
from app.storage.tables import handoff

_RUNNING = """
    SELECT handoff.*, told.names FROM handoff, LATERAL (
        SELECT coalesce(array_agg(substr(write.key, length(CAST(handoff.id AS text)) + 2) ORDER BY write.key), '{}')
               AS names
        FROM write WHERE write.portal_id = handoff.portal_id AND write.handoff_id = handoff.id
          AND write.kind <> 'properties' AND write.state = 'done') AS told
    WHERE portal_id = :portal_id AND closed_at IS NULL AND
"""
"""Open handoffs, each with the names of what stands in the CRM: the keys of its writes but for its own id."""


async def running(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, shadow: bool
) -> Mapping[ContactId, Handoff]:
    """The handoff of each contact that is not closed."""
    rows = await connection.execute(
        text(_RUNNING + "shadow = :shadow AND contact_id = ANY(:ids)"),
        {"portal_id": portal_id, "shadow": shadow, "ids": list(contact_ids)},
    )
    return dict((await _whole(connection, portal_id, rows.all())).values())


async def open_by_id(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[ContactId, Handoff]]:
    """Each of these handoffs that is not closed, with its contact."""
    if not ids:
        return {}
    rows = await connection.execute(text(_RUNNING + "id = ANY(:ids)"), {"portal_id": portal_id, "ids": list(ids)})
    return await _whole(connection, portal_id, rows.all())


async def _whole(
    connection: Connection, portal_id: PortalId, rows: Sequence[Row[Any]]
) -> Mapping[UUID, tuple[ContactId, Handoff]]:
    """The handoffs of these rows with all that belongs to them."""
    if not rows:
        return {}
    ids = [row.id for row in rows]
    held = await tenures.of_handoffs(connection, portal_id, ids)
    timed = await clocks.of_handoffs(connection, portal_id, ids)
    done = await acts.of_handoffs(connection, portal_id, ids)
    still = await _standstills(connection, portal_id, rows, held)
    return {
        row.id: (
            ContactId(row.contact_id),
            replace(
                _handoff(row, held.get(row.id, ())),
                clocks=timed.get(row.id, ()),
                acts=done.get(row.id, ()),
                standstills=still[row.id],
            ),
        )
        for row in rows
    }


def _handoff(row: Row[Any], held: tuple[Tenure, ...]) -> Handoff:
    task = "task" if len(held) <= 1 else f"task-{len(held)}"
    return Handoff(
        id=str(row.id),
        version=row.version,
        route=row.route,
        promise=row.promise,
        pool=PoolId(row.pool),
        owner_id=OwnerId(row.owner_id),
        state=HandoffState(row.state),
        opened_at=row.opened_at,
        owner_confirmed_at=row.owner_confirmed_at,
        noted="note" in row.names,
        tasked=task in row.names,
        told=tuple(row.names),
        tenures=held,
    )


async def _standstills(
    connection: Connection, portal_id: PortalId, rows: Sequence[Row[Any]], held: Mapping[UUID, tuple[Tenure, ...]]
) -> Mapping[UUID, tuple[Pause, ...]]:
    """Outages, and absences of whoever had the lead, since each handoff opened."""
    earliest = min(row.opened_at for row in rows)
    owners = {tenure.owner_id for many in held.values() for tenure in many}
    out = await outages.since(connection, portal_id, earliest)
    away = await absences.as_pauses(connection, portal_id, sorted(owners), since=earliest)
    return {
        row.id: tuple(
            pause
            for pause in (*out, *away)
            if (pause.until_at is None or pause.until_at > row.opened_at)
            and (pause.owner_id is None or any(one.owner_id == pause.owner_id for one in held.get(row.id, ())))
        )
        for row in rows
    }


async def in_hand(connection: Connection, portal_id: PortalId) -> list[ContactId]:
    """The contacts with an open handoff of the live mode."""
    rows = await connection.execute(
        text("SELECT contact_id FROM handoff WHERE portal_id = :portal_id AND closed_at IS NULL AND NOT shadow"),
        {"portal_id": portal_id},
    )
    return [ContactId(row.contact_id) for row in rows]


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
            SELECT DISTINCT ON (contact_id) *,
                   count(*) OVER (PARTITION BY contact_id) - 1 AS returns,
                   ARRAY(SELECT DISTINCT tenure.owner_id FROM handoff AS one JOIN tenure
                         ON tenure.portal_id = one.portal_id AND tenure.handoff_id = one.id
                         WHERE one.portal_id = handoff.portal_id AND one.contact_id = handoff.contact_id
                           AND one.shadow = handoff.shadow AND (one.id = handoff.id OR one.to_different_owner)
                         ORDER BY 1) AS owners
            FROM handoff
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
            owners=tuple(OwnerId(owner) for owner in row.owners),
            returns=row.returns,
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
    """Move an open handoff to another state, or give it to another owner: who is not known to stand yet."""
    await connection.execute(
        text("""
            UPDATE handoff SET state = coalesce(:state, state), owner_id = coalesce(:owner_id, owner_id),
                               owner_confirmed_at = CASE WHEN owner_id = coalesce(:owner_id, owner_id)
                                                         THEN owner_confirmed_at END
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
    connection: Connection, portal_id: PortalId, due: Mapping[UUID, datetime | None], *, at: datetime
) -> None:
    """The owners of these handoffs stand in the CRM since `at`; what they promise is due then."""
    if not due:
        return
    await connection.execute(
        text("""
            UPDATE handoff SET owner_confirmed_at = :at, due_at = stands.due_at
            FROM unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamptz[])) AS stands (id, due_at)
            WHERE handoff.portal_id = :portal_id AND handoff.id = stands.id AND owner_confirmed_at IS NULL
        """),
        {"portal_id": portal_id, "ids": list(due), "due": list(due.values()), "at": at},
    )


async def set_due(connection: Connection, portal_id: PortalId, due: Mapping[UUID, datetime | None]) -> None:
    """The deadlines that the record and the tasks show."""
    if not due:
        return
    await connection.execute(
        text("""
            UPDATE handoff SET due_at = shown.due_at
            FROM unnest(CAST(:ids AS uuid[]), CAST(:due AS timestamptz[])) AS shown (id, due_at)
            WHERE handoff.portal_id = :portal_id AND handoff.id = shown.id
              AND handoff.due_at IS DISTINCT FROM shown.due_at
        """),
        {"portal_id": portal_id, "ids": list(due), "due": list(due.values())},
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
    await clocks.close_ended(connection, portal_id, contact_ids, now=now)


async def end_shadow(connection: Connection, portal_id: PortalId, *, now: datetime) -> list[ContactId]:
    """Shadow mode ends: so do its handoffs. Returns the contacts that they were about."""
    rows = await connection.execute(
        text("""
            UPDATE handoff SET state = 'ended', reason = 'shadow mode ended', closed_at = :now
            WHERE portal_id = :portal_id AND shadow AND closed_at IS NULL RETURNING contact_id
        """),
        {"portal_id": portal_id, "now": now},
    )
    ended = [ContactId(row.contact_id) for row in rows]
    await clocks.close_ended(connection, portal_id, ended, now=now)
    return ended


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
    await clocks.move(connection, portal_id, old, new, now=now)
    await clocks.close_ended(connection, portal_id, [old, new], now=now)
    for table in ("handoff", "write"):
        await connection.execute(
            text(f"UPDATE {table} SET contact_id = :new WHERE portal_id = :portal_id AND contact_id = :old"),
            keys,
        )


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
