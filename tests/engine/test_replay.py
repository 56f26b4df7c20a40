"""Replay: what a filter means is looked at again, behind what is live, and each record has its result."""

from __future__ import annotations

import os
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from app.crm.simulator import WebhookSender
from app.crm.simulator.faults import ValidationRule
from app.engine import replay
from app.engine.refusals import NothingThere
from app.engine.replay import Asked, ReplayRefused
from app.engine.replaying import SLICE, go_on
from app.records.ids import ObjectType
from app.storage import lanes
from app.storage.lanes import Priority
from app.storage.replays import Item, ItemState, ReplayState, StoredReplay
from tests.world import World

MANY = 100_000 if os.environ.get("BATON_SOAK") else 1_000
"""The whole number in `make soak`, a part of it in `make check`."""
PHONE_WANTED = ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")
PARKED = "state:parked"


async def refused(world: World, many: int) -> list[str]:
    """Leads that an admin's new validation rule keeps from being handed over; then the rule is taken back."""
    world.sim.faults.validation_rules = [PHONE_WANTED]
    company = world.sim.create_company({"name": "Northbank", "numberofemployees": "120", "industry": "BANKING"})
    leads = [world.lead("Demo request", company, jobtitle="VP Sales") for _ in range(many)]
    await world.settle()
    world.sim.faults.clear()
    return leads


async def started(world: World, filter_: str = PARKED, **more: object) -> StoredReplay:
    asked = Asked(filter_, str(more.pop("name", "After the rule was relaxed")), "ann", **more)  # type: ignore[arg-type]
    return await replay.start(world.database, world.baton.portal_id, asked, now=world.clock.now())


async def seen(world: World, replay_id: UUID) -> StoredReplay:
    return await replay.replay_of(world.database, world.baton.portal_id, replay_id)


