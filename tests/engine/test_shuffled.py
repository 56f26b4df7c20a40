"""Webhooks thrice, shuffled and all at once have one effect each; one record that always fails holds nobody up."""

from __future__ import annotations

import asyncio
import json
import os
from datetime import timedelta
from random import Random

import pytest

from app.crm.simulator import ValidationRule
from app.engine.worker import drained
from tests.world import World

MANY = 2_000 if os.environ.get("BATON_SOAK") else 200
"""The whole run in `make soak`, a tenth in `make check`."""
TIMES = 3
AT_ONCE = 20
BATCH = 100


async def posted_thrice(world: World, dice: Random) -> int:
    """Post what is pending in batches, each three times, in any order and at once, while a worker works; how many."""
    events = world.sim.portal.outbox.take()
    dice.shuffle(events)
    bodies = [json.dumps(events[start : start + BATCH]).encode() for start in range(0, len(events), BATCH)] * TIMES
    dice.shuffle(bodies)
    room = asyncio.Semaphore(AT_ONCE)

    async def post(body: bytes) -> int:
        async with room:
            return await world.post(body)

    statuses, _ = await asyncio.gather(asyncio.gather(*map(post, bodies)), world.baton.worker.work())
    assert set(statuses) <= {204}
    return len(events)


@pytest.mark.soak
async def test_every_batch_three_times_shuffled_and_twenty_at_once_has_one_effect_each(world: World) -> None:
    dice = Random(5)  # noqa: S311  a repeatable disorder, no secret
    world.sim.quota.general.limit = world.sim.quota.associations.limit = MANY
    contacts = [world.vp() for _ in range(MANY)]
    told = 0
    while world.sim.pending_events() or not await drained(world.baton.bench):
        told += await posted_thrice(world, dice)
        await world.baton.worker.work()
        world.clock.advance(timedelta(seconds=1))
    assert {tuple(world.sim.counters.effects(one).values()) for one in contacts} == {(1, 1, 1, 1)}
    assert len(await world.rows("SELECT 1 FROM assignment")) == MANY
    assert [row["many"] for row in await world.rows("SELECT count(*) AS many FROM event")] == [told]


NOISY = ValidationRule("baton_route", requires=("phone",), message="Phone is required.")


async def test_a_record_that_always_fails_is_parked_alone_and_its_batch_goes_through(world: World) -> None:
    world.sim.faults.validation_rules = [NOISY]
    siblings = [world.vp(phone="+15550100") for _ in range(99)]
    noisy = world.vp()
    await world.settle()
    assert all(len(world.sim.tasks_of(one)) == 1 for one in siblings)
    [parked] = await world.rows("SELECT object_id, reason FROM lane WHERE parked")
    assert parked["object_id"] == noisy
    assert "Phone is required" in parked["reason"]


async def test_a_record_that_fails_for_ever_costs_no_call_while_nothing_happens_to_it(world: World) -> None:
    world.sim.faults.validation_rules = [NOISY]
    noisy = world.vp()
    await world.settle()
    world.sim.counters.reset()
    for _ in range(24):
        world.clock.advance(timedelta(hours=1))
        await world.settle()
    assert not [call for call in world.sim.counters.calls if "contacts/batch" in call]
    assert [row["object_id"] for row in await world.rows("SELECT * FROM lane WHERE parked")] == [noisy]


async def test_a_record_that_fails_for_ever_costs_a_few_calls_each_time_it_changes(world: World) -> None:
    world.sim.faults.validation_rules = [NOISY]
    noisy = world.vp()
    await world.settle()
    world.sim.counters.reset()
    changes = 20
    for number in range(changes):
        world.sim.edit_contact(noisy, {"jobtitle": f"VP Sales {number}"})
        await world.settle()
    assert world.sim.counters.calls["POST contacts/batch/update"] <= 2 * changes
    assert world.sim.counters.calls["POST contacts/batch/read"] <= 2 * changes
    assert world.sim.counters.effects(noisy)["tasks"] == 0


async def test_a_record_that_failed_long_is_handed_over_once_the_rule_is_met(world: World) -> None:
    world.sim.faults.validation_rules = [NOISY]
    noisy = world.vp()
    await world.settle()
    world.sim.edit_contact(noisy, {"phone": "+15550100"})
    await world.settle()
    assert tuple(world.sim.counters.effects(noisy).values()) == (1, 1, 1, 1)
    assert await world.rows("SELECT * FROM lane WHERE parked") == []
