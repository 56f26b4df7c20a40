from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.clock import SteppedClock
from app.records.people import Role, Side
from tests.routes.desk import Desk, Person
from tests.world import open_world


@pytest.fixture
async def desk(database_url: str, clock: SteppedClock) -> AsyncIterator[Desk]:
    async with open_world(database_url, clock, live=False) as world:
        assert await world.baton.watch.ready() is not None
        yield Desk(world)


@pytest.fixture
async def mia(desk: Desk) -> Person:
    """Marketing's contact, who may publish."""
    return await desk.person("mia@example.com", Role.PUBLISHER, Side.MARKETING)


@pytest.fixture
async def sam(desk: Desk) -> Person:
    """Sales' contact, who may publish."""
    return await desk.person("sam@example.com", Role.PUBLISHER, Side.SALES)
