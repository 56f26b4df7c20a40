"""HubSpot's webhook sender: batches, retries, signatures, and the disorder that receivers must bear."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from random import Random
from typing import TYPE_CHECKING

import httpx

from app.crm.simulator.events import Event
from app.crm.simulator.instants import epoch_ms
from app.crm.simulator.losses import Losses

if TYPE_CHECKING:
    from app.crm.simulator.simulator import Simulator

# Ten retries spread over a day. HubSpot does not publish the spacing; this one is made up.
RETRY_DELAYS = (60.0, 180.0, 600.0, 1800.0, 3600.0, 7200.0, 10_800.0, 14_400.0, 18_000.0, 21_600.0)
TIMEOUT_S = 5.0
_POLL_S = 0.02

# HubSpot decodes these and no other characters in the URL that it signs (v3).
_DECODED = {
    "3A": ":",
    "2F": "/",
    "3F": "?",
    "40": "@",
    "21": "!",
    "24": "$",
    "27": "'",
    "28": "(",
    "29": ")",
    "2A": "*",
    "2C": ",",
    "3B": ";",
}
_ESCAPE = re.compile("%(" + "|".join(_DECODED) + ")", re.IGNORECASE)


@dataclass(slots=True)
class DeliveryReport:
    """What one flush came to. Statuses count requests; 0 stands for no answer.

    `events` were accepted (copies not counted), `dropped` were given up after the last retry or lost on
    purpose.
    """

    requests: int = 0
    accepted: int = 0
    failed: int = 0
    events: int = 0
    dropped: int = 0
    statuses: Counter[int] = field(default_factory=Counter)

    def as_json(self) -> dict[str, object]:
        return {
            "requests": self.requests,
            "accepted": self.accepted,
            "failed": self.failed,
            "events": self.events,
            "dropped": self.dropped,
            "statuses": {str(status): times for status, times in self.statuses.items()},
        }


@dataclass(slots=True)
class Parcel:
    """One event on its way. A `copy` is a duplicate that HubSpot sends for no reason."""

    event: Event
    due_at: float = 0.0
    copy: bool = False


class WebhookSender:
    """Sends the simulator's events to one target, in batches of at most 100, ten requests at a time.

    `retry_delays` are seconds, multiplied by `time_scale` and randomised for each event, so that a retried
    event can arrive in other company. `duplicate_rate` and `drop_rate` are shares of events; `shuffle`
    mixes up their order. `signed_url` is the public URL, where that is not the one being called.
    """

    def __init__(
        self,
        sim: "Simulator",
        target_url: str,
        http: httpx.AsyncClient,
        *,
        signed_url: str | None = None,
        batch_size: int = 100,
        concurrency: int = 10,
        duplicate_rate: float = 0.0,
        shuffle: bool = False,
        drop_rate: float = 0.0,
        retry_delays: Sequence[float] = RETRY_DELAYS,
        time_scale: float = 1.0,
        secret: str | None = None,
    ) -> None:
        self.batch_size = batch_size
        self.duplicate_rate = duplicate_rate
        self.drop_rate = drop_rate
        self.shuffle = shuffle
        self.retry_delays = tuple(retry_delays)
        self.time_scale = time_scale
        self.target_url = target_url
        self.signed_url = signed_url or target_url
        self._sim = sim
        self._http = http
        self._secret = sim.client_secret if secret is None else secret
        self._concurrency = concurrency
        self.losses = Losses(sim.portal, sim.seed)
        self._rng = Random(sim.seed)  # noqa: S311  # disorder, not cryptography
        self._retries: list[Parcel] = []
        self._in_flight = 0
        sim.sender = self

    @property
    def waiting(self) -> int:
        """Events that this sender has taken and not got rid of yet."""
        return len(self._retries) + self._in_flight

    async def flush(self) -> DeliveryReport:
        """Deliver everything, with all retries, without waiting between them."""
        report = DeliveryReport()
        while parcels := [*self._collect(report), *self._due(float("inf"))]:
            await self._send_all(parcels, report)
        return report

    async def run(self, stop: asyncio.Event) -> None:
        """Deliver as events appear, until stopped. What waits for a retry then stays for the next run."""
        report = DeliveryReport()
        running: set[asyncio.Task[None]] = set()
        while not stop.is_set():
            room = self._concurrency - len(running)
            parcels = [*self._collect(report), *self._due(_loop_time())]
            for batch in self._batches(parcels):
                if room <= 0:
                    self._retries += batch  # still due: they go with the next round
                    continue
                room -= 1
                running.add(asyncio.create_task(self._send(batch, report)))
            running = {task for task in running if not task.done()}
            await _pause(stop)
        await asyncio.gather(*running)

    def sign(self, body: bytes, at: datetime) -> dict[str, str]:
        """The headers of a delivery: v3 with its timestamp (ms), and v1, which HubSpot still sends."""
        stamp = str(epoch_ms(at))
        url = _ESCAPE.sub(lambda escape: _DECODED[escape[1].upper()], self.signed_url)
        source = b"POST" + url.encode() + body + stamp.encode()
        v3 = hmac.new(self._secret.encode(), source, hashlib.sha256).digest()
        return {
            "X-HubSpot-Signature-v3": base64.b64encode(v3).decode(),
            "X-HubSpot-Request-Timestamp": stamp,
            "X-HubSpot-Signature": hashlib.sha256(self._secret.encode() + body).hexdigest(),
            "X-HubSpot-Signature-Version": "v1",
        }

    def _collect(self, report: DeliveryReport) -> list[Parcel]:
        """New events, with the disorder that was asked for."""
        parcels = []
        for event in self._sim.portal.outbox.take():
            if self.losses.swallow(event) or self._rng.random() < self.drop_rate:
                report.dropped += 1
                continue
            parcels.append(Parcel(event))
            if self._rng.random() < self.duplicate_rate:
                parcels.append(Parcel(dict(event), copy=True))
        if self.shuffle:
            self._rng.shuffle(parcels)
        return parcels

    def _due(self, at: float) -> list[Parcel]:
        due = [parcel for parcel in self._retries if parcel.due_at <= at]
        self._retries = [parcel for parcel in self._retries if parcel.due_at > at]
        return due

    def _batches(self, parcels: list[Parcel]) -> list[list[Parcel]]:
        return [parcels[n : n + self.batch_size] for n in range(0, len(parcels), self.batch_size)]

    async def _send_all(self, parcels: list[Parcel], report: DeliveryReport) -> None:
        batches = self._batches(parcels)
        for n in range(0, len(batches), self._concurrency):
            await asyncio.gather(*(self._send(batch, report) for batch in batches[n : n + self._concurrency]))

    async def _send(self, parcels: list[Parcel], report: DeliveryReport) -> None:
        self._in_flight += len(parcels)
        try:
            status = await self._post([parcel.event for parcel in parcels])
        finally:
            self._in_flight -= len(parcels)
        report.requests += 1
        report.statuses[status] += 1
        if httpx.codes.is_success(status):
            report.accepted += 1
            report.events += sum(not parcel.copy for parcel in parcels)
            return
        report.failed += 1
        for parcel in parcels:
            self._retry(parcel, report)

    async def _post(self, events: list[Event]) -> int:
        """The status of the answer, 0 when there was none within five seconds."""
        body = json.dumps(events, separators=(",", ":"), ensure_ascii=False).encode()
        headers = {"Content-Type": "application/json", **self.sign(body, self._sim.now())}
        try:
            response = await self._http.post(self.target_url, content=body, headers=headers, timeout=TIMEOUT_S)
        except httpx.TransportError:
            return 0
        return response.status_code

    def _retry(self, parcel: Parcel, report: DeliveryReport) -> None:
        """Put an event aside for its next attempt, or give it up: nothing will bring it back then."""
        attempt = int(parcel.event["attemptNumber"])
        if attempt >= len(self.retry_delays):
            report.dropped += not parcel.copy
            return
        parcel.event["attemptNumber"] = attempt + 1
        delay = self.retry_delays[attempt] * self.time_scale * self._rng.uniform(0.5, 1.5)
        parcel.due_at = _loop_time() + delay
        self._retries.append(parcel)


def _loop_time() -> float:
    return asyncio.get_running_loop().time()


async def _pause(stop: asyncio.Event) -> None:
    try:
        await asyncio.wait_for(stop.wait(), _POLL_S)
    except TimeoutError:
        return
