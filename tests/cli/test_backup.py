"""Backing up and restoring as people do it."""

from __future__ import annotations

import stat

from tests.cli.conftest import Cli
from tests.world import World


async def test_a_backup_is_restored_into_an_empty_database_and_resumed(
    cli: Cli, shadow: World, empty_database_url: str
) -> None:
    shadow.vp()
    await shadow.settle()
    made = await cli.json("backup", "monday.zip")
    assert stat.S_IMODE((cli.folder / "monday.zip").stat().st_mode) == 0o600
    assert made["tables"]["decision"] == 1

    fresh = Cli(cli.folder, cli.environ | {"BATON_DATABASE_URL": empty_database_url})
    result = await fresh.run("restore", "monday.zip")
    assert result.exit_code == 0, result.stderr
    assert str(made["rows"]) in result.stdout
    assert "baton resume" in result.stderr
    assert (await fresh.json("status"))["paused"].startswith("restored from the backup of ")
    assert await fresh.json("decisions", "list") == await cli.json("decisions", "list")
    assert (await fresh.run("decisions", "recheck")).exit_code == 0
    assert (await fresh.run("resume")).exit_code == 0


async def test_restoring_over_a_database_is_refused_in_one_line(cli: Cli, shadow: World) -> None:
    assert (await cli.run("backup", "monday.zip")).exit_code == 0
    result = await cli.run("restore", "monday.zip")
    assert result.exit_code == 1
    assert "the database is not empty" in result.stderr
    assert len(result.stderr.splitlines()) == 1


async def test_what_is_printed_names_no_password(cli: Cli, shadow: World) -> None:
    password = "hidden-word"
    url = cli.environ["BATON_DATABASE_URL"].replace("postgres@", f"postgres:{password}@")
    result = await cli.run("backup", "monday.zip", database_url=url)
    assert result.exit_code == 0, result.stderr
    assert password not in result.stdout + result.stderr
    assert password.encode() not in (cli.folder / "monday.zip").read_bytes()


async def test_an_empty_database_is_not_backed_up(cli: Cli, empty_database_url: str) -> None:
    result = await cli.run("backup", "monday.zip", database_url=empty_database_url)
    assert result.exit_code == 1
    assert "the database is empty" in result.stderr
    assert not (cli.folder / "monday.zip").exists()


def test_backing_up_makes_no_embedded_database(baton: Cli) -> None:
    result = baton("backup", "monday.zip")
    assert result.exit_code == 1
    assert "has not been set up" in result.stderr
    assert list(baton.folder.iterdir()) == []
