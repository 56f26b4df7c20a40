"""What is over is forgotten after a while; what goes on from it stays."""

from __future__ import annotations

from datetime import timedelta

from app.engine.replay import Asked, start
from app.engine.replaying import go_on
from app.engine.worker import Worker
from app.storage import issues
from tests.engine.sweeps import swept
from tests.world import World

LONG = timedelta(days=91)


async def tidied(world: World) -> None:
    """A worker that begins now, and so tidies up first."""
    baton = world.baton
    await Worker(baton.bench, baton.unpacking, baton.watch, poll=timedelta(seconds=1)).work()


async def test_sweeps_go_after_a_while_and_the_next_one_begins_where_the_last_one_ended(world: World) -> None:
    first, second = await swept(world), await swept(world)
    world.clock.advance(LONG)
    await tidied(world)
    assert [row["id"] for row in await world.rows("SELECT id FROM sweep")] == [second.id]
    assert first.id != second.id
    third = await swept(world)
    assert third.from_at < second.until_at
    await tidied(world)
    assert {row["id"] for row in await world.rows("SELECT id FROM sweep")} == {third.id}


async def test_replays_go_with_their_records_once_they_are_long_over(world: World) -> None:
    contacts = [world.sim.create_contact({"email": f"one{n}@example.org"}) for n in range(2)]
    baton = world.baton
    over, runs = [
        await start(world.database, baton.portal_id, Asked(f"record:{one}", "Look", "ann"), now=world.clock.now())
        for one in contacts
    ]
    done = "UPDATE replay SET state = 'done', finished_at = :at WHERE id = :id RETURNING 1"
    await world.rows(f"WITH done AS ({done}) SELECT 1 FROM done", at=world.clock.now(), id=over.id)
    await tidied(world)
    assert len(await world.rows("SELECT 1 FROM replay")) == 2
    world.clock.advance(LONG)
    await tidied(world)
    assert [row["id"] for row in await world.rows("SELECT id FROM replay")] == [runs.id]
    assert {row["replay_id"] for row in await world.rows("SELECT replay_id FROM replay_item")} == {runs.id}
    assert await go_on(baton.bench)


async def test_refused_requests_are_no_issue_any_more_after_a_while(world: World) -> None:
    await world.web.post("/webhooks/hubspot", content=b"[]")
    await tidied(world)
    assert len(await issues_of(world)) == 1
    world.clock.advance(LONG)
    await tidied(world)
    assert await issues_of(world) == []


async def issues_of(world: World) -> list[issues.Found]:
    async with world.database.begin() as connection:
        return await issues.listed(connection, world.baton.portal_id, now=world.clock.now())
