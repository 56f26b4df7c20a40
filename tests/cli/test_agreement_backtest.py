"""Trying a text on the past."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

from app.clock import SteppedClock
from app.engine.start import packaged_agreement
from app.handoff.backtest.trial import Period
from tests.cli.conftest import Cli, key_of
from tests.engine.pasts import done, live, smaller
from tests.world import World, open_world

EXAMPLE = packaged_agreement().read_text(encoding="utf-8")
LONG_AGO = datetime(2025, 1, 6, 15, 0, tzinfo=UTC)
"""Before any run of this test: commands go by the machine's clock, and try no period that is yet to come."""


@pytest.fixture
async def world(database_url: str) -> AsyncIterator[World]:
    async with open_world(database_url, SteppedClock(LONG_AGO)) as opened:
        yield opened


async def lively(world: World) -> Period:
    """Some days with leads, whose past has been read: commands then ask HubSpot nothing."""
    period = await live(world, 24)
    await done(world, period)
    return period


def days(period: Period) -> tuple[str, ...]:
    return ("--from", period.start_at.isoformat(), "--to", period.end_at.isoformat())


async def test_a_file_is_tried_on_the_past_and_every_change_is_told(cli: Cli, world: World) -> None:
    period = await lively(world)
    cli.write(smaller(EXAMPLE))
    told = await cli.json("agreement", "backtest", "agreement.yaml", *days(period), "--all")
    assert told["contacts"] == sum(move["contacts"] for move in told["matrix"]) == 24
    assert told["changed"] == len(told["changes"]) > 0
    assert {(one["before"], one["after"]) for one in told["changes"]} <= {
        (move["before"], move["after"]) for move in told["matrix"]
    }
    said = await cli.run("agreement", "backtest", "agreement.yaml", *days(period))
    assert said.exit_code == 0
    for change in told["changes"]:
        assert f"contact {change['contact_id']}: {change['before']} → {change['after']}" in said.stdout
    assert f"{told['changed']} of 24 contacts come out otherwise." in said.stderr


async def test_the_draft_is_tried_when_no_file_is_named(cli: Cli, world: World) -> None:
    period = await lively(world)
    nothing = await cli.run("agreement", "backtest", *days(period))
    assert nothing.exit_code == 1
    assert "there is no draft" in nothing.stderr
    cli.write(EXAMPLE + "# a remark\n")
    editor = await key_of(cli, "ed@example.com", "editor")
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "A remark", api_key=editor)
    told = await cli.run("agreement", "backtest", *days(period), "--json", api_key=editor)
    assert json.loads(told.stdout)["changed"] == 0


async def test_a_period_that_cannot_be_tried_is_told(cli: Cli, world: World) -> None:
    assert await world.baton.watch.ready() is not None
    cli.write(EXAMPLE)
    command = ("agreement", "backtest", "agreement.yaml", "--from")
    assert (await cli.run(*command, "last week")).exit_code == 2
    backward = await cli.run(*command, "2025-02-01", "--to", "2025-01-01")
    assert backward.exit_code == 1
    assert "not after its start" in backward.stderr


async def test_trying_takes_the_right_to_edit(cli: Cli, world: World) -> None:
    assert await world.baton.watch.ready() is not None
    cli.write(EXAMPLE)
    viewer = await key_of(cli, "v@example.com", "viewer")
    command = ("agreement", "backtest", "agreement.yaml", "--from", "2025-01-01", "--to", "2025-02-01")
    refused = await cli.run(*command, api_key=viewer)
    assert refused.exit_code == 1
    assert "v@example.com has the role viewer" in refused.stderr
