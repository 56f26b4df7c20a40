"""Unpacking: stored requests become events, each counted once, and mark the lanes of the records they hint at.

Many requests in one transaction, parsed one by one with the loop let free in between, so that the door
never waits. A piece that cannot be read is quarantined alone.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import Counter, defaultdict
from collections.abc import Container, Mapping, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.crm.port import Inbox
from app.logs import defect_of
from app.metrics import EVENTS_DUPLICATE, EVENTS_QUARANTINED, EVENTS_RECEIVED
from app.records.event import Event, EventKind, EventState, Unreadable
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import contacts, deliveries, events, lanes, writes
from app.storage.database import Connection, Database, is_away
from app.storage.deliveries import Delivery
from app.storage.events import Arrival
from app.storage.writes import StoredWrite

_log = structlog.get_logger(__name__)

REQUESTS_AT_ONCE = 32


@dataclass(frozen=True, slots=True)
class Unpacked:
    """What one pass did. `requests` is 0 when there was nothing to unpack. Of what was `received`, `events` are new."""

    requests: int
    events: int
    lanes: int
    received: int = 0
    quarantined: int = 0


class Unpacking:
    def __init__(
        self, database: Database, inbox: Inbox, portal_id: PortalId, clock: Clock, *, settling: timedelta
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._portal_id = portal_id
        self._clock = clock
        self._settling = settling

    async def unpack(self, *, limit: int = REQUESTS_AT_ONCE) -> Unpacked:
        """Unpack up to `limit` stored requests, in one transaction.

        Where that fails and the database is not to blame, they are unpacked one by one, and one that fails
        alone is quarantined whole: no request holds up those behind it.
        """
        done = await self._together(limit)
        EVENTS_RECEIVED.inc(done.received)
        EVENTS_DUPLICATE.inc(done.received - done.events)
        EVENTS_QUARANTINED.inc(done.quarantined)
        return done

    async def _together(self, limit: int) -> Unpacked:
        try:
            return await self._database.transact(lambda connection: self._unpack(connection, limit))
        except Exception as defect:
            if is_away(defect):
                raise
            _log.error("unpacking_failed", **defect_of(defect))
            return await self._one_by_one(limit)

    async def _one_by_one(self, limit: int) -> Unpacked:
        done = [await self._alone() for _ in range(limit)]
        return Unpacked(*(sum(numbers) for numbers in zip(*map(astuple, done), strict=True)))

    async def _alone(self) -> Unpacked:
        try:
            return await self._database.transact(lambda connection: self._unpack(connection, 1))
        except Exception as defect:
            if is_away(defect):
                raise
            reason = f"the request could not be unpacked: {type(defect).__name__}"
            return await self._database.transact(lambda connection: self._set_aside(connection, reason))

    async def _set_aside(self, connection: Connection, reason: str) -> Unpacked:
        for delivery in await deliveries.take_packed(connection, limit=1):
            key = hashlib.sha256(delivery.id.bytes).hexdigest()
            whole = Unreadable(key, f"see delivery {delivery.id}", reason)
            aside = Arrival(whole, delivery.id, delivery.received_at, EventState.QUARANTINED, reason)
            await events.add_new(connection, [aside], portal_id=self._portal_id)
            await deliveries.mark_unpacked(connection, [delivery.id], now=self._clock.now())
        return Unpacked(1, 1, 0, received=1, quarantined=1)

    async def _unpack(self, connection: Connection, limit: int) -> Unpacked:
        taken = await deliveries.take_packed(connection, limit=limit)
        if not taken:
            return Unpacked(0, 0, 0)
        now = self._clock.now()
        read = await self._read(taken)
        echoes = await self._echoes(connection, [said for said, _ in read if isinstance(said, Event)])
        arrivals = self._arrivals(read, echoes)
        fresh = await events.add_new(connection, arrivals, portal_id=self._portal_id)
        marked = await self._mark(connection, [one for one in arrivals if one.event.key in fresh], now)
        # Behind the lanes, as everywhere: a look that settles locks its lanes before its writes.
        await writes.mark_echoed(connection, self._portal_id, sorted({write.id for write in echoes.values()}))
        await deliveries.mark_unpacked(connection, [one.id for one in taken], now=now)
        await self._erase(connection, [one.event for one in arrivals])
        states = Counter(one.state.value for one in arrivals if one.event.key in fresh)
        _log.info("unpacked", requests=len(taken), received=len(arrivals), new=dict(states), lanes=marked)
        quarantined = states[EventState.QUARANTINED.value]
        return Unpacked(len(taken), len(fresh), marked, len(arrivals), quarantined)

    async def _read(self, taken: Sequence[Delivery]) -> list[tuple[Event | Unreadable, Delivery]]:
        read: list[tuple[Event | Unreadable, Delivery]] = []
        for delivery in taken:
            read += [(said, delivery) for said in self._inbox.parse(delivery.body)]
            await asyncio.sleep(0)
        return read

    def _arrivals(self, read: Sequence[tuple[Event | Unreadable, Delivery]], echoes: Container[str]) -> list[Arrival]:
        """Each event once, with what becomes of it."""
        arrivals: dict[str, Arrival] = {}
        for said, delivery in read:
            state, reason = self._judge(said, echoes)
            arrivals.setdefault(said.key, Arrival(said, delivery.id, delivery.received_at, state, reason))
        return list(arrivals.values())

    def _judge(self, said: Event | Unreadable, echoes: Container[str]) -> tuple[EventState, str | None]:
        if isinstance(said, Unreadable):
            return EventState.QUARANTINED, said.reason
        reason = self._why_ignored(said, echoes)
        return (EventState.IGNORED, reason) if reason else (EventState.PENDING, None)

    def _why_ignored(self, said: Event, echoes: Container[str]) -> str | None:
        if said.portal_id != self._portal_id:
            return f"unknown portal {said.portal_id}: this Baton serves {self._portal_id}"
        if said.is_test:
            return "sent by the test button"
        if said.kind is EventKind.OTHER or said.object_type is None or said.object_id is None:
            return f"{said.type_name} is of no use to Baton"
        if said.key in echoes:
            return "echo of a write by Baton"
        return None

    async def _echoes(self, connection: Connection, said: Sequence[Event]) -> Mapping[str, StoredWrite]:
        """The write behind each event that tells of one of Baton's own, by the event's key."""
        own = [one for one in said if one.portal_id == self._portal_id and one.is_by_own_app and one.object_id]
        if not own:
            return {}
        sent = await writes.recently_sent(
            connection,
            self._portal_id,
            [one.object_id or "" for one in own if one.object_type is ObjectType.CONTACT],
            [one.object_id or "" for one in own if one.object_type is not ObjectType.CONTACT],
        )
        return _Echoes(sent).among(own)

    async def _mark(self, connection: Connection, fresh: Sequence[Arrival], now: datetime) -> int:
        pending = [one.event for one in fresh if one.state is EventState.PENDING and isinstance(one.event, Event)]
        records = {(said.object_type, said.object_id) for said in pending if said.object_type and said.object_id}
        records |= {record for said in pending for record in said.also}
        generations = await lanes.mark(
            connection, self._portal_id, sorted(records), wake_at=now + self._settling, now=now
        )
        await events.set_generations(connection, self._portal_id, [said.key for said in pending], generations)
        return len(generations)

    async def _erase(self, connection: Connection, said: Sequence[Event | Unreadable]) -> None:
        """Somebody asked to be forgotten: forget at once, the raw bytes of this very request included."""
        people = [
            ContactId(one.object_id)
            for one in said
            if isinstance(one, Event) and one.kind is EventKind.ERASED and not one.is_test
            if one.portal_id == self._portal_id and one.object_type is ObjectType.CONTACT and one.object_id
        ]
        people = await contacts.with_former(connection, self._portal_id, people)
        if people:
            await contacts.erase(connection, self._portal_id, people)
            await events.erase(connection, self._portal_id, people)


class _Echoes:
    """Writes sent lately, by what an echo would be about."""

    def __init__(self, sent: Sequence[StoredWrite]) -> None:
        self._by_contact: dict[str, list[StoredWrite]] = defaultdict(list)
        for write in sent:
            self._by_contact[write.contact_id].append(write)
        self._by_crm_id = {write.crm_id: write for write in sent if write.crm_id}

    def among(self, own: Sequence[Event]) -> Mapping[str, StoredWrite]:
        """The write behind each event that echoes one: the same property and value, or the note or task made."""
        return {said.key: write for said in own if (write := self._behind(said))}

    def _behind(self, said: Event) -> StoredWrite | None:
        if said.object_type is not ObjectType.CONTACT:
            return self._by_crm_id.get(said.object_id or "")
        fitting = (write for write in self._by_contact[said.object_id or ""] if _says_the_same(said, write))
        return next(fitting, None)


def _says_the_same(said: Event, write: StoredWrite) -> bool:
    wanted = write.properties.get(said.property_name or "")
    return wanted is not None and said.property_value is not None and _plain(wanted) == _plain(said.property_value)


def _plain(value: str) -> str | datetime | float:
    """A value in the form in which two spellings of it are equal: webhooks send instants as milliseconds."""
    try:
        return float(datetime.fromisoformat(value).timestamp() * 1000) if "T" in value else float(value)
    except ValueError:
        return value.casefold()
