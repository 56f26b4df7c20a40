"""Every notice reaches its receiver once by its key, whatever fails, and when people want to be told."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import pytest
import structlog
from sqlalchemy import insert, text

from app.clock import SteppedClock
from app.engine import notifying as use_cases
from app.engine.notifying import Limits, Notifying
from app.engine.probes import AFTER_NOTIFY, BEFORE_NOTIFY, SILENT, Probes
from app.engine.refusals import NothingThere
from app.engine.start import packaged_agreement
from app.handoff.decision import Notice
from app.notify.channels import Channel, Message
from app.notify.errors import Busy, Refused, Unreachable
from app.notify.manners import ATTEMPTS_MOST, LONGEST_PAUSE, Manners, QuietHours
from app.records.ids import ContactId, PortalId
from app.storage import agreements, contacts, notices, portals
from app.storage.agreements import NewVersion
from app.storage.database import Database
from app.storage.notices import Listed, NewNotice
from app.storage.tables import clock as clock_table
from app.storage.tables import handoff, owner
from tests.chaos.children import until
from tests.conftest import NOW
from tests.world import PORTAL

PORTAL_ID = PortalId(PORTAL)
MANNERS = Manners()
QUIET = Manners(quiet=QuietHours.parse("20:00-07:00"), urgent=frozenset({"breached"}))
NEW_YORK_NIGHT = datetime.fromisoformat("2026-11-21T03:00Z")
"""22:00 in the example agreement's time zone."""


@dataclass(slots=True)
class Ear:
    """A channel that keeps what it hears, and first raises what it is told to."""

    name: str = "webhook"
    heard: list[Message] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    async def deliver(self, message: Message) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.heard.append(message)

    @property
    def keys(self) -> Counter[str]:
        return Counter(one.key.partition(":")[2] for one in self.heard)


class Crashing:
    """Breaks off at a point, once: what a process that is killed there leaves behind."""

    def __init__(self, point: str) -> None:
        self._points = [point]

    async def at(self, point: str) -> None:
        if point in self._points:
            self._points.clear()
            raise Killed


class Killed(BaseException):
    """Stands for the end of the process: nothing in the engine catches it."""


def new(key: str, kind: str = "breached", contact: str | None = "101") -> NewNotice:
    notice = Notice(key, "ann@example.com", kind, f"Notice {key}", ("Call Zoe Canarywood.",))
    return NewNotice(key, uuid4(), ContactId(contact) if contact else None, notice)


async def keep(database: Database, *kept: NewNotice, shadow: bool = False, now: datetime = NOW) -> None:
    async with database.begin() as connection:
        await notices.add(connection, PORTAL_ID, kept, shadow=shadow, now=now)


async def listed(database: Database) -> list[Listed]:
    async with database.begin() as connection:
        return await notices.listed(connection, PORTAL_ID, limit=1000)


async def only(database: Database) -> Listed:
    [found] = await listed(database)
    return found


def worker(
    database: Database,
    clock: SteppedClock,
    *channels: Channel,
    manners: Manners = MANNERS,
    lease: float = 60,
    probes: Probes = SILENT,
    **more: Any,
) -> Notifying:
    limits = Limits(timedelta(seconds=lease), timedelta())
    return Notifying(
        database, PORTAL_ID, clock, channels, manners=manners, limits=limits, probes=probes, draw=lambda: 0.0, **more
    )


