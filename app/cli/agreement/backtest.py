"""What a change would have made of the past, before anybody is asked to agree to it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.agreement.backtested import print_found
from app.cli.agreement.document import text_of
from app.cli.shown import AsJson
from app.errors import BatonError

if TYPE_CHECKING:
    from uuid import UUID

    from rich.progress import Progress

    from app.cli.opened import Opened
    from app.engine.look import Bench
    from app.handoff.backtest.trial import Period
    from app.storage.backtests import StoredBacktest
    from app.storage.changed_contacts import StoredChange

_SHOWN = 20
_PAGE = 1_000
_LOOK_AGAIN_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class Found:
    """A backtest that is done, with the contacts that come out otherwise: all, or the first."""

    backtest: StoredBacktest
    changed: list[StoredChange]


def register(app: typer.Typer) -> None:
    app.command("backtest")(try_on_the_past)


def try_on_the_past(
    file: Annotated[Path | None, typer.Argument(exists=True, dir_okay=False, help="The text; else the draft.")] = None,
    *,
    from_: Annotated[str, typer.Option("--from", help="First day of the period, as 2026-07-01, or an instant.")],
    to: Annotated[str | None, typer.Option(help="First day after the period; now without it.")] = None,
    all_: Annotated[
        bool, typer.Option("--all", help=f"Every contact that comes out otherwise, not the first {_SHOWN}.")
    ] = False,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Decide a past period again by a new text, and say what would have come out otherwise than by the one in force.

    Days begin at midnight in the time zone of the agreement.
    """

    async def work(who: Acting) -> Found:
        text = text_of(file) if file else await _draft(who)
        period = await _period(who, from_, to)
        return await _found(who, text, period, limit=None if all_ else _SHOWN)

    found = acting(work, key)
    print_found(found.backtest, found.changed, as_json=as_json)


async def _draft(who: Acting) -> str:
    return (await who.drafting.review()).draft.text


async def _period(who: Acting, from_: str, to: str | None) -> Period:
    from app.handoff.backtest.trial import Period

    zone = ZoneInfo((await who.drafting.rulebook()).agreement.time_zone)
    end_at = who.opened.clock.now() if to is None else _instant(to, "--to", zone)
    return Period(_instant(from_, "--from", zone), end_at)


def _instant(text: str, option: str, zone: ZoneInfo) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        told = f"{text!r} is no day; write it like 2026-07-01, or an instant like 2026-07-01T10:00Z"
        raise typer.BadParameter(told, param_hint=option) from None
    return at if at.tzinfo else at.replace(tzinfo=zone)


async def _found(who: Acting, text: str, period: Period, *, limit: int | None) -> Found:
    from app.engine.backtest import request_backtest
    from app.engine.drafting import demand
    from app.records.people import Right
    from app.storage.backtests import BacktestState

    demand(who.actor, Right.EDIT)
    opened, base = who.opened, await who.drafting.version()
    own_id = await request_backtest(
        opened.database,
        opened.portal_id,
        draft=text,
        base=base,
        period=period,
        by=who.actor.name,
        now=opened.clock.now(),
    )
    done = await _run(opened, own_id)
    if done.state is not BacktestState.DONE:
        raise BatonError(f"the backtest {done.state.value}: {done.reason or 'somebody stopped it'}")
    return Found(done, await _changed(opened, own_id, limit))


async def _run(opened: Opened, own_id: UUID) -> StoredBacktest:
    """Run it here, or watch a worker that was quicker to take it. It is cancelled when this command is."""
    from app.engine.backtest import cancel

    async with _bench(opened) as bench:
        working = asyncio.create_task(_work(bench))
        try:
            return await _watched(opened, own_id, working)
        finally:
            working.cancel()
            with suppress(asyncio.CancelledError):
                await working
            await cancel(opened.database, opened.portal_id, own_id, now=opened.clock.now())


@asynccontextmanager
async def _bench(opened: Opened) -> AsyncIterator[Bench]:
    import httpx

    from app.bootstrap import make_crm
    from app.engine.look import Bench
    from app.engine.rulebook import Shelf

    settings = opened.settings
    async with httpx.AsyncClient(base_url=settings.hubspot_base_url, timeout=settings.http_timeout_seconds) as http:
        crm = make_crm(settings, http, opened.clock, opened.database, opened.portal_id)
        shelf = Shelf(opened.database, opened.portal_id)
        yield Bench(opened.database, crm, opened.portal_id, opened.clock, shelf)


async def _work(bench: Bench) -> None:
    """Run whatever backtests wait, ours among them, until cancelled."""
    from app.engine.backtest import run_next

    while True:
        if not await run_next(bench):
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def _watched(opened: Opened, own_id: UUID, working: asyncio.Task[None]) -> StoredBacktest:
    """Show how far it is until it is over."""
    from app.engine.backtest import backtest_state

    with _bar() as bar:
        shown = bar.add_task("waiting", total=None)
        while True:
            seen = await backtest_state(opened.database, opened.portal_id, own_id)
            if seen is None:
                raise BatonError("the backtest is gone; ask for it again")
            if seen.state.is_over:
                return seen
            far = seen.progress
            bar.update(shown, description=far.phase or "waiting", completed=far.done, total=far.total or None)
            await asyncio.wait([working], timeout=_LOOK_AGAIN_SECONDS)
            if working.done():
                working.result()


def _bar() -> Progress:
    """A progress bar on standard error, gone when it is over."""
    from rich.console import Console
    from rich.progress import Progress

    return Progress(console=Console(stderr=True), transient=True)


async def _changed(opened: Opened, own_id: UUID, limit: int | None) -> list[StoredChange]:
    """The contacts that come out otherwise, read page by page."""
    from app.engine.backtest import changed_contacts

    changed: list[StoredChange] = []
    while limit is None or len(changed) < limit:
        start_after = changed[-1].contact_id if changed else ""
        page = await changed_contacts(
            opened.database, opened.portal_id, own_id, limit=min(limit or _PAGE, _PAGE), start_after=start_after
        )
        changed += page
        if not page:
            break
    return changed
