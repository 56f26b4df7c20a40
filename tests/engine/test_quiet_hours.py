"""People are told when they want to be: not in quiet hours, and of open breaches once a day."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime, time, timedelta
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from sqlalchemy import insert

from app.clock import SteppedClock
from app.engine.start import packaged_agreement
from app.notify.manners import Manners, QuietHours
from app.storage import agreements, portals
from app.storage.agreements import NewVersion
from app.storage.database import Database
from app.storage.tables import clock as clock_table
from app.storage.tables import handoff, owner
from tests.conftest import NOW
from tests.engine.outbox import PORTAL_ID, Ear, keep, listed, new, worker
from tests.world import PORTAL

QUIET = Manners(quiet=QuietHours.parse("20:00-07:00"), urgent=frozenset({"breached"}))
NEW_YORK_NIGHT = datetime.fromisoformat("2026-11-21T03:00Z")
"""22:00 in the example agreement's time zone."""


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


async def test_a_zone_that_is_set_keeps_quiet_hours_where_no_agreement_says_one(
    database: Database, clock: SteppedClock
) -> None:
    await keep(database, new("a", kind="at risk"))
    ear = Ear()
    tokyo = Manners(quiet=QUIET.quiet, digest_at=time(0), zone=ZoneInfo("Asia/Tokyo"))
    assert await worker(database, clock, ear, manners=tokyo).send_due() == 0
    assert await worker(database, clock, ear, manners=QUIET).send_due() == 1, "nobody knows the hour"


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