async def finished(world: World, replay_id: UUID) -> StoredReplay:
    """Let workers work until the replay is over."""
    for _ in range(2 * MANY // SLICE + 20):
        await go_on(world.baton.bench)
        await world.settle()
        found = await seen(world, replay_id)
        if found.state is ReplayState.DONE:
            return found
    raise AssertionError("the replay does not come to its end")


async def items(world: World, replay_id: UUID, **more: object) -> list[Item]:
    return await replay.results(
        world.database, world.baton.portal_id, replay_id, limit=MANY + 10, **more,  # type: ignore[arg-type]
    )  # fmt: skip


async def test_what_was_parked_is_handed_over_once_with_a_result_for_each(world: World) -> None:
    leads = await refused(world, 3)
    assert len(await world.rows("SELECT 1 FROM lane WHERE parked")) == 3
    begun = await started(world)
    assert (begun.total, begun.counts) == (3, {ItemState.QUEUED: 3})
    done = await finished(world, begun.id)
    assert done.counts == {ItemState.DONE: 3}
    for lead in leads:
        effects = world.sim.counters.effects(lead)
        assert (effects["stage_writes"], effects["owner_writes"], effects["notes"], effects["tasks"]) == (1, 1, 1, 1)
    found = await items(world, begun.id)
    assert [(one.object_type, one.object_id, one.code) for one in found] == [
        ("contact", lead, "invalid") for lead in sorted(leads)
    ]
    assert all(one.outcome == "kept" and one.words and one.decision_id for one in found)


async def test_a_record_that_is_refused_again_has_failed_with_hubspot_s_words(world: World) -> None:
    [lead] = await refused(world, 1)
    world.sim.faults.validation_rules = [PHONE_WANTED]
    begun = await started(world)
    done = await finished(world, begun.id)
    [item] = await items(world, begun.id)
    assert (item.object_id, item.state, item.outcome) == (lead, ItemState.FAILED, "invalid")
    assert "Phone is required" in (item.words or "")
    assert done.counts == {ItemState.FAILED: 1}


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


async def test_a_second_replay_of_the_same_records_runs_again_and_sends_nothing(world: World) -> None:
    leads = await refused(world, 2)
    await finished(world, (await started(world)).id)
    world.sim.counters.reset()
    again = await finished(world, (await started(world, "route:demo")).id)
    assert (again.total, again.counts) == (2, {ItemState.DONE: 2})
    assert [world.sim.counters.effects(lead)["tasks"] for lead in leads] == [0, 0]


async def test_the_records_are_those_of_the_beginning_whatever_is_parked_later(world: World) -> None:
    first = await refused(world, 1)
    begun = await started(world)
    later = await refused(world, 1)
    world.sim.faults.clear()
    await finished(world, begun.id)
    assert [one.object_id for one in await items(world, begun.id)] == first != later
    assert [row["object_id"] for row in await world.rows("SELECT object_id FROM lane WHERE parked")] == later


async def test_a_cancelled_replay_asks_for_nothing_more_until_it_is_resumed(world: World) -> None:
    await refused(world, 3)
    begun = await started(world)
    await go_on(world.baton.bench, slice_=1)
    now, by = world.clock.now(), "ann"
    await replay.cancel(world.database, world.baton.portal_id, begun.id, by=by, now=now)
    await world.settle()
    assert await go_on(world.baton.bench)
    assert not await go_on(world.baton.bench)
    stopped = await seen(world, begun.id)
    assert (stopped.state, stopped.counts) == (ReplayState.CANCELLED, {ItemState.DONE: 1, ItemState.QUEUED: 2})
    await replay.resume(world.database, world.baton.portal_id, begun.id, by=by, now=now)
    assert (await finished(world, begun.id)).counts == {ItemState.DONE: 3}
    lines = await world.rows("SELECT action FROM audit WHERE actor = 'ann' ORDER BY at, id")
    assert {row["action"] for row in lines} == {"replay started", "replay cancelled", "replay resumed"}


async def test_only_a_cancelled_replay_is_resumed(world: World) -> None:
    await refused(world, 1)
    begun = await started(world)
    with pytest.raises(ReplayRefused, match="running"):
        await replay.resume(world.database, world.baton.portal_id, begun.id, by="ann", now=world.clock.now())
    with pytest.raises(NothingThere):
        await replay.cancel(world.database, world.baton.portal_id, UUID(int=0), by="ann", now=world.clock.now())


async def test_asked_again_under_the_same_key_nothing_more_begins(world: World) -> None:
    await refused(world, 1)
    first = await started(world, request_key="k1")
    assert (await started(world, request_key="k1")).id == first.id
    with pytest.raises(ReplayRefused, match="another replay"):
        await started(world, request_key="k1", name="Something else")
    assert len(await world.rows("SELECT 1 FROM replay")) == 1


async def test_a_replay_of_nothing_or_of_too_much_does_not_begin(world: World) -> None:
    with pytest.raises(ReplayRefused, match="no record"):
        await started(world)
    await refused(world, 2)
    with pytest.raises(ReplayRefused, match="2 records, more than 1"):
        await started(world, at_most=1)
    assert await world.rows("SELECT 1 FROM replay") == []
    assert (await started(world, at_most=2)).total == 2


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


async def test_a_record_that_nobody_ever_heard_of_can_be_looked_at(world: World) -> None:
    contact = world.sim.create_contact({"email": "new@example.org"})
    begun = await started(world, f"record:{contact}")
    await finished(world, begun.id)
    [item] = await items(world, begun.id)
    assert (item.object_id, item.state, item.outcome) == (contact, ItemState.DONE, "not ready")


async def test_a_record_that_only_waits_for_its_next_time_is_live_again_after_its_look(world: World) -> None:
    await refused(world, 1)
    await finished(world, (await started(world)).id)
    assert await world.rows("SELECT priority FROM lane WHERE object_type = 'contact'") == [
        {"priority": int(Priority.LIVE)}
    ]


async def unheard(world: World, many: int) -> list[str]:
    """Contacts of whom HubSpot's news were lost, and whose lanes are parked: not ready, so that looks are quick."""
    contacts = [world.sim.create_contact({"email": f"many{n}@example.org"}) for n in range(many)]
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda _: httpx.Response(204))) as nowhere:
        await WebhookSender(world.sim, "https://nowhere.example.com", nowhere).flush()
    async with world.database.begin() as connection:
        marked = [(ObjectType.CONTACT, one) for one in contacts]
        await lanes.mark(connection, world.baton.portal_id, marked, wake_at=lanes.NEVER, now=world.clock.now())
    await world.rows("WITH done AS (UPDATE lane SET parked = true, code = 'invalid' RETURNING 1) SELECT 1 FROM done")
    return contacts


@pytest.mark.soak
async def test_a_replay_of_any_size_comes_out_as_it_was_planned(world: World) -> None:
    world.rounds_most = MANY
    contacts = await unheard(world, MANY)
    planned = await replay.plan(world.baton.bench, PARKED, now=world.clock.now())
    assert (planned.count, len(planned.sample)) == (MANY, replay.SAMPLE)
    begun = await started(world)
    assert begun.total == planned.count
    await go_on(world.baton.bench)
    assert (await seen(world, begun.id)).counts[ItemState.LOOKING] == min(SLICE, MANY)
    done = await finished(world, begun.id)
    assert done.counts == {ItemState.DONE: MANY}
    decided = await world.rows("SELECT contact_id FROM decision")
    assert sorted(row["contact_id"] for row in decided) == sorted(contacts)
