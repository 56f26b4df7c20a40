"""The story of a handoff as it is gathered: from the lead's sign to the touch, over two owners and a return."""

from __future__ import annotations

from datetime import timedelta

from app.engine.handoffs import find, listed
from app.engine.timeline import story_of
from app.handoff.timeline import Story, delays_of, lines_of
from app.records.ids import PortalId
from app.storage.handoff_pages import Wanted
from tests.world import PORTAL, World

PORTAL_ID = PortalId(PORTAL)
DAY = timedelta(days=1)


async def story(world: World, contact: str) -> Story:
    """Of the contact's newest handoff."""
    found = await find(world.database, PORTAL_ID, contact, now=world.clock.now())
    return await story_of(world.database, PORTAL_ID, found)


async def test_what_baton_took_is_kept_apart_from_what_the_owner_took(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.clock.advance(timedelta(minutes=5))
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
    await world.settle()
    delays = delays_of(await story(world, contact))
    by_baton = [one.length for one in delays if not one.by_people]
    [by_people] = [one for one in delays if one.by_people]
    assert len(by_baton) == 2
    assert all(length < timedelta(minutes=1) for length in by_baton)
    assert timedelta(minutes=5) <= by_people.length < timedelta(minutes=6)
    assert by_people.what.endswith("accept by eve@example.com")


async def test_two_owners_a_breach_and_the_steps_that_followed_are_told(world: World) -> None:
    contact = world.vp()
    await world.settle()
    for minutes in (20, 60, 60):
        world.clock.advance(timedelta(minutes=minutes))
        await world.settle()
    told = await story(world, contact)
    assert [one.owner_email for one in told.tenures] == ["eve@example.com", "sam@example.com"]
    text = "\n".join(lines_of(told, world.clock.now()))
    for said in (
        "assigned to eve@example.com",
        "accept: at the breach, notify manager",
        "first touch: overdue",
        "first touch: 1 business hour after the breach, reassign",
        "assigned to sam@example.com",
        "first touch: passed on",
        "first touch, eve@example.com: missed;",
        "first touch, sam@example.com: running;",
    ):
        assert said in text, said


async def test_a_rest_is_no_delay_of_baton(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "no_budget"})
    await world.settle()
    world.clock.advance(87 * DAY)
    world.sim.submit_form(contact, "Demo request")
    await world.settle()
    world.clock.advance(4 * DAY)
    await world.settle()
    found = await listed(world.database, PORTAL_ID, Wanted(contact_id=contact), now=world.clock.now(), limit=5)
    stories = [await story_of(world.database, PORTAL_ID, one) for one in reversed(found)]
    assert len(stories) == 2
    assert (stories[0].signalled_at is None, stories[1].signalled_at) == (False, None)
    assert "rejected: no_budget; may return from" in "\n".join(lines_of(stories[0], world.clock.now()))
