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

_NOT_SET_UP = "the database has not been set up; run `baton migrate`, or `baton run`, which does it too"


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


def with_database(work: Callable[[Opened], Awaitable[T]]) -> T:
    """Do `work` on the database, beside a running service too. Raises DatabaseUnavailable with the remedy."""
    from app.storage.database import DatabaseError

    settings = load().settings
    if not settings.database_url and not _has_database(settings):
        raise DatabaseUnavailable(_NOT_SET_UP)
    try:
        return asyncio.run(_work(settings, work))
    except DatabaseError as error:
        reason = getattr(error, "orig", None) or error
        raise DatabaseUnavailable(f"the database refused: {str(reason).splitlines()[0]}") from error


async def _work(settings: Settings, work: Callable[[Opened], Awaitable[T]]) -> T:
    from app.bootstrap import NO_PORTAL, open_database
    from app.clock import SystemClock
    from app.records.ids import PortalId
    from app.storage.migrate import is_current

    async with open_database(settings) as database:
        if not await is_current(database):
            raise DatabaseUnavailable(_NOT_SET_UP)
        portal_id = PortalId(settings.portal_id) if settings.portal_id else NO_PORTAL
        return await work(Opened(settings, database, portal_id, SystemClock()))


def _has_database(settings: Settings) -> bool:
    """Whether the embedded database was ever made: a command that only reads makes none."""
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
