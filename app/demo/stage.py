"""The stage: a simulated HubSpot and a whole Baton, joined by HTTP on loopback sockets, on one stepped clock."""

from __future__ import annotations

import asyncio
import json
import time
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx

from app.bootstrap import Container, Parts, open_container
from app.clock import SteppedClock
from app.crm.simulator import DeliveryReport, Simulator, WebhookSender
from app.demo import servers
from app.demo.cast import APP_ID, OWNERS, PORTAL_ID, Lead
from app.engine.worker import drained
from app.errors import BatonError
from app.main import create_app
from app.settings import FILE, PREFIX, Loaded, Settings
from app.storage import deliveries, lanes
from app.storage.lanes import Lane

START = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""A Friday, 10:00 in New York: inside the example agreement's term and office hours."""

TIME_ZONE = "America/New_York"
HUBSPOT_PORT = 8801
_TOKEN = "demo-token"  # noqa: S105  made up, and good for nothing else
_SECRET = "demo-secret"  # noqa: S105  made up, and good for nothing else
_SETTLING = timedelta(seconds=1)
_PATIENCE_SECONDS = 90.0
_PAUSE_SECONDS = 0.03
_LANES_SEEN = 2000


class StoryStuck(BatonError):
    """Something did not come to rest; the message says what is left to do."""

    code = "demo_stuck"


@dataclass
class Stage:
    """The joined world. `posted` counts the webhook requests so far by the status they were answered with."""

    clock: SteppedClock
    sim: Simulator
    baton: Container
    sender: WebhookSender
    web: httpx.AsyncClient
    service_url: str
    hubspot_url: str
    ids: dict[str, str] = field(default_factory=dict)
    firms: dict[str, str] = field(default_factory=dict)
    posted: Counter[int] = field(default_factory=Counter)
    lost: int = 0

    # What people do.

    def enter(self, lead: Lead, *, source: str = "CRM_UI") -> str:
        """A new contact, with its company where it has one, submits a form. Returns its id."""
        company = self._firm(lead)
        contact = self.sim.create_contact(lead.properties, company_id=company, source=source)
        self.sim.submit_form(contact, lead.form)
        self.ids[lead.email] = contact
        return contact

    def id_of(self, lead: Lead) -> str:
        return self.ids[lead.email]

    def owner_id(self, email: str) -> str:
        return next(owner.id for owner in self.sim.portal.owners.all() if owner.email == email)

    def user_of(self, email: str) -> str:
        """How HubSpot names a person as the author of a change."""
        return next(f"userId:{owner.user_id}" for owner in self.sim.portal.owners.all() if owner.email == email)

    def _firm(self, lead: Lead) -> str | None:
        if not lead.company:
            return None
        domain = lead.company["domain"]
        if domain not in self.firms:
            self.firms[domain] = self.sim.create_company(lead.company)
        return self.firms[domain]

    # How it comes to rest.

    async def deliver(self) -> None:
        """HubSpot posts what is pending, signed, and Baton takes it in."""
        self._count(await self.sender.flush())

    async def deliver_in_disorder(self, times: int) -> None:
        """HubSpot posts everything pending so many times over, in another order each time, all at once."""
        events, rng = self.sim.waiting_events(), Random(self.sim.seed)  # noqa: S311  disorder, not cryptography
        copies = []
        for _ in range(times - 1):
            rng.shuffle(events)
            copies.append(self._post(list(events)))
        await asyncio.gather(*copies, self.deliver())

    async def settle(self, on_wait: Callable[[], None] = lambda: None) -> None:
        """Deliver, and let the worker do all there is to do, until nothing is left.

        The clock is stepped past the settling time once everything that came is unpacked. Raises StoryStuck.
        """
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            await self.deliver()
            await self._wait_for(self._unpacked, until, on_wait)
            self.clock.advance(_SETTLING)
            self.baton.worker.wake()
            await self._wait_for(lambda: drained(self.baton.bench), until, on_wait)
            if not self.sim.pending_events() and not await self._unfinished():
                return

    async def keep_time(self) -> None:
        """From now on the clock moves along with real time, and webhooks go out as they arise; until cancelled."""
        stop = asyncio.Event()
        sending = asyncio.create_task(self.sender.run(stop))
        before = time.monotonic()
        try:
            while True:
                await asyncio.sleep(_PAUSE_SECONDS)
                now = time.monotonic()
                self.clock.advance(timedelta(seconds=now - before))
                before = now
        finally:
            stop.set()
            await sending

    async def _wait_for(
        self, condition: Callable[[], Awaitable[bool]], until: float, on_wait: Callable[[], None]
    ) -> None:
        while not await condition():
            if time.monotonic() > until:
                raise StoryStuck(await self._what_is_left())
            on_wait()
            await asyncio.sleep(_PAUSE_SECONDS)

    async def _unpacked(self) -> bool:
        async with self.baton.database.begin() as connection:
            return await deliveries.waiting(connection) == 0

    async def _unfinished(self) -> list[Lane]:
        """Lanes that a look could not finish, and that will be tried again soon."""
        return [lane for lane in await self.lanes() if lane.code and not lane.parked]

    async def lanes(self) -> list[Lane]:
        async with self.baton.database.begin() as connection:
            found = await lanes.listed(connection, self.baton.portal_id, limit=_LANES_SEEN)
        return [lane for lane in found if lane.object_type == "contact"]

    async def _what_is_left(self) -> str:
        left = [f"contact {lane.object_id}: {lane.reason or 'being looked at'}" for lane in await self.lanes()]
        return f"The story is stuck: {len(left)} contacts wait ({'; '.join(left[:3])}). The log above may say why."

    async def _post(self, events: list[dict[str, object]]) -> None:
        body = json.dumps(events).encode()
        headers = {"Content-Type": "application/json", **self.sender.sign(body, self.clock.now())}
        response = await self.web.post(self.sender.target_url, content=body, headers=headers)
        self.posted[response.status_code] += 1

    def _count(self, report: DeliveryReport) -> None:
        self.posted += report.statuses
        self.lost += report.dropped


