"""The door: verify a request, store it as it came, say yes. Nothing is parsed here.

Requests that arrive together share one commit, and one client's disconnect does not break it. A yes
means that the request is on disk.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from enum import Enum
from typing import Protocol
from uuid import uuid4

import structlog
from structlog.contextvars import bind_contextvars

from app.clock import Clock
from app.crm.port import Inbox, Secrets, SignedRequest, Verdict
from app.storage import deliveries
from app.storage.database import FAILURES, Connection, Database
from app.storage.deliveries import Delivery

_log = structlog.get_logger(__name__)

_TOGETHER = 64
_WAITING_BYTES_MOST = 64 * 1024 * 1024
_KEPT_HEADERS = (b"x-hubspot-request-timestamp", b"content-type", b"user-agent")


class Answer(Enum):
    """What the caller is told."""

    STORED = 204
    REFUSED = 401
    SHUT = 503
    """No secret is set for the source: nothing can be verified, so nothing is let in."""
    OVERLOADED = 503.1
    NOT_STORED = 503.2

    @property
    def status(self) -> int:
        return int(self.value)


class SecretKeeper(Protocol):
    """Knows the client secrets of each source."""

    async def secrets(self, source: str) -> Secrets | None:
        """The secrets of a source; None where it is unknown or its secret is empty."""


@dataclass(slots=True)
class _Waiting:
    delivery: Delivery
    stored: asyncio.Future[bool]


class Door:
    """Takes requests in. Run `keep_storing` beside it."""

    def __init__(
        self,
        database: Database,
        inbox: Inbox,
        keeper: SecretKeeper,
        clock: Clock,
        *,
        on_stored: Callable[[], None] = lambda: None,
        on_refused: Callable[[str, str], Awaitable[None]] | None = None,
    ) -> None:
        self._database = database
        self._inbox = inbox
        self._keeper = keeper
        self._clock = clock
        self._on_stored = on_stored
        self._on_refused = on_refused
        self._queue: asyncio.Queue[_Waiting] = asyncio.Queue()
        self._waiting_bytes = 0

    async def receive(self, source: str, request: SignedRequest) -> Answer:
        """Verify, store, answer. STORED is returned only after the commit."""
        try:
            secrets = await self._keeper.secrets(source)
        except FAILURES:
            return Answer.NOT_STORED
        if secrets is None:
            _log.error("door_shut", source=source, why="no client secret is set; set BATON_HUBSPOT_CLIENT_SECRET")
            return Answer.SHUT
        verdict = self._inbox.verify(request, secrets, now=self._clock.now())
        if verdict is not Verdict.VALID:
            _log.warning("webhook_refused", source=source, verdict=verdict.value, size=len(request.body))
            if self._on_refused is not None:
                await self._on_refused(source, verdict.value)
            return Answer.REFUSED
        if self._waiting_bytes + len(request.body) > _WAITING_BYTES_MOST:
            _log.error("door_overloaded", waiting_bytes=self._waiting_bytes)
            return Answer.OVERLOADED
        return await self._store(source, request, verdict)

    async def _store(self, source: str, request: SignedRequest, verdict: Verdict) -> Answer:
        stored: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        kept = {name.decode(): value.decode("latin-1") for name, value in request.headers if name in _KEPT_HEADERS}
        delivery = Delivery(uuid4(), source, kept, request.body, verdict.value, self._clock.now())
        bind_contextvars(delivery=str(delivery.id))
        self._waiting_bytes += len(request.body)
        self._queue.put_nowait(_Waiting(delivery, stored))
        return Answer.STORED if await asyncio.shield(stored) else Answer.NOT_STORED

    async def keep_storing(self) -> None:
        """Store what arrives, together with whatever arrived meanwhile, until cancelled."""
        while True:
            batch = [await self._queue.get()]
            while not self._queue.empty() and len(batch) < _TOGETHER:
                batch.append(self._queue.get_nowait())
            await self._commit(batch)

    async def _commit(self, batch: list[_Waiting]) -> None:
        stored = await _succeeds(self._database.transact, [one.delivery for one in batch])
        self._waiting_bytes -= sum(len(one.delivery.body) for one in batch)
        for one in batch:
            if not one.stored.done():
                one.stored.set_result(stored)
        if stored:
            self._on_stored()


async def _succeeds(
    transact: Callable[[Callable[[Connection], Awaitable[None]]], Awaitable[None]], batch: list[Delivery]
) -> bool:
    with suppress(*FAILURES, TimeoutError):
        await transact(lambda connection: deliveries.add(connection, batch))
        return True
    _log.error(
        "webhooks_not_stored",
        requests=len(batch),
        why="the database did not take them; the sender will try again",
    )
    return False
