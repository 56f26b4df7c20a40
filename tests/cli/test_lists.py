from __future__ import annotations

import json
from datetime import datetime

from tests.cli.conftest import Cli
from tests.world import World


async def test_events_of_every_state_are_listed_newest_first(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    listed = await cli.json("events", "list", "--limit", "1000")
    assert {one["state"] for one in listed} >= {"applied"}
    received = [datetime.fromisoformat(one["received_at"]) for one in listed]
    assert received == sorted(received, reverse=True)
    assert all(one.tzinfo for one in received)
    [counted] = await shadow.rows("SELECT count(*) AS many FROM event")
    assert len(listed) == counted["many"]


async def test_the_list_of_no_events_is_an_empty_array(cli: Cli) -> None:
    assert await cli.json("events", "list") == []
    assert await cli.json("lanes", "list") == []
    assert await cli.json("decisions", "list") == []


async def test_events_can_be_narrowed_to_a_state_or_a_contact(cli: Cli, shadow: World) -> None:
    contact, other = shadow.vp(), shadow.vp()
    await shadow.settle()
    of_contact = await cli.json("events", "list", "--contact", contact)
    assert {one["object_id"] for one in of_contact} == {contact} != {other}
    assert await cli.json("events", "list", "--state", "quarantined") == []
    assert len(await cli.json("events", "list", "--limit", "2")) == 2


async def test_events_are_listed_page_by_page_without_one_left_out_or_told_twice(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.post([{"eventId": 1, "portalId": 999, "subscriptionType": "contact.creation", "objectId": 5}])
    await shadow.settle()
    whole = await cli.json("events", "list", "--limit", "1000")
    pages: list[object] = []
    after: list[str] = []
    while page := await cli.json("events", "list", "--limit", "4", *after):
        pages += page
        after = ["--after", page[-1]["key"]]
    assert pages == whole
    assert {one["portal_id"] for one in whole} == {62515, 999}


async def test_a_list_in_a_pipe_has_one_line_an_event(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    head, *lines = (await cli.run("events", "list")).stdout.splitlines()
    assert head.split("\t") == ["received", "state", "type", "object", "property", "reason", "key"]
    assert len(lines) == len(await cli.json("events", "list"))


async def test_an_event_is_shown_by_the_beginning_of_its_key(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    applied = await cli.json("events", "list", "--contact", contact, "--state", "applied")
    shown = await cli.json("events", "show", applied[0]["key"][:20])
    assert shown["key"] == applied[0]["key"]
    assert shown["delivery"]["verdict"] == "valid"
    assert shown["decision"]["kind"] == "handed off"
    assert "decision because" in (await cli.run("events", "show", applied[0]["key"])).stdout


async def test_a_key_that_fits_none_or_many_is_an_error(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    assert "no event" in (await cli.run("events", "show", "zz")).stderr
    many = await cli.run("events", "show", "")
    assert many.exit_code == 1
    assert "more than one" in many.stderr


async def test_decisions_lanes_and_the_contact_tell_one_story(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    [decided] = await cli.json("decisions", "list", "--contact", contact)
    assert (decided["kind"], decided["shadow"]) == ("handed off", True)
    assert decided in await cli.json("decisions", "list")
    assert contact in {one["object_id"] for one in await cli.json("lanes", "list")}
    shown = await cli.json("contacts", "show", contact)
    assert shown["handoff"]["route"] == "demo"
    assert {one["state"] for one in shown["writes"]} == {"withheld"}
    assert "route demo" in (await cli.run("contacts", "show", contact)).stdout


async def test_a_value_cannot_steer_the_terminal(cli: Cli, shadow: World) -> None:
    contact = shadow.vp(firstname="\x1b[2JLead\tone")
    await shadow.settle()
    said = (await cli.run("contacts", "show", contact)).stdout
    assert "Lead" in said
    assert "\x1b" not in said


async def test_a_contact_that_was_never_read_is_an_error(cli: Cli) -> None:
    result = await cli.run("contacts", "show", "1")
    assert result.exit_code == 1
    assert "contact 1" in result.stderr


async def test_status_says_mode_backlog_and_events(cli: Cli, shadow: World) -> None:
    shadow.vp()
    await shadow.settle()
    stands = await cli.json("status")
    assert stands["mode"] == "shadow"
    assert stands["agreement_version"] == 1
    assert stands["lanes_wait"] is None
    assert stands["deliveries_waiting"] == 0
    assert set(stands["events"]) == {"pending", "applied", "ignored", "quarantined"}
    assert set(stands["backlog"]) == {"due", "leased", "asleep", "parked"}
    assert (stands["sweep"], stands["backfill"]) == (None, None)
    assert "mode" in (await cli.run("status")).stdout


def test_json_is_one_value_and_nothing_else(baton: Cli) -> None:
    assert json.loads(baton("config", "--json").stdout)
