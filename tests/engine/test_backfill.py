"""A backfill walks the past that a person names: what it plans is what it does."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.engine.backfill import BackfillPlan, begin_backfill, plan_backfill
from app.engine.refusals import NotAllowed
from app.engine.sweeping import sweep
from app.records.people import Actor, Role
from app.storage.sweeps import SweepKind, newest
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


async def test_only_who_may_operate_begins_a_backfill(world: World) -> None:
    now = world.clock.now()
    with pytest.raises(NotAllowed):
        await begin_backfill(
            world.database, world.baton.portal_id, replace(OPERATOR, role=Role.VIEWER), now - WEEK, now
        )
    assert await world.rows("SELECT * FROM sweep") == []
