"""Contacts that changed and of which no webhook told are found, counted, and handed over once."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest

from app.clock import SteppedClock
from app.crm.simulator import Subscription
from app.engine.look import look
from app.engine.sweep import LAG
from app.engine.sweeping import sweep
from app.metrics import PROCESS
from app.storage.standing import standing
from tests.engine.sweeps import EVERY, a_quiet_lead, many_quiet, silently, swept
from tests.world import World, make_simulator, open_world

MANY = 5_000 if os.environ.get("BATON_SOAK") else 500
"""The whole run in `make soak`, a tenth in `make check`."""


async def test_a_lead_of_whom_no_webhook_came_is_found_and_handed_over(world: World) -> None:
    contact = a_quiet_lead(world)
    await world.settle()
    assert world.sim.tasks_of(contact) == []
    done = await swept(world)
    assert (done.seen, done.marked, done.missed) == (1, 1, 1)
    [lane] = await world.rows("SELECT object_id, priority FROM lane")
    assert (lane["object_id"], lane["priority"]) == (contact, 1)
    await world.settle()
    assert len(world.sim.tasks_of(contact)) == 1


async def test_metrics_tell_how_many_were_missed_and_how_far_back_the_last_sweep_came(world: World) -> None:
    def missed() -> float:
        return PROCESS.get_sample_value("baton_swept_contacts_total", {"outcome": "missed"}) or 0

    before = missed()
    a_quiet_lead(world)
    await swept(world)
    assert missed() - before == 1
    world.clock.advance(timedelta(minutes=3))
    async with world.database.begin() as connection:
        stands = await standing(connection, world.baton.portal_id, now=world.clock.now())
    assert stands.swept_age == LAG + timedelta(minutes=3)


async def test_whoever_was_told_of_and_looked_at_is_left_alone(world: World) -> None:
    contacts = [world.vp(), world.lead("Newsletter")]
    await world.settle()
    done = await swept(world)
    assert (done.seen, done.marked, done.missed) == (len(contacts), 0, 0)


async def test_what_baton_wrote_itself_does_not_count_even_when_its_echo_is_lost(world: World) -> None:
    contact = world.vp()
    await world.unpack()
    world.clock.advance(LAG)
    await world.baton.worker.work()
    assert len(world.sim.tasks_of(contact)) == 1
    world.sim.portal.outbox.take()
    done = await swept(world)
    assert (done.seen, done.marked, done.missed) == (1, 0, 0)


async def test_a_change_after_the_last_look_is_found(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.clock.advance(timedelta(hours=1))
    silently(world, contact, baton_handoff_status="accepted")
    done = await swept(world)
    assert (done.marked, done.missed) == (1, 1)
    await world.settle()
    [handoff] = await world.rows("SELECT state FROM handoff")
    assert handoff["state"] == "accepted"


async def test_a_look_that_a_clock_alone_woke_does_not_make_a_lost_change_known(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.clock.advance(LAG + timedelta(seconds=1))
    silently(world, contact, jobtitle="Chief Sales Officer")
    [before] = await world.rows("SELECT read_at FROM contact")
    [clock] = await world.rows("SELECT min(next_at) AS at FROM clock")
    world.baton.bench.heard.at = clock["at"]
    await world.until(clock["at"])
    [after] = await world.rows("SELECT read_at FROM contact")
    found = await swept(world)
    assert before == after
    assert (found.marked, found.missed) == (1, 1)


async def test_a_change_that_followed_one_that_was_told_of_is_looked_at_and_not_counted(world: World) -> None:
    contact = world.lead("Newsletter")
    await world.settle()
    world.clock.advance(timedelta(minutes=2))
    silently(world, contact, jobtitle="VP Sales")
    done = await swept(world)
    assert (done.marked, done.missed) == (1, 0)


async def test_what_is_younger_than_a_webhook_may_take_is_left_to_the_next_sweep(world: World) -> None:
    world.clock.advance(EVERY)
    contact = a_quiet_lead(world)
    first = await swept(world, after=LAG - timedelta(seconds=1))
    assert first.seen == 0
    assert (await swept(world)).missed == 1
    assert {row["object_id"] for row in await world.rows("SELECT object_id FROM lane")} == {contact}


async def test_a_change_that_the_index_learns_of_late_is_found_by_the_overlap(world: World) -> None:
    world.sim.faults.search_lag = 2 * LAG.total_seconds() - 1
    a_quiet_lead(world)
    first = await swept(world, after=LAG + timedelta(seconds=1))
    assert first.seen == 0
    assert (await swept(world)).missed == 1


async def test_one_that_waits_for_its_look_is_not_counted_again_by_the_next_sweep(world: World) -> None:
    world.clock.advance(EVERY)
    a_quiet_lead(world)
    assert (await swept(world, after=LAG + timedelta(seconds=1))).missed == 1
    again = await swept(world)
    assert (again.seen, again.marked) == (1, 0)


async def test_after_days_of_outage_one_sweep_catches_up_with_all_of_them(world: World) -> None:
    await swept(world)
    lost = []
    for _ in range(3):
        world.clock.advance(timedelta(days=1))
        lost.append(a_quiet_lead(world))
    done = await swept(world)
    assert (done.seen, done.missed) == (3, 3)
    await world.settle()
    assert [len(world.sim.tasks_of(contact)) for contact in lost] == [1, 1, 1]


async def test_while_requests_wait_to_be_unpacked_nothing_is_taken_to_be_missed(world: World) -> None:
    world.vp()
    await world.deliver()
    world.clock.advance(EVERY)
    assert not await sweep(world.baton.bench, every=EVERY)
    await world.settle()
    assert (await swept(world)).missed == 0


async def test_leads_that_are_found_go_behind_live_ones(world: World) -> None:
    await swept(world)
    contacts = many_quiet(world, 20)
    world.clock.advance(EVERY)
    live = [world.lead("Newsletter") for _ in range(20)]
    await world.unpack()
    await swept(world, after=timedelta())
    ready = await world.baton.watch.ready()
    assert ready is not None
    await look(world.baton.bench, *ready, limit=10)
    looked = {row["contact_id"] for row in await world.rows("SELECT contact_id FROM decision")}
    assert (len(looked & set(live)), len(looked & set(contacts))) == (8, 2)


@pytest.mark.soak
async def test_of_many_leads_one_in_ten_unheard_of_all_are_handed_over_once_and_counted(
    database_url: str, clock: SteppedClock
) -> None:
    sim = make_simulator(clock)
    sim.subscriptions = [Subscription("contact.creation")]
    sim.faults.drop_events = 10
    sim.faults.search_lag = LAG.total_seconds()
    sim.quota.search.limit = sim.quota.general.limit = sim.quota.associations.limit = MANY
    async with open_world(database_url, clock, sim=sim, hubspot_calls_per_10_seconds=MANY) as world:
        contacts = many_leads(world, MANY)
        assert sim.pending_events() == len(contacts)
        await world.settle()
        unheard = {one for one in contacts if not sim.tasks_of(one)}
        assert unheard == world.sender.losses.contact_ids
        done = await swept(world, after=timedelta(hours=1))
        assert (done.seen, done.marked, done.missed) == (MANY, MANY // 10, MANY // 10)
        assert {row["object_id"] for row in await world.rows("SELECT * FROM lane WHERE priority = 1")} == unheard
        await world.settle()
        assert (await swept(world)).marked == 0
        await world.settle()
        assert {tuple(sim.counters.effects(one).values()) for one in contacts} == {(1, 1, 1, 1)}


def many_leads(world: World, many: int) -> list[str]:
    """Leads that are ready, made ten a second at two companies."""
    sizes = ("120", "900")
    companies = [
        world.sim.create_company({"name": size, "numberofemployees": size, "industry": "BANKING"}) for size in sizes
    ]
    made = []
    for number in range(many):
        world.clock.advance(timedelta(milliseconds=100))
        made.append(world.lead("Demo request", companies[number % 2], jobtitle="VP Sales"))
    return made
