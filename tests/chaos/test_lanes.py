"""Lanes: marked, claimed, renewed and released without a hint being lost or a record being in two hands."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import text

from app.clock import SteppedClock
from app.records.event import Event, EventKind, EventState
from app.records.ids import ObjectType, PortalId
from app.storage import events, lanes
from app.storage.database import Database
from app.storage.events import Arrival
from app.storage.lanes import Claimed, Priority, Release
from tests.chaos.children import until

PORTAL = PortalId(62515)
CONTACT = ObjectType.CONTACT
LONG = timedelta(minutes=1)
SHORT = timedelta(milliseconds=100)
LATER = timedelta(hours=1)

ROUNDS = 300
RECORDS = tuple(str(number) for number in range(8))


async def test_a_mark_during_a_lease_keeps_the_lane_and_its_earlier_wake_at(
    database: Database, clock: SteppedClock
) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _mark(database, ["7"], now + timedelta(seconds=1), at=now)
    await _release(database, token, [Release("7", claimed.generation)])
    (lane,) = await _lanes(database)
    assert lane["wake_at"] == now + timedelta(seconds=1)
    assert lane["generation"] == claimed.generation + 1
    assert lane["lease_token"] is None


async def test_a_mark_during_a_lease_wakes_a_lane_that_was_to_sleep_longer(
    database: Database, clock: SteppedClock
) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _mark(database, ["7"], now + timedelta(seconds=1), at=now)
    await _release(database, token, [Release("7", claimed.generation, now + LATER)])
    (lane,) = await _lanes(database)
    assert lane["wake_at"] == now + timedelta(seconds=1)


async def test_a_mark_during_a_lease_does_not_put_off_an_earlier_wake_at(
    database: Database, clock: SteppedClock
) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _mark(database, ["7"], now + LATER, at=now)
    await _release(database, token, [Release("7", claimed.generation, now + timedelta(seconds=2))])
    (lane,) = await _lanes(database)
    assert lane["wake_at"] == now + timedelta(seconds=2)


async def test_steady_marks_never_postpone_a_look(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    for later in range(5):
        await _mark(database, ["7"], now + timedelta(seconds=later), at=now)
    (lane,) = await _lanes(database)
    assert (lane["wake_at"], lane["generation"]) == (now, 5)


async def test_a_release_under_an_unchanged_generation_removes_the_lane(
    database: Database, clock: SteppedClock
) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _release(database, token, [Release("7", claimed.generation)])
    assert await _lanes(database) == []


async def test_a_release_with_a_wake_at_leaves_the_lane_asleep_until_then(
    database: Database, clock: SteppedClock
) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _release(database, token, [Release("7", claimed.generation, now + LATER)])
    assert await _claimed(database, now) == []
    assert await _claimed(database, now + LATER) == ["7"]


async def test_a_parked_lane_is_not_claimed_until_it_is_marked_again(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _release(database, token, [Release("7", claimed.generation, failed=True, parked_at=now)])
    assert await _claimed(database, now + LATER) == []
    await _mark(database, ["7"], now)
    assert await _claimed(database, now) == ["7"]


async def test_a_lane_marked_while_it_is_being_parked_stays_awake(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, (claimed,) = await _claim(database, now)
    await _mark(database, ["7"], now)
    await _release(database, token, [Release("7", claimed.generation, failed=True, parked_at=now)])
    assert await _claimed(database, now) == ["7"]


async def test_a_held_lane_is_claimed_by_nobody_else(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    await _claim(database, now)
    await _mark(database, ["7"], now)
    assert await _claimed(database, now + LATER) == []


async def test_a_lane_whose_lease_ran_out_is_claimed_again(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    lost, (first,) = await _claim(database, now, lease=SHORT)
    await _expired(database)
    taken, (second,) = await _claim(database, now)
    assert taken != lost
    assert (first.attempts, second.attempts) == (1, 2)
    assert first.generation == second.generation


async def test_a_lost_token_renews_fences_and_releases_nothing(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    lost, (claimed,) = await _claim(database, now, lease=SHORT)
    await _expired(database)
    await _claim(database, now)
    before = await _lanes(database)
    assert await _renew(database, lost) == frozenset()
    async with database.begin() as connection:
        assert await lanes.held(connection, PORTAL, CONTACT, lost) == {}
    await _release(database, lost, [Release("7", claimed.generation)])
    assert await _lanes(database) == before


async def test_a_renewed_lease_outlives_its_first_end(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    await _mark(database, ["7"], now)
    token, _ = await _claim(database, now, lease=SHORT)
    assert await _renew(database, token) == {"7"}
    assert not await _is_over(database, LONG / 2)
    assert await _claimed(database, now) == []


async def test_a_claim_is_live_for_four_fifths_while_other_work_waits(database: Database, clock: SteppedClock) -> None:
    assert await _shares(database, clock.now(), live=20, background=20) == {"live": 8, "background": 2}


async def test_a_share_that_live_work_does_not_use_goes_to_the_rest(database: Database, clock: SteppedClock) -> None:
    assert await _shares(database, clock.now(), live=3, background=20) == {"live": 3, "background": 7}


async def test_a_share_that_other_work_does_not_use_goes_to_live_work(database: Database, clock: SteppedClock) -> None:
    assert await _shares(database, clock.now(), live=20, background=1) == {"live": 9, "background": 1}


async def test_of_each_share_the_oldest_go_first(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    for age in range(20):
        await _mark(database, [f"{age:02}"], now - timedelta(seconds=age))
    assert await _claimed(database, now, limit=3) == ["17", "18", "19"]


async def test_marks_and_releases_in_every_order_strand_no_event_and_deadlock_nobody(
    database: Database, clock: SteppedClock
) -> None:
    """No transaction here is tried again: a deadlock would fail the test."""
    now, rng = clock.now(), Random(3)  # noqa: S311  # orders, not cryptography
    given = 0
    for number in range(ROUNDS):
        markers = [rng.sample(RECORDS, len(RECORDS)) for _ in range(2)]
        given += sum(len(records) for records in markers)
        await asyncio.gather(
            *(_tell(database, records, now, f"{number}-{place}") for place, records in enumerate(markers)),
            *(_look(database, rng.randint(2, 8), now, Random(rng.random())) for _ in range(2)),  # noqa: S311
        )
        assert await _stranded(database) == [], f"round {number}"
    while await _look(database, 100, now, rng):
        pass
    assert await _lanes(database) == []
    assert await _event_states(database) == {"applied": given}


async def _tell(database: Database, records: Sequence[str], now: datetime, key: str) -> None:
    """What unpacking does: keep the events and mark their lanes, in one transaction."""
    arrivals = [Arrival(_event(one, f"{key}-{one}", now), uuid4(), now, EventState.PENDING) for one in records]
    async with database.begin() as connection:
        await events.add_new(connection, arrivals, portal_id=PORTAL)
        generations = await lanes.mark(connection, PORTAL, [(CONTACT, one) for one in records], wake_at=now, now=now)
        await events.set_generations(connection, PORTAL, [one.event.key for one in arrivals], generations)


async def _look(database: Database, limit: int, now: datetime, rng: Random) -> int:
    """What a look does to lanes and events: claim, apply under the fence, release."""
    token, claimed = await _claim(database, now, limit=limit)
    rng.shuffle(claimed)
    async with database.begin() as connection:
        await lanes.held(connection, PORTAL, CONTACT, token)
        await events.apply(connection, PORTAL, [(one.object_id, one.generation, uuid4()) for one in claimed])
    await _release(database, token, [Release(one.object_id, one.generation) for one in claimed])
    return len(claimed)


def _event(record: str, key: str, now: datetime) -> Event:
    return Event(key, PORTAL, EventKind.CHANGED, "contact.propertyChange", CONTACT, record, now, "email", "a@b.example")


async def _stranded(database: Database) -> list[Mapping[str, Any]]:
    """Pending events that nothing will ever look at: without a lane, or of a generation that it has passed."""
    async with database.begin() as connection:
        rows = await connection.execute(
            text("""
                SELECT event.key, event.generation, lane.generation AS lane_generation
                FROM event LEFT JOIN lane USING (portal_id, object_type, object_id)
                WHERE event.state = 'pending' AND (lane.generation IS NULL OR lane.generation < event.generation)
            """)
        )
        return [dict(row) for row in rows.mappings()]


async def _event_states(database: Database) -> Mapping[str, int]:
    async with database.begin() as connection:
        return await events.counts(connection)


async def _mark(
    database: Database,
    records: Sequence[str],
    wake_at: datetime,
    *,
    at: datetime | None = None,
    priority: Priority = Priority.LIVE,
) -> None:
    async with database.begin() as connection:
        kinds = [(CONTACT, one) for one in records]
        await lanes.mark(connection, PORTAL, kinds, wake_at=wake_at, now=at or wake_at, priority=priority)


async def _claim(
    database: Database, now: datetime, *, limit: int = 10, lease: timedelta = LONG
) -> tuple[UUID, list[Claimed]]:
    async with database.begin() as connection:
        return await lanes.claim(connection, PORTAL, CONTACT, limit=limit, lease=lease, now=now)


async def _claimed(database: Database, now: datetime, *, limit: int = 10) -> list[str]:
    return [one.object_id for one in (await _claim(database, now, limit=limit))[1]]


async def _release(database: Database, token: UUID, releases: Sequence[Release]) -> None:
    async with database.begin() as connection:
        await lanes.release(connection, PORTAL, CONTACT, token, releases)


async def _renew(database: Database, token: UUID) -> frozenset[str]:
    async with database.begin() as connection:
        return await lanes.renew(connection, PORTAL, CONTACT, token, lease=LONG)


async def _lanes(database: Database) -> list[Mapping[str, Any]]:
    async with database.begin() as connection:
        rows = await connection.execute(text("SELECT * FROM lane ORDER BY object_id"))
        return [dict(row) for row in rows.mappings()]


async def _expired(database: Database) -> None:
    await until(lambda: _is_over(database, timedelta()), "the lease runs out")


async def _is_over(database: Database, ahead: timedelta) -> bool:
    """Whether the one lease there is ends within `ahead` from now."""
    async with database.begin() as connection:
        return bool(await connection.scalar(text("SELECT leased_until < now() + :ahead FROM lane"), {"ahead": ahead}))


async def _shares(database: Database, now: datetime, *, live: int, background: int) -> Mapping[str, int]:
    await _mark(database, [f"live {number}" for number in range(live)], now)
    others = [f"background {number}" for number in range(background)]
    await _mark(database, others, now - LATER, priority=Priority.BACKGROUND)
    return Counter(one.partition(" ")[0] for one in await _claimed(database, now))
