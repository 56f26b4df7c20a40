"""What tests share: a PostgreSQL for the run, a fresh database for each test, a simulated HubSpot, a stepped clock."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.clock import SteppedClock
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres
from app.storage.migrate import migrate

NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
"""A Friday, 10:00 in New York: inside the example agreement's term and office hours."""


@pytest.fixture
def clock() -> SteppedClock:
    return SteppedClock(NOW)


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The URL of a server: BATON_TEST_DATABASE_URL's, else one of this worker's own from the wheel.

    Its folder is not under pytest's own, which every pytest run closes to all but its user: PostgreSQL,
    when tests run as root, is another one.
    """
    given = os.environ.get("BATON_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with (
        TemporaryDirectory(prefix="baton-test-") as folder,
        EmbeddedPostgres(Path(folder) / "data", durable=False) as server,
    ):
        yield server.url


@pytest.fixture(scope="session")
async def template(postgres: str) -> str:
    """A migrated database that every test's own is copied from."""
    name = f"template_{uuid4().hex[:12]}"
    await _execute(postgres, f"CREATE DATABASE {name}")
    database = Database(_named(postgres, name))
    await migrate(database, now=NOW)
    await database.close()
    return name


@pytest.fixture
async def database_url(postgres: str, template: str) -> AsyncIterator[str]:
    """A fresh, migrated database, gone after the test."""
    name = f"test_{uuid4().hex[:12]}"
    await _execute(postgres, f"CREATE DATABASE {name} TEMPLATE {template}")
    yield _named(postgres, name)
    await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def empty_database_url(postgres: str) -> AsyncIterator[str]:
    """A database without a table, gone after the test."""
    name = f"empty_{uuid4().hex[:12]}"
    await _execute(postgres, f"CREATE DATABASE {name}")
    yield _named(postgres, name)
    await _execute(postgres, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    connected = Database(database_url)
    yield connected
    await connected.close()


def _named(url: str, name: str) -> str:
    head, _, query = url.partition("?")
    return f"{head.rsplit('/', 1)[0]}/{name}" + (f"?{query}" if query else "")


async def _execute(url: str, statement: str) -> None:
    server = Database(url)
    async with server.engine.connect() as connection:
        committing = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await committing.execute(text(statement))
    await server.close()
