"""A defect, a bad request or a bad record holds up nothing but itself, and tells the log no secrets."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from app.clock import SteppedClock
from app.crm.errors import Locked, Outage
from app.engine import fates, mode
from app.records.ids import ObjectType, PortalId
from app.storage import lanes
from app.storage.database import Database
from app.storage.lanes import Claimed
from tests.world import World, open_world

PORTAL = PortalId(62515)


async def forbid(world: World, table: str, condition: str) -> None:
    """Stands for any defect: what is stored for some records fails."""
    async with world.database.begin() as connection:
        await connection.execute(text(f"ALTER TABLE {table} ADD CONSTRAINT no CHECK ({condition}) NOT VALID"))


async def test_a_contact_that_no_look_survives_does_not_hold_up_the_one_beside_it(world: World) -> None:
    bad, good = world.vp(), world.vp(email="good@northbank.example")
    await forbid(world, "decision", f"contact_id <> '{bad}'")
    await world.unpack()
    for _ in range(60):
        with suppress(IntegrityError):
            await world.baton.worker.work()
        world.clock.advance(timedelta(seconds=1))
    assert len(world.sim.tasks_of(good)) == 1


async def test_a_contact_that_fails_alone_again_and_again_is_parked_for_a_person(clock: SteppedClock) -> None:
    lane = Claimed("1", 1, fates.ATTEMPTS_MOST)
    assert fates.broken(lane, clock.now(), 0, alone=True).parked
    assert not fates.broken(lane, clock.now(), 0, alone=False).parked
    assert not fates.broken(Claimed("1", 1, 1), clock.now(), 0, alone=True).parked


async def test_a_request_that_cannot_be_unpacked_is_quarantined_and_the_next_one_goes_on(world: World) -> None:
    await forbid(world, "event", "property_value <> 'poison'")
    told = {"portalId": 62515, "subscriptionType": "contact.propertyChange", "propertyName": "email",
            "occurredAt": 1795186800000, "subscriptionId": 1}  # fmt: skip
    assert await world.post([{**told, "eventId": 5, "objectId": 5, "propertyValue": "poison"}]) == 204
    assert await world.post([{**told, "eventId": 6, "objectId": 6, "propertyValue": "fine"}]) == 204
    await world.unpack()
    states = {row["object_id"]: row["state"] for row in await world.rows("SELECT object_id, state FROM event")}
    assert states == {None: "quarantined", "6": "pending"}
    assert await world.rows("SELECT 1 FROM delivery WHERE unpacked_at IS NULL") == []


async def test_no_value_of_a_record_reaches_the_log_when_the_database_refuses_it(
    world: World, capsys: pytest.CaptureFixture[str]
) -> None:
    contact = world.vp(lastname="Canarywood")
    await world.unpack()
    await forbid(world, "decision", "false")
    stop = asyncio.Event()
    working = asyncio.create_task(world.baton.worker.run(stop))
    for _ in range(3000):
        [lane] = await world.rows("SELECT code FROM lane WHERE object_id = :id", id=contact)
        if lane["code"]:
            break
        await asyncio.sleep(0.01)
    stop.set()
    await working
    told = "".join(capsys.readouterr())
    assert "work_failed" in told
    assert "Canarywood" not in told


async def test_lanes_of_a_worker_that_fell_silent_go_before_new_ones(database: Database, clock: SteppedClock) -> None:
    now = clock.now()
    async with database.begin() as connection:
        await lanes.mark(connection, PORTAL, [(ObjectType.CONTACT, "held")], wake_at=now, now=now)
    async with database.begin() as connection:
        await lanes.claim(connection, PORTAL, ObjectType.CONTACT, limit=100, lease=timedelta(), now=now)
    async with database.begin() as connection:
        new = [(ObjectType.CONTACT, f"new-{n}") for n in range(100)]
        await lanes.mark(connection, PORTAL, new, wake_at=now, now=now)
    async with database.begin() as connection:
        _, claimed = await lanes.claim(
            connection, PORTAL, ObjectType.CONTACT, limit=100, lease=timedelta(minutes=1), now=now
        )
    assert "held" in {lane.object_id for lane in claimed}
    assert len(claimed) == 100


async def test_a_long_outage_leaves_tries_for_what_comes_after_it(clock: SteppedClock) -> None:
    lane, after = Claimed("1", 1, 1), Claimed("1", 1, 1)
    for _ in range(50):
        release = fates.failed(lane, Outage("down"), clock.now())
        assert not release.parked
        lane = Claimed("1", 1, lane.attempts + (1 if release.counted else 0))
    after = Claimed("1", 1, lane.attempts + 1)
    assert not fates.failed(after, Locked("locked"), clock.now()).parked


async def test_without_a_portal_id_requests_are_kept_as_they_came(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock, live=False, portal_id=None) as world:
        assert await world.post([{"eventId": 1, "portalId": 62515}]) == 204
        assert await world.baton.worker.work() is False
        assert len(await world.rows("SELECT 1 FROM delivery WHERE unpacked_at IS NULL")) == 1
        [portal] = await world.rows("SELECT blocked_reason FROM portal")
        assert "BATON_PORTAL_ID is not set" in portal["blocked_reason"]


async def test_the_test_button_erases_nobody(world: World) -> None:
    contact = world.vp(lastname="Keepme")
    await world.settle()
    await world.rows(
        "WITH renamed AS (UPDATE contact SET id = '123' WHERE id = :id RETURNING 1) SELECT 1 FROM renamed", id=contact
    )
    await world.post(
        [{"eventId": 1, "portalId": 62515, "subscriptionType": "contact.privacyDeletion", "objectId": 123,
          "occurredAt": 1795186800000, "changeSource": "CRM", "changeFlag": "NEW"}]
    )  # fmt: skip
    await world.unpack()
    [kept] = await world.rows("SELECT properties FROM contact WHERE id = '123'")
    assert kept["properties"]["lastname"] == "Keepme"


async def test_an_event_nested_too_deeply_costs_its_own_place_only(world: World) -> None:
    deep = "[" * 1000 + "]" * 1000
    fine = json.dumps({"eventId": 1, "portalId": 62515, "subscriptionType": "contact.creation", "objectId": 5})
    body = f'[{fine}, {{"eventId": 2, "portalId": 62515, "propertyValue": {deep}}}]'
    assert await world.post(body.encode()) == 204
    await world.unpack()
    states = await world.rows("SELECT state FROM event ORDER BY state")
    assert [row["state"] for row in states] == ["pending", "quarantined"]


async def test_the_brake_lets_a_lead_pass_that_needs_no_write_and_starts_over_on_resume(
    database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock, writes_per_hour=3) as world:
        for n in range(3):
            world.vp(email=f"vp{n}@northbank.example")
        await world.settle()
        world.sim.create_contact({"email": "nobody@example.org"})
        await world.settle()
        assert (await world.rows("SELECT paused_reason FROM portal"))[0]["paused_reason"] is None
        fourth = world.vp(email="vp4@northbank.example")
        await world.unpack()
        await world.baton.worker.work()
        assert "brake" in (await world.rows("SELECT paused_reason FROM portal"))[0]["paused_reason"]
        await mode.resume(world.database, world.baton.portal_id, "test", now=clock.now())
        clock.advance(timedelta(minutes=1))
        await world.settle()
        assert len(world.sim.tasks_of(fourth)) == 1
