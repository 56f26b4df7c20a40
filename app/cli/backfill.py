"""Backfills: catching up with a past that no webhook told of."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated
from uuid import UUID

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.opened import Opened
from app.cli.shown import AsJson, print_facts, print_json, say
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.engine.backfill import BackfillPlan
    from app.storage.sweeps import Sweep


def register(app: typer.Typer) -> None:
    app.command()(backfill)


def backfill(
    *,
    since: Annotated[str | None, typer.Option(help="From when on, in UTC: 2026-11-01, 2026-11-01T08:00 or 7d.")] = None,
    plan: Annotated[bool, typer.Option("--plan", help="Walk the whole way and count; change nothing.")] = False,
    cancel: Annotated[UUID | None, typer.Option(help="Walk this one no further; `baton status` says its id.")] = None,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Find contacts that changed in HubSpot since, and look at those of whose change Baton does not know.

    The workers walk it, behind live work; `baton status` says how far they are.
    """
    if cancel is not None:
        _print_walk(acting(lambda who: _cancel(who, cancel), key), as_json=as_json)
    elif since is None:
        raise typer.BadParameter("say from when on, as 7d", param_hint="--since")
    elif plan:
        _print_plan(acting(lambda who: _plan(who.opened, since), key), as_json=as_json)
    else:
        _print_walk(acting(lambda who: _begin(who, since), key), as_json=as_json)


async def _begin(who: Acting, since: str) -> Sweep:
    from app.engine.backfill import begin_backfill

    opened, now = who.opened, who.opened.clock.now()
    return await begin_backfill(opened.database, opened.portal_id, who.actor, _instant(since, now), now)


async def _cancel(who: Acting, backfill_id: UUID) -> Sweep:
    from app.engine.backfill import cancel_backfill

    opened = who.opened
    return await cancel_backfill(opened.database, opened.portal_id, who.actor, backfill_id, opened.clock.now())


async def _plan(opened: Opened, since: str) -> BackfillPlan:
    import httpx

    from app.bootstrap import make_crm, missing
    from app.engine.backfill import plan_backfill

    if why_not := missing(opened.settings):
        raise ConfigurationError(why_not)
    settings, now = opened.settings, opened.clock.now()
    start = _instant(since, now)
    async with httpx.AsyncClient(base_url=settings.hubspot_base_url, timeout=settings.http_timeout_seconds) as http:
        crm = make_crm(settings, http, opened.clock, opened.database, opened.portal_id)
        return await plan_backfill(crm, opened.database, opened.portal_id, start, now)


def _print_walk(walk: Sweep, *, as_json: bool) -> None:
    if as_json:
        print_json({"id": walk.id, "state": walk.state, "since": walk.from_at, "seen": walk.seen})
    elif walk.finished_at:
        say(f"The backfill is {walk.state}; it had walked past {walk.seen} contacts.")
    else:
        since = f"{walk.from_at:%Y-%m-%d %H:%M} UTC"
        say(f"The workers walk through what changed since {since}; `baton status` says how far.")


def _print_plan(planned: BackfillPlan, *, as_json: bool) -> None:
    if as_json:
        print_json(asdict(planned))
    else:
        print_facts({"contacts that changed": planned.seen, "to be looked at": planned.marked})


def _instant(text: str, now: datetime) -> datetime:
    """The start of a day, an instant, or so long before now. Raises BadParameter for what is none, or not past."""
    from app.records.span import Span

    try:
        at = now - Span.parse(text).fixed
    except ValueError:
        at = _point(text)
    if at >= now:
        raise typer.BadParameter(f"{text} is not past; give an earlier time", param_hint="--since")
    return at


def _point(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        words = f"{text!r} is no time; write it like 2026-11-01, 2026-11-01T08:00 or 7d"
        raise typer.BadParameter(words, param_hint="--since") from None
    return at.astimezone(UTC) if at.tzinfo else at.replace(tzinfo=UTC)
