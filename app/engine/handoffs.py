"""Handoffs as people look them up: by their id or the contact's, with everybody who had them and every clock."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.engine.refusals import NothingThere
from app.handoff.state import Act, Tenure
from app.records.ids import PortalId
from app.sla.clock import Clock
from app.storage import acts, clock_pages, clocks, handoff_pages, portals, tenures
from app.storage.clock_pages import ListedClock, Place
from app.storage.database import Connection, Database
from app.storage.handoff_pages import ListedHandoff, Wanted

_LONG = timedelta(days=100 * 366)
"""Longer than any clock runs."""


@dataclass(frozen=True, slots=True)
class Detail:
    """A handoff with all that belongs to it, each in the order in which it came about."""

    handoff: ListedHandoff
    tenures: tuple[Tenure, ...]
    clocks: tuple[Clock, ...]
    acts: tuple[Act, ...]


async def find(database: Database, portal_id: PortalId, name: str, *, now: datetime) -> ListedHandoff:
    """The handoff with that id; for a contact's id its newest, in the portal's mode. Raises NothingThere."""
    async with database.begin() as connection:
        found = await _by_id(connection, portal_id, name, now) or await _by_contact(connection, portal_id, name, now)
    if found is None:
        raise NothingThere(
            f"there is no handoff {name!r}, nor one of a contact with that id; list handoffs to see them"
        )
    return found


async def listed(
    database: Database, portal_id: PortalId, wanted: Wanted, *, now: datetime, limit: int, after: UUID | None = None
) -> list[ListedHandoff]:
    """Handoffs in the portal's mode, newest first; only those older than the handoff `after`."""
    async with database.begin() as connection:
        shadow = await _is_shadow(connection, portal_id)
        return await handoff_pages.page(connection, portal_id, wanted, shadow=shadow, now=now, limit=limit, after=after)


async def running_clocks(
    database: Database,
    portal_id: PortalId,
    *,
    now: datetime,
    limit: int,
    due_within: timedelta | None = None,
    breached: bool = False,
    after: Place | None = None,
) -> list[ListedClock]:
    """The running clocks of handoffs in the portal's mode, by when they are due: all, or those due in that time."""
    until = None if due_within is None else now + min(due_within, _LONG)
    async with database.begin() as connection:
        shadow = await _is_shadow(connection, portal_id)
        return await clock_pages.running(
            connection, portal_id, shadow=shadow, limit=limit, due_before=until, breached=breached, after=after
        )


async def detail(database: Database, portal_id: PortalId, found: ListedHandoff) -> Detail:
    """All that belongs to a handoff."""
    async with database.begin() as connection:
        had = await tenures.of_handoffs(connection, portal_id, [found.id])
        timed = await clocks.of_handoffs(connection, portal_id, [found.id])
        done = await acts.of_handoffs(connection, portal_id, [found.id])
    return Detail(found, had.get(found.id, ()), timed.get(found.id, ()), done.get(found.id, ()))


async def _by_id(connection: Connection, portal_id: PortalId, name: str, now: datetime) -> ListedHandoff | None:
    try:
        handoff_id = UUID(name)
    except ValueError:
        return None
    return await handoff_pages.get(connection, portal_id, handoff_id, now=now)


async def _by_contact(connection: Connection, portal_id: PortalId, name: str, now: datetime) -> ListedHandoff | None:
    shadow, wanted = await _is_shadow(connection, portal_id), Wanted(contact_id=name)
    found = await handoff_pages.page(connection, portal_id, wanted, shadow=shadow, now=now, limit=1)
    return next(iter(found), None)


async def _is_shadow(connection: Connection, portal_id: PortalId) -> bool:
    portal = await portals.get(connection, portal_id)
    return portal is None or portal.is_shadow
