"""The worker: unpacks what came and looks at what is due, for ever, until told to stop.

In one process the door wakes it; across processes it polls. It survives everything but being killed:
an unexpected error is logged whole and the loop goes on after a pause.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import timedelta

import structlog

from app.engine.around import take_hints
from app.engine.beside import Beside, keep_at
from app.engine.look import Bench, look
from app.engine.parked import ring
from app.engine.portal import PortalWatch
from app.engine.unpack import Unpacking
from app.logs import defect_of
from app.storage import deliveries, issues, lanes, replays, sweeps
from app.storage.database import is_away
from app.storage.migrate import make_partitions

_log = structlog.get_logger(__name__)

_AFTER_ERROR_SECONDS = 1.0
_TIDY_SECONDS = 3600.0
_BODIES_KEPT = timedelta(days=3)
_RUNS_KEPT = timedelta(days=90)
"""How long sweeps, replays and counts of refused requests are kept once they are over."""
_PASSES_MOST = 16


class Worker:
    """One loop of unpacking and looking. Any number may run, in one process or many."""

    def __init__(
        self,
        bench: Bench,
        unpacking: Unpacking,
        watch: PortalWatch,
        *,
        poll: timedelta,
        beside: Sequence[Beside] = (),
    ) -> None:
        """`beside` is done side by side with the looks, as long as it is known whose portal this is."""
        self._bench = bench
        self._unpacking = unpacking
        self._watch = watch
        self._poll = poll.total_seconds()
        self._beside = tuple(beside) if bench.portal_id else ()
        self._news = asyncio.Event()
        self._tidy_at = 0.0

    def wake(self) -> None:
        """Something came: do not wait for the next poll."""
        self._news.set()

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set; finishes the look it is in, and what beside it does not break off."""
        async with self._with_beside(stop):
            await self._keep_working(stop)

    @asynccontextmanager
    async def _with_beside(self, stop: asyncio.Event) -> AsyncIterator[None]:
        tasks = {asyncio.create_task(keep_at(one, stop)): one for one in self._beside}
        try:
            yield
        finally:
            for task, one in tasks.items():
                if one.breaks_off or not stop.is_set():
                    task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _keep_working(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                busy = await self.work()
            except Exception as error:  # noqa: BLE001  the loop must outlive a defect
                away = is_away(error)
                _log.log(logging.WARNING if away else logging.ERROR, "work_failed", away=away, **defect_of(error))
                busy = False
                await asyncio.sleep(_AFTER_ERROR_SECONDS)
            if not busy:
                await self._rest(stop)

    async def work(self) -> bool:
        """One round: unpack, pass on what goes on around contacts, look, ring. False when there was nothing to do.

        What a look takes was due before the hints were: one at a company that came together with its contacts is passed
        on first, and costs no second look at them.
        """
        self._news.clear()
        if not self._bench.portal_id:
            await self._watch.ready()  # says why nothing goes on
            return False  # whose events these are is not known yet: they stay as they came
        await self._tidy()
        came = await self._unpack()
        ready = await self._watch.ready()
        if ready is None:
            return came
        due = self._bench.clock.now()
        around = await take_hints(self._bench, ready[1])
        looked = await look(self._bench, *ready, due=due)
        if looked.barred:
            self._watch.refresh_soon()
        rang = await ring(self._bench, *ready)
        return came or around + rang > 0 or (looked.contacts > 0 and not looked.barred)

    async def _unpack(self) -> bool:
        """Unpack what came, within bounds, before looking: what hints at one record then costs one look."""
        for passes in range(_PASSES_MOST):
            if not (await self._unpacking.unpack()).requests:
                return passes > 0
        return True

    async def _rest(self, stop: asyncio.Event) -> None:
        waits = [asyncio.ensure_future(self._news.wait()), asyncio.ensure_future(stop.wait())]
        await asyncio.wait(waits, timeout=self._poll, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()
            with suppress(asyncio.CancelledError):
                await wait

    async def _tidy(self) -> None:
        """Now and then: make the coming months' partitions, forget raw bytes and what was over long ago."""
        if self._bench.monotonic() < self._tidy_at:
            return
        self._tidy_at = self._bench.monotonic() + _TIDY_SECONDS
        now = self._bench.clock.now()
        async with self._bench.database.begin() as connection:
            await make_partitions(connection, now=now)
        async with self._bench.database.begin() as connection:
            await deliveries.drop_bodies(connection, before=now - _BODIES_KEPT)
        async with self._bench.database.begin() as connection:
            await sweeps.forget(connection, before=now - _RUNS_KEPT)
            await replays.forget(connection, before=now - _RUNS_KEPT)
            await issues.forget_turned_away(connection, before=now - _RUNS_KEPT)


async def drained(bench: Bench) -> bool:
    """Whether everything that came was unpacked and no record is due or held."""
    async with bench.database.begin() as connection:
        packed = await deliveries.waiting(connection)
        backlog = await lanes.backlog(connection, bench.portal_id, now=bench.clock.now())
    return packed == 0 and backlog.is_quiet
