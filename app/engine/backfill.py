"""Backfills: a sweep over a longer past, because a person asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.crm.port import Crm
from app.engine.drafting import demand
from app.engine.sweep import LAG, judge
from app.records.changes import Place
from app.records.ids import PortalId
from app.records.people import Actor, Right
from app.storage import audit, sweeps
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class BackfillPlan:
    """What a backfill would come to now: contacts walked past, and those that would be looked at."""

    seen: int
    marked: int


async def plan_backfill(
    crm: Crm, database: Database, portal_id: PortalId, since: datetime, now: datetime
) -> BackfillPlan:
    """Walk the whole way and change nothing. Raises CrmError."""
    seen, marked = 0, 0
    place: Place | None = Place(since)
    while place is not None:
        page = await crm.search_changed(place, now - LAG)
        async with database.begin() as connection:
            judged = await judge(connection, portal_id, page.contacts)
        seen, marked, place = seen + len(page.contacts), marked + len(judged.unknown), page.next
    return BackfillPlan(seen, marked)


async def begin_backfill(database: Database, portal_id: PortalId, actor: Actor, since: datetime, now: datetime) -> UUID:
    """Queue a backfill for the workers; returns its id. Raises NotAllowed."""
    demand(actor, Right.OPERATE)
    async with database.begin() as connection:
        begun = await sweeps.add_backfill(connection, portal_id, since=since, until=now - LAG, by=actor.name, now=now)
        detail = {"since": since.isoformat(), "backfill": str(begun)}
        await audit.note(connection, portal_id, actor.name, "backfill begun", detail, now=now)
    return begun
