"""A worker that lost its lease, or nearly, does no harm and loses no work."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from uuid import uuid4

from app.clock import SteppedClock
from app.engine.look import look
from app.engine.probes import AFTER_COMMIT, AFTER_READ
from app.handoff.decision import Step
from app.records.ids import ContactId
from app.storage import writes
from app.storage.writes import StoredWrite, WriteKind, WriteState
from tests.world import World, open_world


@dataclass
class At:
    """Does something, once, when the engine reaches a point."""

    point: str
    act: Callable[[], Awaitable[object]] | None = None

    async def at(self, point: str) -> None:
        if point == self.point and self.act is not None:
            act, self.act = self.act, None
            await act()


async def test_a_worker_that_read_a_record_as_gone_and_lost_its_lease_ends_no_handoff(
    database_url: str, clock: SteppedClock
) -> None:
    probe = At(AFTER_READ)
    async with open_world(database_url, clock, probes=probe) as world:
        contact = world.vp()
        await world.settle()
        world.sim.delete_contact(contact)

        async def restored_and_taken_by_another() -> None:
            world.sim.restore_contact(contact)
            await world.rows(
                "WITH taken AS (UPDATE lane SET lease_token = :other RETURNING 1) SELECT 1 FROM taken", other=uuid4()
            )

        probe.act = restored_and_taken_by_another
        await world.unpack()
        await world.baton.worker.work()
        assert len(await world.rows("SELECT 1 FROM handoff WHERE closed_at IS NULL")) == 1
        assert await world.rows("SELECT 1 FROM contact WHERE gone_at IS NOT NULL") == []


async def test_a_look_that_took_longer_than_its_lease_is_sent_all_the_same_while_nobody_else_took_it(
    world: World,
) -> None:
    hands = {"now": 1000.0}

    async def slowly() -> None:
        hands["now"] += 120

    contact = world.vp()
    await world.unpack()
    ready = await world.baton.watch.ready()
    assert ready is not None
    slow = replace(world.baton.bench, probes=At(AFTER_COMMIT, slowly), monotonic=lambda: hands["now"])
    await look(slow, *ready)
    assert len(world.sim.tasks_of(contact)) == 1


async def test_an_echo_is_taken_for_one_of_the_oldest_write_that_it_fits(world: World) -> None:
    contact = world.sim.create_contact({"email": "echo@example.com"})
    older, newer = (stage_write(contact) for _ in range(2))
    async with world.database.begin() as connection:
        await writes.add(connection, world.baton.portal_id, [older, newer], now=world.clock.now())
        await writes.mark_sending(connection, world.baton.portal_id, [older.id])
    async with world.database.begin() as connection:
        await writes.mark_sending(connection, world.baton.portal_id, [newer.id])
    told = {
        "eventId": 1, "portalId": 62515, "appId": 54321, "subscriptionId": 1, "attemptNumber": 0,
        "occurredAt": int((world.clock.now() - timedelta(seconds=1)).timestamp() * 1000),
        "subscriptionType": "contact.propertyChange", "objectId": int(contact), "propertyName": "lifecyclestage",
        "propertyValue": "lead", "changeSource": "INTEGRATION", "sourceId": "54321",
    }  # fmt: skip
    await world.post([told])
    await world.unpack()
    echoed = await world.rows("SELECT id FROM write WHERE echoed")
    assert [row["id"] for row in echoed] == [older.id]


def stage_write(contact: str) -> StoredWrite:
    own = uuid4()
    return StoredWrite(
        own, own.hex, ContactId(contact), uuid4(), None, Step.SET, WriteKind.PROPERTIES,
        {"lifecyclestage": "lead"}, WriteState.DUE,
    )  # fmt: skip
