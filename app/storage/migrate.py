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

from app.errors import DatabaseUnavailable
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
        await upgrade(connection, newest_shape(), now=now)


async def upgrade(connection: Connection, shape: str, *, now: datetime) -> None:
    """Upgrade to a migration, and make partitions. Until the transaction ends, no other process migrates.

    Raises DatabaseUnavailable when a newer version of Baton has been at work on the database.
    """
    # To wait for another that migrates, or to index all that ever was, takes longer than any statement of a look may.
    await connection.execute(text("SET LOCAL statement_timeout = 0"))
    await connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK})
    at = await shape_of(connection)
    if at is not None and at not in known_shapes():
        raise DatabaseUnavailable(
            f"the database has the shape {at} of a newer Baton, and this version knows shapes up to {newest_shape()}. "
            "Install the newer version again, or restore the backup that was taken before it"
        )
    await connection.run_sync(_upgrade, shape)
    await make_partitions(connection, now=now)


async def is_current(database: Database) -> bool:
    """Whether the database has the shape that this version of Baton expects."""
    async with database.begin() as connection:
        return await shape_of(connection) == newest_shape()


async def shape_of(connection: Connection) -> str | None:
    """The migration that the database stands at; None when there was none yet."""
    return await connection.run_sync(lambda sync: MigrationContext.configure(sync).get_current_revision())


def newest_shape() -> str:
    """The migration that this version of Baton works on."""
    [head] = _scripts().get_heads()
    return head


def known_shapes() -> frozenset[str]:
    """Every migration that this version of Baton has."""
    return frozenset(one.revision for one in _scripts().walk_revisions())


def _scripts() -> ScriptDirectory:
    return ScriptDirectory.from_config(config())


def _upgrade(connection: SyncConnection, shape: str) -> None:
    alembic = config()
    alembic.attributes["connection"] = connection
    command.upgrade(alembic, shape)


async def make_partitions(connection: Connection, *, now: datetime, months: int = 3) -> None:
    """Make the monthly partitions of `event` from this month on. What fits none stands in the default one.

    A month whose events already stand in the default partition keeps them there. Raises DatabaseError when a reader,
    such as a backup, is in the way: to wait for it would let every event wait behind.
    """
    await connection.execute(text("SET LOCAL lock_timeout = '1s'"))
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
