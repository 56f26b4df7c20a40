"""Backtests: asked for, run in the background by one worker at a time, watched, cancelled and read.

    claim -> read the past -> contacts alone (any order) -> the rest in the order of time -> result

Deciding runs in processes of its own, so that nothing here waits for it; contacts come in pages, and those on
their way are put away small. Every report renews the lease, and a worker that lost it, or whose backtest was
cancelled, stops at its next one.
"""

from __future__ import annotations

import asyncio
import multiprocessing
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import ClassVar
from uuid import UUID

import structlog

from app.agreement.parse import parse_agreement
from app.engine.look import Bench
from app.engine.past import PastReader
from app.engine.rulebook import rulebook_of, vocabulary_with
from app.engine.trying import Finding, Stopped, find
from app.errors import BatonError
from app.handoff.backtest.trial import Period, Trial, as_if_live, names_to_read
from app.records.ids import PortalId
from app.records.stages import StageOrder
from app.storage import agreements, backtests, portals, subjects
from app.storage import changed_contacts as stored
from app.storage.agreements import Version
from app.storage.backtests import Claimed, Progress, StoredBacktest
from app.storage.changed_contacts import StoredChange
from app.storage.database import FAILURES, Connection, Database

_log = structlog.get_logger(__name__)

LONGEST = timedelta(days=370)
_PROCESSES_MOST = 4
"""Each takes about 100 MB."""
_TRIES = 3
_LASTS = timedelta(days=14)
"""How long a handoff counts against a cap while none was closed yet that would tell."""


class BacktestRefused(BatonError):
    """A backtest cannot be asked for so; the message says what to change."""

    code: ClassVar[str] = "backtest_refused"


def processes() -> Executor:
    """Processes of their own for deciding: fresh ones, since a fork would copy open connections."""
    many = min(os.cpu_count() or 1, _PROCESSES_MOST)
    return ProcessPoolExecutor(many, mp_context=multiprocessing.get_context("spawn"), initializer=_step_back)


def _step_back() -> None:
    """A backtest is in no hurry: whatever else the machine has to do goes first."""
    os.nice(10)


@dataclass(frozen=True, slots=True)
class Effort:
    """What a backtest is run with: `page` contacts or `steps` instants are decided at a time."""

    lease: timedelta = timedelta(minutes=5)
    page: int = 200
    steps: int = 2_000
    executor: Callable[[], Executor] = processes
    pause: Callable[[float], Awaitable[None]] = field(default=asyncio.sleep)


async def request_backtest(
    database: Database, portal_id: PortalId, *, draft: str, base: Version, period: Period, by: str, now: datetime
) -> UUID:
    """Queue a backtest of the draft's text beside the version; returns its id.

    Raises BacktestRefused for a period that cannot be tried, AgreementError for a draft that cannot be read.
    """
    _check(period, now)
    async with database.begin() as connection:
        vocabulary = vocabulary_with(await portals.definitions(connection, portal_id))
    await asyncio.to_thread(parse_agreement, draft, file="draft", vocabulary=vocabulary)
    async with database.begin() as connection:
        return await backtests.add(
            connection, portal_id, draft=draft, base=base.number, period=period, requested_by=by, now=now
        )


def _check(period: Period, now: datetime) -> None:
    if period.start_at >= period.end_at:
        raise BacktestRefused(
            f"the period ends at {period.end_at.isoformat()}, which is not after its start at "
            f"{period.start_at.isoformat()}; give an earlier start"
        )
    if period.end_at > now:
        raise BacktestRefused(f"the period ends at {period.end_at.isoformat()}, which is yet to come; end it by now")
    if period.end_at - period.start_at > LONGEST:
        raise BacktestRefused(f"the period is longer than {LONGEST.days} days; give a shorter one")


async def backtest_state(database: Database, portal_id: PortalId, backtest_id: UUID) -> StoredBacktest | None:
    """The backtest, with how far it is and what came of it; None when there is none of this id."""
    async with database.begin() as connection:
        return await backtests.get(connection, portal_id, backtest_id)


async def changed_contacts(
    database: Database,
    portal_id: PortalId,
    backtest_id: UUID,
    *,
    limit: int = 100,
    start_after: str = "",
    move: tuple[str, str] | None = None,
) -> list[StoredChange]:
    """A page of the contacts that come out otherwise, by id, from the one after `start_after`.

    `move` picks one cell of the matrix: the outcome before and the one after. Whoever asked to be forgotten since
    is still counted, with nothing told.
    """
    async with database.begin() as connection:
        return await stored.page(connection, portal_id, backtest_id, limit=limit, start_after=start_after, move=move)


