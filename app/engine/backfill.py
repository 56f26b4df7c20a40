"""Backfills: a sweep over a longer past, because a person asks for it; planned, begun, watched and cancelled."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import ClassVar
from uuid import UUID

from app.crm.port import Crm
from app.engine.drafting import demand
from app.engine.refusals import NothingThere
from app.engine.sweep import LAG, judge
from app.errors import BatonError
from app.records.changes import Place
from app.records.ids import PortalId
from app.records.people import Actor, Right
from app.storage import audit, backfills
from app.storage.database import Connection, Database
from app.storage.sweeps import Sweep

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""No contact of a CRM is older; a search for times before 1970 is refused for ever."""


class BackfillRefused(BatonError):
    """A backfill cannot begin there; the message says where it can."""

    code: ClassVar[str] = "backfill_refused"


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What a backfill would come to now: contacts walked past, and those that would be looked at."""

    seen: int
    marked: int


async def plan_backfill(
    crm: Crm, database: Database, portal_id: PortalId, since: datetime, now: datetime
) -> BackfillPlan:
    """Walk the whole way and change nothing. Raises BackfillRefused and CrmError."""
    _check(since, now)
    seen, marked = 0, 0
    place: Place | None = Place(since)
    while place is not None:
        page = await crm.search_changed(place, now - LAG)
        async with database.begin() as connection:
            judged = await judge(connection, portal_id, page.contacts)
        seen, marked, place = seen + len(page.contacts), marked + len(judged.unknown), page.next
    return BackfillPlan(seen, marked)


async def begin_backfill(
    database: Database, portal_id: PortalId, actor: Actor, since: datetime, now: datetime
) -> Sweep:
    """Queue a backfill for the workers. Raises NotAllowed and BackfillRefused."""
    demand(actor, Right.OPERATE)
    _check(since, now)
    async with database.begin() as connection:
        begun = await backfills.add(connection, portal_id, since=since, until=now - LAG, by=actor.name, now=now)
        detail = {"since": since.isoformat(), "backfill": str(begun.id)}
        await audit.note(connection, portal_id, actor.name, "backfill begun", detail, now=now)
    return begun


async def cancel_backfill(
    database: Database, portal_id: PortalId, actor: Actor, backfill_id: UUID, now: datetime
) -> Sweep:
    """Walk no further; whom it found is looked at. One that is over stays as it is. Raises NotAllowed, NothingThere."""
    demand(actor, Right.OPERATE)
    async with database.begin() as connection:
        if await backfills.cancel(connection, portal_id, backfill_id, by=actor.name, now=now):
            detail = {"backfill": str(backfill_id)}
            await audit.note(connection, portal_id, actor.name, "backfill cancelled", detail, now=now)
        return await _there(connection, portal_id, backfill_id)


async def backfill_of(database: Database, portal_id: PortalId, backfill_id: UUID) -> Sweep:
    """The backfill, with how far it is. Raises NothingThere."""
    async with database.begin() as connection:
        return await _there(connection, portal_id, backfill_id)


async def listed(database: Database, portal_id: PortalId, *, limit: int) -> list[Sweep]:
    """Backfills, newest first."""
    async with database.begin() as connection:
        return await backfills.listed(connection, portal_id, limit=limit)


def _check(since: datetime, now: datetime) -> None:
    if not EARLIEST <= since < now:
        raise BackfillRefused(
            f"`since` is {since:%Y-%m-%d %H:%M} UTC; a backfill begins between {EARLIEST:%Y-%m-%d} and now"
        )


async def _there(connection: Connection, portal_id: PortalId, backfill_id: UUID) -> Sweep:
    found = await backfills.get(connection, portal_id, backfill_id)
    if found is None:
        raise NothingThere(f"there is no backfill {backfill_id}; `baton status` shows the newest")
    return found
