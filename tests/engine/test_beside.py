"""What runs beside the looks goes on over defects, and ends with the worker."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from app.clock import SteppedClock
from app.engine.beside import Beside, keep_at
from app.engine.worker import Worker
from tests.chaos.children import until
from tests.world import World, open_world

AT_ONCE = timedelta(milliseconds=1)
WITHIN_S = 30


class Work:
    """Work that can be held in the middle, and that fails when told to."""

    def __init__(self, *, fails: int = 0) -> None:
        self.begun = 0
        self.ended = 0
        self.fails = fails
        self.going = asyncio.Event()
        self.going.set()

    async def __call__(self) -> bool:
        self.begun += 1
        if self.fails:
            self.fails -= 1
            raise ValueError("Zoe Canarywood")
        await self.going.wait()
        self.ended += 1
        return False


async def test_a_defect_is_logged_without_its_text_and_the_work_goes_on() -> None:
    work, stop = Work(fails=2), asyncio.Event()
    with structlog.testing.capture_logs() as logged:
        keeping = asyncio.create_task(keep_at(Beside("telling", work, AT_ONCE), stop))

        async def has_worked() -> bool:
            return work.ended > 0

        await until(has_worked, "the work is done")
        stop.set()
        await asyncio.wait_for(keeping, WITHIN_S)
    failures = [line for line in logged if line["event"] == "beside_failed"]
    assert [(line["work"], line["error"]) for line in failures] == [("telling", "ValueError")] * 2
    assert "Canarywood" not in str(logged)


async def test_a_worker_that_stops_finishes_what_it_tells_and_breaks_off_what_another_can_take_up(
    database_url: str, clock: SteppedClock
) -> None:
    telling, trying = Work(), Work()
    besides = (Beside("telling", telling, AT_ONCE), Beside("trying", trying, AT_ONCE, breaks_off=True))
    async with open_world(database_url, clock, live=False) as world, working(world, besides) as (running, stop):
        telling.going.clear()
        trying.going.clear()
        told, tried = telling.ended, trying.ended

        async def both_are_held() -> bool:
            return telling.begun > told and trying.begun > tried

        await until(both_are_held, "both are in the middle")
        held = telling.ended
        stop.set()
        telling.going.set()
        await asyncio.wait_for(running, WITHIN_S)
        assert telling.ended == held + 1
        assert trying.ended < trying.begun


@asynccontextmanager
async def working(world: World, beside: tuple[Beside, ...]) -> AsyncIterator[tuple[asyncio.Task[None], asyncio.Event]]:
    baton, stop = world.baton, asyncio.Event()
    worker = Worker(baton.bench, baton.unpacking, baton.watch, poll=AT_ONCE, beside=beside)
    running = asyncio.create_task(worker.run(stop))
    try:
        yield running, stop
    finally:
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running
