"""Replay: what a filter means is looked at again, behind what is live, and each record has its result."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from app.engine import replay
from app.engine.refusals import NothingThere
from app.engine.replay import ReplayRefused
from app.engine.replaying import go_on
from app.storage.lanes import Priority
from app.storage.replays import ItemState, ReplayState
from app.storage.writes import WriteKind
from tests.engine.replays import BANK, PARKED, PHONE_WANTED, finished, items, refused, seen, started
from tests.world import World


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


async def test_a_second_replay_of_the_same_records_runs_again_and_sends_nothing(world: World) -> None:
    leads = await refused(world, 2)
    await finished(world, (await started(world)).id)
    world.sim.counters.reset()
    again = await finished(world, (await started(world, "route:demo")).id)
    assert (again.total, again.counts) == (2, {ItemState.DONE: 2})
    assert [world.sim.counters.effects(lead)["tasks"] for lead in leads] == [0, 0]


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


async def test_a_key_that_was_used_for_another_filter_begins_nothing_and_says_so(world: World) -> None:
    await refused(world, 2)
    first = await started(world, "since:24h", request_key="k1")
    world.clock.advance(timedelta(minutes=1))
    assert (await started(world, "since:24h", request_key="k1")).id == first.id
    with pytest.raises(ReplayRefused, match="another replay"):
        await started(world, "since:48h", request_key="k1")


async def test_a_task_that_is_still_to_be_closed_is_closed_although_its_handoff_is_over(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "no_budget"})
    await world.settle()
    assert await world.rows("SELECT 1 FROM handoff WHERE closed_at IS NULL") == []
    refuse = "UPDATE write SET state = 'parked' WHERE kind = 'closing' RETURNING 1"
    await world.rows(f"WITH refused AS ({refuse}) SELECT 1 FROM refused")
    planned = await replay.plan(world.baton.bench, PARKED, now=world.clock.now())
    assert {one.kind: one.again for one in planned.effects}[WriteKind.CLOSING] == 1
    await finished(world, (await started(world)).id)
    assert await world.rows("SELECT 1 FROM write WHERE state = 'parked'") == []


async def test_a_plan_does_not_count_what_a_replay_would_leave(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await world.rows(
        "WITH no AS (UPDATE write SET state = 'parked' WHERE kind = 'note' RETURNING 1),"
        " over AS (UPDATE handoff SET closed_at = opened_at RETURNING 1) SELECT 1 FROM no"
    )
    planned = await replay.plan(world.baton.bench, f"record:{contact}", now=world.clock.now())
    assert {one.kind: one.again for one in planned.effects} == {WriteKind.NOTE: 0, WriteKind.TASK: 0}


async def test_a_replay_of_nothing_or_of_too_much_does_not_begin(world: World) -> None:
    with pytest.raises(ReplayRefused, match="no record"):
        await started(world)
    await refused(world, 2)
    with pytest.raises(ReplayRefused, match="takes a name"):
        await started(world, name=" ")
    with pytest.raises(ReplayRefused, match="2 records, more than 1"):
        await started(world, at_most=1)
    assert await world.rows("SELECT 1 FROM replay") == []
    assert (await started(world, at_most=2)).total == 2


async def test_a_record_that_nobody_ever_heard_of_can_be_looked_at(world: World) -> None:
    contact = world.sim.create_contact({"email": "new@example.org"})
    begun = await started(world, f"record:{contact}")
    await finished(world, begun.id)
    [item] = await items(world, begun.id)
    assert (item.object_id, item.state, item.outcome) == (contact, ItemState.DONE, "not ready")


async def test_a_company_that_is_meant_is_passed_on_to_its_people_although_nothing_came(world: World) -> None:
    company = world.sim.create_company(BANK)
    lead = world.lead("Demo request", company, jobtitle="VP Sales")
    await world.settle()
    world.clock.advance(timedelta(hours=1))
    decided = len(await world.rows("SELECT 1 FROM decision WHERE contact_id = :id", id=lead))
    begun = await started(world, f"record:company/{company}")
    await finished(world, begun.id)
    [item] = await items(world, begun.id)
    assert (item.state, item.outcome) == (ItemState.DONE, "looked at")
    assert len(await world.rows("SELECT 1 FROM decision WHERE contact_id = :id", id=lead)) == decided + 1


async def test_a_record_that_only_waits_for_its_next_time_is_live_again_after_its_look(world: World) -> None:
    await refused(world, 1)
    await finished(world, (await started(world)).id)
    assert await world.rows("SELECT priority FROM lane WHERE object_type = 'contact'") == [
        {"priority": int(Priority.LIVE)}
    ]
