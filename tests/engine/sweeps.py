"""Leads of whom nobody is told, and sweeps walked to their end."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from app.engine.sweeping import sweep
from app.storage.sweeps import Sweep, SweepKind, newest
from tests.world import World

EVERY = timedelta(minutes=10)


async def swept(world: World, *, after: timedelta = EVERY) -> Sweep:
    """What a sweep came to that begins after a while, walked to its end."""
    world.clock.advance(after)
    while await sweep(world.baton.bench, every=EVERY):
        pass
    async with world.database.begin() as connection:
        done = await newest(connection, world.baton.portal_id, SweepKind.SWEEP)
    assert done is not None
    return done


def silently(world: World, contact: str, **properties: str) -> None:
    """Change a contact and lose what HubSpot would have posted about it."""
    world.sim.edit_contact(contact, properties)
    world.sim.portal.outbox.take()


def a_quiet_lead(world: World) -> str:
    """A lead that is ready, and of whom no webhook comes."""
    contact = world.vp()
    world.sim.portal.outbox.take()
    return contact


def many_quiet(world: World, many: int) -> list[str]:
    """Leads that are not ready, made a second apart, of whom no webhook comes."""
    made = []
    for _ in range(many):
        world.clock.advance(timedelta(seconds=1))
        made.append(world.lead("Newsletter"))
    world.sim.portal.outbox.take()
    return made


async def totals_of(world: World) -> Mapping[str, int]:
    """What all walks came to."""
    [row] = await world.rows(
        "SELECT count(finished_at) AS finished, sum(seen) AS seen, sum(missed) AS missed FROM sweep"
    )
    return row
