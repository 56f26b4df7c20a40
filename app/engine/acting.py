"""What people do to an open handoff: hold, release, reassign, extend, time anew. Each gives a reason.

An act is kept and the lead's lane is marked: the next look takes it in and carries it out. The audit says who did
what; the reason stays with the act, since it may be personal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import ClassVar, assert_never
from uuid import UUID

from app.engine.local_time import instant_of
from app.engine.recheck import readable_book
from app.engine.refusals import NothingThere
from app.engine.rulebook import Rulebook
from app.errors import BatonError
from app.handoff.renumber import renumbered
from app.handoff.state import Act, ActKind, Handoff, Roster
from app.records.crm import Owner
from app.records.ids import ContactId, ObjectType, PortalId
from app.records.span import Span
from app.sla.calendar import ALWAYS
from app.sla.lay import push_on
from app.storage import acts, agreements, audit, clocks, handoffs, lanes, portals
from app.storage.clocks import KeptClock
from app.storage.database import Connection, Database

_MOST = timedelta(days=366)

_DONE = {
    ActKind.HOLD: "handoff held",
    ActKind.RELEASE: "handoff released",
    ActKind.REASSIGN: "handoff reassigned",
    ActKind.EXTEND: "handoff extended",
    ActKind.REAPPLY: "handoff timed anew",
}


class ActRefused(BatonError):
    """The handoff cannot be treated so; the message says what would do."""

    code: ClassVar[str] = "act_refused"


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody asks for. `until` ends a hold, `to` is the address of who is to get the lead, `more` a span.

    A time without an offset is one in the time zone of the agreement.
    """

    kind: ActKind
    because: str
    until: datetime | None = None
    to: str | None = None
    more: str = ""


async def act(
    database: Database,
    portal_id: PortalId,
    handoff_id: UUID,
    asked: Asked,
    *,
    by: str,
    now: datetime,
    request_key: str | None = None,
) -> Act:
    """Keep an act and wake the lead. Raises NothingThere without such an open handoff, OutOfCalendar, and ActRefused.

    That is raised where no reason is given, and for what would change nothing. `request_key` is the client's own:
    asked again under it, the act that was done is returned, and nothing more is done.
    """
    if not asked.because.strip():
        raise ActRefused("a reason is missing; say why, for whoever wonders later")
    until = None if asked.until is None else await instant_of(database, portal_id, asked.until)
    books = await _books(database, portal_id, handoff_id) if asked.kind is ActKind.REAPPLY else {}
    book = books[max(books)] if books else None

    async def work(connection: Connection) -> Act:
        found = await handoffs.open_by_id(connection, portal_id, [handoff_id])
        to = None if asked.to is None else await _owner(connection, portal_id, asked.to)
        owner_id = None if to is None else to.id
        done = Act(asked.kind, by, now, asked.because.strip(), until, owner_id, asked.more.strip())
        if not await acts.add(connection, portal_id, handoff_id, done, request_key):
            return await _done_before(connection, portal_id, handoff_id, done, request_key)
        contact_id, handoff = _open(found, handoff_id)
        _check_owner(to, asked)
        _check(done, handoff, book)
        detail = {"handoff": str(handoff_id), "contact": contact_id}
        await audit.note(connection, portal_id, by, _DONE[asked.kind], detail, now=now)
        await lanes.mark(connection, portal_id, [(ObjectType.CONTACT, contact_id)], wake_at=now, now=now)
        if book is not None:
            await _take_version(connection, portal_id, handoff_id, books.get(handoff.version), book)
        return done

    return await database.transact(work)


async def _done_before(
    connection: Connection, portal_id: PortalId, handoff_id: UUID, done: Act, request_key: str | None
) -> Act:
    """The act that was done under the key. Raises ActRefused where the key was used for another."""
    found = await acts.asked_for(connection, portal_id, request_key or "")
    if found is None or found != (handoff_id, replace(done, by=found[1].by, at=found[1].at)):
        raise ActRefused("the key was used for another act; send a key of its own with each")
    return found[1]


