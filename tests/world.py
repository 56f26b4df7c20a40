"""A whole small world for one test: a simulated HubSpot and a Baton beside it, joined by transports, on one clock."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text

from app.bootstrap import Container, Parts, open_container
from app.clock import SteppedClock
from app.crm.simulator import Simulator, WebhookSender
from app.engine import mode, setup
from app.engine.probes import SILENT, Probes
from app.engine.worker import drained
from app.main import create_app
from app.settings import Loaded, Settings
from app.storage.database import Database
from app.storage.guard import BreakerLimits

PORTAL = 62515
TOKEN = "sim-token"
SECRET = "sim-secret"
PUBLIC_URL = "https://baton.example.com"
OWNERS = {
    "ann@example.com": "Ann",
    "bob@example.com": "Bob",
    "cy@example.com": "Cy",
    "eve@example.com": "Eve",
    "sam@example.com": "Sam",
}


def make_simulator(clock: SteppedClock, *, seed: int = 1) -> Simulator:
    """A portal with the owners whom the example agreement names, and no contact."""
    sim = Simulator(portal_id=PORTAL, app_id=54321, access_token=TOKEN, client_secret=SECRET, now=clock.now, seed=seed)
    for email, name in OWNERS.items():
        sim.create_owner(email, name, "Example")
    return sim


def settings_for(database_url: str, **changes: Any) -> Loaded:
    """Settings of a Baton that serves the simulated portal on the given database."""
    values: dict[str, Any] = {
        "database_url": database_url,
        "public_url": PUBLIC_URL,
        "portal_id": PORTAL,
        "hubspot_access_token": TOKEN,
        "hubspot_client_secret": SECRET,
        "hubspot_base_url": "http://hubspot.test",
        **changes,
    }
    return Loaded(Settings.model_validate(values), dict.fromkeys(Settings.model_fields, "test"), ())


@dataclass
class World:
    """The simulator, Baton's parts, and the sender between them."""

    clock: SteppedClock
    sim: Simulator
    baton: Container
    web: httpx.AsyncClient
    sender: WebhookSender
    rounds_most: int = 400
    leads: int = 0

    @property
    def database(self) -> Database:
        return self.baton.database

    async def deliver(self) -> None:
        """HubSpot posts what is pending, and Baton takes it in."""
        await self.sender.flush()

    async def settle(self) -> None:
        """Deliver, unpack, look and send until nothing is left to do, letting a second pass before each round."""
        for _ in range(self.rounds_most):
            await self.deliver()
            self.clock.advance(timedelta(seconds=1))
            busy = await self.baton.worker.work()
            if not busy and not self.sim.pending_events() and await drained(self.baton.bench):
                return
        raise AssertionError(f"not settled after {self.rounds_most} rounds: {await self.rows('SELECT * FROM lane')}")

    async def until(self, at: datetime) -> None:
        """Let time pass up to `at`, with a look at whatever is due on the way, when it is due."""
        for _ in range(self.rounds_most):
            await self.settle()
            soonest = await self.rows(
                "SELECT min(wake_at) AS at FROM lane WHERE NOT parked AND lease_token IS NULL AND wake_at < :at", at=at
            )
            wake_at = soonest[0]["at"]
            if wake_at is None:
                break
            self.clock.set(max(self.clock.now(), wake_at))
        self.clock.set(max(self.clock.now(), at))
        await self.settle()

    async def unpack(self) -> None:
        """Deliver and unpack, without looking."""
        await self.deliver()
        while (await self.baton.unpacking.unpack()).requests:
            pass
        self.clock.advance(timedelta(seconds=1))

    async def post(self, body: object) -> int:
        """Post a signed webhook of any content; returns the status."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        headers = self.sender.sign(raw, self.clock.now())
        return (await self.web.post("/webhooks/hubspot", content=raw, headers=headers)).status_code

    async def rows(self, query: str, **values: object) -> list[Mapping[str, Any]]:
        """What a query says about the database."""
        async with self.database.begin() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    def vp(self, **properties: str) -> str:
        """A vice president at a bank with 120 people, who asked for a demo. Returns the contact's id."""
        company = self.sim.create_company(
            {"name": "Northbank", "numberofemployees": "120", "industry": "BANKING", "domain": "northbank.example"}
        )
        return self.lead("Demo request", company, jobtitle="VP Sales", **properties)

    def lead(self, form: str, company: str | None = None, **properties: str) -> str:
        """A contact who submitted a form. Returns its id."""
        self.leads += 1
        number = self.leads
        given = {"firstname": "Lead", "lastname": str(number), "email": f"lead{number}@northbank.example", **properties}
        contact = self.sim.create_contact(given, company_id=company)
        self.sim.submit_form(contact, form)
        return contact


@asynccontextmanager
async def open_world(
    database_url: str,
    clock: SteppedClock,
    *,
    sim: Simulator | None = None,
    live: bool = True,
    probes: Probes = SILENT,
    breaker: BreakerLimits | None = None,
    **changes: Any,
) -> AsyncIterator[World]:
    """A world on a migrated database. `live`: the portal's properties are set up and writes go out."""
    sim = sim or make_simulator(clock)
    async with AsyncExitStack() as stack:
        hubspot = httpx.AsyncClient(transport=httpx.ASGITransport(app=sim.app), base_url="http://hubspot.test")
        await stack.enter_async_context(hubspot)
        parts = Parts(clock=clock, http=hubspot, probes=probes, breaker=breaker)
        baton = await stack.enter_async_context(
            open_container(settings_for(database_url, **changes), parts, migrates=False)
        )
        app = create_app()
        app.state.container = baton
        web = await stack.enter_async_context(
            httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=PUBLIC_URL)
        )
        storing = asyncio.create_task(baton.door.keep_storing())
        sender = WebhookSender(sim, f"{PUBLIC_URL}/webhooks/hubspot", web)
        world = World(clock, sim, baton, web, sender)
        if live:
            await go_live(world)
        try:
            yield world
        finally:
            storing.cancel()
            with suppress(asyncio.CancelledError):
                await storing


async def go_live(world: World) -> None:
    """What an admin does before the first real write: set up the properties, then switch."""
    ready = await world.baton.watch.ready()
    assert ready is not None
    now = world.clock.now()
    await setup.apply(world.baton.crm, world.database, world.baton.portal_id, ready[1].agreement, by="test", now=now)
    await mode.go_live(world.database, world.baton.portal_id, "test", now=now)
    assert await world.baton.watch.ready() is not None
    world.sim.counters.reset()


__all__ = ["World", "go_live", "make_simulator", "open_world", "settings_for"]
