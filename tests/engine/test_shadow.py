"""A portal starts in shadow: everything is decided and shown, nothing is written, until somebody says so."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.clock import SteppedClock
from app.engine import mode
from tests.world import World, go_live, open_world


@pytest.fixture
async def shadow(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    async with open_world(database_url, clock, live=False) as opened:
        yield opened


async def test_in_shadow_leads_are_decided_and_nothing_is_written(shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    writes = [name for name in shadow.sim.counters.calls if "read" not in name and not name.startswith("GET")]
    assert writes == []
    assert "lifecyclestage" not in shadow.sim.contact(contact) or not shadow.sim.contact(contact)["lifecyclestage"]
    [decision] = await shadow.rows("SELECT kind, shadow FROM decision")
    assert decision == {"kind": "handed off", "shadow": True}
    states = await shadow.rows("SELECT DISTINCT state FROM write")
    assert states == [{"state": "withheld"}]


async def test_a_second_look_in_shadow_decides_no_second_handoff(shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    shadow.sim.submit_form(contact, "Demo request again")
    await shadow.settle()
    assert len(await shadow.rows("SELECT * FROM handoff")) == 1
    assert len(await shadow.rows("SELECT * FROM write WHERE state = 'withheld'")) == 3


async def test_going_live_lists_what_would_change_and_then_changes_it(shadow: World) -> None:
    contacts = [shadow.vp(email=f"vp{n}@northbank.example") for n in range(3)]
    await shadow.settle()
    plan = await mode.live_plan(shadow.database, shadow.baton.portal_id, limit=10)
    assert plan.total == 3
    assert {one.stage for one in plan.contacts} == {"marketingqualifiedlead"}
    assert {one.owner for one in plan.contacts} == {"eve@example.com"}
    assert all(one.note and one.task for one in plan.contacts)
    await go_live(shadow)
    await shadow.settle()
    assert {shadow.sim.contact(one)["lifecyclestage"] for one in contacts} == {"marketingqualifiedlead"}
    live = await shadow.rows("SELECT * FROM handoff WHERE NOT shadow AND closed_at IS NULL")
    assert len(live) == 3
    assert await shadow.rows("SELECT * FROM handoff WHERE shadow AND closed_at IS NULL") == []


async def test_shadow_assignments_are_not_charged_to_anyone_when_live(shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    await go_live(shadow)
    await shadow.settle()
    live = await shadow.rows("SELECT credits_before FROM assignment WHERE NOT shadow")
    assert [row["credits_before"] for row in live] == [{}] or set(live[0]["credits_before"].values()) == {0}


async def test_going_live_without_the_properties_is_refused_with_the_remedy(shadow: World) -> None:
    assert await shadow.baton.watch.ready() is not None
    with pytest.raises(mode.ModeRefused, match="baton setup --apply"):
        await mode.go_live(shadow.database, shadow.baton.portal_id, "test", now=shadow.clock.now())


async def test_while_paused_requests_are_taken_in_and_nothing_is_looked_at(shadow: World) -> None:
    await go_live(shadow)
    await mode.pause(shadow.database, shadow.baton.portal_id, "test", "a bad publish", now=shadow.clock.now())
    contact = shadow.vp()
    await shadow.unpack()
    await shadow.baton.worker.work()
    assert await shadow.rows("SELECT * FROM decision") == []
    await mode.resume(shadow.database, shadow.baton.portal_id, "test", now=shadow.clock.now())
    await shadow.settle()
    assert len(shadow.sim.tasks_of(contact)) == 1


async def test_the_brake_pauses_a_portal_that_writes_too_much(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock, writes_per_hour=3) as world:
        for n in range(5):
            world.vp(email=f"vp{n}@northbank.example")
        await world.unpack()
        await world.baton.worker.work()
        [portal] = await world.rows("SELECT paused_reason FROM portal")
        assert "brake" in portal["paused_reason"]
        assert world.sim.counters.calls["POST contacts/batch/update"] == 0
        assert len(await world.rows("SELECT * FROM write WHERE state = 'due' AND kind = 'properties'")) == 5
