"""The look: one pass by one worker over up to 100 contacts.

    claim -> settle what is unfinished -> read the CRM -> weigh -> choose and store -> send -> release

One lease spans it, so that nothing is decided over writes that have not landed and no contact is in two
hands. About six calls to HubSpot, however many of the hundred contacts change.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import structlog

from app.clock import Clock
from app.crm.errors import CrmError, Outage, Retry
from app.crm.port import BATCH, Crm
from app.engine import fates
from app.engine.decide import ModeChanged, decide
from app.engine.heard import Heard
from app.engine.lease import Lease
from app.engine.lost import with_lost
from app.engine.made import Made
from app.engine.probes import AFTER_CLAIM, AFTER_COMMIT, AFTER_READ, SILENT, Probes
from app.engine.read import Reading, losers_first, read, retire
from app.engine.recover import recover
from app.engine.rulebook import Books, Rulebook, Shelf
from app.engine.send import Sending
from app.engine.stored import stored_reading
from app.engine.weigh import weigh
from app.logs import log_context
from app.metrics import DECISIONS, LOOK_CONTACTS, LOOK_ERRORS, LOOK_SECONDS
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import clocks, handoffs, lanes, outages, portals, writes
from app.storage.database import FAILURES, Connection, Database
from app.storage.lanes import Release
from app.storage.portals import Portal

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How long things may take, and how much may be written."""

    lease: timedelta = timedelta(seconds=60)
    http_timeout: timedelta = timedelta(seconds=10)
    patience: timedelta = timedelta(seconds=5)
    margin: timedelta = timedelta(seconds=5)
    writes_per_hour: int = 20_000

    @property
    def send(self) -> timedelta:
        """What a lease must outlast for a send to start; also how long a send may still be applied.

        A batch that is refused as a whole is halved: a further call may start until the time of one is over.
        """
        return 2 * (self.patience + self.http_timeout) + self.margin


@dataclass(frozen=True, slots=True)
class Bench:
    """What looks are taken with."""

    database: Database
    crm: Crm
    portal_id: PortalId
    clock: Clock
    shelf: Shelf
    pace: Pace = field(default_factory=Pace)
    probes: Probes = SILENT
    heard: Heard = field(default_factory=Heard)
    monotonic: Callable[[], float] = time.monotonic


@dataclass(frozen=True, slots=True)
class Looked:
    """What one look did. `contacts` is 0 when nothing was due; `barred` when HubSpot refuses access altogether."""

    contacts: int
    decisions: Mapping[str, int] = field(default_factory=dict)
    errors: Mapping[str, int] = field(default_factory=dict)
    barred: bool = False


async def look(
    bench: Bench, portal: Portal, rulebook: Rulebook, *, limit: int = BATCH, due: datetime | None = None
) -> Looked:
    """Take one look at whatever is due: by now, or by `due`, an instant before.

    What is logged meanwhile carries the look's id: its lease token.
    """
    began = bench.monotonic()
    lease = await _claim(bench, limit, due or bench.clock.now())
    if not lease.lanes:
        return Looked(0)
    with log_context(look=str(lease.token)):
        looked = await _look_under(lease, bench, portal, rulebook)
        _tell(looked, bench.monotonic() - began)
    return looked


async def _look_under(lease: Lease, bench: Bench, portal: Portal, rulebook: Rulebook) -> Looked:
    await bench.probes.at(AFTER_CLAIM)
    taken = _Look(bench, lease, portal, rulebook)
    try:
        await taken.run()
    except Exception:
        taken.break_off()
        raise
    finally:
        with suppress(*FAILURES):  # what is not let go is found again when the lease runs out
            await lease.release(list(taken.releases.values()))
    return taken.summary()


def _tell(looked: Looked, seconds: float) -> None:
    LOOK_SECONDS.observe(seconds)
    LOOK_CONTACTS.observe(looked.contacts)
    for kind, many in looked.decisions.items():
        DECISIONS.labels(kind).inc(many)
    for code, many in looked.errors.items():
        LOOK_ERRORS.labels(code).inc(many)
    ms = round(seconds * 1000, 1)
    _log.info("looked", contacts=looked.contacts, decided=looked.decisions, errors=looked.errors, ms=ms)


