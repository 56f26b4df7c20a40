"""A backfill walks the past that a person names: what it plans is what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.crm.port import SEARCH_PAGE
from app.engine.backfill import BackfillPlan, BackfillRefused, begin_backfill, cancel_backfill, plan_backfill
from app.engine.refusals import NotAllowed, NothingThere
from app.engine.sweep import LAG, walk_on
from app.engine.sweeping import sweep
from app.records.people import Actor, Role
from app.storage.sweeps import SweepKind, SweepState, begin_if_due, claim, newest
from tests.engine.sweeps import many_quiet
from tests.world import World

WEEK = timedelta(days=7)
OPERATOR = Actor("ops", Role.OPERATOR)


def leads_of_a_time_before(world: World) -> list[str]:
    """Contacts who were there before Baton was: nobody told of them."""
    began = world.clock.now()
    made = []
    for day in range(3, 0, -1):
        world.clock.set(began - timedelta(days=day))
        made.append(world.vp())
    world.clock.set(began)
    world.sim.portal.outbox.take()
    return made


async def backfilled(world: World) -> None:
    now = world.clock.now()
    await begin_backfill(world.database, world.baton.portal_id, OPERATOR, now - WEEK, now)
    while await sweep(world.baton.bench, every=None):
        pass


async def test_leads_from_before_baton_came_are_looked_at_and_do_not_count_as_missed(world: World) -> None:
    contacts = leads_of_a_time_before(world)
    await backfilled(world)
    async with world.database.begin() as connection:
        done = await newest(connection, world.baton.portal_id, SweepKind.BACKFILL)
    assert done is not None
    assert (done.seen, done.marked, done.missed) == (3, 3, 0)
    await world.settle()
    assert [len(world.sim.tasks_of(contact)) for contact in contacts] == [1, 1, 1]


async def test_a_plan_says_what_would_be_walked_and_changes_nothing(world: World) -> None:
    leads_of_a_time_before(world)
    told = world.vp()
    await world.settle()
    world.clock.advance(WEEK - timedelta(days=4))
    now = world.clock.now()
    planned = await plan_backfill(world.baton.crm, world.database, world.baton.portal_id, now - WEEK, now)
    assert planned == BackfillPlan(seen=4, marked=3)
    assert await world.rows("SELECT * FROM sweep") == []
    assert {row["object_id"] for row in await world.rows("SELECT object_id FROM lane")} == {told}


async def test_a_second_backfill_of_the_same_past_finds_nothing_new(world: World) -> None:
    leads_of_a_time_before(world)
    await backfilled(world)
    await world.settle()
    before = world.sim.counters.all_effects()
    await backfilled(world)
    async with world.database.begin() as connection:
        done = await newest(connection, world.baton.portal_id, SweepKind.BACKFILL)
    assert done is not None
    assert done.marked == 0
    await world.settle()
    assert world.sim.counters.all_effects() == before


async def test_a_sweep_that_is_due_goes_before_a_backfill(world: World) -> None:
    world.clock.advance(WEEK)
    now = world.clock.now()
    await begin_backfill(world.database, world.baton.portal_id, OPERATOR, now - WEEK, now)
    assert await sweep(world.baton.bench, every=timedelta(minutes=10))
    over = await world.rows("SELECT kind FROM sweep WHERE finished_at IS NOT NULL")
    assert [row["kind"] for row in over] == ["sweep"]


async def test_a_cancelled_backfill_goes_no_further_and_whom_it_found_is_looked_at(world: World) -> None:
    contacts = many_quiet(world, SEARCH_PAGE + 50)
    world.clock.advance(2 * LAG)
    now = world.clock.now()
    begun = await begin_backfill(world.database, world.baton.portal_id, OPERATOR, now - WEEK, now)
    assert await sweep(world.baton.bench, every=None)
    over = await cancel_backfill(world.database, world.baton.portal_id, OPERATOR, begun.id, now)
    assert (over.state, over.cancelled_by) == (SweepState.CANCELLED, "ops")
    assert 0 < over.seen < len(contacts)
    assert not await sweep(world.baton.bench, every=None)
    assert len(await world.rows("SELECT 1 FROM lane WHERE priority = 1")) == over.seen
    again = await cancel_backfill(world.database, world.baton.portal_id, OPERATOR, begun.id, now)
    assert again == over
    lines = await world.rows("SELECT action FROM audit WHERE actor = 'ops' ORDER BY at, id")
    assert {row["action"] for row in lines} == {"backfill begun", "backfill cancelled"}
    assert len(lines) == 2


async def test_a_worker_in_the_middle_of_a_page_that_is_cancelled_keeps_nothing_of_it(world: World) -> None:
    leads_of_a_time_before(world)
    now = world.clock.now()
    begun = await begin_backfill(world.database, world.baton.portal_id, OPERATOR, now - WEEK, now)
    async with world.database.begin() as connection:
        claimed = await claim(connection, world.baton.portal_id, lease=timedelta(minutes=1))
    assert claimed is not None
    await cancel_backfill(world.database, world.baton.portal_id, OPERATOR, begun.id, now)
    assert await walk_on(world.baton.bench, claimed) is None
    assert await world.rows("SELECT 1 FROM lane WHERE priority = 1") == []


@pytest.mark.parametrize("since", [datetime(1960, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)])
async def test_a_backfill_begins_in_a_past_that_a_search_can_name(world: World, since: datetime) -> None:
    now, baton = world.clock.now(), world.baton
    with pytest.raises(BackfillRefused, match="between 2000-01-01 and now"):
        await begin_backfill(world.database, baton.portal_id, OPERATOR, since, now)
    with pytest.raises(BackfillRefused):
        await plan_backfill(baton.crm, world.database, baton.portal_id, since, now)
    assert await world.rows("SELECT 1 FROM sweep") == []


async def test_nobody_cancels_a_backfill_that_is_not_there_or_that_is_a_sweep(world: World) -> None:
    world.clock.advance(timedelta(minutes=10))
    async with world.database.begin() as connection:
        now = world.clock.now()
        await begin_if_due(connection, world.baton.portal_id, every=WEEK, overlap=WEEK, until=now, now=now)
    [row] = await world.rows("SELECT id FROM sweep")
    with pytest.raises(NothingThere):
        await cancel_backfill(world.database, world.baton.portal_id, OPERATOR, row["id"], now)
    assert await world.rows("SELECT 1 FROM sweep WHERE finished_at IS NOT NULL") == []


async def test_only_who_may_operate_begins_a_backfill(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(NotAllowed):
        await begin_backfill(
            world.database, world.baton.portal_id, replace(OPERATOR, role=Role.VIEWER), now - WEEK, now
        )
    assert await world.rows("SELECT * FROM sweep") == []
