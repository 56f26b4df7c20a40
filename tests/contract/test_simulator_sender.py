"""The webhook sender: batches, retries, signatures, disorder."""

import asyncio
import base64
import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator, WebhookSender
from app.crm.simulator.instants import ShiftedClock, epoch_ms

URL = "https://baton.example/webhooks/hubspot"


@dataclass
class Door:
    """A target that answers with the statuses it was given, then with 204, and keeps what came."""

    statuses: Iterator[int] = field(default_factory=lambda: iter(()))
    requests: list[httpx.Request] = field(default_factory=list)
    came: asyncio.Event = field(default_factory=asyncio.Event)

    async def __call__(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        status = next(self.statuses, 204)
        if status == 0:
            raise httpx.ReadTimeout("too slow")
        if status < 300:
            self.came.set()
        return httpx.Response(status)

    def batches(self) -> list[list[dict[str, Any]]]:
        return [json.loads(request.content) for request in self.requests]

    def events(self) -> list[dict[str, Any]]:
        return [event for batch in self.batches() for event in batch]


@pytest.fixture
def door() -> Door:
    return Door()


@pytest.fixture
async def http(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(transport=httpx.MockTransport(door)) as client:
        yield client


async def test_everything_arrives_in_batches_of_at_most_100(
    sim: Simulator, door: Door, http: httpx.AsyncClient
) -> None:
    sim.seed_world(40, emit=True)
    waiting = sim.pending_events()

    report = await WebhookSender(sim, URL, http).flush()

    assert waiting > 200
    assert max(len(batch) for batch in door.batches()) == 100
    assert (report.events, report.requests, report.failed) == (waiting, len(door.requests), 0)
    assert report.statuses == {204: report.accepted}
    assert sim.pending_events() == 0


async def test_a_delivery_is_signed_as_hubspot_signs(
    sim: Simulator, door: Door, http: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    sim.create_contact({"firstname": "Zoë"})

    await WebhookSender(sim, "http://127.0.0.1:1/in", http, signed_url=URL).flush()

    (request,) = door.requests
    stamp = str(epoch_ms(clock()))
    source = f"POST{URL}".encode() + request.content + stamp.encode()
    expected = base64.b64encode(hmac.new(b"sim-secret", source, hashlib.sha256).digest()).decode()
    assert request.headers["X-HubSpot-Signature-v3"] == expected
    assert request.headers["X-HubSpot-Request-Timestamp"] == stamp
    v1 = hashlib.sha256(b"sim-secret" + request.content).hexdigest()
    assert request.headers["X-HubSpot-Signature"] == v1
    assert request.headers["X-HubSpot-Signature-Version"] == "v1"
    assert request.headers["Content-Type"] == "application/json"


async def test_only_certain_escapes_in_the_url_are_decoded_before_signing(
    sim: Simulator, http: httpx.AsyncClient, clock: ShiftedClock
) -> None:
    escaped = WebhookSender(sim, f"{URL}?a=%3A%2f%20%26", http).sign(b"[]", clock())
    plain = WebhookSender(sim, f"{URL}?a=:/%20%26", http).sign(b"[]", clock())

    assert escaped == plain


@pytest.mark.parametrize("first", [0, 404, 500, 503])
async def test_what_is_not_accepted_is_sent_again_with_a_higher_attempt(
    sim: Simulator, door: Door, http: httpx.AsyncClient, first: int
) -> None:
    sim.create_contact({"firstname": "Ada"})
    door.statuses = iter([first])

    report = await WebhookSender(sim, URL, http).flush()

    assert [[event["attemptNumber"] for event in batch] for batch in door.batches()] == [[0, 0], [1, 1]]
    assert (report.accepted, report.failed, report.events, report.dropped) == (1, 1, 2, 0)
    assert report.statuses == {first: 1, 204: 1}


async def test_after_the_last_retry_an_event_is_lost(sim: Simulator, door: Door, http: httpx.AsyncClient) -> None:
    sim.create_contact({})
    door.statuses = iter([500] * 20)

    report = await WebhookSender(sim, URL, http).flush()

    assert [event["attemptNumber"] for event in door.events()] == list(range(11))
    assert (report.events, report.dropped) == (0, 1)
    assert sim.pending_events() == 0


async def test_disorder_can_be_asked_for(sim: Simulator, door: Door, http: httpx.AsyncClient) -> None:
    sim.seed_world(40, emit=True)
    events = sim.waiting_events()

    report = await WebhookSender(sim, URL, http, duplicate_rate=0.3, shuffle=True, drop_rate=0.2).flush()

    came = [json.dumps(event) for event in door.events()]
    assert len(came) > len(set(came)) > len(events) / 2
    assert report.dropped > 0
    assert report.events + report.dropped == len(events)
    assert came != [json.dumps(event) for event in events][: len(came)]


async def test_events_are_sent_as_they_appear_and_again_when_refused(
    sim: Simulator, door: Door, http: httpx.AsyncClient
) -> None:
    door.statuses = iter([500, 0])
    sender, stop = WebhookSender(sim, URL, http, retry_delays=(0.01,) * 10), asyncio.Event()
    running = asyncio.create_task(sender.run(stop))

    sim.create_contact({})
    async with asyncio.timeout(5):
        await door.came.wait()
    stop.set()
    await running

    assert [event["attemptNumber"] for event in door.events()] == [0, 1, 2]
    assert sim.pending_events() == 0


async def test_of_one_contact_in_so_many_no_event_is_ever_posted(
    sim: Simulator, door: Door, http: httpx.AsyncClient
) -> None:
    sim.faults.drop_events = 10
    sender = WebhookSender(sim, URL, http)
    contacts = [sim.create_contact({"email": f"c{n}@birch.example"}) for n in range(50)]
    created = await sender.flush()
    for contact in contacts:
        sim.edit_contact(contact, {"jobtitle": "CTO"})
    edited = await sender.flush()

    assert len(sender.losses.contact_ids) == 5
    assert {str(event["objectId"]) for event in door.events()} == set(contacts) - sender.losses.contact_ids
    assert (created.dropped, edited.dropped) == (2 * 5, 5)


async def test_a_company_s_own_events_are_not_lost_with_a_contact(
    sim: Simulator, door: Door, http: httpx.AsyncClient
) -> None:
    sim.faults.drop_events = 1
    company = sim.create_company({"name": "Birch"})
    sim.create_contact({"email": "ada@birch.example"}, company_id=company)
    await WebhookSender(sim, URL, http).flush()

    assert {event["subscriptionType"] for event in door.events()} == {"company.creation"}
