"""One backtest's work: pages of contacts out to the processes that decide, and what comes back put together."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from typing import ParamSpec, TypeVar

from app.handoff.backtest.assumed import assumptions
from app.handoff.backtest.compare import Tally
from app.handoff.backtest.load import load_of
from app.handoff.backtest.replay import Handed, begin, go_on
from app.handoff.backtest.result import BacktestResult, ChangedContact, Load
from app.handoff.backtest.setting import Batch, Underway, Waiting, start
from app.handoff.backtest.tale import Tale
from app.handoff.backtest.timeline import Subject
from app.handoff.backtest.trial import Trial, reads_of_both
from app.handoff.state import Handoff
from app.records.ids import ContactId, PortalId
from app.storage import backtests, changed_contacts, past, portals, subjects
from app.storage.backtests import Claimed
from app.storage.database import Connection, Database

P = ParamSpec("P")
T = TypeVar("T")
_AT_ONCE = 4
"""Pages on their way: enough to keep the processes busy, few enough to bound what is in memory."""
_KEPT_AT_ONCE = 1_000


class Stopped(Exception):
    """The backtest was cancelled, or another worker has it."""


@dataclass(frozen=True, slots=True)
class Finding:
    """What a backtest is found out with. `report` is told the phase, and how many of how many are done."""

    database: Database
    portal_id: PortalId
    claimed: Claimed
    trials: tuple[Trial, Trial]
    executor: Executor
    report: Callable[[str, int, int], Awaitable[None]]

    async def elsewhere(self, work: Callable[P, T], *given: P.args, **named: P.kwargs) -> T:
        """Do the work in another process."""
        return await asyncio.wrap_future(self.executor.submit(work, *given, **named))


@dataclass(slots=True)
class _Gathered:
    """What the contacts that set out left: those still on their way, and what is counted so far.

    `total` is how many there were at the start; contacts may come and go meanwhile.
    """

    total: int
    done: int = 0
    tally: Tally = field(default_factory=Tally)
    underway: list[Underway] = field(default_factory=list)
    open_before: list[tuple[ContactId, Handoff]] = field(default_factory=list)


@dataclass(slots=True)
class _Side:
    """One agreement's ordered replay: who got what, and what came of each contact."""

    tales: dict[ContactId, Tale]
    load: Load


async def find(finding: Finding, *, page: int, steps: int, unread: str) -> BacktestResult:
    """Decide everything and keep the contacts that come out otherwise. `unread`: why the past was not all read."""
    gathered = await _gather(finding, page)
    before, after = await _sides(finding, gathered, steps)
    changed = await asyncio.to_thread(_compare, gathered, before.tales, after.tales)
    for first in range(0, len(changed), _KEPT_AT_ONCE):
        await _keep(finding, changed[first : first + _KEPT_AT_ONCE])
    period = finding.trials[0].period
    return BacktestResult(
        start_at=period.start_at,
        end_at=period.end_at,
        contacts=gathered.tally.contacts,
        changed=gathered.tally.changed,
        matrix=gathered.tally.matrix(),
        before=before.load,
        after=after.load,
        unknown=gathered.tally.unknowns(),
        assumptions=assumptions(finding.trials[1], unread),
    )


async def _gather(finding: Finding, page: int) -> _Gathered:
    """Let all contacts set out, a few pages at a time."""
    async with finding.database.begin() as connection:
        total = await past.count_contacts(connection, finding.portal_id)
    names = reads_of_both(*(trial.agreement for trial in finding.trials))
    gathered = _Gathered(total)
    await finding.report("deciding", 0, total)
    out: deque[asyncio.Task[Batch]] = deque()
    try:
        async for many in _pages(finding, page):
            out.append(asyncio.ensure_future(finding.elsewhere(start, finding.trials, names, many)))
            if len(out) == _AT_ONCE:
                await _take_in(finding, gathered, await out.popleft())
        while out:
            await _take_in(finding, gathered, await out.popleft())
    finally:
        for task in out:
            task.cancel()
    await finding.report("deciding", total, total)
    return gathered


async def _pages(finding: Finding, page: int) -> AsyncIterator[list[Subject]]:
    """All contacts with their past, by id."""
    after = ""
    start_at = finding.trials[0].period.start_at
    while True:
        async with finding.database.begin() as connection:
            ids = await past.contact_page(connection, finding.portal_id, after=after, limit=page)
            if not ids:
                return
            portal = await portals.get(connection, finding.portal_id)
            shadow = portal is None or portal.is_shadow
            fetched = await subjects.fetch(connection, finding.portal_id, ids, shadow=shadow, start_at=start_at)
        yield await asyncio.to_thread(subjects.subjects_of, fetched)
        after = ids[-1]


async def _take_in(finding: Finding, gathered: _Gathered, batch: Batch) -> None:
    gathered.done += batch.contacts
    gathered.tally.add(batch.tally)
    gathered.underway += batch.underway
    gathered.open_before += batch.open_before
    await _keep(finding, batch.changed)
    await finding.report("deciding", min(gathered.done, gathered.total), gathered.total)


async def _sides(finding: Finding, gathered: _Gathered, steps: int) -> list[_Side]:
    """Both agreements' replays, side by side."""
    both = [{one.contact_id: side(one) for one in gathered.underway} for side in (_before, _after)]
    total = sum(isinstance(one, Waiting) for told in both for one in told.values())
    done = Counter[str]()

    async def through(many: int) -> None:
        done["walks"] += many
        await finding.report("in the order of time", done["walks"], total)

    await through(0)
    running = [
        asyncio.ensure_future(_replay(finding, trial, told, gathered.open_before, steps, through))
        for trial, told in zip(finding.trials, both, strict=True)
    ]
    try:
        return await asyncio.gather(*running)
    finally:
        for one in running:
            one.cancel()


def _before(one: Underway) -> Tale | Waiting:
    return one.before


def _after(one: Underway) -> Tale | Waiting:
    return one.after


async def _replay(
    finding: Finding,
    trial: Trial,
    told: Mapping[ContactId, Tale | Waiting],
    open_before: Sequence[tuple[ContactId, Handoff]],
    steps: int,
    through: Callable[[int], Awaitable[None]],
) -> _Side:
    tales = {contact_id: one for contact_id, one in told.items() if isinstance(one, Tale)}
    waiting = {contact_id: one for contact_id, one in told.items() if isinstance(one, Waiting)}
    handed: list[Handed] = []
    replay = await asyncio.to_thread(begin, trial, waiting, open_before)
    while not replay.is_over:
        replay = await finding.elsewhere(go_on, trial, replay, steps)
        over, more = replay.drain()
        tales |= over
        handed += more
        await through(len(over))
    return _Side(tales, await finding.elsewhere(load_of, trial, handed, replay.seating.peaks))


def _compare(
    gathered: _Gathered, before: Mapping[ContactId, Tale], after: Mapping[ContactId, Tale]
) -> list[ChangedContact]:
    ids = [one.contact_id for one in gathered.underway]
    compared = (gathered.tally.compare(one, before[one], after[one]) for one in ids)
    return [one for one in compared if one is not None]


async def _keep(finding: Finding, changed: Sequence[ChangedContact]) -> None:
    """Keep them, unless another worker has the backtest by now. Raises Stopped."""

    async def work(connection: Connection) -> None:
        if not await backtests.fence(connection, finding.portal_id, finding.claimed):
            raise Stopped
        await changed_contacts.add(connection, finding.portal_id, finding.claimed.backtest.id, changed)

    if changed:
        await finding.database.transact(work)
