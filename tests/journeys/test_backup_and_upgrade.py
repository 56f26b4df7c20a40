"""The how-tos about backups and upgrades, done as they say."""

from __future__ import annotations

import asyncio
from pathlib import Path

from app.clock import SteppedClock
from app.demo.servers import address_of, listen, serving
from app.storage.migrate import is_current
from tests.engine.test_upgrade import go_back
from tests.journeys.page import follow, open_shell
from tests.world import PORTAL, TOKEN, open_world

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"


async def test_a_backup_is_taken_and_restored_as_the_page_says(
    tmp_path: Path, database_url: str, empty_database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.settle()
        settings = {"BATON_DATABASE_URL": database_url, "BATON_PORTAL_ID": str(PORTAL)}
        with open_shell(tmp_path, **settings, EMPTY_DATABASE_URL=empty_database_url) as shell:
            follow(HOW_TO / "back-up-and-restore.md", shell, tmp_path)


async def test_an_upgrade_is_done_as_the_page_says(tmp_path: Path, database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.settle()
        await go_back(world.database, "0004")
        hubspot = listen(0)
        settings = {
            "BATON_DATABASE_URL": database_url,
            "BATON_PORTAL_ID": str(PORTAL),
            "BATON_HUBSPOT_ACCESS_TOKEN": TOKEN,
            "BATON_HUBSPOT_BASE_URL": address_of(hubspot),
        }
        async with serving(world.sim.app, hubspot):
            with open_shell(tmp_path, **settings) as shell:
                await asyncio.to_thread(follow, HOW_TO / "upgrade.md", shell, tmp_path)
        assert await is_current(world.database)
