"""Engagements as last read, and whom each was with."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert

from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import ContactId, OwnerId, PortalId
from app.storage.database import Connection
from app.storage.tables import engagement, engagement_contact


@dataclass(frozen=True, slots=True)
class Kept:
    """An engagement with everybody whom it was with."""

    engagement: Engagement
    contacts: frozenset[ContactId]


async def save(
    connection: Connection, portal_id: PortalId, kind: EngagementKind, read: Sequence[Kept], *, now: datetime
) -> frozenset[ContactId]:
    """Keep engagements of one kind as read at `now`; return the contacts for whom something is news by that.

    What was read later than `now` already stays as it is.
    """
    known, later = await _known(connection, portal_id, kind, [one.engagement.id for one in read], now)
    news = [one for one in read if one.engagement.id not in later and known.get(one.engagement.id) != one]
    if not news:
        return frozenset()
    ids = [one.engagement.id for one in news]
    await _put(connection, portal_id, news, now)
    await _unlink(connection, portal_id, kind, ids)
    await _link(connection, portal_id, news)
    return frozenset().union(*(one.contacts for one in news), *(known[each].contacts for each in ids if each in known))


async def remove(
    connection: Connection, portal_id: PortalId, kind: EngagementKind, ids: Sequence[str]
) -> frozenset[ContactId]:
    """Forget engagements that are gone; return the contacts whom they were with."""
    keys = {"portal_id": portal_id, "kind": kind.value, "ids": list(ids)}
    await connection.execute(
        text("DELETE FROM engagement WHERE portal_id = :portal_id AND kind = :kind AND id = ANY(:ids)"), keys
    )
    return await _unlink(connection, portal_id, kind, ids)


async def of_contacts(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, since: datetime
) -> Mapping[ContactId, tuple[Engagement, ...]]:
    """The engagements of each contact that took place at `since` or later, meetings to come included; oldest first.

    Contacts without any are absent.
    """
    rows = await connection.execute(
        text("""
            SELECT engagement.*, contact_id FROM engagement_contact AS link
            JOIN engagement ON engagement.portal_id = link.portal_id AND engagement.kind = link.kind
                           AND engagement.id = link.engagement_id
            WHERE link.portal_id = :portal_id AND contact_id = ANY(:ids) AND occurred_at >= :since
            ORDER BY occurred_at, engagement.kind, engagement.id
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "since": since},
    )
    found: dict[ContactId, list[Engagement]] = defaultdict(list)
    for row in rows:
        found[ContactId(row.contact_id)].append(_engagement(row))
    return {contact: tuple(many) for contact, many in found.items()}


async def move(connection: Connection, portal_id: PortalId, old: ContactId, new: ContactId) -> None:
    """A contact was merged into another, who has its engagements from now on."""
    await connection.execute(
        text("""
            WITH moved AS (
                DELETE FROM engagement_contact WHERE portal_id = :portal_id AND contact_id = :old
                RETURNING portal_id, kind, engagement_id)
            INSERT INTO engagement_contact (portal_id, contact_id, kind, engagement_id)
            SELECT portal_id, :new, kind, engagement_id FROM moved ON CONFLICT DO NOTHING
        """),
        {"portal_id": portal_id, "old": old, "new": new},
    )


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget what the engagements of these people were called; that they took place, and when, stays."""
    await connection.execute(
        text("""
            UPDATE engagement SET title = '' FROM engagement_contact AS link
            WHERE engagement.portal_id = :portal_id AND link.portal_id = :portal_id AND contact_id = ANY(:ids)
              AND engagement.kind = link.kind AND engagement.id = link.engagement_id
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )


async def _known(
    connection: Connection, portal_id: PortalId, kind: EngagementKind, ids: Sequence[str], now: datetime
) -> tuple[Mapping[str, Kept], Collection[str]]:
    """What is kept of these engagements, and which of them were read later than `now`."""
    rows = await connection.execute(
        text("""
            SELECT engagement.*, array_remove(array_agg(contact_id), NULL) AS contacts
            FROM engagement LEFT JOIN engagement_contact AS link
              ON link.portal_id = engagement.portal_id AND link.kind = engagement.kind AND link.engagement_id = id
            WHERE engagement.portal_id = :portal_id AND engagement.kind = :kind AND id = ANY(:ids)
            GROUP BY engagement.portal_id, engagement.kind, id
        """),
        {"portal_id": portal_id, "kind": kind.value, "ids": list(ids)},
    )
    found = rows.all()
    known = {row.id: Kept(_engagement(row), frozenset(map(ContactId, row.contacts))) for row in found}
    return known, {row.id for row in found if row.read_at > now}


async def _put(connection: Connection, portal_id: PortalId, news: Sequence[Kept], now: datetime) -> None:
    statement = insert(engagement)
    keys = ("portal_id", "kind", "id")
    rows = [_row(portal_id, one.engagement, now) for one in sorted(news, key=lambda one: one.engagement.id)]
    changed = {column.name: statement.excluded[column.name] for column in engagement.c if column.name not in keys}
    await connection.execute(statement.on_conflict_do_update(index_elements=keys, set_=changed), rows)


async def _link(connection: Connection, portal_id: PortalId, news: Sequence[Kept]) -> None:
    rows = [
        {
            "portal_id": portal_id,
            "contact_id": each,
            "kind": one.engagement.kind.value,
            "engagement_id": one.engagement.id,
        }
        for one in news
        for each in sorted(one.contacts)
    ]
    if rows:
        await connection.execute(insert(engagement_contact).on_conflict_do_nothing(), rows)


async def _unlink(
    connection: Connection, portal_id: PortalId, kind: EngagementKind, ids: Sequence[str]
) -> frozenset[ContactId]:
    rows = await connection.execute(
        text("""
            DELETE FROM engagement_contact
            WHERE portal_id = :portal_id AND kind = :kind AND engagement_id = ANY(:ids) RETURNING contact_id
        """),
        {"portal_id": portal_id, "kind": kind.value, "ids": list(ids)},
    )
    return frozenset(ContactId(row.contact_id) for row in rows)


def _row(portal_id: PortalId, one: Engagement, now: datetime) -> dict[str, object]:
    return {
        "portal_id": portal_id,
        "kind": one.kind.value,
        "id": one.id,
        "owner_id": one.owner_id,
        "maker": one.maker.value,
        "direction": one.direction.value,
        "because": one.because,
        "title": one.title,
        "occurred_at": one.occurred_at,
        "read_at": now,
    }


def _engagement(row: Row[Any]) -> Engagement:
    return Engagement(
        id=row.id,
        kind=EngagementKind(row.kind),
        occurred_at=row.occurred_at,
        owner_id=OwnerId(row.owner_id) if row.owner_id else None,
        maker=Maker(row.maker),
        direction=Direction(row.direction),
        because=row.because,
        title=row.title,
    )
