"""Who asks to be forgotten is forgotten: nothing personal stays in any table."""

from __future__ import annotations

from app.clock import SteppedClock
from app.engine.acting import Asked, act
from app.engine.probes import AFTER_READ
from app.handoff.state import ActKind
from tests.engine.test_lost_leases import At
from tests.world import World, open_world

CANARY = "canary@northbank.example"


async def test_a_privacy_deletion_leaves_nothing_personal_in_any_table(world: World) -> None:
    contact = world.vp(email=CANARY, lastname="Canarywood")
    await world.settle()
    assert await tables_that_know(world, "Canarywood")
    world.sim.erase_contact(contact)
    await world.settle()
    assert await tables_that_know(world, CANARY) == []
    assert await tables_that_know(world, "Canarywood") == []
    assert await world.rows("SELECT 1 FROM handoff WHERE closed_at IS NULL") == []


async def test_what_people_wrote_of_somebody_when_they_acted_is_forgotten(world: World) -> None:
    contact = world.vp()
    await world.settle()
    [row] = await world.rows("SELECT id FROM handoff")
    for kind in (ActKind.HOLD, ActKind.REASSIGN):
        asked = Asked(kind, "Mrs Canarywood is in hospital")
        await act(world.database, world.baton.portal_id, row["id"], asked, by="olga", now=world.clock.now())
        await world.settle()
    assert {"act", "clock", "tenure"} <= set(await tables_that_know(world, "Canarywood"))
    world.sim.erase_contact(contact)
    await world.settle()
    assert await tables_that_know(world, "Canarywood") == []


async def tables_that_know(world: World, word: str) -> list[str]:
    """Every table that holds the word in any column, raw bytes included."""
    names = await world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
    found = []
    for row in names:
        table = row["tablename"]
        query = f"SELECT count(*) AS many FROM {table} AS one WHERE one::text LIKE :like"
        [told] = await world.rows(query, like=f"%{word}%")
        raw = await world.rows(
            "SELECT 1 FROM delivery WHERE position(CAST(:word AS bytea) in body) > 0", word=word.encode()
        )
        found += [table] if told["many"] or (table == "delivery" and raw) else []
    return found


async def test_who_was_merged_before_is_forgotten_under_every_id(world: World) -> None:
    first = world.vp(email=CANARY, lastname="Canarywood")
    await world.settle()
    second = world.sim.create_contact({"email": "twin@northbank.example"})
    await world.settle()
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    world.sim.erase_contact(survivor)
    await world.settle()
    assert await tables_that_know(world, "Canarywood") == []
    assert await tables_that_know(world, CANARY) == []


async def test_an_event_that_comes_after_the_erasure_keeps_nothing(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.erase_contact(contact)
    await world.settle()
    await world.post(
        [{"eventId": 99, "portalId": 62515, "subscriptionType": "contact.propertyChange", "objectId": int(contact),
          "occurredAt": 1795186800000, "propertyName": "email", "propertyValue": CANARY}]
    )  # fmt: skip
    await world.settle()
    assert await tables_that_know(world, CANARY) == []


async def test_a_look_under_way_while_somebody_is_erased_keeps_nothing(database_url: str, clock: SteppedClock) -> None:
    probe = At(AFTER_READ)
    async with open_world(database_url, clock, probes=probe) as world:
        contact = world.vp(lastname="Canarywood")
        await world.unpack()

        async def erased_meanwhile() -> None:
            world.sim.erase_contact(contact)
            await world.unpack()

        probe.act = erased_meanwhile
        await world.settle()
        assert await tables_that_know(world, "Canarywood") == []