@asynccontextmanager
async def open_stage(folder: Path, port: int) -> AsyncIterator[Stage]:
    """Everything up and joined: Baton on `port` or the next free one, and its simulated HubSpot beside it."""
    clock = SteppedClock(START)
    sim = _portal(clock)
    async with AsyncExitStack() as stack:
        ours = stack.enter_context(servers.listen(port))
        theirs = stack.enter_context(servers.listen(HUBSPOT_PORT))
        service_url, hubspot_url = servers.address_of(ours), servers.address_of(theirs)
        await stack.enter_async_context(servers.serving(sim.app, theirs))
        http = await stack.enter_async_context(_client(hubspot_url))
        web = await stack.enter_async_context(_client(service_url))
        values = _values(service_url, hubspot_url)
        _leave_settings(folder, values)
        settings = Settings.model_validate({"data_dir": folder, **values})
        loaded = Loaded(settings, dict.fromkeys(Settings.model_fields, "demo"), ())
        parts = Parts(clock=clock, http=http, durable=False)
        app = create_app(lambda: open_container(loaded, parts, migrates=True), works=True)
        await stack.enter_async_context(app.router.lifespan_context(app))
        await stack.enter_async_context(servers.serving(app, ours))
        sender = WebhookSender(sim, f"{service_url}/webhooks/hubspot", web)
        yield Stage(clock, sim, app.state.container, sender, web, service_url, hubspot_url)


def _client(base_url: str) -> httpx.AsyncClient:
    """Straight to the loopback socket, whatever proxy the environment names."""
    return httpx.AsyncClient(base_url=base_url, timeout=10, trust_env=False)


def _portal(clock: SteppedClock) -> Simulator:
    sim = Simulator(
        portal_id=PORTAL_ID,
        app_id=APP_ID,
        access_token=_TOKEN,
        client_secret=_SECRET,
        now=clock.now,
        seed=1,
        time_zone=TIME_ZONE,
    )
    for email, first, last in OWNERS:
        sim.create_owner(email, first, last)
    return sim


def _values(service_url: str, hubspot_url: str) -> dict[str, object]:
    """The settings of this Baton alone: the environment's are for the real one."""
    return {
        "public_url": service_url,
        "portal_id": PORTAL_ID,
        "hubspot_access_token": _TOKEN,
        "hubspot_client_secret": _SECRET,
        "hubspot_base_url": hubspot_url,
        "log_level": "warning",
    }


def _leave_settings(folder: Path, values: Mapping[str, object]) -> None:
    """Write them where a command that is run in the folder finds them."""
    lines = [f"{PREFIX}{name.upper()}={value}\n" for name, value in {"data_dir": ".", **values}.items()]
    (folder / FILE).write_text("".join(lines))
