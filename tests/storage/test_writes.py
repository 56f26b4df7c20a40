"""Writes that did not land, when another decision is made: which of them it takes the place of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from uuid import UUID, uuid4

import pytest
from sqlalchemy import insert

from app.handoff.decision import Step
from app.records.ids import ContactId, PortalId
from app.storage import writes
from app.storage.database import Connection, Database
from app.storage.tables import handoff
from app.storage.writes import StoredWrite, WriteKind, WriteState

PORTAL = PortalId(62515)
ADA = ContactId("101")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
HANDOFF = UUID(int=7)


def write(kind: WriteKind, name: str) -> StoredWrite:
    return StoredWrite(uuid4(), f"{HANDOFF}-{name}", ADA, uuid4(), HANDOFF, Step.TELL, kind, {}, WriteState.DUE)


WRITES = (
    write(WriteKind.PROPERTIES, "properties"),
    write(WriteKind.NOTE, "note"),
    write(WriteKind.TASK, "task"),
    write(WriteKind.CLOSING, "closed-task"),
)


async def decide_anew(connection: Connection, *wanted: StoredWrite) -> None:
    await writes.supersede(connection, PORTAL, [ADA])
    await writes.add(connection, PORTAL, wanted, now=NOW)


async def kinds_due(connection: Connection) -> Sequence[str]:
    return sorted(one.kind for one in await writes.unsettled(connection, PORTAL, [ADA], WriteState.DUE))


async def have_handoff(connection: Connection, *, closed_at: datetime | None) -> None:
    told = dict.fromkeys(("route", "promise", "pool", "owner_id", "because"), "any")
    state = "open" if closed_at is None else "expired"
    keys = {"portal_id": PORTAL, "id": HANDOFF, "contact_id": ADA, "shadow": False, "version": 1}
    times = {"opened_at": NOW, "closed_at": closed_at}
    await connection.execute(insert(handoff).values(**keys, **told, **times, state=state, brief={}))


@pytest.mark.parametrize(
    ("closed_at", "left"),
    [(None, ["closing", "note"]), (NOW, ["closing"])],
    ids=["open", "closed"],
)
async def test_a_decision_takes_the_place_of_what_it_may_want_otherwise(
    database: Database, closed_at: datetime | None, left: list[str]
) -> None:
    async with database.begin() as connection:
        await have_handoff(connection, closed_at=closed_at)
        await writes.add(connection, PORTAL, WRITES, now=NOW)
        await decide_anew(connection)
        assert await kinds_due(connection) == left


async def test_a_task_that_is_still_wanted_becomes_due_again(database: Database) -> None:
    task = write(WriteKind.TASK, "task")
    async with database.begin() as connection:
        await have_handoff(connection, closed_at=None)
        await writes.add(connection, PORTAL, [task], now=NOW)
        await decide_anew(connection, write(WriteKind.TASK, "task"))
        [due] = await writes.unsettled(connection, PORTAL, [ADA], WriteState.DUE)
        assert (due.id, due.key) == (task.id, task.key)