async def _claim(bench: Bench, limit: int, due: datetime) -> Lease:
    before = bench.monotonic()

    async def work(connection: Connection) -> Lease:
        token, claimed = await lanes.claim(
            connection,
            bench.portal_id,
            ObjectType.CONTACT,
            limit=limit,
            lease=bench.pace.lease,
            now=due,
        )
        by_id = {ContactId(lane.object_id): lane for lane in claimed}
        return Lease(bench.database, bench.portal_id, token, bench.pace.lease, bench.monotonic, before, by_id)

    return await bench.database.transact(work)


class _Look:
    """One look under its lease. `releases` says how each lane is let go."""

    def __init__(self, bench: Bench, lease: Lease, portal: Portal, rulebook: Rulebook) -> None:
        self._bench = bench
        self._lease = lease
        self._portal = portal
        self._books = Books(rulebook)
        self._made: list[Made] = []
        self._barred = False
        self.releases: dict[ContactId, Release] = {}

    def summary(self) -> Looked:
        return Looked(
            len(self._lease.lanes),
            dict(Counter(one.decision.kind.value for one in self._made)),
            dict(Counter(one.code for one in self.releases.values() if one.code)),
            self._barred,
        )

    async def run(self) -> None:
        """Do the look. A failure of the CRM is the fate of the lanes it concerns, never an exception."""
        try:
            await self._wait_for_sends()
            await self._take_books()
            await self._heed_clocks()
            if self._undecided():
                await self._look_anew()
        except CrmError as error:
            if isinstance(error, Outage):
                await self._note_outage()
            await self._fail(self._undecided(), error)
        except ModeChanged:
            self._put_off(self._undecided(), timedelta(), "the portal changed its mode")

    async def _wait_for_sends(self) -> None:
        recovery = await recover(self._bench.crm, self._lease, in_flight=self._bench.pace.send)
        for contact, wait in recovery.wait.items():
            self._put_off([contact], wait, "an earlier send may still land")

    async def _take_books(self) -> None:
        """An open handoff is decided by the version that it began with."""
        async with self._bench.database.begin() as connection:
            versions = await handoffs.versions(
                connection, self._bench.portal_id, self._undecided(), shadow=self._portal.is_shadow
            )
        self._books = await self._bench.shelf.books(self._books.newest, versions)

    async def _heed_clocks(self) -> None:
        """Decide from what is stored where only a clock woke the lane, and where nothing then needs the CRM.

        Not unless HubSpot has answered of late: otherwise it is asked, and no breach is declared unless it answered
        at the deadline or after.
        """
        now = self._bench.clock.now()
        ids = [one for one in self._undecided() if self._lease.lanes[one].by_clock]
        heard_at = self._bench.heard.lately(now)
        if not ids or self._books.deal_properties or heard_at is None:
            return
        known = await stored_reading(self._bench.database, self._bench.portal_id, ids)
        weighed = await weigh(self._lease, known, self._portal, self._books, now=now)
        await self._lease.renew()
        asks = self._books.asks_for_groups
        made = await decide(self._lease, known, weighed, self._portal, asks_for_groups=asks, now=now, heard_at=heard_at)
        await self._bench.probes.at(AFTER_COMMIT)
        await self._conclude(made, {})

    async def _look_anew(self) -> None:
        reading = await self._read()
        made = await self._decide(reading)
        await self._bench.probes.at(AFTER_COMMIT)
        await self._send(made)

    async def _note_outage(self) -> None:
        silent_since = self._bench.heard.silent_since(self._bench.clock.now())
        async with self._bench.database.begin() as connection:
            await outages.begin(connection, self._bench.portal_id, at=silent_since)
        self._bench.heard.at = None

    async def _read(self) -> Reading:
        await self._lease.renew()
        reading = await read(self._bench.crm, self._undecided(), self._books)
        await self._bench.probes.at(AFTER_READ)
        now = self._bench.clock.now()
        await self._note_answer(now)
        await retire(self._lease, reading, asks_for_groups=self._books.asks_for_groups, now=now)
        for contact in (*reading.missing, *reading.merged):
            self.releases[contact] = fates.settled(self._lease.lanes[contact], None)
        waiting = await losers_first(self._lease, reading, now=now)
        self._put_off(waiting, timedelta(seconds=1), "a record that was merged into it goes first")
        return reading.without(waiting)

    async def _note_answer(self, now: datetime) -> None:
        self._bench.heard.at = now
        async with self._bench.database.begin() as connection:
            await outages.end(connection, self._bench.portal_id, at=now)

    async def _decide(self, reading: Reading) -> list[Made]:
        now = self._bench.clock.now()
        weighed = await weigh(self._lease, reading, self._portal, self._books, now=now)
        if not self._portal.is_shadow:
            weighed = await with_lost(self._bench.crm, self._lease, weighed)
        await self._lease.renew()
        asks = self._books.asks_for_groups
        made = await decide(self._lease, reading, weighed, self._portal, asks_for_groups=asks, now=now)
        left_out = set(reading.contacts) - {one.contact_id for one in made}
        self._put_off(left_out, timedelta(), "it changed hands in the middle of the look")
        return made

    async def _send(self, made: Sequence[Made]) -> None:
        contacts = [one.contact_id for one in made]
        if self._portal.is_shadow:
            await self._conclude(made, {})
        elif await self._brakes(contacts):
            self._made += made
            self._put_off(contacts, timedelta(), "the brake")
        else:
            bench, needs = self._bench, self._bench.pace.send
            sending = Sending(bench.crm, self._lease, self._books, bench.clock, bench.probes, needs=needs)
            await self._conclude(made, await sending.send(contacts))

    async def _brakes(self, contacts: Sequence[ContactId]) -> bool:
        """Whether this look would write more than the portal's brake allows in an hour; if so, pause the portal."""
        async with self._bench.database.begin() as connection:
            due = await writes.due_properties(connection, self._bench.portal_id, contacts)
            many = await writes.sent_within(connection, self._bench.portal_id, timedelta(hours=1))
            if due == 0 or many + due <= self._bench.pace.writes_per_hour:
                return False
            reason = (
                f"the brake: {many} contacts were written in the last hour and {due} more are due, over "
                f"{self._bench.pace.writes_per_hour}; check the last publish, then `baton resume`"
            )
            await portals.pause(connection, self._bench.portal_id, reason)
        _log.error("brake", written=many, due=due, most=self._bench.pace.writes_per_hour)
        return True

    async def _conclude(self, made: Sequence[Made], errors: Mapping[ContactId, CrmError]) -> None:
        self._made += made
        async with self._bench.database.begin() as connection:
            clocks_at = await clocks.next_wakes(
                connection, self._bench.portal_id, [one.contact_id for one in made], shadow=self._portal.is_shadow
            )
        for one in made:
            lane, clock_at = self._lease.lanes[one.contact_id], clocks_at.get(one.contact_id)
            if one.contact_id not in errors:
                self.releases[one.contact_id] = fates.settled(lane, one.decision.look_again_at, clock_at=clock_at)
        for contact, error in errors.items():
            await self._fail([contact], error)

    def break_off(self) -> None:
        """A defect ended the look: let each lane go at a time of its own, so that the one to blame comes alone."""
        now = self._bench.clock.now()
        open_ = self._undecided()
        for place, contact in enumerate(open_):
            self.releases[contact] = fates.broken(self._lease.lanes[contact], now, place, alone=len(open_) == 1)

    def _undecided(self) -> list[ContactId]:
        return sorted(one for one in self._lease.lanes if one not in self.releases and self._lease.holds(one))

    def _put_off(self, contacts: Iterable[ContactId], wait: timedelta, reason: str) -> None:
        until = self._bench.clock.now() + wait
        for contact in contacts:
            self.releases[contact] = fates.put_off(self._lease.lanes[contact], until, reason)

    async def _fail(self, contacts: Iterable[ContactId], error: CrmError) -> None:
        now = self._bench.clock.now()
        for contact in contacts:
            self.releases[contact] = fates.failed(self._lease.lanes[contact], error, now)
        if error.retry is Retry.PERSON:
            self._barred = True
            async with self._bench.database.begin() as connection:
                await portals.block(connection, self._bench.portal_id, f"HubSpot refuses access: {error.words}")
