"""A replay of very many records: as planned, behind live events, cancelled, resumed, and run once more."""

from __future__ import annotations

import os

import pytest

from app.engine import replay
from app.engine.replaying import SLICE, go_on
from app.storage.replays import ItemState, ReplayState
from tests.engine.replays import PARKED, finished, seen, started
from tests.world import World

MANY = 100_000 if os.environ.get("BATON_SOAK") else 10_000
"""The whole number in `make soak`, a tenth of it in `make check`."""


async def parked(world: World, many: int) -> list[str]:
    """Contacts that HubSpot told of, and whose lanes are parked: not ready, so that looks are quick."""
    contacts = [world.sim.create_contact({"email": f"many{n}@example.org"}) for n in range(many)]
    await world.unpack()
    await world.rows("WITH done AS (UPDATE lane SET parked = true, code = 'invalid' RETURNING 1) SELECT 1 FROM done")
    return contacts


async def decisions_of(world: World, contacts: list[str]) -> list[int]:
    """How many decisions each of the contacts has, the different numbers once."""
    rows = await world.rows(
        "SELECT DISTINCT count(decision.id) AS many FROM unnest(CAST(:contacts AS text[])) AS one (id) "
        "LEFT JOIN decision ON contact_id = one.id GROUP BY one.id",
        contacts=contacts,
    )
    return [row["many"] for row in rows]


@pytest.mark.soak
async def test_a_replay_of_any_size_comes_out_as_planned_and_can_be_stopped_and_run_again(world: World) -> None:
    world.rounds_most = MANY
    portal_id, now = world.baton.portal_id, world.clock.now()
    contacts = await parked(world, MANY)
    planned = await replay.plan(world.baton.bench, PARKED, now=now)
    assert (planned.count, len(planned.sample)) == (MANY, replay.SAMPLE)
    begun = await started(world)
    assert begun.total == planned.count

    await go_on(world.baton.bench)
    live = world.vp()
    await world.unpack()
    await world.baton.worker.work()
    assert world.sim.contact(live)["lifecyclestage"] == "marketingqualifiedlead"
    assert (await seen(world, begun.id)).counts[ItemState.LOOKING] == SLICE

    await replay.cancel(world.database, portal_id, begun.id, by="ann", now=now)
    await world.settle()
    await go_on(world.baton.bench)
    stopped = await seen(world, begun.id)
    assert stopped.state is ReplayState.CANCELLED
    assert stopped.counts == {ItemState.DONE: SLICE, ItemState.QUEUED: MANY - SLICE}

    await replay.resume(world.database, portal_id, begun.id, by="ann", now=now)
    assert (await finished(world, begun.id)).counts == {ItemState.DONE: MANY}
    assert await decisions_of(world, contacts) == [1]

    again = await finished(world, (await started(world, "type:contact.creation since:24h")).id)
    assert again.counts == {ItemState.DONE: MANY + 1}
    assert await decisions_of(world, contacts) == [2]
