"""The story of a handoff, gathered: who had it, its clocks on the calendars of its version, acts and engagements."""

from __future__ import annotations

from dataclasses import replace

from app.agreement.model import Agreement
from app.engine.handoffs import Detail, detail
from app.engine.recheck import readable_book
from app.handoff.promise import ladder_of, named_calendar
from app.handoff.timeline import Story, Timed
from app.records.crm import Owner
from app.records.engagement import Engagement
from app.records.ids import PortalId
from app.sla.calendar import ALWAYS
from app.sla.clock import Clock, ClockKind
from app.storage import engagements, handoff_pages, portals
from app.storage.database import Connection, Database
from app.storage.handoff_pages import ListedHandoff


async def story_of(database: Database, portal_id: PortalId, found: ListedHandoff) -> Story:
    """The handoff from first to last, told on the wall of the time zone in which its first clock counts."""
    whole = await detail(database, portal_id, found)
    book = await readable_book(database, portal_id, found.version)
    async with database.begin() as connection:
        owners = await portals.owners(connection, portal_id)
        signalled_at = await handoff_pages.signalled_at(connection, portal_id, found)
        done = await _engagements(connection, portal_id, found)
    story = _story(whole, book.agreement if book else None, owners)
    return replace(story, signalled_at=signalled_at, engagements=done)


async def _engagements(connection: Connection, portal_id: PortalId, found: ListedHandoff) -> tuple[Engagement, ...]:
    """What happened with the contact while the handoff was open."""
    since = await engagements.of_contacts(connection, portal_id, [found.contact_id], since=found.opened_at)
    every = since.get(found.contact_id, ())
    return tuple(one for one in every if found.closed_at is None or one.occurred_at <= found.closed_at)


def _story(whole: Detail, agreement: Agreement | None, owners: tuple[Owner, ...]) -> Story:
    found = whole.handoff
    zones = (clock.time_zone for clock in whole.clocks)
    fallback = "UTC" if agreement is None else agreement.time_zone
    return Story(
        time_zone=next(zones, fallback),
        route=found.route,
        promise=found.promise,
        pool=found.pool,
        because=found.because,
        opened_at=found.opened_at,
        state=found.state,
        tenures=whole.tenures,
        clocks=tuple(_timed(clock, found.promise, agreement) for clock in sorted(whole.clocks, key=_place)),
        acts=whole.acts,
        owners={owner.id: owner.email for owner in owners},
        closed_at=found.closed_at,
        reason=found.reason,
        returns_at=found.returns_at,
    )


def _place(clock: Clock) -> tuple[int, int]:
    """Clocks go by owner, and for each in the order of the promise."""
    return clock.tenure, list(ClockKind).index(clock.kind)


def _timed(clock: Clock, promise_id: str, agreement: Agreement | None) -> Timed:
    """The clock on its calendar; around the clock where its version can no longer be read."""
    if agreement is None:
        return Timed(clock, replace(ALWAYS, time_zone=clock.time_zone))
    promise = agreement.promises.get(promise_id)
    ladder = () if promise is None else ladder_of(promise, clock.kind)
    return Timed(clock, named_calendar(agreement, clock.calendar, clock.time_zone), ladder)
