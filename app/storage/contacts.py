"""Contacts: the last snapshot read, and what Baton remembers of its own hand on each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Row, select, text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.memory import Memory
from app.handoff.state import Change, Handoff, History, Override, PastHandoff, StageMove
from app.records.crm import Company, Contact
from app.records.ids import CompanyId, ContactId, PortalId
from app.storage import acts, engagements, events, groups, handoffs, notices, past, replays
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import company, contact

Overrides = dict[str, Override]


async def histories(
    connection: Connection,
    portal_id: PortalId,
    contact_ids: Sequence[ContactId],
    *,
    shadow: bool,
    watched: Sequence[str],
) -> Mapping[ContactId, History]:
    """What Baton did with each contact so far, in the given mode, and who changed the `watched` properties."""
    remembered = await memories(connection, portal_id, contact_ids)
    running = await handoffs.running(connection, portal_id, contact_ids, shadow=shadow)
    closed = await handoffs.last_closed(connection, portal_id, contact_ids, shadow=shadow)
    changes = await events.latest_changes(connection, portal_id, contact_ids, watched)
    return {
        one: _history(remembered.get(one, Memory()), running.get(one), closed.get(one), changes.get(one, {}))
        for one in contact_ids
    }


def _history(
    memory: Memory,
    running: Handoff | None,
    closed: PastHandoff | None,
    changes: Mapping[str, Change],
) -> History:
    return History(
        handoff=running,
        last=closed,
        applied=memory.applied,
        overrides=memory.overrides,
        changes=changes,
        stage_move=memory.stage_move,
        waiting_since=memory.waiting_since,
    )


async def memories(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, Memory]:
    rows = await connection.execute(
        select(contact).where(contact.c.portal_id == portal_id, contact.c.id.in_(contact_ids))
    )
    return {
        ContactId(row.id): Memory(
            applied=row.applied,
            overrides=from_json(row.overrides, Overrides),
            stage_move=from_json(row.stage_move, StageMove) if row.stage_move else None,
            waiting_since=row.waiting_since,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A contact as just read and decided."""

    contact: Contact
    company_id: CompanyId | None
    scores: Mapping[str, float]
    memory: Memory
    roles: tuple[str, ...] = ()


async def save(connection: Connection, portal_id: PortalId, snapshots: Sequence[Snapshot], *, now: datetime) -> None:
    """Keep the newest snapshot of each contact, in the order of their ids."""
    if not snapshots:
        return
    statement = insert(contact)
    keys = ("portal_id", "id")
    statement = statement.on_conflict_do_update(
        index_elements=keys,
        set_={column.name: statement.excluded[column.name] for column in contact.c if column.name in _KEPT},
    )
    rows = [_row(portal_id, one, now) for one in sorted(snapshots, key=lambda one: one.contact.id)]
    await connection.execute(statement, rows)


_KEPT = {
    "properties", "company_id", "stage", "owner_id", "role", "scores", "applied", "overrides", "stage_move",
    "waiting_since", "gone_at", "merged_into", "read_at",
}  # fmt: skip


def _row(portal_id: PortalId, one: Snapshot, now: datetime) -> dict[str, object]:
    return {
        "portal_id": portal_id,
        "id": one.contact.id,
        "properties": dict(one.contact.properties),
        "company_id": one.company_id,
        "stage": one.contact.properties.get("lifecyclestage"),
        "owner_id": one.contact.properties.get("hubspot_owner_id"),
        "role": groups.written(one.roles),
        "scores": dict(one.scores),
        "applied": dict(one.memory.applied),
        "overrides": to_json(dict(one.memory.overrides), Overrides),
        "stage_move": to_json(one.memory.stage_move, StageMove | None),
        "waiting_since": one.memory.waiting_since,
        "gone_at": None,
        "merged_into": None,
        "read_at": now,
    }


