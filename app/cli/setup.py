"""What the portal needs before Baton can work in it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import Opened, person, with_database
from app.cli.shown import AsJson, print_json, print_lines
from app.errors import BatonError, ConfigurationError

if TYPE_CHECKING:
    from app.agreement.model import Agreement
    from app.engine.setup import Lacking


def register(app: typer.Typer) -> None:
    app.command()(setup)


def setup(
    *,
    plan: Annotated[bool, typer.Option("--plan", help="Show what the portal lacks; change nothing.")] = False,
    apply: Annotated[bool, typer.Option("--apply", help="Create what the portal lacks.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show or create the properties that Baton needs in HubSpot; list the scopes and subscriptions to have."""
    if plan is apply:
        raise typer.BadParameter("give exactly one of --plan and --apply", param_hint="--plan, --apply")

    async def work(opened: Opened) -> Lacking:
        return await _set_up(opened, applies=apply)

    lacking = with_database(work)
    if as_json:
        print_json({"applied": apply, **asdict(lacking)})
    else:
        print_lines(_lines(lacking, applied=apply))


async def _set_up(opened: Opened, *, applies: bool) -> Lacking:
    import httpx

    from app.bootstrap import make_crm, missing
    from app.engine.setup import apply, plan

    if why_not := missing(opened.settings):
        raise ConfigurationError(why_not)
    agreement = await _agreement(opened)
    settings = opened.settings
    async with httpx.AsyncClient(base_url=settings.hubspot_base_url, timeout=settings.http_timeout_seconds) as http:
        crm = make_crm(settings, http, opened.clock, opened.database, opened.portal_id)
        if applies:
            return await apply(crm, opened.database, opened.portal_id, agreement, by=person(), now=opened.clock.now())
        return await plan(crm, agreement)


async def _agreement(opened: Opened) -> Agreement:
    """The published agreement; before the first start the one that would be."""
    from app.agreement.parse import parse_agreement
    from app.engine.rulebook import rulebook_of
    from app.engine.start import packaged_agreement
    from app.storage import agreements

    async with opened.database.begin() as connection:
        version = await agreements.newest(connection, opened.portal_id)
    if version:
        return (await rulebook_of(version)).agreement
    file = opened.settings.agreement_file or packaged_agreement()
    try:
        return parse_agreement(file.read_bytes(), file=str(file))
    except OSError as error:
        raise BatonError(f"the agreement {file} cannot be read: {error.strerror}") from None


def _lines(lacking: Lacking, *, applied: bool) -> Iterator[str]:
    verb = "Created" if applied else "To create"
    if not lacking.group and not lacking.properties:
        yield "The portal has the property group and every property that Baton needs."
    if lacking.group:
        yield f"{verb}: property group baton (Baton handoff)"
    for one in lacking.properties:
        yield f"{verb}: contact property {one.name} ({one.type}), {one.label}"
    for other in lacking.differing:
        yield f"To put right by hand: {other}"
    yield "Scopes that the app must have:"
    yield from (f"  {scope}" for scope in lacking.scopes)
    yield "Webhook subscriptions that the app must have:"
    yield from (f"  {subscription}" for subscription in lacking.subscriptions)