async def test_a_notice_is_kept_once_by_its_key_and_sent_once(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    await keep(database, new("a"))
    await keep(database, new("a"), new("b"))
    notifying = worker(database, clock, ear)
    assert await notifying.send_due() == 2
    assert await notifying.send_due() == 0
    assert ear.keys == Counter(["a", "b"])
    assert {(one.state.value, one.sent_at) for one in await listed(database)} == {("sent", NOW)}


async def test_two_workers_at_once_send_each_notice_once(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    keys = [f"n{number}" for number in range(100)]
    await keep(database, *(new(key) for key in keys))
    await asyncio.gather(*(worker(database, clock, ear).send_due(100) for _ in range(2)))
    assert ear.keys == Counter(keys)


async def test_a_notice_goes_out_by_every_channel(database: Database, clock: SteppedClock) -> None:
    slack, mail = Ear("slack"), Ear("mail", raises=[Refused("550: no such user")])
    await keep(database, new("a"))
    await worker(database, clock, slack, mail).send_due()
    assert {(one.channel, one.state.value) for one in await listed(database)} == {("slack", "sent"), ("mail", "dead")}


async def test_a_notice_of_shadow_mode_is_kept_and_never_sent(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    await keep(database, new("a"), shadow=True)
    assert await worker(database, clock, ear).send_due() == 0
    found = await only(database)
    assert (found.state.value, found.words) == ("skipped", notices.SHADOW)
    with pytest.raises(NothingThere):
        await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=NOW)


async def test_without_a_channel_a_notice_is_skipped_and_can_go_out_later(
    database: Database, clock: SteppedClock
) -> None:
    await keep(database, new("a"))
    await worker(database, clock).send_due()
    found = await only(database)
    assert (found.state.value, found.words, found.channel) == ("skipped", notices.NO_CHANNEL, None)
    ear = Ear()
    assert await worker(database, clock, ear).send_due() == 0
    await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=NOW)
    assert await worker(database, clock, ear).send_due() == 1


async def test_what_fails_is_tried_again_after_growing_pauses_under_the_same_key(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Unreachable("no answer"), Busy("503", retry_after=timedelta(hours=1))])
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    await notifying.send_due()
    found = await only(database)
    assert (found.state.value, found.code, found.words) == ("due", "unreachable", "no answer")
    assert found.next_at == NOW + timedelta(minutes=1)
    assert await notifying.send_due() == 0
    clock.advance(timedelta(minutes=1))
    await notifying.send_due()
    assert (await only(database)).next_at == clock.now() + timedelta(hours=1), "as the receiver asked"
    clock.advance(timedelta(hours=1))
    await notifying.send_due()
    found = await only(database)
    assert (found.state.value, found.attempts, found.words) == ("sent", 3, None)
    assert ear.keys == Counter(["a"])


async def test_after_twelve_attempts_a_notice_is_dead_until_somebody_retries_it(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Unreachable("no answer")] * ATTEMPTS_MOST)
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    for _ in range(ATTEMPTS_MOST):
        assert await notifying.send_due() == 1
        clock.advance(LONGEST_PAUSE)
    assert await notifying.send_due() == 0
    found = await only(database)
    assert (found.state.value, found.attempts) == ("dead", ATTEMPTS_MOST)
    assert found.words == "no answer; given up after 12 attempts"
    await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=clock.now())
    await notifying.send_due()
    assert (await only(database)).state.value == "sent"
    [line] = await rows(database, "SELECT actor, action FROM audit")
    assert line == {"actor": "ann", "action": "notice retried"}


async def test_what_is_refused_for_good_is_not_tried_again(database: Database, clock: SteppedClock) -> None:
    ear = Ear(raises=[Refused("the receiver answered 404")])
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    await notifying.send_due()
    clock.advance(timedelta(days=1))
    assert await notifying.send_due() == 0
    found = await only(database)
    assert (found.state.value, found.code, found.words) == ("dead", "refused", "the receiver answered 404")


async def test_a_notice_that_was_sent_cannot_be_sent_again(database: Database, clock: SteppedClock) -> None:
    await keep(database, new("a"))
    await worker(database, clock, Ear()).send_due()
    found = await only(database)
    for notice_id in (found.id, UUID(int=0)):
        with pytest.raises(NothingThere, match="baton notice list"):
            await use_cases.retry(database, PORTAL_ID, notice_id, by="ann", now=NOW)


async def test_a_defect_over_one_notice_holds_up_no_other(database: Database, clock: SteppedClock) -> None:
    ear = Ear(raises=[ValueError("Zoe Canarywood")])
    await keep(database, new("a"), new("b"), new("c"))
    with structlog.testing.capture_logs() as logged:
        await worker(database, clock, ear).send_due()
    assert sorted(one.state.value for one in await listed(database)) == ["due", "sent", "sent"]
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["notice_defect"]
    assert "Canarywood" not in str(logged)
    assert "ann@example.com" not in str(logged)


