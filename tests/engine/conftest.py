from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.clock import SteppedClock
from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A live portal with the example agreement, and no lead yet."""
    async with open_world(database_url, clock) as opened:
        yield opened
