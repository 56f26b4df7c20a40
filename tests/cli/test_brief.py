"""`baton brief preview`: what the owner of a lead would be told."""

from __future__ import annotations

from tests.cli.conftest import Cli
from tests.world import World


async def test_a_brief_is_printed_as_text(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    lines = (await cli.run("brief", "preview", contact)).stdout.splitlines()
    assert lines[0].startswith(f"Contact {contact} as read 2026-11-20T15:")
    assert lines[0].endswith("route demo of version 1")
    assert lines[1:4] == ["", "Note", "  Lead: Lead 1 (Northbank)"]
    assert "Task: First touch: Lead 1 (Northbank)" in lines
    shown = await cli.json("brief", "preview", contact)
    assert (shown["version"], shown["brief"]["remark"]) == (1, "")


async def test_a_lead_that_is_not_ready_is_shown_with_the_reason(cli: Cli, shadow: World) -> None:
    contact = shadow.lead("Newsletter")
    await shadow.settle()
    printed = (await cli.run("brief", "preview", contact)).stdout
    assert "Would not be sent: Not ready" in printed
    assert "Say: Ask what made them look at Newsletter." in printed


async def test_note_and_task_are_written_to_a_file(cli: Cli, shadow: World) -> None:
    contact = shadow.vp(firstname="<Ada>")
    await shadow.settle()
    done = await cli.run("brief", "preview", contact, "--html", "brief.html")
    assert "written to brief.html" in done.stderr
    page = (cli.folder / "brief.html").read_text(encoding="utf-8")
    assert page.count("&lt;Ada&gt;") == 1
    assert "<h1>Task</h1>" in page
    refused = await cli.run("brief", "preview", contact, "--html", "no/such/folder.html")
    assert (refused.exit_code, "no/such/folder.html: No such file" in refused.stderr) == (1, True)


async def test_a_brief_by_a_draft_that_is_not_there_is_an_error(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    result = await cli.run("brief", "preview", contact, "--draft")
    assert result.exit_code == 1
    assert "there is no draft" in result.stderr