async def save_companies(
    connection: Connection, portal_id: PortalId, companies: Sequence[Company], *, now: datetime
) -> None:
    if not companies:
        return
    statement = insert(company)
    statement = statement.on_conflict_do_update(
        index_elements=("portal_id", "id"),
        set_={"properties": statement.excluded.properties, "read_at": statement.excluded.read_at},
    )
    rows = [
        {"portal_id": portal_id, "id": one.id, "properties": dict(one.properties), "read_at": now}
        for one in sorted(companies, key=lambda one: one.id)
    ]
    await connection.execute(statement, rows)


async def snapshots(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, tuple[Contact, CompanyId | None]]:
    """Each contact as last read or written, with its company's id; those that are gone or never read are left out."""
    rows = await connection.execute(
        select(contact).where(
            contact.c.portal_id == portal_id,
            contact.c.id.in_(contact_ids),
            contact.c.read_at.is_not(None),
            contact.c.gone_at.is_(None),
        )
    )
    return {
        ContactId(row.id): (
            Contact(ContactId(row.id), row.properties),
            CompanyId(row.company_id) if row.company_id else None,
        )
        for row in rows
    }


async def companies(
    connection: Connection, portal_id: PortalId, ids: Sequence[CompanyId]
) -> Mapping[CompanyId, Company]:
    """Each company as last read."""
    rows = await connection.execute(select(company).where(company.c.portal_id == portal_id, company.c.id.in_(ids)))
    return {CompanyId(row.id): Company(CompanyId(row.id), row.properties) for row in rows}


