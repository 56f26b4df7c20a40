"""The migrations make the tables that the code expects, and can be undone."""

from __future__ import annotations

from collections.abc import Callable

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, inspect

from app.storage.database import Database
from app.storage.migrate import config, is_current
from app.storage.tables import metadata


async def _with_alembic(database: Database, work: Callable[[Config], None]) -> None:
    """Do what `alembic` would on the command line, on the test's own database."""

    def run(connection: Connection) -> None:
        made = config()
        made.attributes["connection"] = connection
        work(made)

    async with database.begin() as connection:
        await connection.run_sync(run)


async def _tables(database: Database) -> set[str]:
    async with database.begin() as connection:
        return await connection.run_sync(lambda sync: set(inspect(sync).get_table_names()))


async def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    await _with_alembic(database, command.check)


async def test_the_migrations_go_down_and_up_again(database: Database) -> None:
    await _with_alembic(database, lambda made: command.downgrade(made, "base"))
    assert await _tables(database) <= {"alembic_version"}

    await _with_alembic(database, lambda made: command.upgrade(made, "head"))
    assert await is_current(database)
    assert set(metadata.tables) <= await _tables(database)
    await _with_alembic(database, command.check)