async def cancel(database: Database, portal_id: PortalId, backtest_id: UUID, *, now: datetime) -> bool:
    """Stop a backtest. False when it was over, or is not there."""
    async with database.begin() as connection:
        return await backtests.cancel(connection, portal_id, backtest_id, now=now)


async def run_next(bench: Bench, effort: Effort | None = None) -> bool:
    """Run one backtest to its end. False when none is waiting.

    One whose worker fell silent is started over; after three such attempts it is given up.
    """
    effort = effort or Effort()
    claimed = await _claim(bench, effort)
    if claimed is None:
        return False
    if claimed.backtest.attempts > _TRIES:
        await _give_up(bench, claimed, f"its worker fell silent {_TRIES} times; see the log of the workers")
        return True
    try:
        await _run(bench, effort, claimed)
    except Stopped:
        _log.info("backtest_stopped", backtest=str(claimed.backtest.id))
    except asyncio.CancelledError:
        await _put_back(bench, claimed)
        raise
    except BatonError as error:
        await _give_up(bench, claimed, str(error))
    return True


async def _claim(bench: Bench, effort: Effort) -> Claimed | None:
    async def work(connection: Connection) -> Claimed | None:
        return await backtests.claim(connection, bench.portal_id, lease=effort.lease, now=bench.clock.now())

    return await bench.database.transact(work)


async def _give_up(bench: Bench, claimed: Claimed, reason: str) -> None:
    _log.warning("backtest_failed", backtest=str(claimed.backtest.id), why=reason)
    async with bench.database.begin() as connection:
        await backtests.fail(connection, bench.portal_id, claimed, reason, now=bench.clock.now())


async def _put_back(bench: Bench, claimed: Claimed) -> None:
    """This worker is told to stop: another need not wait for the lease to run out, unless the database is away."""
    with suppress(*FAILURES):
        async with bench.database.begin() as connection:
            await backtests.put_back(connection, bench.portal_id, claimed)


async def _run(bench: Bench, effort: Effort, claimed: Claimed) -> None:
    period = claimed.backtest.period

    async def report(phase: str, done: int, total: int) -> None:
        async with bench.database.begin() as connection:
            progress = Progress(phase, done, total)
            ours = await backtests.report(connection, bench.portal_id, claimed, progress, lease=effort.lease)
        if not ours:
            raise Stopped

    async def read_so_far(done: int, total: int) -> None:
        await report("reading the past", done, total)

    trials = await trials_of(bench, claimed.backtest)
    names = names_to_read(*(trial.agreement for trial in trials))
    reader = PastReader(bench.database, bench.crm, bench.portal_id, bench.clock, effort.pause, read_so_far)
    why = await reader.read(names, since=period.end_at)
    executor = effort.executor()
    try:
        finding = Finding(bench.database, bench.portal_id, claimed, trials, executor, report)
        result = await find(finding, page=effort.page, steps=effort.steps, unread=why)
    finally:
        await asyncio.to_thread(executor.shutdown, cancel_futures=True)
    async with bench.database.begin() as connection:
        kept = await backtests.finish(connection, bench.portal_id, claimed, result, now=bench.clock.now())
    if kept:
        _log.info("backtest_done", backtest=str(claimed.backtest.id), contacts=result.contacts, changed=result.changed)


async def trials_of(bench: Bench, backtest: StoredBacktest) -> tuple[Trial, Trial]:
    """The published version with what was frozen with it, and the draft with the portal as it is now."""
    async with bench.database.begin() as connection:
        base = await agreements.get(connection, bench.portal_id, backtest.base)
        definitions = await portals.definitions(connection, bench.portal_id)
        owners = await portals.owners(connection, bench.portal_id)
        portal = await portals.get(connection, bench.portal_id)
        shadow = portal is None or portal.is_shadow
        lasts = await subjects.usual_length(connection, bench.portal_id, shadow=shadow)
    if base is None:
        raise BacktestRefused(f"agreement version {backtest.base} is not there; ask for a backtest beside one that is")
    period, words = backtest.period, vocabulary_with(definitions)
    published = await rulebook_of(base)
    draft = await asyncio.to_thread(parse_agreement, backtest.draft, file="draft", vocabulary=words)
    stages = StageOrder(portal.stages) if portal is not None and portal.stages else StageOrder()
    trial = partial(Trial, period=period, owners=owners, stages=stages, handoffs_last=lasts or _LASTS)
    return (
        trial(base.number, as_if_live(published.agreement, period), published.vocabulary),
        trial(base.number + 1, as_if_live(draft, period), words),
    )