@pytest.mark.parametrize(("point", "times"), [(BEFORE_NOTIFY, 1), (AFTER_NOTIFY, 2)])
async def test_what_a_killed_worker_held_is_sent_again_by_another_under_the_same_key(
    database: Database, clock: SteppedClock, point: str, times: int
) -> None:
    ear = Ear()
    await keep(database, new("a"))
    with pytest.raises(Killed):
        await worker(database, clock, ear, lease=0.3, probes=Crashing(point)).send_due()
    other = worker(database, clock, ear)

    async def is_found() -> bool:
        return bool(await other.send_due())

    await until(is_found, "the lease runs out")
    assert ear.keys == Counter({"a": times})
    assert len({message.key for message in ear.heard}) == 1
    assert (await only(database)).state.value == "sent"


async def test_a_worker_whose_lease_is_nearly_over_leaves_the_sending_to_another(
    database: Database, clock: SteppedClock
) -> None:
    ear, ticks = Ear(), iter([0.0, 61.0])
    await keep(database, new("a"))
    await worker(database, clock, ear, monotonic=lambda: next(ticks)).send_due(1)
    assert ear.heard == []
    assert (await only(database)).state.value == "sending"


async def test_a_worker_that_comes_back_after_its_lease_settles_nothing(
    database: Database, clock: SteppedClock
) -> None:
    await keep(database, new("a"))
    deaf = Ear(raises=[Refused("too late")])
    asleep, woken = asyncio.Event(), asyncio.Event()

    class Sleepy:
        async def at(self, point: str) -> None:
            if point == AFTER_NOTIFY:
                asleep.set()
                await woken.wait()

    late = asyncio.create_task(worker(database, clock, deaf, lease=0.1, probes=Sleepy()).send_due())
    await asyncio.wait_for(asleep.wait(), 30)
    ear = Ear()
    other = worker(database, clock, ear)

    async def is_found() -> bool:
        return bool(await other.send_due())

    await until(is_found, "the lease runs out")
    woken.set()
    await asyncio.wait_for(late, 30)
    assert (await only(database)).state.value == "sent"


async def test_the_notices_of_an_erased_person_say_nothing_and_are_not_sent(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Busy("Zoe Canarywood is unknown")])
    await keep(database, new("tried"))
    await worker(database, clock, ear).send_due()
    await keep(database, new("fresh"), new("another's", contact="102"))
    async with database.begin() as connection:
        await contacts.erase(connection, PORTAL_ID, [ContactId("101")])
    clock.advance(timedelta(days=1))
    await worker(database, clock, ear).send_due()
    assert ear.keys == Counter(["another's"])
    erased = [one for one in await listed(database) if one.contact_id == "101"]
    assert {(one.subject, one.state.value, one.words) for one in erased} == {("erased", "skipped", notices.ERASED)}
    assert await rows(database, "SELECT 1 FROM notice WHERE contact_id = '101' AND lines <> '[]'") == []


async def test_in_quiet_hours_only_what_is_urgent_goes_out(database: Database, clock: SteppedClock) -> None:
    await agreed(database)
    clock.set(NEW_YORK_NIGHT)
    await keep(database, new("at risk", kind="at risk"), new("breached"), now=NEW_YORK_NIGHT)
    ear = Ear()
    notifying = worker(database, clock, ear, manners=QUIET)
    await notifying.send_due()
    assert ear.keys == Counter(["breached"])
    clock.set(datetime.fromisoformat("2026-11-21T11:59Z"))
    assert await notifying.send_due() == 0
    clock.advance(timedelta(minutes=1))
    await notifying.send_due()
    assert ear.keys == Counter(["breached", "at risk"])


async def test_a_zone_that_is_set_counts_instead_of_the_agreement_s(database: Database, clock: SteppedClock) -> None:
    await agreed(database)
    await keep(database, new("a", kind="at risk"))
    tokyo = Manners(quiet=QUIET.quiet, zone=ZoneInfo("Asia/Tokyo"))
    ear = Ear()
    assert await worker(database, clock, ear, manners=tokyo).send_due() == 0, "midnight in Tokyo"
    assert await worker(database, clock, ear, manners=QUIET).send_due() == 1, "10:00 in New York"


