"""Handoffs at the command line: found, shown, told line by line, and acted on. Commands run on the machine's clock."""

from __future__ import annotations

from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from app.clock import SteppedClock
from tests.cli.conftest import Cli
from tests.world import World, open_world


@pytest.fixture
async def live(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A live portal with one lead that was handed over."""
    async with open_world(database_url, clock) as world:
        world.vp()
        await world.settle()
        yield world


async def test_a_handoff_is_found_shown_and_told(cli: Cli, live: World) -> None:
    [listed] = await cli.json(
        "handoff", "list", "--state", "open", "--owner", "eve@example.com", "--pool", "enterprise"
    )
    contact, handoff = listed["contact_id"], listed["id"]
    assert await cli.json("handoff", "list", "--pool", "inbound") == []
    row = (await cli.run("handoff", "list")).stdout.splitlines()[1].split("\t")
    assert row[:6] == [handoff, contact, "open", "demo", "enterprise", "eve@example.com"]

    by_id, by_contact = await cli.json("handoff", "show", handoff), await cli.json("handoff", "show", contact)
    assert by_id["id"] == by_contact["id"] == handoff
    assert {one["kind"] for one in by_id["clocks"]} >= {"accept", "first_touch"}
    shown = (await cli.run("handoff", "show", contact)).stdout
    assert "1\teve@example.com\t" in shown
    assert "accept\teve@example.com\t15 business min" in shown

    told = (await cli.run("handoff", "timeline", handoff)).stdout
    assert "accept, eve@example.com: " in told
    of_contact = (await cli.run("contacts", "timeline", contact)).stdout
    assert of_contact.splitlines()[0] == f"handoff {handoff}"


async def test_the_clocks_that_run_are_listed(cli: Cli, live: World) -> None:
    clocks = await cli.json("clock", "list")
    assert [one["clock"]["due_at"] for one in clocks] == sorted(one["clock"]["due_at"] for one in clocks)
    assert clocks[0]["owner"] == "eve@example.com"
    assert "first touch" in (await cli.run("clock", "list")).stdout
    assert await cli.json("clock", "list", "--due-within", "5000 weeks") == clocks
    wrong = await cli.run("clock", "list", "--due-within", "2 business hours")
    assert (wrong.exit_code, "--due-within" in wrong.stderr) == (2, True)


async def test_every_act_is_kept_with_its_reason_and_in_the_audit(cli: Cli, live: World) -> None:
    [handoff] = await cli.json("handoff", "list")
    acts = (
        ("hold", "--until", "2999-12-01"),
        ("release",),
        ("extend", "--by", "2 business hours"),
        ("reapply",),
        ("reassign", "--to", "ann@example.com"),
    )
    for what, *more in acts:
        done = await cli.run("handoff", what, handoff["contact_id"], *more, "--reason", f"why {what}")
        assert done.exit_code == 0, done.stderr
    kept = await live.rows("SELECT kind, because, more, handoff_id FROM act ORDER BY at")
    assert [(one["kind"], one["because"]) for one in kept] == [(what, f"why {what}") for what, *_ in acts]
    assert {one["handoff_id"] for one in kept} == {UUID(handoff["id"])}
    audited = await live.rows("SELECT detail FROM audit WHERE action LIKE 'handoff %'")
    assert [one["detail"]["handoff"] for one in audited] == [handoff["id"]] * len(acts)
    assert "why hold" in (await cli.run("handoff", "show", handoff["id"])).stdout


async def test_what_cannot_be_done_is_told_with_the_remedy(cli: Cli, live: World) -> None:
    [handoff] = await cli.json("handoff", "list")
    for *command, code, said in (
        ("hold", handoff["id"], 2, "--reason"),
        ("hold", handoff["id"], "--reason", " ", 1, "say why"),
        ("hold", handoff["id"], "--reason", "why", "--until", "soon", 2, "2026-12-01T10:00"),
        ("extend", handoff["id"], "--reason", "why", "--by", "soon", 1, "'soon' is no length of time"),
        ("reassign", handoff["id"], "--reason", "why", "--to", "zoe@example.com", 1, "zoe@example.com"),
        ("release", "4711", "--reason", "why", 1, "there is no handoff '4711'"),
        ("list", "--state", "lost", 2, "open"),
    ):
        result = await cli.run("handoff", *map(str, command))
        assert (result.exit_code, str(said) in " ".join(result.stderr.replace("│", " ").split())) == (code, True), (
            command
        )
    assert await live.rows("SELECT 1 FROM act") == []


async def test_a_contact_that_was_never_handed_over_has_no_timeline(cli: Cli, live: World) -> None:
    result = await cli.run("contacts", "timeline", "4711")
    assert (result.exit_code, result.stdout, "was not handed over" in result.stderr) == (0, "", True)
