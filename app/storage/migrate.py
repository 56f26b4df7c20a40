"""Bringing a database to the newest shape, once, however many processes start at the same time."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text

from app.storage.database import Connection, Database

_LOCK = 0x6261746F6E
"""Taken while migrating, so that a second process waits. The schema does not depend on it: DDL is transactional."""


def config() -> Config:
    """Alembic's configuration: the migrations of the wheel, or of the checkout."""
    packaged = Path(__file__).with_name("migrations")
    folder = packaged if packaged.is_dir() else Path(__file__).parents[2] / "migrations"
    made = Config()
    made.set_main_option("script_location", str(folder))
    return made


async def migrate(database: Database, *, now: datetime) -> None:
    """Upgrade to the newest migration and make the event partitions that the coming months need."""
    async with database.begin() as connection:
        await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
        await connection.run_sync(_upgrade)
        await make_partitions(connection, now=now)


async def is_current(database: Database) -> bool:
    """Whether the database has the shape that this version of Baton expects."""
    async with database.begin() as connection:
        at = await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())
    return at == ScriptDirectory.from_config(config()).get_current_head()


def _upgrade(connection: SyncConnection) -> None:
    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, "head")


async def make_partitions(connection: Connection, *, now: datetime, months: int = 3) -> None:
    """Make the monthly partitions of `event` from this month on. What fits none stands in the default one.

    A month whose events already stand in the default partition keeps them there.
    """
    for first in _month_starts(now.date(), months):
        following = _next_month(first)
        name = f"event_{first:%Y_%m}"
        bounds = {
            "first": datetime(first.year, first.month, 1, tzinfo=UTC),
            "following": datetime(following.year, following.month, 1, tzinfo=UTC),
        }
        made = await connection.scalar(text("SELECT to_regclass(:name) IS NOT NULL"), {"name": name})
        late = await connection.scalar(
            text("SELECT EXISTS (SELECT FROM event_default WHERE occurred_at >= :first AND occurred_at < :following)"),
            bounds,
        )
        if not made and not late:
            span = f"FROM ('{first:%Y-%m-%d} UTC') TO ('{following:%Y-%m-%d} UTC')"
            await connection.execute(text(f"CREATE TABLE IF NOT EXISTS {name} PARTITION OF event FOR VALUES {span}"))


def _month_starts(day: date, months: int) -> list[date]:
    starts = [day.replace(day=1)]
    while len(starts) < months:
        starts.append(_next_month(starts[-1]))
    return starts


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
