"""A worker that was away for longer than its lease, and wakes up when another has done its work, changes nothing."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.bootstrap import make_crm
from app.clock import SteppedClock
from app.engine.around import take_hints
from app.engine.look import Bench, Looked, Pace, look
from app.engine.probes import (
    AFTER_CLAIM,
    AFTER_COMMIT,
    AFTER_READ,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_SEND,
    SILENT,
    Probes,
)
from app.engine.worker import drained
from tests.chaos.children import until
from tests.world import World, open_world

PACE = Pace(
    lease=timedelta(seconds=0.5),
    http_timeout=timedelta(seconds=0.1),
    patience=timedelta(),
    margin=timedelta(seconds=0.1),
)
_WITHIN_S = 30
_ROUNDS_MOST = 20


@dataclass(slots=True)
class Hands:
    """A monotonic clock that stands still until it jumps."""

    seconds: float = 1000.0

    def __call__(self) -> float:
        return self.seconds


@dataclass(slots=True)
class Pausing:
    """Falls asleep the `nth` time that the engine reaches `point`, until it is woken."""

    point: str
    nth: int
    reached: Counter[str] = field(default_factory=Counter)
    asleep: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def at(self, point: str) -> None:
        self.reached[point] += 1
        if point == self.point and self.reached[point] == self.nth:
            self.asleep.set()
            await self.woken.wait()


class Absent(httpx.AsyncBaseTransport):
    """A worker's connection to HubSpot that falls asleep over the answer to where a contact's notes are."""

    def __init__(self, world: World) -> None:
        self._hubspot = httpx.ASGITransport(app=world.sim.app)
        self.asleep = asyncio.Event()
        self.woken = asyncio.Event()
        baton, settings = world.baton, world.baton.settings
        http = httpx.AsyncClient(transport=self, base_url=settings.hubspot_base_url)
        self.crm = make_crm(settings, http, baton.clock, baton.database, baton.portal_id)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        response = await self._hubspot.handle_async_request(request)
        if "/associations/" in request.url.path and "/notes/" in request.url.path:
            self.asleep.set()
            await self.woken.wait()
        return response


# In a look the properties go first, then the notes, then the tasks.
@pytest.mark.parametrize(
    ("point", "nth"),
    [
        (AFTER_CLAIM, 1),
        (AFTER_READ, 1),
        (AFTER_COMMIT, 1),
        (BEFORE_SEND, 1),
        (BEFORE_SEND, 2),
        (BEFORE_SEND, 3),
        (AFTER_SEND, 1),
        (AFTER_SEND, 2),
        (AFTER_SEND, 3),
        (AFTER_SETTLE, 1),
    ],
)
async def test_a_worker_that_wakes_past_its_lease_neither_sends_nor_settles(
    database_url: str, clock: SteppedClock, point: str, nth: int
) -> None:
    async with open_world(database_url, clock) as world:
        leads = [world.vp(), world.vp(), world.vp()]
        await world.unpack()
        hands, pausing = Hands(), Pausing(point, nth)
        zombie = asyncio.create_task(_look(world, _bench(world, hands, pausing)))
        try:
            await asyncio.wait_for(pausing.asleep.wait(), _WITHIN_S)
            await _lease_runs_out(world)
            hands.seconds += PACE.lease.total_seconds()
            await _finish(world, _bench(world, hands, SILENT))
            calls, known = _writing_calls(world), await _everything(world)
            pausing.woken.set()
            await asyncio.wait_for(zombie, _WITHIN_S)
        finally:
            zombie.cancel()
            with suppress(asyncio.CancelledError):
                await zombie
        assert _writing_calls(world) == calls, "it sent after its lease"
        assert await _everything(world) == known, "it changed what another worker had done"
        once = {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}
        assert [world.sim.counters.effects(lead) for lead in leads] == [once] * 3
        assert len(await world.rows("SELECT * FROM handoff")) == 3
        assert len(await world.rows("SELECT * FROM assignment")) == 3


async def test_a_worker_that_wakes_past_its_lease_from_looking_up_a_note_does_not_have_it_sent_again(
    database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock) as world:
        lead = world.vp()
        await world.unpack()
        hands = Hands()
        await _dies(world, hands, BEFORE_SEND, nth=2)
        absent = Absent(world)
        zombie = asyncio.create_task(_look(world, replace(_bench(world, hands, SILENT), crm=absent.crm)))
        try:
            await asyncio.wait_for(absent.asleep.wait(), _WITHIN_S)
            await _lease_runs_out(world)
            hands.seconds += PACE.lease.total_seconds()
            await _finish(world, _bench(world, hands, SILENT))
            known = await _everything(world)
            absent.woken.set()
            await asyncio.wait_for(zombie, _WITHIN_S)
        finally:
            zombie.cancel()
            with suppress(asyncio.CancelledError):
                await zombie
        assert await _everything(world) == known, "it changed what another worker had done"
        assert world.sim.counters.effects(lead)["notes"] == 1


@pytest.mark.parametrize("nth", [2, 3])
async def test_a_note_or_task_found_after_a_crash_leaves_no_lane_and_no_event_behind(
    database_url: str, clock: SteppedClock, nth: int
) -> None:
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.unpack()
        hands = Hands()
        await _dies(world, hands, AFTER_SEND, nth=nth)
        await _finish(world, _bench(world, hands, SILENT))
        assert await world.rows("SELECT * FROM lane WHERE object_type IN ('note', 'task')") == []
        assert await world.rows("SELECT * FROM event WHERE object_type IN ('note', 'task') AND state = 'pending'") == []


async def test_a_worker_that_wakes_within_its_lease_goes_on(database_url: str, clock: SteppedClock) -> None:
    async with open_world(database_url, clock) as world:
        lead = world.vp()
        await world.unpack()
        pausing = Pausing(BEFORE_SEND, 1)
        sleeper = asyncio.create_task(_look(world, _bench(world, Hands(), pausing)))
        try:
            await asyncio.wait_for(pausing.asleep.wait(), _WITHIN_S)
            assert world.sim.counters.effects(lead)["stage_writes"] == 0, "asleep before it sends"
            pausing.woken.set()
            looked = await asyncio.wait_for(sleeper, _WITHIN_S)
        finally:
            sleeper.cancel()
            with suppress(asyncio.CancelledError):
                await sleeper
        assert looked.errors == {}
        assert world.sim.counters.effects(lead)["stage_writes"] == 1


async def test_a_worker_whose_lease_is_nearly_over_leaves_the_send_to_the_next_look(
    database_url: str, clock: SteppedClock
) -> None:
    """Nobody took over, but an answer could come when somebody has: not sent is better than perhaps sent twice."""
    async with open_world(database_url, clock) as world:
        lead = world.vp()
        await world.unpack()
        hands, pausing = Hands(), Pausing(BEFORE_SEND, 1)
        late = asyncio.create_task(_look(world, _bench(world, hands, pausing)))
        try:
            await asyncio.wait_for(pausing.asleep.wait(), _WITHIN_S)
            hands.seconds += (PACE.lease - PACE.send).total_seconds()
            pausing.woken.set()
            await asyncio.wait_for(late, _WITHIN_S)
        finally:
            late.cancel()
            with suppress(asyncio.CancelledError):
                await late
        assert world.sim.counters.effects(lead)["stage_writes"] == 0
        await _finish(world, _bench(world, hands, SILENT))
        assert world.sim.counters.effects(lead) == {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}


def _bench(world: World, hands: Hands, probes: Probes) -> Bench:
    return replace(world.baton.bench, pace=PACE, probes=probes, monotonic=hands)


async def _look(world: World, bench: Bench) -> Looked:
    ready = await world.baton.watch.ready()
    assert ready is not None
    return await look(bench, *ready)


async def _take_hints(world: World, bench: Bench) -> None:
    ready = await world.baton.watch.ready()
    assert ready is not None
    await take_hints(bench, ready[1])


async def _dies(world: World, hands: Hands, point: str, *, nth: int) -> None:
    """A look is taken and breaks off for good at a point; its lease runs out."""
    pausing = Pausing(point, nth)
    look_ = asyncio.create_task(_look(world, _bench(world, hands, pausing)))
    await asyncio.wait_for(pausing.asleep.wait(), _WITHIN_S)
    look_.cancel()
    with suppress(asyncio.CancelledError):
        await look_
    await _lease_runs_out(world)
    hands.seconds += PACE.lease.total_seconds()


async def _lease_runs_out(world: World) -> None:
    async def is_over() -> bool:
        leased = await world.rows("SELECT leased_until < now() AS over FROM lane WHERE lease_token IS NOT NULL")
        return bool(leased) and all(row["over"] for row in leased)

    await until(is_over, "the lease runs out", within=_WITHIN_S)


async def _finish(world: World, bench: Bench) -> None:
    """Work with this bench until nothing is left to do."""
    for _ in range(_ROUNDS_MOST):
        await world.unpack()
        await _take_hints(world, bench)
        looked = await _look(world, bench)
        if not looked.contacts and await drained(bench):
            return
        world.clock.advance(timedelta(seconds=5))
    raise AssertionError(f"not done: {await world.rows('SELECT * FROM lane')}")


def _writing_calls(world: World) -> Mapping[str, int]:
    calls = world.sim.counters.calls
    return {name: many for name, many in calls.items() if "/create" in name or "/update" in name}


async def _everything(world: World) -> Mapping[str, list[Mapping[str, Any]]]:
    """All that a look may change in the database."""
    tables = ("lane", "write", "handoff", "decision", "assignment", "pool", "contact", "event", "portal")
    return {table: sorted(await world.rows(f"SELECT * FROM {table}"), key=str) for table in tables}
