from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine.explain import Unexplained, explain_contact
from app.records.ids import ContactId
from app.storage import contacts
from tests.world import World


async def test_a_decision_computed_again_is_the_one_that_was_stored(world: World) -> None:
    contact = world.vp()
    await world.settle()
    explained = await explain_contact(world.database, world.baton.portal_id, contact)
    assert explained.stored.kind == "handed off"
    assert explained.differs == ()
    assert explained.lines[0].startswith("Handed off: Asked for a demo")


async def test_the_decision_that_stood_at_an_instant_is_explained(world: World) -> None:
    contact = world.vp()
    await world.settle()
    before = world.clock.now()
    world.clock.advance(timedelta(hours=1))
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
    await world.settle()
    portal_id = world.baton.portal_id
    then = await explain_contact(world.database, portal_id, contact, at=before)
    newest = await explain_contact(world.database, portal_id, contact)
    assert then.stored.at <= before < newest.stored.at
    assert then.stored.kind == "handed off"
    with pytest.raises(Unexplained, match="nothing was decided"):
        await explain_contact(world.database, portal_id, contact, at=before - timedelta(days=1))


async def test_a_decision_that_would_come_out_otherwise_today_says_in_what(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await change(world, """UPDATE decision SET decision = decision || '{"persona": "student"}'""")
    explained = await explain_contact(world.database, world.baton.portal_id, contact)
    assert explained.differs == ("persona",)


async def test_what_was_erased_cannot_be_explained(world: World) -> None:
    contact = world.vp()
    await world.settle()
    async with world.database.begin() as connection:
        await contacts.erase(connection, world.baton.portal_id, [ContactId(contact)])
    with pytest.raises(Unexplained, match="forgotten"):
        await explain_contact(world.database, world.baton.portal_id, contact)


async def change(world: World, statement: str) -> None:
    async with world.database.begin() as connection:
        await connection.exec_driver_sql(statement)
