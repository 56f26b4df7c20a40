"""Writes: changes to be made in the CRM, each delivered once as far as the CRM can tell.

A write is committed as `sending` before it is sent. Properties whose outcome is unknown are decided
again, never sent again; a handoff's note and task have one row each for ever, are looked up on the
record when their outcome is unknown, and only then sent again.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.decision import Step
from app.records.ids import ContactId, PortalId
from app.storage.database import Connection
from app.storage.tables import write


class WriteState(StrEnum):
    DUE = "due"
    SENDING = "sending"
    """Sent, or about to be: the outcome is not known yet."""
    DONE = "done"
    SUPERSEDED = "superseded"
    """A newer decision took its place."""
    PARKED = "parked"
    """The CRM refused it: a person has to change something."""
    WITHHELD = "withheld"
    """Shadow mode: decided and shown, not sent."""


class WriteKind(StrEnum):
    PROPERTIES = "properties"
    NOTE = "note"
    TASK = "task"
    CLOSING = "closing"
    """A task is marked as done: to do it twice is to do it once."""


@dataclass(frozen=True, slots=True)
class StoredWrite:
    """A write as kept. `key` is how the CRM's answer, its echo or the note's own text names it."""

    id: UUID
    key: str
    contact_id: ContactId
    decision_id: UUID
    handoff_id: UUID | None
    step: Step
    kind: WriteKind
    properties: Mapping[str, str]
    state: WriteState
    echoed: bool = False
    sent_at: datetime | None = None
    crm_id: str | None = None
    code: str | None = None
    words: str | None = None
    hint: str | None = None


@dataclass(frozen=True, slots=True)
class Settled:
    """What became of a write."""

    id: UUID
    state: WriteState
    crm_id: str | None = None
    code: str | None = None
    words: str | None = None
    hint: str | None = field(default=None)


async def supersede(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """A new decision takes the place of properties and tasks that did not land; a closed handoff needs no telling.

    A task that is still wanted is added again. What is to be closed stays so, whatever became of the handoff.
    """
    await connection.execute(
        text("""
            UPDATE write SET state = 'superseded', settled_at = now()
            WHERE portal_id = :portal_id AND contact_id = ANY(:ids)
              AND (kind = 'properties' AND state = 'sending'
                   OR state IN ('due', 'parked', 'withheld') AND (
                        kind IN ('properties', 'task') OR kind = 'note' AND handoff_id IN (
                            SELECT id FROM handoff WHERE handoff.portal_id = :portal_id AND closed_at IS NOT NULL)))
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )


async def add(connection: Connection, portal_id: PortalId, made: Sequence[StoredWrite], *, now: datetime) -> None:
    """Keep new writes. A note or task that has its row already becomes due again, unless it is sent or being sent."""
    if not made:
        return
    statement = insert(write)
    statement = statement.on_conflict_do_update(
        index_elements=("portal_id", "key"),
        set_={"state": statement.excluded.state, "decision_id": statement.excluded.decision_id},
        where=text("write.state IN ('parked', 'due', 'withheld', 'superseded')"),
    )
    await connection.execute(
        statement,
        [
            {
                "portal_id": portal_id,
                "id": one.id,
                "key": one.key,
                "contact_id": one.contact_id,
                "decision_id": one.decision_id,
                "handoff_id": one.handoff_id,
                "step": one.step.value,
                "kind": one.kind.value,
                "properties": dict(one.properties),
                "state": one.state.value,
                "made_at": now,
            }
            for one in made
        ],
    )


async def unsettled(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], state: WriteState
) -> list[StoredWrite]:
    """Writes of these contacts in a state, by step and key."""
    rows = await connection.execute(
        text("""
            SELECT * FROM write WHERE portal_id = :portal_id AND contact_id = ANY(:ids) AND state = :state
            ORDER BY step, key
        """),
        {"portal_id": portal_id, "ids": list(contact_ids), "state": state.value},
    )
    return [as_stored(row) for row in rows.mappings()]


async def overdue(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID], *, after: timedelta
) -> Mapping[UUID, timedelta]:
    """How long until `after` has passed since each write was sent, by the database's clock; zero when it has."""
    rows = await connection.execute(
        text("""
            SELECT id, greatest(sent_at + CAST(:after AS interval) - now(), interval '0') AS left_over FROM write
            WHERE portal_id = :portal_id AND id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(ids), "after": after},
    )
    return {row.id: row.left_over for row in rows}


async def mark_sending(connection: Connection, portal_id: PortalId, ids: Sequence[UUID]) -> None:
    """Say that these are about to be sent. Committed before the send."""
    await connection.execute(
        text("""
            UPDATE write SET state = 'sending', sent_at = now(), echoed = false
            WHERE portal_id = :portal_id AND id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(ids)},
    )


