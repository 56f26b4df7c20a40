from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import pytest

from app.clock import SteppedClock
from app.engine import mode
from app.engine.mode import ModeRefused, go_live, go_shadow, live_plan
from app.engine.setup import apply
from app.storage import portals
from tests.world import World, open_world


@pytest.fixture
async def shadow(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A portal in shadow mode in which everything is set up, and no lead yet."""
    async with open_world(database_url, clock, live=False) as opened:
        ready = await opened.baton.watch.ready()
        assert ready is not None
        baton = opened.baton
        await apply(baton.crm, opened.database, baton.portal_id, ready[1].agreement, by="ada", now=opened.clock.now())
        yield opened


async def live(world: World) -> int:
    return await go_live(world.database, world.baton.portal_id, "ada", now=world.clock.now())


async def test_shadow_mode_shows_what_it_would_write_and_writes_nothing(shadow: World) -> None:
    contact = shadow.vp(lifecyclestage="lead")
    await shadow.settle()
    plan = await live_plan(shadow.database, shadow.baton.portal_id, limit=10)
    assert (plan.total, plan.refusal) == (1, None)
    [one] = plan.contacts
    assert (one.stage_now, one.stage, one.owner) == ("lead", "marketingqualifiedlead", "eve@example.com")
    assert one.note
    assert one.task
    assert "baton_handoff_status" in one.properties
    assert shadow.sim.contact(contact)["lifecyclestage"] == "lead"


async def test_a_plan_counts_all_and_lists_as_many_as_asked_for(shadow: World) -> None:
    for _ in range(3):
        shadow.vp()
    await shadow.settle()
    plan = await live_plan(shadow.database, shadow.baton.portal_id, limit=2)
    assert (plan.total, len(plan.contacts)) == (3, 2)


async def test_going_live_decides_shadow_leads_again_and_writes_them_once(shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    assert await live(shadow) == 1
    [lane] = await shadow.rows("SELECT wake_at FROM lane WHERE object_type = 'contact' AND object_id = :id", id=contact)
    assert lane["wake_at"] <= shadow.clock.now()
    await shadow.settle()
    record = shadow.sim.contact(contact)
    assert record["lifecyclestage"] == "marketingqualifiedlead"
    assert len(shadow.sim.notes_of(contact)) == len(shadow.sim.tasks_of(contact)) == 1
    states = await shadow.rows("SELECT shadow, state FROM handoff ORDER BY shadow")
    assert states == [{"shadow": False, "state": "open"}, {"shadow": True, "state": "ended"}]
    assert await shadow.rows("SELECT * FROM write WHERE state = 'withheld'") == []


async def test_going_live_starts_the_ledgers_of_shadow_mode_over(shadow: World) -> None:
    shadow.lead("Pricing guide", jobtitle="VP Sales")
    shadow.vp()
    await shadow.settle()
    await live(shadow)
    assert {tuple(row["credits"]) for row in await shadow.rows("SELECT credits FROM pool WHERE shadow")} <= {()}


async def test_every_switch_leaves_a_line_in_the_audit(shadow: World) -> None:
    portal_id, now = shadow.baton.portal_id, shadow.clock.now()
    await live(shadow)
    await go_shadow(shadow.database, portal_id, "ada", now=now)
    await mode.pause(shadow.database, portal_id, "ada", "bad publish", now=now)
    assert await mode.resume(shadow.database, portal_id, "ada", now=now) == "bad publish"
    lines = await shadow.rows("SELECT action FROM audit WHERE action <> 'properties created'")
    assert sorted(line["action"] for line in lines) == ["paused", "resumed", "went into shadow", "went live"]


async def test_a_paused_portal_takes_requests_in_and_no_look(shadow: World) -> None:
    portal_id, now = shadow.baton.portal_id, shadow.clock.now()
    await mode.pause(shadow.database, portal_id, "ada", "bad publish", now=now)
    shadow.vp()
    await shadow.unpack()
    await shadow.baton.worker.work()
    assert await shadow.rows("SELECT * FROM decision") == []
    assert await shadow.rows("SELECT * FROM lane WHERE object_type = 'contact'") != []
    await mode.resume(shadow.database, portal_id, "ada", now=now)
    await shadow.settle()
    assert len(await shadow.rows("SELECT * FROM decision")) == 1


async def test_a_switch_to_where_the_portal_is_already_is_refused(shadow: World) -> None:
    portal_id, now = shadow.baton.portal_id, shadow.clock.now()
    with pytest.raises(ModeRefused, match="shadow mode already"):
        await go_shadow(shadow.database, portal_id, "ada", now=now)
    await live(shadow)
    with pytest.raises(ModeRefused, match="live already"):
        await live(shadow)
    with pytest.raises(ModeRefused, match="not paused"):
        await mode.resume(shadow.database, portal_id, "ada", now=now)


async def test_of_two_who_go_live_at_once_one_is_refused(shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    first, second = await asyncio.gather(live(shadow), live(shadow), return_exceptions=True)
    assert {type(first), type(second)} == {int, ModeRefused}


async def test_going_live_is_refused_while_lanes_wait(shadow: World) -> None:
    async with shadow.database.begin() as connection:
        await portals.block(connection, shadow.baton.portal_id, "ann@example.com left")
    with pytest.raises(ModeRefused, match=r"ann@example\.com left"):
        await live(shadow)


async def test_clocks_wait_while_the_portal_is_in_shadow_and_are_heeded_once_it_is_live_again(world: World) -> None:
    world.vp()
    await world.settle()
    [clock] = await world.rows("SELECT due_at FROM clock WHERE kind = 'accept'")
    await go_shadow(world.database, world.baton.portal_id, "ada", now=world.clock.now())
    world.clock.set(clock["due_at"])
    await world.settle()
    assert await world.rows("SELECT 1 FROM clock WHERE breached_at IS NOT NULL") == []
    await live(world)
    await world.settle()
    breached = await world.rows("SELECT kind, breached_at FROM clock WHERE breached_at IS NOT NULL")
    assert breached == [{"kind": "accept", "breached_at": clock["due_at"]}]