async def test_each_manager_gets_one_digest_a_day_of_the_breaches_that_are_open(
    database: Database, clock: SteppedClock
) -> None:
    await agreed(database)
    await breach(database, "101", "inbound", "first_touch")
    await breach(database, "102", "enterprise", "accept", due_at=NOW - timedelta(hours=3))
    await breach(database, "103", "inbound", "accept", rescinded_at=NOW)
    await breach(database, "104", "inbound", "accept", stopped_at=NOW, stop="met")
    await breach(database, "105", "inbound", "accept", shadow=True)
    ear, manners = Ear(), Manners(digest_at=time(9, 30))
    clock.set(NOW - timedelta(minutes=31))
    assert await worker(database, clock, ear, manners=manners).send_due() == 0, "9:29 in New York"
    clock.set(NOW)
    workers = [worker(database, clock, ear, manners=manners) for _ in range(2)]
    for _ in range(2):
        await asyncio.gather(*(one.send_due() for one in workers))
    [digest] = ear.heard
    assert (digest.to, digest.kind, digest.subject) == ("sam@example.com", "digest", "2 open breaches on 2026-11-20")
    assert digest.lines == (
        "enterprise: accept of contact 102 by ann@example.com was due 2026-11-20 07:00 EST",
        "inbound: first touch of contact 101 by ann@example.com was due 2026-11-20 09:00 EST",
    )
    clock.advance(timedelta(days=1))
    await asyncio.gather(*(one.send_due() for one in workers))
    assert [one.key for one in ear.heard] == [f"{PORTAL}:digest:sam@example.com:2026-11-{day}" for day in (20, 21)]


async def test_where_nothing_is_breached_there_is_no_digest(database: Database, clock: SteppedClock) -> None:
    await agreed(database)
    ear = Ear()
    assert await worker(database, clock, ear, manners=Manners(digest_at=time(8))).send_due() == 0
    assert await listed(database) == []


async def agreed(database: Database) -> None:
    """The example agreement is in force on a live portal with one owner."""
    text_ = packaged_agreement().read_text(encoding="utf-8")
    async with database.begin() as connection:
        await portals.ensure(connection, PORTAL_ID, now=NOW)
        await portals.set_mode(connection, PORTAL_ID, portals.Mode.LIVE, now=NOW)
        new_version = NewVersion(1, text_, "ann", "To begin with", published_by="ann", mode="live")
        await agreements.publish(connection, PORTAL_ID, new_version, now=NOW)
        known = {"id": "7", "email": "ann@example.com", "name": "Ann", "active": True, "read_at": NOW}
        await connection.execute(insert(owner).values(portal_id=PORTAL_ID, **known))


async def breach(
    database: Database, contact: str, pool: str, kind: str, *, shadow: bool = False, **differing: Any
) -> None:
    """An open handoff with a clock that ran out an hour ago."""
    hour = NOW - timedelta(hours=1)
    common = {"portal_id": PORTAL_ID, "contact_id": contact, "owner_id": "7", "because": ""}
    opened = {"version": 1, "route": "rest", "promise": "standard", "state": "open", "brief": {}, "opened_at": hour}
    timed = {
        "tenure": 1, "calendar": "us", "time_zone": "UTC", "target": "1 h", "started_at": hour,
        "due_at": hour, "breached_at": hour,
    }  # fmt: skip
    handoff_id = uuid4()
    async with database.begin() as connection:
        await connection.execute(insert(handoff).values(id=handoff_id, pool=pool, shadow=shadow, **common, **opened))
        row = {"handoff_id": handoff_id, "kind": kind, **common, **timed, **differing}
        await connection.execute(insert(clock_table).values(**row))


async def rows(database: Database, query: str) -> Sequence[dict[str, Any]]:
    async with database.begin() as connection:
        return [dict(row) for row in (await connection.execute(text(query))).mappings()]
