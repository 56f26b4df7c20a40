from __future__ import annotations

from datetime import datetime, timedelta

import pytest

from app.engine.sweeping import sweep
from tests.cli.conftest import Cli, key_of
from tests.world import World


async def test_a_backfill_is_asked_for_walked_by_the_workers_and_told_by_status(cli: Cli, shadow: World) -> None:
    started = datetime.fromisoformat((await cli.json("backfill", "--since", "2020-01-01"))["since"])
    assert started == datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    before = (await cli.json("status"))["backfill"]
    assert (before["finished_at"], before["seen"]) == (None, 0)
    while await sweep(shadow.baton.bench, every=None):
        pass
    after = (await cli.json("status"))["backfill"]
    assert after["finished_at"]
    assert "backfill seen" in (await cli.run("status")).stdout
    [line] = await shadow.rows("SELECT actor, detail FROM audit WHERE action = 'backfill begun'")
    assert line["detail"]["since"] == started.isoformat()


async def test_a_backfill_is_cancelled_by_the_id_that_status_says(cli: Cli, shadow: World) -> None:
    begun = await cli.json("backfill", "--since", "7d")
    assert begun["id"] == (await cli.json("status"))["backfill"]["id"]
    assert (await cli.json("backfill", "--cancel", begun["id"]))["state"] == "cancelled"
    told = (await cli.json("status"))["backfill"]
    assert (bool(told["finished_at"]), bool(told["cancelled_by"])) == (True, True)
    assert not await sweep(shadow.baton.bench, every=None)


async def test_neither_a_start_nor_an_id_is_refused(cli: Cli, shadow: World) -> None:
    refused = await cli.run("backfill")
    assert (refused.exit_code, "--since" in refused.stderr) == (2, True)


async def test_a_length_of_time_counts_back_from_now(cli: Cli, shadow: World) -> None:
    assert (await cli.run("backfill", "--since", "7d")).exit_code == 0
    [row] = await shadow.rows("SELECT begun_at - from_at AS length FROM sweep")
    assert row["length"] == timedelta(days=7)


@pytest.mark.parametrize("since", ["9000-01-01", "last week", "1 month"])
async def test_a_start_that_is_none_or_yet_to_come_is_refused(cli: Cli, shadow: World, since: str) -> None:
    refused = await cli.run("backfill", "--since", since)
    assert (refused.exit_code, "--since" in refused.stderr) == (2, True)
    assert await shadow.rows("SELECT * FROM sweep") == []


async def test_a_viewer_s_key_begins_no_backfill(cli: Cli, shadow: World) -> None:
    key = await key_of(cli, "vi@example.com", "viewer")
    refused = await cli.run("backfill", "--since", "7d", "--key", key)
    assert refused.exit_code == 1
    assert await shadow.rows("SELECT * FROM sweep") == []


def test_a_plan_without_a_token_says_which_setting_is_missing(cli: Cli) -> None:
    refused = cli("backfill", "--since", "7d", "--plan", hubspot_access_token="")
    assert (refused.exit_code, "BATON_HUBSPOT_ACCESS_TOKEN" in refused.stderr) == (1, True)
