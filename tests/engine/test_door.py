"""What is validly signed is on disk before the answer; what is not never gets in."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet

from app.clock import SteppedClock
from app.crm.simulator import WebhookSender
from app.storage import sources
from tests.world import PUBLIC_URL, SECRET, World, open_world

PAYLOADS = Path(__file__).parents[1] / "payloads" / "hubspot"
PAYLOADS_READ = {file.stem: file.read_text() for file in sorted(PAYLOADS.glob("*.json"))}


@pytest.fixture
async def shadow(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    async with open_world(database_url, clock, live=False) as opened:
        yield opened


def event(**changes: Any) -> dict[str, Any]:
    return {
        "eventId": 7, "subscriptionId": 8, "portalId": 62515, "appId": 54321, "occurredAt": 1795186800000,
        "subscriptionType": "contact.propertyChange", "attemptNumber": 0, "objectId": 4711,
        "propertyName": "email", "propertyValue": "a@example.com", "changeSource": "CRM_UI", "sourceId": "userId:1",
        **changes,
    }  # fmt: skip


async def post(
    world: World, body: object, *, secret: str = SECRET, age: timedelta = timedelta(), **headers: str
) -> int:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    signer = WebhookSender(world.sim, f"{PUBLIC_URL}/webhooks/hubspot", world.web, secret=secret)
    signed = {**signer.sign(raw, world.clock.now() - age), **headers}
    return (await world.web.post("/webhooks/hubspot", content=raw, headers=signed)).status_code


async def test_a_signed_request_is_on_disk_when_it_is_answered(shadow: World) -> None:
    assert await post(shadow, [event()]) == 204
    [delivery] = await shadow.rows("SELECT body, verdict, unpacked_at FROM delivery")
    assert json.loads(delivery["body"]) == [event()]
    assert delivery["unpacked_at"] is None


@pytest.mark.parametrize(
    ("case", "arguments"),
    [
        ("another secret", {"secret": "not-it"}),
        ("5 minutes and 1 second old", {"age": timedelta(minutes=5, seconds=1)}),
        ("one year in the future", {"age": -timedelta(days=365)}),
        ("empty signature", {"X-HubSpot-Signature-v3": ""}),
        ("timestamp that is no number", {"X-HubSpot-Request-Timestamp": "soon"}),
    ],
)
async def test_what_is_not_validly_signed_is_refused_and_not_stored(
    shadow: World, case: str, arguments: dict[str, Any]
) -> None:
    assert await post(shadow, [event()], **arguments) == 401, case
    assert await shadow.rows("SELECT * FROM delivery") == []


async def test_a_body_that_a_proxy_wrote_anew_is_refused(shadow: World) -> None:
    raw = json.dumps([event()], separators=(",", ":")).encode()
    headers = shadow.sender.sign(raw, shadow.clock.now())
    answer = await shadow.web.post("/webhooks/hubspot", content=json.dumps([event()]).encode(), headers=headers)
    assert answer.status_code == 401


async def test_the_previous_secret_is_accepted_and_an_older_one_is_not(database_url: str, clock: SteppedClock) -> None:
    changes: dict[str, Any] = {"hubspot_client_secret": "new", "hubspot_client_secret_previous": "old"}
    async with open_world(database_url, clock, live=False, **changes) as world:
        assert await post(world, [event()], secret="old") == 204
        assert await post(world, [event()], secret="new") == 204
        assert await post(world, [event()], secret="older") == 401


async def test_an_empty_secret_shuts_the_door_and_never_opens_it(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock, live=False, hubspot_client_secret="") as world:
        assert await post(world, [event()], secret="") == 503
        assert await post(world, [event()], secret="anything") == 503
        assert await world.rows("SELECT * FROM delivery") == []


async def test_a_request_of_over_16_mb_is_refused_with_413(shadow: World) -> None:
    assert await post(shadow, b"[" + b" " * (16 * 1024 * 1024) + b"]") == 413


async def test_a_request_that_cannot_be_stored_is_answered_503_so_that_it_comes_again(shadow: World) -> None:
    await shadow.rows("WITH gone AS (SELECT 1) SELECT * FROM gone")
    async with shadow.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE delivery RENAME TO delivery_elsewhere")
    assert await post(shadow, [event()]) == 503
    async with shadow.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE delivery_elsewhere RENAME TO delivery")
    assert await post(shadow, [event()]) == 204


async def test_requests_that_come_together_are_all_stored(shadow: World) -> None:
    answers = await asyncio.gather(*(post(shadow, [event(eventId=n)]) for n in range(150)))
    assert set(answers) == {204}
    assert len(await shadow.rows("SELECT * FROM delivery")) == 150


async def test_a_client_that_hangs_up_does_not_spoil_the_requests_beside_it(shadow: World) -> None:
    hasty = asyncio.create_task(post(shadow, [event(eventId=1)]))
    patient = [asyncio.create_task(post(shadow, [event(eventId=n)])) for n in range(2, 30)]
    await asyncio.sleep(0)
    hasty.cancel()
    assert set(await asyncio.gather(*patient)) == {204}


async def test_the_same_event_counts_once_however_often_it_arrives(shadow: World) -> None:
    for attempt in range(5):
        assert await post(shadow, [event(attemptNumber=attempt), event(attemptNumber=attempt)]) == 204
    await shadow.unpack()
    [stored] = await shadow.rows("SELECT state FROM event")
    [lane] = await shadow.rows("SELECT generation FROM lane")
    assert (stored["state"], lane["generation"]) == ("pending", 1)


async def test_one_poisoned_event_of_a_hundred_is_quarantined_alone(shadow: World) -> None:
    poisons = [
        event(propertyValue="a\u0000b"),
        event(objectId=["not", "an", "id"]),
        event(occurredAt="yesterday"),
    ]
    for number, poison in enumerate(poisons):
        batch = [event(eventId=1000 * number + n, objectId=1000 * number + n) for n in range(99)]
        batch.insert(50, poison)
        assert await post(shadow, batch) == 204
    surrogate = json.dumps([event(eventId=90_001), event(eventId=90_002)]).replace("a@example.com", "\\ud83d", 1)
    assert await post(shadow, surrogate.encode()) == 204
    await shadow.unpack()
    states = await shadow.rows("SELECT state, count(*) AS many FROM event GROUP BY state ORDER BY state")
    assert states == [{"state": "pending", "many": 298}, {"state": "quarantined", "many": 4}]
    reasons = await shadow.rows("SELECT reason FROM event WHERE state = 'quarantined'")
    assert all(row["reason"] for row in reasons)


@pytest.mark.parametrize("body", [b"not json", b"{}", b"null", b"", b"[" * 50_000, b"\xff\xfe", b'"text"'])
async def test_a_body_that_is_no_list_of_events_is_quarantined_with_a_2xx(shadow: World, body: bytes) -> None:
    assert await post(shadow, body) == 204
    await shadow.unpack()
    [stored] = await shadow.rows("SELECT state, reason FROM event")
    assert stored["state"] == "quarantined"
    assert stored["reason"]


async def test_an_unknown_portal_is_ignored_with_that_reason(shadow: World) -> None:
    await post(shadow, [event(portalId=999)])
    await shadow.unpack()
    [stored] = await shadow.rows("SELECT state, reason FROM event")
    assert stored["state"] == "ignored"
    assert "unknown portal 999" in stored["reason"]


async def test_the_test_button_makes_no_work(shadow: World) -> None:
    await post(shadow, [event(eventId=1, objectId=123, changeSource="CRM", changeFlag="NEW",
                              subscriptionType="contact.creation")])  # fmt: skip
    await shadow.unpack()
    [stored] = await shadow.rows("SELECT state, reason FROM event")
    assert (stored["state"], stored["reason"]) == ("ignored", "sent by the test button")
    assert await shadow.rows("SELECT * FROM lane") == []


@pytest.mark.parametrize("payload", PAYLOADS_READ)
async def test_every_kind_of_payload_is_accepted_and_stored_in_a_state_that_says_what_became_of_it(
    shadow: World, payload: str
) -> None:
    said = json.loads(PAYLOADS_READ[payload])["body"]
    body = [{**one, "portalId": 62515} if isinstance(one, dict) and "portalId" in one else one for one in said]
    assert await post(shadow, body) == 204
    await shadow.settle()
    stored = await shadow.rows("SELECT state, reason, object_type FROM event")
    assert stored
    for row in stored:
        waits = row["state"] == "pending" and row["object_type"] != "contact"
        assert waits or row["state"] == "applied" or row["reason"], row


@pytest.mark.parametrize("source", ["nobody", "%00", "a%2Fb", "x" * 200, "%FF"])
async def test_a_source_that_nobody_set_up_is_shut_whatever_it_is_called(shadow: World, source: str) -> None:
    answer = await shadow.web.post(f"/webhooks/hubspot/{source}", content=b"[]", headers={"X-HubSpot-Signature": "x"})
    assert answer.status_code in {404, 503}
    assert await shadow.rows("SELECT * FROM delivery") == []


async def test_a_further_source_has_a_secret_of_its_own_kept_encrypted(database_url: str, clock: SteppedClock) -> None:
    key = Fernet.generate_key()
    async with open_world(database_url, clock, live=False, secret_key=key.decode()) as world:
        sealed = sources.Sealed(Fernet(key).encrypt(b"its-own"), None)
        async with world.database.begin() as connection:
            await sources.put(connection, world.baton.portal_id, "second", sealed, now=clock.now())
        url = f"{PUBLIC_URL}/webhooks/hubspot/second"
        raw = json.dumps([event()]).encode()
        statuses = [
            (await world.web.post(url, content=raw, headers=signer.sign(raw, clock.now()))).status_code
            for signer in (WebhookSender(world.sim, url, world.web, secret=secret) for secret in ("its-own", SECRET))
        ]
        assert statuses == [204, 401]
