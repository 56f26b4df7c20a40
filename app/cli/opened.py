"""What a command works with: settings, logs, and the database beside whatever service is running."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

import asyncio
import getpass
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from app.errors import DatabaseUnavailable

if TYPE_CHECKING:
    from app.clock import Clock
    from app.records.ids import PortalId
    from app.settings import Loaded, Settings
    from app.storage.database import Database

T = TypeVar("T")

NOT_SET_UP = "the database has not been set up; run `baton migrate`, or `baton run`, which does it too"


@dataclass(frozen=True, slots=True)
class Opened:
    """The settings and an open database of the right shape."""

    settings: Settings
    database: Database
    portal_id: PortalId
    clock: Clock


def load() -> Loaded:
    """The settings; logs are configured by them."""
    from app.logs import configure_logs
    from app.settings import load_settings

    loaded = load_settings()
    configure_logs(loaded.settings.log_level, loaded.settings.log_format)
    return loaded


def load_quietly() -> Loaded:
    """As `load`, for a command that a person waits for: less than a warning is logged only where a level is set."""
    from app.logs import configure_logs

    loaded = load()
    if loaded.origins["log_level"] == "default":
        configure_logs("warning", loaded.settings.log_format)
    return loaded


def with_database(work: Callable[[Opened], Awaitable[T]]) -> T:
    """Do `work` on the database, beside a running service too. Raises DatabaseUnavailable with the remedy."""
    settings = load_quietly().settings

    async def shaped(database: Database) -> T:
        return await work(await _opened(settings, database))

    demand_database(settings)
    return on_any_database(settings, shaped)


def on_any_database(settings: Settings, work: Callable[[Database], Awaitable[T]]) -> T:
    """Do `work` on the database whatever shape it has; the embedded one is made if need be."""
    from app.bootstrap import open_database
    from app.storage.database import DatabaseError

    async def opened() -> T:
        async with open_database(settings) as database:
            return await work(database)

    try:
        return asyncio.run(opened())
    except DatabaseError as error:
        reason = getattr(error, "orig", None) or error
        raise DatabaseUnavailable(f"the database refused: {str(reason).splitlines()[0]}") from error


async def _opened(settings: Settings, database: Database) -> Opened:
    from app.bootstrap import NO_PORTAL
    from app.clock import SystemClock
    from app.records.ids import PortalId
    from app.storage.migrate import is_current

    if not await is_current(database):
        raise DatabaseUnavailable(NOT_SET_UP)
    portal_id = PortalId(settings.portal_id) if settings.portal_id else NO_PORTAL
    return Opened(settings, database, portal_id, SystemClock())


def demand_database(settings: Settings) -> None:
    """Raise DatabaseUnavailable where the embedded database was never made: a command that only reads makes none."""
    if not settings.database_url and not has_database(settings):
        raise DatabaseUnavailable(NOT_SET_UP)


def has_database(settings: Settings) -> bool:
    """Whether the embedded database was ever made."""
    try:
        return (settings.data_dir / "postgres").exists()
    except OSError:
        return True


def person() -> str:
    """Who is at the keyboard, for the audit."""
    try:
        return f"{getpass.getuser()} (command line)"
    except (KeyError, OSError):
        return "command line"
