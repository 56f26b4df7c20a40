"""Backfills: catching up with a past that no webhook told of."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.acting import Acting, Key, acting
from app.cli.opened import Opened
from app.cli.shown import AsJson, print_facts, print_json, say
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.engine.backfill import BackfillPlan


def register(app: typer.Typer) -> None:
    app.command()(backfill)


def backfill(
    *,
    since: Annotated[str, typer.Option(help="From when on, in UTC: 2026-11-01, 2026-11-01T08:00 or 7d.")],
    plan: Annotated[bool, typer.Option("--plan", help="Walk the whole way and count; change nothing.")] = False,
    key: Key = None,
    as_json: AsJson = False,
) -> None:
    """Find contacts that changed in HubSpot since, and look at those of whose change Baton does not know.

    The workers walk it, behind live work; `baton status` says how far they are.
    """
    if plan:
        _print_plan(acting(lambda who: _plan(who.opened, since), key), as_json=as_json)
        return
    start = acting(lambda who: _begin(who, since), key)
    if as_json:
        print_json({"since": start})
    else:
        say(f"The workers walk through what changed since {start:%Y-%m-%d %H:%M} UTC; `baton status` says how far.")


async def _begin(who: Acting, since: str) -> datetime:
    from app.engine.backfill import begin_backfill

    opened, now = who.opened, who.opened.clock.now()
    start = _instant(since, now)
    await begin_backfill(opened.database, opened.portal_id, who.actor, start, now)
    return start


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
