"""A replay while other things happen: newer decisions, live events, outages, looks under way, people who go."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from app.clock import SteppedClock
from app.engine.probes import AFTER_READ
from app.engine.replaying import go_on
from app.records.ids import ObjectType
from app.storage import lanes
from app.storage.replays import ItemState, StoredReplay
from tests.engine.replays import BANK, PHONE_WANTED, finished, items, refused, seen, started
from tests.engine.test_lost_leases import At
from tests.world import World, open_world


async def test_a_record_that_a_newer_decision_settled_is_passed_over(world: World) -> None:
    stale, other = await refused(world, 2)
    begun = await started(world)
    world.sim.submit_form(stale, "Demo request again")
    await world.settle()
    decided = len(await world.rows("SELECT 1 FROM decision WHERE contact_id = :id", id=stale))
    await finished(world, begun.id)
    results = {one.object_id: one for one in await items(world, begun.id)}
    assert (results[stale].state, results[other].state) == (ItemState.OVERTAKEN, ItemState.DONE)
    assert len(await world.rows("SELECT 1 FROM decision WHERE contact_id = :id", id=stale)) == decided


async def test_a_decision_for_a_clock_alone_does_not_overtake_what_is_to_be_read_anew(world: World) -> None:
    contact = world.vp()
    await world.settle()
    begun = await started(world, "route:demo")
    [clock] = await world.rows("SELECT min(next_at) AS at FROM clock")
    world.baton.bench.heard.at = clock["at"]
    await world.until(clock["at"])
    [known] = await world.rows("SELECT read_at, (SELECT max(at) FROM decision) AS decided_at FROM contact")
    assert known["read_at"] < begun.created_at < known["decided_at"]
    await finished(world, begun.id)
    [item] = await items(world, begun.id)
    assert (item.object_id, item.state) == (contact, ItemState.DONE)


async def test_the_result_is_of_the_look_that_was_asked_for_not_of_one_that_had_read_before(
    database_url: str, clock: SteppedClock
) -> None:
    probe = At(AFTER_READ)
    async with open_world(database_url, clock, probes=probe) as world:
        lead = world.lead("Newsletter", world.sim.create_company(BANK), jobtitle="VP Sales")
        await world.unpack()
        asked: list[StoredReplay] = []

        async def meanwhile() -> None:
            world.sim.submit_form(lead, "Demo request")
            world.sim.portal.outbox.take()
            asked.append(await started(world, f"record:{lead}"))
            await go_on(world.baton.bench)

        probe.act = meanwhile
        await world.settle()
        await finished(world, asked[0].id)
        assert [one.outcome for one in await items(world, asked[0].id)] == ["handed off"]


async def test_the_records_are_those_of_the_beginning_whatever_is_parked_later(world: World) -> None:
    first = await refused(world, 1)
    begun = await started(world)
    later = await refused(world, 1)
    world.sim.faults.clear()
    await finished(world, begun.id)
    assert [one.object_id for one in await items(world, begun.id)] == first != later
    assert [row["object_id"] for row in await world.rows("SELECT object_id FROM lane WHERE parked")] == later


async def test_while_hubspot_is_away_nothing_more_is_asked_for_and_a_replay_can_be_cancelled(world: World) -> None:
    await refused(world, 3)
    begun = await started(world)
    world.sim.faults.down = True
    await go_on(world.baton.bench, slice_=1)
    await world.baton.worker.work()
    for _ in range(3):
        await go_on(world.baton.bench, slice_=1)
    assert (await seen(world, begun.id)).counts == {ItemState.LOOKING: 1, ItemState.QUEUED: 2}
    world.sim.faults.clear()
    world.clock.advance(timedelta(minutes=10))
    world.baton.watch.forget()
    await world.settle()
    assert (await finished(world, begun.id)).counts == {ItemState.DONE: 3}


@pytest.mark.parametrize("column", ["paused_reason", "blocked_reason"])
async def test_while_the_portal_is_stopped_nothing_is_asked_for(world: World, column: str) -> None:
    await refused(world, 2)
    begun = await started(world)
    await world.rows(f"WITH done AS (UPDATE portal SET {column} = 'x' RETURNING 1) SELECT 1 FROM done")
    assert not await go_on(world.baton.bench)
    assert (await seen(world, begun.id)).counts == {ItemState.QUEUED: 2}


async def test_several_workers_at_one_replay_ask_for_each_record_once(world: World) -> None:
    leads = await refused(world, 6)
    begun = await started(world)
    before = await world.rows("SELECT 1 FROM decision")
    for _ in range(3):
        await asyncio.gather(*(go_on(world.baton.bench, slice_=2) for _ in range(3)))
        await world.settle()
    assert (await finished(world, begun.id)).counts == {ItemState.DONE: len(leads)}
    assert len(await world.rows("SELECT 1 FROM decision")) == len(before) + len(leads)
    assert [world.sim.counters.effects(lead)["tasks"] for lead in leads] == [1] * len(leads)


async def test_records_that_went_or_were_merged_meanwhile_have_their_result_too(world: World) -> None:
    gone, merged = await refused(world, 2)
    survivor = world.sim.create_contact({"email": "twin@northbank.example"})
    begun = await started(world)
    world.sim.delete_contact(gone)
    world.sim.merge_contacts(survivor, merged)
    world.sim.portal.outbox.take()
    await finished(world, begun.id)
    results = {one.object_id: (one.state, one.outcome, one.words) for one in await items(world, begun.id)}
    lost = (ItemState.DONE, "looked at", "the record is gone, or was merged with another")
    assert results == dict.fromkeys((gone, merged), lost)
    assert await world.rows("SELECT 1 FROM lane WHERE parked") == []


async def test_live_events_go_before_what_is_replayed(world: World) -> None:
    parked = await refused(world, 120)
    await started(world)
    await go_on(world.baton.bench)
    live = [world.vp(email=f"live{n}@northbank.example") for n in range(90)]
    await world.unpack()
    async with world.database.begin() as connection:
        _, claimed = await lanes.claim(
            connection, world.baton.portal_id, ObjectType.CONTACT, limit=100,
            lease=timedelta(minutes=1), now=world.clock.now(),
        )  # fmt: skip
    first = {lane.object_id for lane in claimed}
    assert len(first & set(live)) == 80
    assert len(first & set(parked)) == 20


async def test_a_replay_that_waits_for_one_record_does_not_hold_up_the_next(world: World) -> None:
    stuck, other = await refused(world, 2)
    first = await started(world, f"record:{stuck}")
    await go_on(world.baton.bench)
    world.sim.faults.fail_next = [423] * 4
    await world.unpack()
    await world.baton.worker.work()
    second = await started(world, f"record:{other}")
    await go_on(world.baton.bench)
    assert (await seen(world, second.id)).counts == {ItemState.LOOKING: 1}
    assert (await seen(world, first.id)).counts == {ItemState.LOOKING: 1}
    assert (await finished(world, second.id)).counts == {ItemState.DONE: 1}


async def test_what_hubspot_said_of_a_person_who_is_erased_is_forgotten(world: World) -> None:
    [lead] = await refused(world, 1)
    world.sim.faults.validation_rules = [PHONE_WANTED]
    begun = await finished(world, (await started(world)).id)
    assert [one.words for one in await items(world, begun.id)] != [None]
    world.sim.faults.clear()
    world.sim.erase_contact(lead)
    await world.settle()
    assert [(one.object_id, one.words) for one in await items(world, begun.id)] == [(lead, None)]