async def settle(connection: Connection, portal_id: PortalId, settled: Sequence[Settled]) -> None:
    if not settled:
        return
    await connection.execute(
        text("""
            UPDATE write SET state = fate.state, crm_id = coalesce(fate.crm_id, write.crm_id), code = fate.code,
                             words = fate.words, hint = fate.hint, settled_at = now()
            FROM unnest(CAST(:ids AS uuid[]), CAST(:states AS text[]), CAST(:crm_ids AS text[]), CAST(:codes AS text[]),
                        CAST(:words AS text[]), CAST(:hints AS text[])) AS fate (id, state, crm_id, code, words, hint)
            WHERE write.portal_id = :portal_id AND write.id = fate.id
        """),
        {
            "portal_id": portal_id,
            "ids": [one.id for one in settled],
            "states": [one.state.value for one in settled],
            "crm_ids": [one.crm_id for one in settled],
            "codes": [one.code for one in settled],
            "words": [one.words for one in settled],
            "hints": [one.hint for one in settled],
        },
    )


async def crm_ids(connection: Connection, portal_id: PortalId, keys: Sequence[str]) -> Mapping[str, str]:
    """The CRM's id of what the writes with these keys made, where that is known."""
    rows = await connection.execute(
        text("""
            SELECT key, crm_id FROM write WHERE portal_id = :portal_id AND key = ANY(:keys) AND crm_id IS NOT NULL
        """),
        {"portal_id": portal_id, "keys": list(keys)},
    )
    return {row.key: row.crm_id for row in rows}


async def recently_sent(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[str], crm_ids: Sequence[str]
) -> list[StoredWrite]:
    """Writes of the last day that an echo about these contacts, notes or tasks may be of, the oldest first."""
    rows = await connection.execute(
        text("""
            SELECT * FROM write WHERE portal_id = :portal_id AND sent_at > now() - interval '1 day'
              AND (contact_id = ANY(:contacts) AND kind = 'properties' OR crm_id = ANY(:crm_ids))
            ORDER BY sent_at
        """),
        {"portal_id": portal_id, "contacts": list(contact_ids), "crm_ids": list(crm_ids)},
    )
    return [as_stored(row) for row in rows.mappings()]


async def mark_echoed(connection: Connection, portal_id: PortalId, ids: Sequence[UUID]) -> None:
    """The CRM told of the change itself: it was applied, whatever became of the answer."""
    await connection.execute(
        text("UPDATE write SET echoed = true WHERE portal_id = :portal_id AND id = ANY(:ids)"),
        {"portal_id": portal_id, "ids": list(ids)},
    )


async def sent_within(connection: Connection, portal_id: PortalId, span: timedelta) -> int:
    """How many contacts' properties were written in the last while, or since the portal was last resumed."""
    return int(
        await connection.scalar(
            text("""
                SELECT count(*) FROM write
                WHERE portal_id = :portal_id AND kind = 'properties'
                  AND sent_at > greatest(now() - CAST(:span AS interval),
                                         (SELECT braked_from FROM portal WHERE portal_id = :portal_id))
            """),
            {"portal_id": portal_id, "span": span},
        )
        or 0
    )


async def of_contact(connection: Connection, portal_id: PortalId, contact_id: str) -> list[StoredWrite]:
    """Every write of a contact, oldest first."""
    rows = await connection.execute(
        text("SELECT * FROM write WHERE portal_id = :portal_id AND contact_id = :id ORDER BY made_at, step, key"),
        {"portal_id": portal_id, "id": contact_id},
    )
    return [as_stored(row) for row in rows.mappings()]


def as_stored(row: RowMapping) -> StoredWrite:
    """The write that a row of its table tells of."""
    return StoredWrite(
        id=row["id"],
        key=row["key"],
        contact_id=ContactId(row["contact_id"]),
        decision_id=row["decision_id"],
        handoff_id=row["handoff_id"],
        step=Step(row["step"]),
        kind=WriteKind(row["kind"]),
        properties=row["properties"],
        state=WriteState(row["state"]),
        echoed=row["echoed"],
        sent_at=row["sent_at"],
        crm_id=row["crm_id"],
        code=row["code"],
        words=row["words"],
        hint=row["hint"],
    )


async def due_properties(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> int:
    """How many of these contacts have properties due to be written."""
    many = await connection.scalar(
        text("""
            SELECT count(DISTINCT contact_id) FROM write
            WHERE portal_id = :portal_id AND contact_id = ANY(:ids) AND state = 'due' AND kind = 'properties'
        """),
        {"portal_id": portal_id, "ids": list(contact_ids)},
    )
    return int(many or 0)
