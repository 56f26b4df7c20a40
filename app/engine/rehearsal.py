"""What the next look at a contact would decide, from what is stored: nothing is read from the CRM, nothing written.

Each contact is decided alone, as if it were the next one in its pool. Deals are not stored, so an agreement that
looks at them is weighed without any.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from app.engine.pools import roster_of
from app.engine.refusals import NothingThere
from app.engine.rulebook import Books, Shelf, rulebook_of
from app.engine.stored import stored_reading
from app.engine.weigh import Kept, Weighed, weigh
from app.handoff.decision import AddNote, AddTask, CloseTask, Decision, SetProperties, Write
from app.handoff.route import route
from app.handoff.state import Roster
from app.records.ids import ContactId
from app.storage import agreements, decisions, handoffs, portals
from app.storage.decisions import StoredDecision


@dataclass(frozen=True, slots=True)
class Said:
    """A decision in short: `kind` in one word, `because` in a sentence."""

    kind: str
    because: str


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """A contact's last decision beside the one that its next look would make; None where there is none of them.

    A contact that was never read has no next one. `writes` are sentences on what would be sent.
    """

    contact_id: ContactId
    last: Said | None
    next: Said | None
    writes: tuple[str, ...] = ()

    @property
    def differs(self) -> bool:
        return self.last != self.next


async def rehearse(
    kept: Kept, contacts: Sequence[ContactId], *, version: int | None = None, now: datetime
) -> list[Rehearsed]:
    """Decide each contact, in the order given. With `version`, all by that version; else an open handoff keeps its own.

    Raises NothingThere for a portal without an agreement, or without that version.
    """
    async with kept.database.begin() as connection:
        portal = await portals.get(connection, kept.portal_id)
        if portal is None:
            raise NothingThere("the portal was never read; start `baton run` once")
        roster = await roster_of(connection, kept.portal_id, now)
        before = {one: await decisions.of_contact(connection, kept.portal_id, one, limit=1) for one in contacts}
    books = await _books(kept, contacts, version, shadow=portal.is_shadow)
    reading = await stored_reading(kept.database, kept.portal_id, contacts)
    weighed = await weigh(kept, reading, portal, books, now=now)
    after = await asyncio.to_thread(_decided, weighed, roster, now)
    return [_rehearsed(one, before[one], after.get(one)) for one in contacts]


async def _books(kept: Kept, contacts: Sequence[ContactId], version: int | None, *, shadow: bool) -> Books:
    async with kept.database.begin() as connection:
        versions = await handoffs.versions(connection, kept.portal_id, contacts, shadow=shadow)
        asked = (
            await agreements.newest(connection, kept.portal_id)
            if version is None
            else await agreements.get(connection, kept.portal_id, version)
        )
    if asked is None:
        raise NothingThere("no agreement was published yet" if version is None else f"there is no version {version}")
    book = await rulebook_of(asked)
    return Books(book, versions) if version else await Shelf(kept.database, kept.portal_id).books(book, versions)


def _decided(weighed: Sequence[Weighed], roster: Roster, now: datetime) -> dict[ContactId, Decision]:
    return {one.lead.contact.id: route(one.qualification, roster, now) for one in weighed}


def _rehearsed(contact_id: ContactId, before: Sequence[StoredDecision], after: Decision | None) -> Rehearsed:
    last = Said(before[0].kind, before[0].because) if before else None
    if after is None:
        return Rehearsed(contact_id, last, None)
    return Rehearsed(contact_id, last, Said(after.kind.value, after.because), tuple(map(_sentence, after.writes)))


def _sentence(write: Write) -> str:
    """What is sent, without a value of the record."""
    match write:
        case SetProperties():
            return f"sets {', '.join(sorted(write.properties))}"
        case AddNote():
            return f"adds the {write.name}"
        case AddTask():
            return f"adds the {write.name}"
        case CloseTask():
            return f"closes the {write.of}"
        case _:
            assert_never(write)
