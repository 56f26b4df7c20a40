"""What is wrong with this installation, if anything, and what mends it."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from app.cli.opened import demand_database, load_quietly
from app.cli.root import CHECKS_FAILED
from app.cli.shown import AsJson, print_json, print_table
from app.errors import ConfigurationError, DatabaseUnavailable

if TYPE_CHECKING:
    from app.engine.doctor import Check
    from app.settings import Loaded, Settings
    from app.storage.database import Database


def register(app: typer.Typer) -> None:
    app.command()(doctor)


def doctor(*, as_json: AsJson = False) -> None:
    """Look at settings, database, HubSpot, agreement and webhooks; say what is wrong and what mends it.

    Changes nothing in HubSpot. Exits with 3 when something failed.
    """
    checks = _checks()
    if as_json:
        print_json([asdict(one) for one in checks])
    else:
        rows = [(one.name, one.verdict.value, one.says, one.remedy) for one in checks]
        print_table(("what", "verdict", "seen", "remedy"), rows, none="")
    if any(one.verdict.value == "failed" for one in checks):
        raise typer.Exit(CHECKS_FAILED)


def _checks() -> Sequence[Check]:
    from app.engine.doctor.check import failed

    try:
        loaded = load_quietly()
    except ConfigurationError as error:
        return [failed("settings", str(error), "mend it: nothing else can be looked at before")]
    return asyncio.run(_examined(loaded))


async def _examined(loaded: Loaded) -> Sequence[Check]:
    import httpx

    from app.bootstrap import make_patient
    from app.clock import SystemClock
    from app.engine.doctor import examine

    settings = loaded.settings
    within = settings.http_timeout_seconds
    async with AsyncExitStack() as stack:
        hubspot = await stack.enter_async_context(httpx.AsyncClient(base_url=settings.hubspot_base_url, timeout=within))
        outside = await stack.enter_async_context(httpx.AsyncClient(timeout=within))
        database = await _database(settings, stack)
        patient = make_patient(loaded, SystemClock(), database, hubspot=hubspot, outside=outside)
        return [check async for check in examine(patient)]


async def _database(settings: Settings, stack: AsyncExitStack) -> Database | str:
    """The database, open for as long as the stack is; or why it cannot be. An embedded one is never made here."""
    from app.bootstrap import open_database

    try:
        demand_database(settings)
        return await stack.enter_async_context(open_database(settings))
    except (ConfigurationError, DatabaseUnavailable) as error:
        return str(error)
