"""Two contacts with running clocks become one: of two deadlines of a kind the earlier one survives."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.engine.acting import Asked, act
from app.handoff.state import ActKind
from tests.world import World


async def running(world: World) -> dict[tuple[str, str], Mapping[str, Any]]:
    """The clocks that run, by contact and kind."""
    rows = await world.rows("SELECT * FROM clock WHERE stop IS NULL")
    return {(row["contact_id"], row["kind"]): row for row in rows}


async def done(world: World, contact: str, kind: ActKind, **more: Any) -> None:
    """A person does something to the contact's open handoff."""
    [row] = await world.rows(
        "SELECT id FROM handoff WHERE contact_id = :contact AND closed_at IS NULL", contact=contact
    )
    asked = Asked(kind, "she asked for it", **more)
    await act(world.database, world.baton.portal_id, row["id"], asked, by="olga", now=world.clock.now())
    await world.settle()


async def test_the_earlier_deadline_of_two_merged_contacts_survives(world: World) -> None:
    """Edge 10."""
    first = world.vp()
    await world.settle()
    await done(world, first, ActKind.EXTEND, more="3 hours")
    second = world.vp(email="other@northbank.example")
    await world.settle()
    before = await running(world)
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    after = await running(world)
    for kind in ("accept", "first_touch"):
        earlier, later = before[second, kind]["due_at"], before[first, kind]["due_at"]
        assert earlier < later
        assert after[survivor, kind]["due_at"] == earlier
    assert {contact for contact, _ in after} == {survivor}
    assert {kind for _, kind in after} == {kind for _, kind in before}


async def test_what_holds_the_handoff_moves_the_deadline_that_survived_as_well(world: World) -> None:
    first = world.vp()
    await world.settle()
    await done(world, first, ActKind.EXTEND, more="3 hours")
    second = world.vp(email="other@northbank.example")
    await world.settle()
    before = await running(world)
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    await done(world, survivor, ActKind.HOLD, until=world.clock.now() + timedelta(hours=1))
    clock = (await running(world))[survivor, "accept"]
    moved = clock["due_at"] - before[second, "accept"]["due_at"]
    assert timedelta(minutes=59) < moved <= timedelta(hours=1)


async def test_the_deadline_that_survived_is_the_one_that_is_missed(world: World) -> None:
    """Edge 10."""
    first = world.vp()
    await world.settle()
    await done(world, first, ActKind.EXTEND, more="3 hours")
    second = world.vp(email="other@northbank.example")
    await world.settle()
    due = (await running(world))[second, "accept"]["due_at"]
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    world.clock.advance(due - world.clock.now())
    await world.settle()
    clock = (await running(world))[survivor, "accept"]
    assert clock["breached_at"] == due


async def test_the_clocks_of_the_handoff_that_ended_stop_and_tell_nobody(world: World) -> None:
    """Edge 10."""
    first = world.vp()
    await world.settle()
    second = world.vp(email="other@northbank.example")
    await world.settle()
    world.sim.merge_contacts(first, second)
    await world.settle()
    stopped = await world.rows("SELECT stop, because, breached_at FROM clock WHERE stop IS NOT NULL")
    assert {(row["stop"], row["because"], row["breached_at"]) for row in stopped} == {
        ("closed", "merged with an earlier handoff", None)
    }
    assert await world.rows("SELECT 1 FROM notice") == []
