from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from tests.cli.conftest import Cli
from tests.world import World

EVE = "eve@example.com"


@pytest.fixture
async def staffed(shadow: World) -> World:
    """The portal's owners are known."""
    assert await shadow.baton.watch.ready() is not None
    return shadow


async def eve(cli: Cli) -> dict[str, object]:
    [found] = [one for one in await cli.json("owner", "list") if one["email"] == EVE]
    return dict(found)


async def test_who_is_away_is_listed_until_they_are_back(cli: Cli, staffed: World) -> None:
    result = await cli.run("owner", "away", EVE, "--until", "2999-12-01", "--reason", "Holidays")
    assert result.exit_code == 0
    assert "is away from" in result.stderr
    found = await eve(cli)
    midnight = datetime(2999, 12, 1, tzinfo=ZoneInfo("America/New_York"))
    assert datetime.fromisoformat(str(found["away_until"])) == midnight
    [absence] = await staffed.rows("SELECT reason FROM absence")
    assert absence["reason"] == "Holidays"
    assert "2999-12-01T05:00:00Z" in (await cli.run("owner", "list")).stdout

    assert (await cli.run("owner", "back", EVE)).exit_code == 0
    assert (await eve(cli))["away_until"] is None
    assert "is not away" in (await cli.run("owner", "back", EVE)).stderr


async def test_a_planned_absence_is_shown_and_does_not_count_yet(cli: Cli, staffed: World) -> None:
    planned = ("--from", "2998-01-01T00:00Z", "--until", "2998-02-01T00:00Z")
    assert (await cli.run("owner", "away", EVE, *planned)).exit_code == 0
    found = await eve(cli)
    assert (found["away_until"], found["active"]) == (None, True)
    assert "2998-01-01 00:00 UTC to 2998-02-01 00:00 UTC" in (await cli.run("owner", "list")).stdout


async def test_open_handoffs_are_listed_by_pool(cli: Cli, staffed: World) -> None:
    staffed.vp()
    await staffed.settle()
    assert (await eve(cli))["open_handoffs"] == {"enterprise": 1}
    assert "enterprise 1" in (await cli.run("owner", "list")).stdout


async def test_what_cannot_be_an_absence_is_refused_with_the_remedy(cli: Cli, staffed: World) -> None:
    unknown = await cli.run("owner", "away", "nobody@example.com", "--until", "2999-12-01")
    assert (unknown.exit_code, "`baton owner list`" in unknown.stderr) == (1, True)
    over = await cli.run("owner", "away", EVE, "--until", "2020-01-01")
    assert (over.exit_code, "say a later instant" in over.stderr) == (1, True)
    unread = await cli.run("owner", "away", EVE, "--until", "next monday")
    assert (unread.exit_code, "2026-12-01" in unread.stderr) == (2, True)
