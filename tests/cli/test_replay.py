"""Issues and replays on the command line."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from app.clock import SteppedClock
from app.crm.simulator.faults import ValidationRule
from app.engine.replaying import go_on
from tests.cli.conftest import Cli, key_of
from tests.world import World, open_world

PHONE_WANTED = ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")


@pytest.fixture
async def refused(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A live portal with two leads that an admin's rule keeps from being handed over."""
    async with open_world(database_url, clock) as world:
        world.sim.faults.validation_rules = [PHONE_WANTED]
        for n in range(2):
            world.vp(email=f"vp{n}@northbank.example")
        await world.settle()
        yield world


async def finish(world: World) -> None:
    for _ in range(3):
        await go_on(world.baton.bench)
        await world.settle()


async def test_a_replay_is_planned_begun_watched_and_its_results_listed(cli: Cli, refused: World) -> None:
    refused.sim.faults.clear()
    planned = await cli.run("replay", "plan", "state:parked", "error:invalid")
    assert planned.exit_code == 0, planned.stderr
    assert "records  2" in planned.stdout
    begun = await cli.json("replay", "start", "state:parked", "--name", "The rule is gone", "--at-most", "2")
    assert (begun["total"], begun["queued"]) == (2, 2)
    await finish(refused)
    watched = await cli.json("replay", "watch", begun["id"])
    assert (watched["state"], watched["done"], watched["failed"]) == ("done", 2, 0)
    assert [one["state"] for one in await cli.json("replay", "items", begun["id"])] == ["done", "done"]
    assert begun["id"] in (await cli.run("replay", "list")).stdout


async def test_a_replay_whose_records_fail_again_ends_its_watch_with_exit_code_3(cli: Cli, refused: World) -> None:
    begun = await cli.json("replay", "start", "state:parked", "--name", "Too early")
    await finish(refused)
    watched = await cli.run("replay", "watch", begun["id"])
    assert watched.exit_code == 3
    assert "--state failed" in watched.stderr
    failed = await cli.json("replay", "items", begun["id"], "--state", "failed")
    assert {"Phone is required" in one["words"] for one in failed} == {True}


async def test_a_replay_is_cancelled_and_resumed(cli: Cli, refused: World) -> None:
    begun = await cli.json("replay", "start", "state:parked", "--name", "Try")
    assert "cancelled; 0 of 2" in (await cli.run("replay", "cancel", begun["id"])).stderr
    assert (await cli.run("replay", "watch", begun["id"])).exit_code == 0
    assert "goes on" in (await cli.run("replay", "resume", begun["id"])).stderr


async def test_a_sample_is_decided_by_an_older_version_and_nothing_is_written(cli: Cli, refused: World) -> None:
    planned = await cli.json("replay", "plan", "state:parked", "--version", "1", "--sample", "1")
    assert [one["next"]["kind"] for one in planned["sample"]] == ["kept"]
    gone = await cli.run("replay", "plan", "state:parked", "--version", "9")
    assert (gone.exit_code, "no version 9" in gone.stderr) == (1, True)
    assert await cli.json("replay", "list") == []


async def test_a_viewer_s_key_begins_nothing(cli: Cli, refused: World) -> None:
    key = await key_of(cli, "vi@example.com", "viewer")
    answer = await cli.run("replay", "start", "state:parked", "--name", "No", "--key", key)
    assert answer.exit_code == 1
    assert await cli.json("replay", "list") == []


async def test_the_filter_of_an_issue_is_taken_as_one_argument_or_as_many(cli: Cli, refused: World) -> None:
    [issue] = await cli.json("issue", "list")
    for words in ([issue["filter"]], issue["filter"].split(), ["state:parked", "error:Phone is required"]):
        assert (await cli.json("replay", "plan", *words))["count"] == 2
    assert (await cli.json("replay", "plan", "error:Phone is required"))["count"] == 2


async def test_a_wrong_filter_names_the_nearest_word(cli: Cli) -> None:
    answer = await cli.run("replay", "plan", "stat:parked")
    assert (answer.exit_code, "did you mean `state`?" in answer.stderr) == (1, True)


async def test_an_issue_is_listed_shown_and_spoken_of(cli: Cli, refused: World) -> None:
    [one] = await cli.json("issue", "list")
    assert (one["records"], one["state"]) == (2, "open")
    shown = await cli.run("issue", "show", one["fingerprint"])
    assert "validation rule" in shown.stdout
    assert "baton replay plan state:parked error:invalid" in shown.stderr
    for command, state in (("acknowledge", "acknowledged"), ("resolve", "resolved"), ("ignore", "ignored")):
        assert (await cli.run("issue", command, one["fingerprint"])).exit_code == 0
        assert [each["state"] for each in await cli.json("issue", "list", "--all")] == [state]
    assert await cli.json("issue", "list") == []
