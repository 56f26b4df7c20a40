"""What the tests of the port are made of: open guards, and HubSpot's double behind two transports."""

from __future__ import annotations

import asyncio
import functools
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import uvicorn

from app.clock import SteppedClock
from app.crm.guard import QuotaClass
from app.crm.hubspot import HubspotCrm
from app.crm.port import Crm, NoteDraft, PropertyChange
from app.crm.simulator import Simulator
from app.records.ids import ContactId

TOKEN = "pat-na1-canary-0f9e"
Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Scope]]
Send = Callable[[Scope], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

NOW = datetime(2026, 11, 20, 10, 0, tzinfo=UTC)
BASE_URL = "https://api.hubapi.com"


@dataclass
class OpenQuota:
    """Lets every call through after `wait`, and remembers what it was told."""

    wait: timedelta = timedelta()
    on_take: Callable[[], None] = lambda: None
    taken: list[QuotaClass] = field(default_factory=list)
    pushed_back: list[tuple[QuotaClass, timedelta]] = field(default_factory=list)

    async def take(self, kind: QuotaClass, *, patience: timedelta) -> timedelta:
        assert patience == timedelta(seconds=5)
        if self.wait > patience:
            return self.wait
        self.taken.append(kind)
        self.on_take()
        return self.wait

    async def push_back(self, kind: QuotaClass, by: timedelta) -> None:
        self.pushed_back.append((kind, by))


@dataclass
class OpenBreaker:
    """Counts, and is open only when it is told for how long."""

    shut: timedelta | None = None
    checks: int = 0
    records: list[bool] = field(default_factory=list)

    async def check(self) -> timedelta | None:
        self.checks += 1
        return self.shut

    async def record(self, *, ok: bool) -> None:
        self.records.append(ok)


@dataclass
class Sleeps:
    """Remembers how long it was asked to sleep, and does not."""

    seconds: list[float] = field(default_factory=list)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass
class Bench:
    """A client of HubSpot with everything around it in the test's hands."""

    http: httpx.AsyncClient
    version: str = "2026-09"
    http_timeout: timedelta = timedelta(seconds=10)
    quota: OpenQuota = field(default_factory=OpenQuota)
    breaker: OpenBreaker = field(default_factory=OpenBreaker)
    sleeps: Sleeps = field(default_factory=Sleeps)

    @property
    def crm(self) -> Crm:
        return HubspotCrm(
            self.http,
            TOKEN,
            self.version,
            self.quota,
            self.breaker,
            http_timeout=self.http_timeout,
            clock=SteppedClock(NOW),
            sleep=self.sleeps,
        )


class Stage:
    """The ASGI app that a long-lived server shows: whatever the test at hand puts on it."""

    def __init__(self) -> None:
        self.app: App | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        assert self.app is not None
        await self.app(scope, receive, send)


@dataclass
class Wires:
    """The two ways to an app: called in this process, or over a socket by HTTP."""

    stage: Stage
    port: int

    def client(self, way: str, app: App) -> httpx.AsyncClient:
        if way == "asgi":
            return httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=BASE_URL)
        self.stage.app = app
        return client_of(f"http://127.0.0.1:{self.port}")


WAYS = ("asgi", "socket")


@functools.cache
def _trusted() -> ssl.SSLContext:
    # Loading the certificates takes longer than most tests.
    return httpx.create_ssl_context()


def client_of(base_url: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=base_url, verify=_trusted())


@asynccontextmanager
async def open_wires() -> AsyncIterator[Wires]:
    """A server on a socket that listens before the server runs, so that nothing waits for its start."""
    stage = Stage()
    # The protocol is named so that asyncio turns Nagle's algorithm off on what is accepted.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        server = uvicorn.Server(uvicorn.Config(stage, lifespan="off", log_config=None))
        serving = asyncio.create_task(server.serve(sockets=[listener]))
        yield Wires(stage, listener.getsockname()[1])
        server.should_exit = True
        await serving


def portal() -> Simulator:
    """An empty HubSpot account that knows the token and stands still in time."""
    return Simulator(access_token=TOKEN, now=lambda: NOW)


READ = "/crm/objects/2026-09/contacts/batch/read"
UPDATE = "/crm/objects/2026-09/contacts/batch/update"
NOTES = "/crm/objects/2026-09/notes/batch/create"
LINKS = "/crm/associations/2026-09/contacts/companies/batch/read"
OWNERS = "/crm/owners/2026-09"
IDA = ContactId("101")
MAX = ContactId("102")


def change(contact_id: ContactId = IDA, **properties: str) -> PropertyChange:
    return PropertyChange(f"k-{contact_id}", contact_id, properties or {"jobtitle": "CTO"})


def note(contact_id: ContactId = IDA) -> NoteDraft:
    return NoteDraft(f"n-{contact_id}", contact_id, None, NOW, "<p>private words</p>")


def answer(*results: object, errors: object = ()) -> dict[str, Any]:
    return {"status": "COMPLETE", "results": list(results), "errors": errors, "numErrors": 1}
