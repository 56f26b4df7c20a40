"""Briefs through the whole path: all that the lead did, a second one at a further stage, and what reps say of them."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from app.clock import SteppedClock
from app.engine.content import read_content
from tests.world import World, open_world

MINUTE = timedelta(minutes=1)
READ = "POST contacts/batch/read"


def busy_vp(world: World, **properties: str) -> str:
    """A vice president who sent three forms, a minute apart."""
    contact = world.vp(**properties)
    for form in ("Pricing guide", "Contact us"):
        world.clock.advance(MINUTE)
        world.sim.submit_form(contact, form)
    return contact


def note_of(world: World, contact: str) -> str:
    return str(world.sim.notes_of(contact)[0]["hs_note_body"])


async def test_the_note_lists_every_form_that_was_sent(world: World) -> None:
    contact = busy_vp(world)
    await world.settle()
    listed = note_of(world, contact)
    places = [listed.index(f"Form: {form}") for form in ("Contact us", "Pricing guide", "Demo request")]
    assert places == sorted(places)
    [handoff] = await world.rows("SELECT brief FROM handoff")
    assert handoff["brief"]["partial"] is False
    assert len(handoff["brief"]["content"]) == 3
    assert world.sim.counters.calls[READ] == 2


async def test_no_past_is_read_for_a_lead_whose_record_tells_it_all(world: World) -> None:
    world.vp()
    await world.settle()
    assert world.sim.counters.calls[READ] == 1


async def test_a_past_that_cannot_be_read_leaves_the_brief_as_it_is_until_it_can(
    database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock, live=False) as world:
        busy_vp(world)
        await world.settle()
        before = await briefs(world)
        world.sim.faults.unauthorized = True
        await read_content(world.baton.crm, world.database, world.baton.portal_id, list(before))
        assert await briefs(world) == before
        world.sim.faults.clear()
        await read_content(world.baton.crm, world.database, world.baton.portal_id, list(before))
        [whole] = (await briefs(world)).values()
        assert (whole["partial"], len(whole["content"])) == (False, 3)


async def briefs(world: World) -> dict[UUID, Any]:
    return {row["id"]: row["brief"] for row in await world.rows("SELECT id, brief FROM handoff")}


async def test_a_further_stage_brings_one_second_note_and_no_second_task(world: World) -> None:
    contact = busy_vp(world)
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted", "baton_need_confirmed": "true"})
    await world.settle()
    first, second = (str(note["hs_note_body"]) for note in world.sim.notes_of(contact))
    assert "Second brief" not in first
    assert second.startswith("<p><b>Second brief: now Sales Qualified Lead</b></p>")
    assert "Form: Pricing guide" in second
    assert "Due:" not in second
    assert len(world.sim.tasks_of(contact)) == 1
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert len(world.sim.notes_of(contact)) == 2


async def test_what_the_rep_says_of_the_brief_is_kept_with_the_handoff(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_brief_used": "partly", "baton_handoff_status": "accepted"})
    await world.settle()
    [said] = await world.rows("SELECT brief_word, brief_word_at FROM handoff")
    assert said["brief_word"] == "partly"
    world.sim.edit_contact(contact, {"baton_handoff_status": "working"})
    await world.settle()
    assert await world.rows("SELECT brief_word, brief_word_at FROM handoff") == [said]


async def test_a_word_that_comes_with_the_answer_or_after_it_is_kept(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_brief_used": "used", "baton_handoff_status": "qualified"})
    await world.settle()
    assert await world.rows("SELECT brief_word, state FROM handoff") == [{"brief_word": "used", "state": "qualified"}]
    world.sim.edit_contact(contact, {"baton_brief_used": "not_used", "phone": "+1 555 0100"})
    await world.settle()
    assert await world.rows("SELECT brief_word FROM handoff") == [{"brief_word": "not_used"}]
