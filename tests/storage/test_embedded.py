"""The embedded server: shared by many processes, stopped by the last, unharmed by a SIGKILL."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.errors import ConfigurationError, DatabaseUnavailable
from app.storage.database import Database
from app.storage.embedded import EmbeddedPostgres

HOLD = """
import sys
from pathlib import Path
from app.storage.embedded import EmbeddedPostgres
with EmbeddedPostgres(Path(sys.argv[1]), durable=False):
    print("open", flush=True)
    sys.stdin.readline()
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder outside pytest's own, which is closed to the account that PostgreSQL runs under as root."""
    with TemporaryDirectory(prefix="baton-test-") as place:
        yield Path(place) / "data"


def hold(folder: Path) -> subprocess.Popen[str]:
    """Another process that uses the server until its standard input gets a line."""
    process = subprocess.Popen(  # noqa: S603  our own script
        [sys.executable, "-c", HOLD, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    assert "open\n" in iter(process.stdout.readline, "")
    return process


def runs(folder: Path) -> bool:
    return (folder / "postgres" / "postmaster.pid").exists()


async def answers(server: EmbeddedPostgres) -> bool:
    database = Database(server.url)
    await database.check()
    await database.close()
    return True


async def test_the_last_user_out_stops_the_server(folder: Path) -> None:
    other = hold(folder)
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await answers(server)
        other.communicate("\n")
        assert await answers(server), "one user is left"
    assert not runs(folder)


async def test_a_user_killed_by_sigkill_leaves_no_lock_and_no_server_for_ever(folder: Path) -> None:
    killed = hold(folder)
    killed.kill()
    killed.communicate()
    assert runs(folder), "nobody was there to stop it"
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await answers(server)
    assert not runs(folder)


async def test_what_was_stored_is_there_at_the_next_start(folder: Path) -> None:
    with EmbeddedPostgres(folder) as server:
        database = Database(server.url)
        async with database.begin() as connection:
            await connection.exec_driver_sql("CREATE TABLE kept AS SELECT 42 AS answer")
        await database.close()
    with EmbeddedPostgres(folder) as server:
        database = Database(server.url)
        async with database.begin() as connection:
            assert (await connection.exec_driver_sql("SELECT answer FROM kept")).scalar() == 42
        await database.close()


async def test_a_first_start_that_was_killed_in_the_middle_is_made_up_for(folder: Path) -> None:
    half_made = folder / "postgres.new"
    half_made.mkdir(parents=True)
    (half_made / "PG_VERSION").write_text("18\n")
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await answers(server)


async def test_a_first_start_that_was_killed_before_the_database_was_made_is_made_up_for(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as server:
        elsewhere = Database(server.url.replace("/baton?", "/postgres?"))
        async with elsewhere.engine.connect() as connection:
            committing = await connection.execution_options(isolation_level="AUTOCOMMIT")
            await committing.exec_driver_sql("DROP DATABASE baton")
        await elsewhere.close()
    with EmbeddedPostgres(folder, durable=False) as server:
        assert await answers(server)


def test_the_files_of_another_postgresql_are_left_alone_and_the_way_over_is_named(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        pass
    (folder / "postgres" / "PG_VERSION").write_text("16\n")
    with pytest.raises(DatabaseUnavailable, match=r"is of PostgreSQL 16, .* BATON_DATA_DIR to a new folder"):
        EmbeddedPostgres(folder, durable=False).open()


def test_a_folder_that_cannot_be_made_is_named_with_the_remedy(folder: Path) -> None:
    folder.parent.joinpath("file").write_text("not a folder")
    with pytest.raises(DatabaseUnavailable, match=r"BATON_DATA_DIR .*BATON_DATABASE_URL"):
        EmbeddedPostgres(folder.parent / "file" / "data").open()


async def test_a_database_that_does_not_answer_is_named_without_its_password() -> None:
    database = Database("postgresql://someone:hunter2@127.0.0.1:9/nothing")
    with pytest.raises(DatabaseUnavailable, match=r"127\.0\.0\.1:9") as caught:
        await database.check()
    assert "hunter2" not in str(caught.value)
    await database.close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "not a url", "sqlite:///x.db"])
def test_what_is_no_postgresql_url_is_refused_with_the_form_to_use(url: str) -> None:
    with pytest.raises(ConfigurationError, match=r"PostgreSQL|postgresql://"):
        Database(url)
