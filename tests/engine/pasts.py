"""What backtest tests share: a portal with a lively past, ways to decide, and the plain replay to compare with."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

from app.engine.backtest import Effort, backtest_state, changed_contacts, request_backtest, run_next, trials_of
from app.engine.look import Bench
from app.handoff.backtest.compare import Tally
from app.handoff.backtest.result import BacktestResult, ChangedContact
from app.handoff.backtest.timeline import Subject
from app.handoff.backtest.trial import Period, Trial, reads_of_both
from app.records.ids import PortalId
from app.storage import agreements, past, subjects
from app.storage.backtests import StoredBacktest
from app.storage.database import Database
from tests.core.handoff.plain_replay import Plain, plain
from tests.world import World

_TITLES = ("VP Sales", "Senior Engineer", "Clerk")
_FORMS = ("Demo request", "Pricing guide", "Newsletter")
_WORDS = (("accepted", "qualified"), ("accepted", "rejected"), ("working",))


def smaller(document: str) -> str:
    """The document with smaller companies in its market: a draft under which more leads are ready."""
    return document.replace("numberofemployees: {at_least: 50}", "numberofemployees: {at_least: 30}")


class Here(Executor):
    """Decides in this process. `meanwhile` happens once, before the first piece of work is done."""

    def __init__(self, meanwhile: Callable[[], Awaitable[object]] | None = None) -> None:
        self._meanwhile = meanwhile
        self._working: list[asyncio.Task[None]] = []

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()

        async def work() -> None:
            act, self._meanwhile = self._meanwhile, None
            if act is not None:
                await act()
            future.set_result(fn(*args, **kwargs))

        self._working.append(asyncio.ensure_future(work()))
        return future


async def at_once(_seconds: float) -> None:
    """A pause that takes no time."""


def effort(**changes: Any) -> Effort:
    """In this process, in small pieces, without waiting."""
    return Effort(**{"page": 7, "steps": 5, "executor": Here, "pause": at_once, **changes})


async def live(world: World, contacts: int, *, seed: int = 3) -> Period:
    """Some days in a portal: contacts come, ask, change jobs, and reps answer. Returns the period of it."""
    rng, clock = Random(seed), world.clock  # noqa: S311  no secret
    start = clock.now()
    firms = [_firm(world, rng) for _ in range(max(1, contacts // 3))]
    people: list[str] = []
    for number in range(contacts):
        clock.advance(timedelta(minutes=rng.randint(0, 90)))
        firm = rng.choice((*firms, None))
        given = {"email": f"lead{number}@{rng.choice(('firm.example', 'rival.com'))}", "jobtitle": rng.choice(_TITLES)}
        people.append(world.sim.create_contact({**given, "lifecyclestage": "lead"}, company_id=firm))
        for one in rng.sample(people, min(3, len(people))):
            _something_happens(world, rng, one, firms)
    clock.advance(timedelta(hours=1))
    end = clock.now()
    await world.settle()
    return Period(start, end)


def _firm(world: World, rng: Random) -> str:
    size, industry = rng.choice(("12", "35", "80", "900")), rng.choice(("BANKING", "RETAIL"))
    return world.sim.create_company({"name": "Firm", "numberofemployees": size, "industry": industry})


def _something_happens(world: World, rng: Random, contact: str, firms: list[str]) -> None:
    world.clock.advance(timedelta(seconds=rng.choice((0, 0, 40, 3000))))
    match rng.randint(0, 5):
        case 0:
            world.sim.edit_contact(contact, {"jobtitle": rng.choice(_TITLES)})
        case 1:
            world.sim.edit_company(rng.choice(firms), {"numberofemployees": rng.choice(("12", "35", "80"))})
        case 2:
            for word in rng.choice(_WORDS):
                world.clock.advance(timedelta(minutes=20))
                world.sim.edit_contact(contact, {"baton_rejection_reason": "no_time", "baton_handoff_status": word})
        case _:
            world.sim.submit_form(contact, rng.choice(_FORMS))


async def ask(world: World, period: Period, *, draft: str | None = None) -> UUID:
    """Ask for a backtest of a draft beside the newest version."""
    async with world.database.begin() as connection:
        base = await agreements.newest(connection, world.baton.portal_id)
    assert base is not None
    return await request_backtest(
        world.database,
        world.baton.portal_id,
        draft=draft or smaller(base.text),
        base=base,
        period=period,
        by="mia@example.com",
        now=world.clock.now(),
    )


async def state_of(database: Database, portal_id: PortalId, backtest_id: UUID) -> StoredBacktest:
    found = await backtest_state(database, portal_id, backtest_id)
    assert found is not None
    return found


async def state(world: World, backtest_id: UUID) -> StoredBacktest:
    return await state_of(world.database, world.baton.portal_id, backtest_id)


async def done(world: World, period: Period, with_: Effort | None = None, **asked: Any) -> BacktestResult:
    """Ask for a backtest, run it, and return its result."""
    backtest_id = await ask(world, period, **asked)
    assert await run_next(world.baton.bench, with_ or effort())
    found = await state(world, backtest_id)
    assert found.result is not None, found.reason
    return found.result


@dataclass
class Right:
    """What the plain replay says, for both agreements."""

    trials: tuple[Trial, Trial]
    subjects: list[Subject]
    sides: list[Plain] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    changed: list[ChangedContact] = field(default_factory=list)

    def find(self) -> None:
        names = reads_of_both(*(trial.agreement for trial in self.trials))
        self.sides = [plain(trial, names, self.subjects) for trial in self.trials]
        for before, after in zip(*(side.walks for side in self.sides), strict=True):
            changed = self.tally.compare(before.contact_id, before.tale, after.tale)
            self.changed += [changed] if changed else []


async def right(bench: Bench, backtest: StoredBacktest) -> Right:
    """Decide every contact at each of its instants, all in the order of time."""
    trials = await trials_of(bench, backtest)
    found = Right(trials, await all_subjects(bench, backtest.period.start_at))
    found.find()
    return found


async def all_subjects(bench: Bench, start_at: datetime) -> list[Subject]:
    """Every contact that a backtest is about, with its past."""
    found: list[Subject] = []
    while True:
        after = found[-1].contact_id if found else ""
        async with bench.database.begin() as connection:
            ids = await past.contact_page(connection, bench.portal_id, after=after, limit=1000)
            fetched = await subjects.fetch(connection, bench.portal_id, ids, shadow=False, start_at=start_at)
        found += subjects.subjects_of(fetched)
        if not ids:
            return found


async def changed(bench: Bench, backtest_id: UUID) -> list[ChangedContact]:
    """All contacts that come out otherwise, read in pages of ten."""
    found: list[ChangedContact] = []
    while True:
        after = found[-1].contact_id if found else ""
        page = await changed_contacts(bench.database, bench.portal_id, backtest_id, limit=10, start_after=after)
        found += [one.told for one in page if one.told is not None]
        if len(page) < 10:
            return found


def owners_in(result: BacktestResult) -> list[dict[str, int]]:
    """How many leads each owner got, in all pools together, under either agreement."""
    found = []
    for load in (result.before, result.after):
        leads: Counter[str] = Counter()
        for one in load.owners:
            leads[one.owner] += one.handoffs
        found.append(dict(leads))
    return found
