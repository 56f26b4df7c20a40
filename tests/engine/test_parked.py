"""A lead whose lane is parked waits for a person; its clocks do not, and whoever is to be told of them is."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from app.engine.parked import ring
from tests.world import World

MINUTE = timedelta(minutes=1)


async def parked(world: World) -> str:
    """A lead that its owner accepted, and whose further stage HubSpot refuses: its lane is parked, its clocks run."""
    contact = world.vp()
    await world.settle()
    world.sim.faults.refuse_stage_silently.add(contact)
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted", "baton_need_confirmed": "true"})
    await world.settle()
    assert await is_parked(world, contact)
    return contact


async def is_parked(world: World, contact: str) -> bool:
    return bool(await world.rows("SELECT 1 FROM lane WHERE object_id = :id AND parked", id=contact))


async def touch_clock(world: World) -> Mapping[str, Any]:
    [row] = await world.rows("SELECT * FROM clock WHERE kind = 'first_touch'")
    return row


async def pass_time(world: World, at: datetime) -> None:
    """Time passes, and HubSpot is heard."""
    world.clock.set(at)
    world.baton.watch.forget()
    await world.settle()


async def told(world: World) -> list[tuple[str, str]]:
    rows = await world.rows("SELECT kind, recipient FROM notice ORDER BY made_at, recipient")
    return [(row["kind"], row["recipient"]) for row in rows]


async def test_a_breach_on_a_parked_lead_is_told_once_and_the_lead_stays_parked(world: World) -> None:
    contact = await parked(world)
    due = (await touch_clock(world))["due_at"]
    world.sim.counters.reset()
    for minutes in (0, 1, 5):
        await pass_time(world, due + minutes * MINUTE)
    clock = await touch_clock(world)
    assert (clock["breached_at"], clock["rungs"]) == (due, [1])
    assert await told(world) == [("breached", "sam@example.com")]
    assert await is_parked(world, contact)
    assert world.sim.counters.calls["POST contacts/batch/read"] == 0


async def test_what_needs_the_record_waits_until_it_is_looked_at_again(world: World) -> None:
    contact = await parked(world)
    due = (await touch_clock(world))["due_at"]
    await pass_time(world, due + timedelta(hours=20))
    assert (await touch_clock(world))["rungs"] == [1]
    assert [row["number"] for row in await world.rows("SELECT number FROM tenure")] == [1]
    world.sim.faults.refuse_stage_silently.clear()
    world.sim.edit_contact(contact, {"jobtitle": "VP Sales and Service"})
    await world.settle()
    assert [row["number"] for row in await world.rows("SELECT number FROM tenure ORDER BY number")] == [1, 2]


async def test_no_breach_is_declared_while_hubspot_has_not_answered_since_the_deadline(world: World) -> None:
    await parked(world)
    due = (await touch_clock(world))["due_at"]
    world.clock.set(due - MINUTE)
    world.baton.watch.forget()
    ready = await world.baton.watch.ready()
    assert ready is not None
    world.clock.set(due + MINUTE)
    assert await ring(world.baton.bench, *ready) == 0
    assert (await touch_clock(world))["breached_at"] is None


async def test_a_call_that_the_owner_made_stops_the_clock_of_a_parked_lead(world: World) -> None:
    contact = await parked(world)
    due = (await touch_clock(world))["due_at"]
    [row] = await world.rows("SELECT owner_id FROM handoff")
    world.clock.advance(MINUTE)
    world.sim.log_call(contact, owner_id=row["owner_id"])
    await world.settle()
    await pass_time(world, due + MINUTE)
    assert ((await touch_clock(world))["stop"], await told(world)) == ("met", [])


async def test_two_workers_ring_once(world: World) -> None:
    await parked(world)
    world.clock.set((await touch_clock(world))["due_at"])
    world.baton.watch.forget()
    ready = await world.baton.watch.ready()
    assert ready is not None
    rang = await asyncio.gather(*(ring(world.baton.bench, *ready) for _ in range(3)))
    assert sum(rang) == 1
    assert await told(world) == [("breached", "sam@example.com")]


async def test_a_lead_on_which_baton_fails_is_left_to_whoever_mends_that(world: World) -> None:
    contact = await parked(world)
    due = (await touch_clock(world))["due_at"]
    await world.rows("WITH put AS (UPDATE lane SET code = 'defect' RETURNING 1) SELECT 1 FROM put")
    await pass_time(world, due)
    assert (await touch_clock(world))["breached_at"] is None
    assert await is_parked(world, contact)