async def _books(database: Database, portal_id: PortalId, handoff_id: UUID) -> dict[int, Rulebook]:
    """The agreement in force and the one that the handoff began with, as far as that is read still."""
    async with database.begin() as connection:
        newest = await agreements.newest_number(connection, portal_id)
        found = await handoffs.open_by_id(connection, portal_id, [handoff_id])
    numbers = {newest, *(handoff.version for _, handoff in found.values())} - {None}
    read = [await readable_book(database, portal_id, number) for number in numbers if number is not None]
    books = {book.version: book for book in read if book is not None}
    if newest not in books:
        raise NothingThere("there is no agreement in force that could be applied; publish one")
    return books


async def _take_version(
    connection: Connection, portal_id: PortalId, handoff_id: UUID, former: Rulebook | None, book: Rulebook
) -> None:
    """Decide the handoff by the book from now on; steps keep whether they were done. The lane must be locked."""
    contact_id, handoff = _open(await handoffs.open_by_id(connection, portal_id, [handoff_id]), handoff_id)
    if former is not None:
        promises = (one.agreement.promises.get(handoff.promise) for one in (former, book))
        again = renumbered(handoff.clocks, *promises)
        await clocks.save(connection, portal_id, [KeptClock(handoff_id, contact_id, one) for one in again])
    await acts.take_version(connection, portal_id, handoff_id, book.version)


def _open(found: Mapping[UUID, tuple[ContactId, Handoff]], handoff_id: UUID) -> tuple[ContactId, Handoff]:
    if handoff_id not in found:
        raise NothingThere(f"there is no open handoff {handoff_id}; list handoffs to see those that are")
    return found[handoff_id]


async def _owner(connection: Connection, portal_id: PortalId, email: str) -> Owner | None:
    return Roster(owners=await portals.owners(connection, portal_id)).by_email(email.strip())


def _check_owner(owner: Owner | None, asked: Asked) -> None:
    if asked.to is not None and (owner is None or not owner.active):
        raise ActRefused(f"HubSpot has no active owner with the address {asked.to}; list owners to see them")


def _check(done: Act, handoff: Handoff, book: Rulebook | None) -> None:
    """Raises ActRefused for what would change nothing, or could not be carried out."""
    match done.kind:
        case ActKind.HOLD:
            _check_hold(done)
        case ActKind.RELEASE:
            if not _is_held(handoff, done.at):
                raise ActRefused("nobody holds the handoff; there is nothing to release")
        case ActKind.REASSIGN:
            if done.to == handoff.owner_id:
                raise ActRefused("they have the handoff already; name somebody else, or nobody for whoever is next")
        case ActKind.EXTEND:
            _check_extension(done, handoff)
        case ActKind.REAPPLY:
            _check_version(handoff, book)
        case _:
            assert_never(done.kind)


def _check_hold(done: Act) -> None:
    if done.until is not None and done.until <= done.at:
        raise ActRefused(f"until {done.until.isoformat()} is not after {done.at.isoformat()}; give a later instant")


def _is_held(handoff: Handoff, now: datetime) -> bool:
    """Whether a hold lasts that nobody has released since."""
    released = max((one.at for one in handoff.acts if one.kind is ActKind.RELEASE), default=None)
    return any(
        one.kind is ActKind.HOLD and (one.until is None or one.until > now) and (released is None or one.at > released)
        for one in handoff.acts
    )


def _check_extension(done: Act, handoff: Handoff) -> None:
    if all(clock.stop is not None for clock in handoff.clocks):
        raise ActRefused("no clock of the handoff runs; there is nothing to extend")
    try:
        end = push_on(done.at, Span.parse(done.more), ALWAYS)
    except ValueError as error:
        raise ActRefused(f"`by`: {error}") from None
    if end is None or not done.at < end <= done.at + _MOST:
        raise ActRefused(f"`by` is {done.more!r}; extend by more than nothing and at most a year")


def _check_version(handoff: Handoff, book: Rulebook | None) -> None:
    agreement = None if book is None else book.agreement
    if agreement is None or handoff.promise not in agreement.promises or handoff.pool not in agreement.pools:
        raise ActRefused(
            f"the agreement in force has no promise {handoff.promise!r} or no pool {handoff.pool!r} any more; "
            "the handoff keeps the version that it began with"
        )
