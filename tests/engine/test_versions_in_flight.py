"""Versions change while leads are on their way: each decision is wholly one version's, open handoffs keep theirs."""

from __future__ import annotations

from datetime import timedelta

from app.engine.look import look
from app.engine.recheck import recheck
from app.engine.rulebook import Shelf
from app.records.ids import ContactId
from tests.engine.test_drafting import ACCEPT, POINTS, SAM, publish
from tests.world import World

LEADS = 1_000


async def _look(world: World, looks: int) -> None:
    for _ in range(looks):
        world.clock.advance(timedelta(seconds=1))
        ready = await world.baton.watch.ready()
        assert ready is not None
        await look(world.baton.bench, *ready)


async def test_each_of_a_thousand_leads_is_decided_by_exactly_one_version_while_three_follow_each_other(
    world: World,
) -> None:
    for _ in range(LEADS):
        world.vp()
    await world.unpack()
    await _look(world, 3)
    await publish(world.baton.drafting, POINTS)
    await _look(world, 3)
    await world.baton.drafting.restore(1, 2, SAM, "Back")
    await _look(world, 2)
    await publish(world.baton.drafting, ACCEPT)
    await world.settle()

    decided = await world.rows("SELECT version, count(*) AS many FROM decision GROUP BY version ORDER BY version")
    assert [row["version"] for row in decided] == [1, 2, 3, 4]
    mixed = await world.rows("""
        SELECT handoff.id FROM handoff JOIN decision USING (portal_id, contact_id)
        WHERE handoff.version <> decision.version
    """)
    assert mixed == []
    again = await recheck(world.database, world.baton.portal_id)
    assert (again.same, again.differing) == (sum(row["many"] for row in decided), ())


async def test_an_open_handoff_is_decided_by_the_version_it_began_with_until_it_closes(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await publish(world.baton.drafting, POINTS, ACCEPT)
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
    await world.settle()
    world.sim.edit_contact(contact, {"baton_rejection_reason": "no_time", "baton_handoff_status": "rejected"})
    await world.settle()
    world.clock.advance(timedelta(days=45))
    world.sim.submit_form(contact, "Demo request")
    await world.settle()
    versions = await world.rows("SELECT version, kind FROM decision WHERE contact_id = :id ORDER BY at", id=contact)
    assert versions[0]["version"] == 1
    closed = next(n for n, row in enumerate(versions) if row["kind"] == "closed")
    assert {row["version"] for row in versions[: closed + 1]} == {1}
    assert {row["version"] for row in versions[closed + 1 :]} == {2}
    assert [row["version"] for row in await world.rows("SELECT version FROM handoff ORDER BY opened_at")] == [1, 2]


async def test_a_handoff_keeps_its_version_however_many_others_are_in_use(world: World) -> None:
    for edit in (POINTS, ACCEPT):
        await publish(world.baton.drafting, edit)
    newest = await world.baton.drafting.rulebook()
    shelf = Shelf(world.database, world.baton.portal_id, kept=1)
    for wanted in ({"10": 1, "20": 2}, {"10": 1}, {"20": 2, "10": 1}):
        versions = {ContactId(one): number for one, number in wanted.items()}
        books = await shelf.books(newest, versions)
        assert {one: books.of(one).version for one in versions} == versions
