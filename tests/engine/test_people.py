"""What a person changes on the record stays as the person wants it, until the handoff closes."""

from __future__ import annotations

import pytest

from tests.world import World


async def overrides(world: World, contact: str) -> dict[str, dict[str, str]]:
    [row] = await world.rows("SELECT overrides FROM contact WHERE id = :id", id=contact)
    return dict(row["overrides"])


async def test_an_owner_whom_a_person_chose_stays_and_is_shown_as_an_override(world: World) -> None:
    contact = world.vp()
    await world.settle()
    bob = await owner_id(world, "bob@example.com")
    world.sim.edit_contact(contact, {"hubspot_owner_id": bob}, by="userId:7")
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert world.sim.contact(contact)["hubspot_owner_id"] == bob
    override = (await overrides(world, contact))["hubspot_owner_id"]
    assert override["value"] == bob
    assert "userId:7" in override["by"]
    [handoff] = await world.rows("SELECT owner_id FROM handoff")
    assert handoff["owner_id"] == bob
    assert len(world.sim.notes_of(contact)) == 1


async def test_a_stage_that_a_person_set_back_stays_back(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"lifecyclestage": "lead"})
    await world.settle()
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert world.sim.contact(contact)["lifecyclestage"] == "lead"
    assert (await overrides(world, contact))["lifecyclestage"]["was"] == "marketingqualifiedlead"


@pytest.mark.parametrize("status", ["qualified", "rejected"])
async def test_an_override_is_released_when_the_handoff_closes(world: World, status: str) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"hubspot_owner_id": await owner_id(world, "bob@example.com")})
    await world.settle()
    assert await overrides(world, contact)
    world.sim.edit_contact(contact, {"baton_rejection_reason": "no_time", "baton_handoff_status": status})
    await world.settle()
    [handoff] = await world.rows("SELECT state, closed_at FROM handoff")
    assert handoff["state"] == status
    assert handoff["closed_at"] is not None
    assert await overrides(world, contact) == {}


async def test_an_override_is_released_when_the_record_is_gone(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"hubspot_owner_id": await owner_id(world, "bob@example.com")})
    await world.settle()
    world.sim.delete_contact(contact)
    await world.settle()
    [handoff] = await world.rows("SELECT state, reason FROM handoff")
    assert (handoff["state"], handoff["reason"]) == ("ended", "the record is gone")
    assert await overrides(world, contact) == {}


async def test_an_active_owner_who_is_already_on_the_record_is_kept_and_not_charged(world: World) -> None:
    contact = world.vp(hubspot_owner_id=await first_owner(world, "cy@example.com"))
    await world.settle()
    assert world.sim.contact(contact)["hubspot_owner_id"] == await owner_id(world, "cy@example.com")
    assert await world.rows("SELECT charged FROM assignment WHERE charged") == []
    assert len(world.sim.tasks_of(contact)) == 1


async def test_a_qualified_lead_becomes_sql_when_the_rep_accepts_and_confirms_the_need(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted", "baton_need_confirmed": "true"})
    await world.settle()
    assert world.sim.contact(contact)["lifecyclestage"] == "salesqualifiedlead"


async def owner_id(world: World, email: str) -> str:
    [row] = await world.rows("SELECT id FROM owner WHERE email = :email", email=email)
    return str(row["id"])


async def first_owner(world: World, email: str) -> str:
    assert await world.baton.watch.ready() is not None
    return await owner_id(world, email)
