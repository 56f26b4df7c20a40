"""Portals: a CRM account, its mode, what keeps its lanes waiting, and what it was last seen to consist of."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

import orjson
from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert

from app.records.crm import Owner, PropertyDefinition
from app.records.ids import ObjectType, OwnerId, PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import owner, portal, property_


class Mode(StrEnum):
    SHADOW = "shadow"
    """Everything is decided and shown, nothing is written."""
    LIVE = "live"


@dataclass(frozen=True, slots=True)
class Portal:
    """`paused_reason`: a person or the brake stopped it. `blocked_reason`: why lanes wait, in a sentence."""

    id: PortalId
    mode: Mode
    paused_reason: str | None
    blocked_reason: str | None
    stages: tuple[str, ...]
    checked_at: datetime | None

    @property
    def is_shadow(self) -> bool:
        return self.mode is Mode.SHADOW


async def ensure(connection: Connection, portal_id: PortalId, *, now: datetime) -> None:
    """Make the portal's row, in shadow mode, unless it is there."""
    await connection.execute(insert(portal).values(portal_id=portal_id, created_at=now).on_conflict_do_nothing())


async def get(connection: Connection, portal_id: PortalId, *, lock: bool = False) -> Portal | None:
    """The portal; with `lock`, its mode stays what it is until the transaction ends."""
    query = select(portal).where(portal.c.portal_id == portal_id)
    row = (await connection.execute(query.with_for_update(read=True) if lock else query)).one_or_none()
    if row is None:
        return None
    return Portal(
        PortalId(row.portal_id),
        Mode(row.mode),
        row.paused_reason,
        row.blocked_reason,
        tuple(row.stages),
        row.checked_at,
    )


async def hold(connection: Connection, portal_id: PortalId) -> Portal | None:
    """The portal, its row locked: no decision is made in it until the transaction ends."""
    await connection.execute(select(portal.c.portal_id).where(portal.c.portal_id == portal_id).with_for_update())
    return await get(connection, portal_id)


async def block(connection: Connection, portal_id: PortalId, reason: str | None) -> None:
    """Say why lanes wait, or (None) that they need not."""
    await connection.execute(
        text("""
            UPDATE portal SET blocked_reason = :reason
            WHERE portal_id = :id AND blocked_reason IS DISTINCT FROM CAST(:reason AS text)
        """),
        {"id": portal_id, "reason": reason},
    )


async def pause(connection: Connection, portal_id: PortalId, reason: str | None) -> None:
    """Stop looking (a reason), or resume (None): from then on the brake counts anew."""
    await connection.execute(
        text("""
            UPDATE portal SET paused_reason = :reason,
                              braked_from = CASE WHEN CAST(:reason AS text) IS NULL THEN now() ELSE braked_from END
            WHERE portal_id = :id
        """),
        {"id": portal_id, "reason": reason},
    )


async def set_mode(connection: Connection, portal_id: PortalId, mode: Mode, *, now: datetime) -> None:
    await connection.execute(
        text("""
            UPDATE portal SET mode = :mode, live_at = CASE WHEN :mode = 'live' THEN :now ELSE live_at END
            WHERE portal_id = :id
        """),
        {"id": portal_id, "mode": mode.value, "now": now},
    )


async def checked(connection: Connection, portal_id: PortalId, stages: Sequence[str], *, now: datetime) -> None:
    """The portal answered: keep the order of its stages."""
    await connection.execute(
        text("UPDATE portal SET stages = CAST(:stages AS jsonb), checked_at = :now WHERE portal_id = :id"),
        {"id": portal_id, "stages": orjson.dumps(list(stages)).decode(), "now": now},
    )


async def save_owners(connection: Connection, portal_id: PortalId, owners: Sequence[Owner], *, now: datetime) -> None:
    """Keep all owners as read; one that is not among them any more is kept as inactive."""
    await connection.execute(text("UPDATE owner SET active = false WHERE portal_id = :id"), {"id": portal_id})
    if not owners:
        return
    statement = insert(owner)
    statement = statement.on_conflict_do_update(
        index_elements=("portal_id", "id"),
        set_={name: statement.excluded[name] for name in ("email", "name", "active", "read_at")},
    )
    await connection.execute(
        statement,
        [
            {
                "portal_id": portal_id,
                "id": one.id,
                "email": one.email,
                "name": one.name,
                "active": one.active,
                "read_at": now,
            }
            for one in sorted(owners, key=lambda one: one.id)
        ],
    )


async def owners(connection: Connection, portal_id: PortalId) -> tuple[Owner, ...]:
    rows = await connection.execute(select(owner).where(owner.c.portal_id == portal_id).order_by(owner.c.id))
    return tuple(Owner(OwnerId(row.id), row.email, row.name, row.active) for row in rows)


async def retire_owner(connection: Connection, portal_id: PortalId, owner_id: OwnerId) -> None:
    """The CRM says that this owner cannot own: believe it until owners are read again."""
    await connection.execute(
        text("UPDATE owner SET active = false WHERE portal_id = :portal_id AND id = :id"),
        {"portal_id": portal_id, "id": owner_id},
    )


async def save_definitions(
    connection: Connection,
    portal_id: PortalId,
    definitions: Mapping[ObjectType, Sequence[PropertyDefinition]],
) -> None:
    await connection.execute(text("DELETE FROM property WHERE portal_id = :id"), {"id": portal_id})
    for kind, many in definitions.items():
        await add_definitions(connection, portal_id, kind, many)


async def add_definitions(
    connection: Connection, portal_id: PortalId, kind: ObjectType, made: Sequence[PropertyDefinition]
) -> None:
    """Keep definitions that were just made in the CRM, beside those known."""
    if not made:
        return
    statement = insert(property_)
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=("portal_id", "object_type", "name"),
            set_={"definition": statement.excluded.definition},
        ),
        [
            {
                "portal_id": portal_id,
                "object_type": kind.value,
                "name": one.name,
                "definition": to_json(one, PropertyDefinition),
            }
            for one in sorted(made, key=lambda one: one.name)
        ],
    )


async def definitions(connection: Connection, portal_id: PortalId) -> Mapping[str, PropertyDefinition]:
    """Property definitions by dotted name, as of the last check; empty before the first."""
    rows = await connection.execute(select(property_).where(property_.c.portal_id == portal_id))
    return {f"{row.object_type}.{row.name}": from_json(row.definition, PropertyDefinition) for row in rows}