async def time_zones(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, str | None]:
    """Where each contact is, in the CRM's words."""
    rows = await connection.execute(
        text("""
            SELECT id, properties ->> 'hs_timezone' AS zone FROM contact
            WHERE portal_id = :portal_id AND id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return {ContactId(row.id): row.zone for row in rows}


async def add_applied(
    connection: Connection, portal_id: PortalId, applied: Mapping[ContactId, Mapping[str, str]]
) -> None:
    """Remember that these values were seen standing as Baton wanted them."""
    if not applied:
        return
    await connection.execute(
        text("""
            UPDATE contact SET
                applied = contact.applied || landed.applied,
                properties = contact.properties || landed.applied,
                stage = coalesce(landed.applied ->> 'lifecyclestage', stage),
                owner_id = coalesce(landed.applied ->> 'hubspot_owner_id', owner_id),
                stage_move = CASE WHEN stage_move ->> 'to' = landed.applied ->> 'lifecyclestage'
                                  THEN NULL ELSE stage_move END
            FROM (SELECT id, CAST(written AS jsonb) AS applied
                  FROM unnest(CAST(:ids AS text[]), CAST(:applied AS text[])) AS sent (id, written)) AS landed
            WHERE contact.portal_id = :portal_id AND contact.id = landed.id
        """),
        {"portal_id": portal_id, "ids": list(applied), "applied": [_json(values) for values in applied.values()]},
    )


async def note_written(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, now: datetime
) -> None:
    """The CRM took writes to these contacts: that they changed by now is Baton's own doing."""
    await connection.execute(
        text("UPDATE contact SET written_at = :now WHERE portal_id = :portal_id AND id = ANY(:ids)"),
        {"portal_id": portal_id, "ids": sorted(set(contact_ids)), "now": now},
    )


def _json(values: Mapping[str, str]) -> str:

    return orjson.dumps(dict(values)).decode()


async def inherit(connection: Connection, portal_id: PortalId, old: ContactId, new: ContactId) -> None:
    """A contact was merged into another: what is remembered of the old one holds for the new, unless it has its own."""
    await connection.execute(
        text("""
            INSERT INTO contact (portal_id, id, properties, applied, overrides, stage_move, waiting_since)
            SELECT portal_id, :new, properties, applied, overrides, stage_move, waiting_since FROM contact
            WHERE portal_id = :portal_id AND id = :old
            ON CONFLICT (portal_id, id) DO UPDATE SET
                applied = excluded.applied || contact.applied,
                overrides = excluded.overrides || contact.overrides,
                stage_move = coalesce(contact.stage_move, excluded.stage_move)
        """),
        {"portal_id": portal_id, "old": old, "new": new},
    )
    await engagements.move(connection, portal_id, old, new)


async def mark_gone(
    connection: Connection,
    portal_id: PortalId,
    gone: Mapping[ContactId, ContactId | None],
    *,
    now: datetime,
) -> None:
    """These ids answer no more: deleted (None), or merged into another record. Their overrides are released."""
    if not gone:
        return
    statement = insert(contact)
    statement = statement.on_conflict_do_update(
        index_elements=("portal_id", "id"),
        set_={"gone_at": now, "merged_into": statement.excluded.merged_into, "overrides": {}, "applied": {}},
    )
    rows = [
        {"portal_id": portal_id, "id": one, "gone_at": now, "merged_into": into} for one, into in sorted(gone.items())
    ]
    await connection.execute(statement, rows)


async def with_former(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> list[ContactId]:
    """These contacts and all that were merged into them."""
    rows = await connection.execute(
        text("""
            WITH RECURSIVE person AS (
                SELECT unnest(CAST(:ids AS text[])) AS id
                UNION SELECT contact.id FROM contact JOIN person ON contact.merged_into = person.id
                WHERE contact.portal_id = :portal_id
            ) SELECT id FROM person ORDER BY id
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return [ContactId(row.id) for row in rows]


async def unretired(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> list[ContactId]:
    """Those of these ids under which a contact is still known."""
    rows = await connection.execute(
        text("""
            SELECT id FROM contact WHERE portal_id = :portal_id AND id = ANY(:ids)
              AND merged_into IS NULL AND gone_at IS NULL ORDER BY id
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return [ContactId(row.id) for row in rows]


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget what is known of these people, their past included; ids, times and outcomes stay."""
    keys = {"portal_id": portal_id, "ids": list(contact_ids)}
    for table, blanks, key in _PERSONAL:
        await connection.execute(
            text(f"UPDATE {table} SET {blanks} WHERE portal_id = :portal_id AND {key} = ANY(:ids)"), keys
        )
    await past.erase(connection, portal_id, contact_ids)
    await acts.erase(connection, portal_id, contact_ids)
    await engagements.erase(connection, portal_id, contact_ids)
    await notices.erase(connection, portal_id, contact_ids)
    await replays.erase(connection, portal_id, contact_ids)


_PERSONAL = (
    ("contact", "properties = '{}', applied = '{}', overrides = '{}', company_id = NULL, role = NULL", "id"),
    ("decision", "inputs = '{}', decision = '{}', because = 'erased'", "contact_id"),
    ("write", "properties = '{}', words = NULL", "contact_id"),
    ("handoff", "brief = '{}', later_briefs = '{}', because = 'erased'", "contact_id"),
    ("backtest_contact", "told = '{}'", "contact_id"),
)
"""Where personal values stand, and what is left in their place."""


@dataclass(frozen=True, slots=True)
class KnownContact:
    """A contact as ops see it."""

    id: str
    name: str
    stage: str | None
    owner_id: str | None
    scores: Mapping[str, float]
    overrides: Mapping[str, Override]
    merged_into: str | None
    gone: bool


async def known(connection: Connection, portal_id: PortalId, contact_id: str) -> KnownContact | None:
    """A contact that was read, as ops see it."""
    found = await known_all(connection, portal_id, [ContactId(contact_id)])
    return found.get(ContactId(contact_id))


async def known_all(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]
) -> Mapping[ContactId, KnownContact]:
    """Those of these contacts that were read, as ops see them."""
    rows = await connection.execute(
        select(contact).where(contact.c.portal_id == portal_id, contact.c.id.in_(contact_ids))
    )
    return {ContactId(row.id): _known(row) for row in rows}


def _known(row: Row[Any]) -> KnownContact:
    name = " ".join(part for part in (row.properties.get("firstname"), row.properties.get("lastname")) if part)
    return KnownContact(
        row.id, name, row.stage, row.owner_id, row.scores, from_json(row.overrides, Overrides), row.merged_into,
        row.gone_at is not None,
    )  # fmt: skip
