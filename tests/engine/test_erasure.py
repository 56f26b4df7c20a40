"""Who asks to be forgotten is forgotten: nothing personal stays in any table."""

from __future__ import annotations

from tests.world import World

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
