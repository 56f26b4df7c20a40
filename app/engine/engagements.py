"""Engagements: each hint at a call, an e-mail, a meeting and so on is read, with whom it was, kept, and passed on.

Two calls to HubSpot for up to a hundred of one kind. An event names no contact, and the association may land
after it: it is read again, at growing intervals, until it is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial

from app.crm.port import EngagementRead
from app.engine import rescissions
from app.engine.hints import Held, pass_on, tell
from app.engine.look import Bench
from app.records.engagement import Engagement, EngagementKind
from app.records.ids import ContactId, ObjectType, OwnerId, PortalId
from app.storage import engagements, portals, writes
from app.storage.database import Connection
from app.storage.engagements import Kept
from app.storage.lanes import Claimed, Release

TRIES_MOST = 15
"""After so many reads without a contact none is waited for any more: some nine hours after the event."""

_ALONE = "no contact is associated with it"
_GONE = "the engagement is gone"
_OWN = "made by Baton"


async def take(bench: Bench, kind: EngagementKind) -> int:
    """Take in what is due of one kind; return how many lanes were held."""
    return await pass_on(bench, ObjectType(kind.value), partial(_take, bench, kind))


async def _take(bench: Bench, kind: EngagementKind, held: Held) -> Sequence[Release]:
    read = await bench.crm.read_engagements(kind, held.ids)
    contacts = await bench.crm.read_contacts_of(held.object_type, sorted(read)) if read else {}
    now = bench.clock.now()
    sorted_out = _Sorted.of(held, read, contacts)
    await bench.database.transact(partial(_keep, bench.portal_id, kind, held, sorted_out, now=now))
    return [
        *held.settled(each for each in held.ids if each not in sorted_out.early),
        *(_again(held.lanes[each], now) for each in sorted_out.early),
    ]


@dataclass(frozen=True, slots=True)
class _Sorted:
    """What was read of the lanes held, by what becomes of it."""

    found: Mapping[str, tuple[EngagementRead, frozenset[ContactId]]]
    early: tuple[str, ...]
    """No contact is associated yet."""
    alone: tuple[str, ...]
    """None ever was, for all that can be told."""
    gone: tuple[str, ...]

    @classmethod
    def of(cls, held: Held, read: Mapping[str, EngagementRead], contacts: Mapping[str, Sequence[ContactId]]) -> _Sorted:
        without = [each for each in held.ids if each in read and not contacts.get(each)]
        return cls(
            found={each: (one, frozenset(contacts[each])) for each, one in read.items() if contacts.get(each)},
            early=tuple(each for each in without if held.lanes[each].attempts < TRIES_MOST),
            alone=tuple(each for each in without if held.lanes[each].attempts >= TRIES_MOST),
            gone=tuple(each for each in held.ids if each not in read),
        )


async def _keep(
    portal_id: PortalId, kind: EngagementKind, held: Held, read: _Sorted, connection: Connection, *, now: datetime
) -> None:
    """Keep what was read, and look again at everybody for whom it is news. Notes and tasks of Baton's own are none."""
    sent = await writes.recently_sent(connection, portal_id, [], sorted(read.found))
    own = read.found.keys() & {write.crm_id for write in sent}
    theirs = read.found.keys() - own
    kept = await _with_owners(connection, portal_id, [read.found[each] for each in sorted(theirs)])
    told = await engagements.save(connection, portal_id, kind, kept, now=now)
    told |= await engagements.remove(connection, portal_id, kind, [*read.alone, *read.gone])
    await rescissions.of_closed(connection, portal_id, sorted(told), now=now)
    await tell(connection, portal_id, told, now=now)
    await held.cover(connection, portal_id, theirs)
    await held.cover(connection, portal_id, own, _OWN)
    await held.cover(connection, portal_id, read.alone, _ALONE)
    await held.cover(connection, portal_id, read.gone, _GONE)


async def _with_owners(
    connection: Connection, portal_id: PortalId, read: Sequence[tuple[EngagementRead, frozenset[ContactId]]]
) -> list[Kept]:
    """HubSpot leaves the owner of many an e-mail empty: then it is whoever has the address it was sent from."""
    owners = await portals.owners(connection, portal_id)
    by_address = {owner.email.casefold(): owner.id for owner in owners if owner.email}
    return [Kept(_owned(one, by_address), contacts) for one, contacts in read]


def _owned(read: EngagementRead, by_address: Mapping[str, OwnerId]) -> Engagement:
    owner = read.engagement.owner_id or by_address.get(read.sender)
    return replace(read.engagement, owner_id=owner)


def _again(lane: Claimed, now: datetime) -> Release:
    wake_at = now + timedelta(seconds=2**lane.attempts)
    return Release(lane.object_id, lane.generation, wake_at, failed=True, code="unassociated", reason=f"{_ALONE} yet")
