from __future__ import annotations

from app.engine.setup import apply
from tests.cli.conftest import Cli
from tests.world import World


async def set_up(world: World) -> None:
    """The portal gets the properties that Baton needs."""
    ready = await world.baton.watch.ready()
    assert ready is not None
    await apply(
        world.baton.crm, world.database, world.baton.portal_id, ready[1].agreement, by="test", now=world.clock.now()
    )


async def test_the_list_before_going_live_says_what_would_change(cli: Cli, shadow: World) -> None:
    contact = shadow.vp(firstname="Dana", lastname="Doe", lifecyclestage="lead")
    await shadow.settle()
    await set_up(shadow)
    planned = await cli.json("live", "--plan")
    assert planned["refusal"] is None
    assert planned["total"] == 1
    [one] = planned["contacts"]
    assert (one["id"], one["name"], one["owner"]) == (contact, "Dana Doe", "eve@example.com")
    assert (one["stage_now"], one["stage"]) == ("lead", "marketingqualifiedlead")
    assert one["note"] is one["task"] is True
    assert "lead -> marketingqualifiedlead" in (await cli.run("live", "--plan")).stdout
    assert (await cli.json("status"))["mode"] == "shadow"


async def test_going_live_is_refused_while_properties_are_missing(cli: Cli, shadow: World) -> None:
    assert await shadow.baton.watch.ready() is not None
    result = await cli.run("live", "--yes")
    assert result.exit_code == 1
    assert "baton setup --apply" in result.stderr
    assert (await cli.json("status"))["mode"] == "shadow"


async def test_going_live_asks_first(cli: Cli, shadow: World) -> None:
    await set_up(shadow)
    assert (await cli.run("live", stdin="n\n")).exit_code == 1
    assert (await cli.json("status"))["mode"] == "shadow"
    assert (await cli.run("live", stdin="y\n")).exit_code == 0
    assert (await cli.json("status"))["mode"] == "live"
    assert (await cli.run("shadow")).exit_code == 0
    assert (await cli.json("status"))["mode"] == "shadow"


async def test_a_pause_keeps_its_reason_until_somebody_resumes(cli: Cli, shadow: World) -> None:
    assert (await cli.run("pause", "bad publish")).exit_code == 0
    assert (await cli.json("status"))["paused"] == "bad publish"
    assert "bad publish" in (await cli.run("resume")).stderr
    assert (await cli.json("status"))["paused"] is None
    assert (await cli.run("resume")).exit_code == 1
    assert (await cli.run("pause", " ")).exit_code == 2


async def test_mode_commands_before_the_first_start_say_what_to_do(cli: Cli) -> None:
    for command in (["live", "--yes"], ["shadow"], ["pause", "why"], ["resume"]):
        result = await cli.run(*command)
        assert result.exit_code == 1
        assert "baton run" in result.stderr


def test_plan_and_yes_exclude_each_other(baton: Cli) -> None:
    assert baton("live", "--plan", "--yes").exit_code == 2
    assert baton("live", "--json").exit_code == 2
