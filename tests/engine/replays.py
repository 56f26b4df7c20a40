"""Leads that HubSpot refused, and replays of them, worked on until they are over."""

from __future__ import annotations

from uuid import UUID

from app.crm.simulator.faults import ValidationRule
from app.engine import replay
from app.engine.replay import Asked
from app.engine.replaying import go_on
from app.storage.replays import Item, ReplayState, StoredReplay
from tests.world import World

PHONE_WANTED = ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")
PARKED = "state:parked"
BANK = {"name": "Northbank", "numberofemployees": "120", "industry": "BANKING"}


async def refused(world: World, many: int) -> list[str]:
    """Leads that an admin's new validation rule keeps from being handed over; then the rule is taken back."""
    world.sim.faults.validation_rules = [PHONE_WANTED]
    company = world.sim.create_company(BANK)
    leads = [world.lead("Demo request", company, jobtitle="VP Sales") for _ in range(many)]
    await world.settle()
    world.sim.faults.clear()
    return leads


async def started(world: World, filter_: str = PARKED, **more: object) -> StoredReplay:
    asked = Asked(filter_, str(more.pop("name", "After the rule was relaxed")), "ann", **more)  # type: ignore[arg-type]
    return await replay.start(world.database, world.baton.portal_id, asked, now=world.clock.now())


async def seen(world: World, replay_id: UUID) -> StoredReplay:
    return await replay.replay_of(world.database, world.baton.portal_id, replay_id)


async def finished(world: World, replay_id: UUID) -> StoredReplay:
    """Let workers work until the replay is over."""
    for _ in range(world.rounds_most):
        await go_on(world.baton.bench)
        await world.settle()
        found = await seen(world, replay_id)
        if found.state is ReplayState.DONE:
            return found
    raise AssertionError("the replay does not come to its end")


async def items(world: World, replay_id: UUID, **more: object) -> list[Item]:
    return await replay.results(
        world.database, world.baton.portal_id, replay_id, limit=1_000, **more,  # type: ignore[arg-type]
    )  # fmt: skip
