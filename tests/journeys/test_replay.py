"""The how-to about replay, done as it says: a HubSpot that refuses, the issue, the mending, the replay, twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from app.clock import SteppedClock
from app.demo.servers import address_of, listen, serving
from app.engine import keys
from app.engine.replaying import go_on
from app.main import create_app
from app.records.people import Role
from tests.journeys.page import follow, open_shell
from tests.world import PORTAL, World, open_world

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "replay.md"


@asynccontextmanager
async def working(world: World) -> AsyncIterator[None]:
    """Work goes on for as long as the block lasts, as in a service."""

    async def work() -> None:
        while True:
            await world.settle()
            await go_on(world.baton.bench)
            await asyncio.sleep(0.05)

    task = asyncio.create_task(work())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_what_failed_is_replayed_as_the_page_says(tmp_path: Path, database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock) as world:
        company = world.sim.create_company({"name": "B", "numberofemployees": "120", "industry": "BANKING"})
        lead = world.sim.create_contact({"email": "vp@northbank.example", "jobtitle": "VP Sales"}, company_id=company)
        await world.settle()
        app = create_app()
        app.state.container = world.baton
        key = await keys.create(
            world.database, world.baton.portal_id, keys.Wanted("olga@example.com", Role.OPERATOR), by="test",
            now=clock.now(),
        )  # fmt: skip
        hubspot, baton = listen(0), listen(0)
        settings = {"BATON_DATABASE_URL": database_url, "BATON_PORTAL_ID": str(PORTAL)}
        words = {"HUBSPOT": address_of(hubspot), "BATON": address_of(baton), "KEY": key.text, "LEAD": lead}
        async with serving(world.sim.app, hubspot), serving(app, baton), working(world):
            with open_shell(tmp_path, **settings, **words) as shell:
                await asyncio.to_thread(follow, PAGE, shell, tmp_path)
        assert world.sim.contact(lead)["lifecyclestage"] == "marketingqualifiedlead"
        assert len(world.sim.tasks_of(lead)) == len(world.sim.notes_of(lead)) == 1
        done = await world.rows("SELECT state FROM replay ORDER BY created_at")
        assert [row["state"] for row in done] == ["done", "done"]
        assert json.loads((tmp_path / "replay.json").read_text(encoding="utf-8"))["requested_by"] == "olga@example.com"
