"""Changing what is in force: apply, review, approve, publish, discard, restore."""

from __future__ import annotations

import json

from app.clock import SteppedClock
from app.engine.start import packaged_agreement
from tests.cli.conftest import Cli, agreed, key_of
from tests.world import World, open_world

EXAMPLE = packaged_agreement().read_text(encoding="utf-8")
HIGHER = EXAMPLE.replace("score.fit: {at_least: 40}", "score.fit: {at_least: 45}", 1)
"""A change in `stages`, which is Marketing's promise alone; its examples fail with it."""
REMARK = EXAMPLE + "# a remark\n"
FASTER = EXAMPLE.replace("within: 4 business hours", "within: 3 business hours")
"""A change in `promises`, which is the promise of Sales alone."""
BOTH = FASTER.replace("half_life: 14 days", "half_life: 21 days")


async def test_the_first_version_needs_nobodys_consent(cli: Cli) -> None:
    cli.write(EXAMPLE)
    made = await cli.run("agreement", "apply", "agreement.yaml", "-m", "To begin with", "--json")
    assert made.exit_code == 0
    told = json.loads(made.stdout)
    assert (told["published"], told["version"]["version"]) == (True, 1)


async def test_a_first_version_whose_examples_fail_is_not_made(cli: Cli) -> None:
    cli.write(HIGHER)
    result = await cli.run("agreement", "apply", "agreement.yaml", "-m", "To begin with")
    assert result.exit_code == 3
    assert "A reader of the pricing guide in our market" in result.stderr
    assert await cli.json("agreement", "log") == []


async def test_a_first_version_that_a_person_made_is_kept_when_the_service_starts(
    cli: Cli, database_url: str, clock: SteppedClock
) -> None:
    cli.write(REMARK)
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "To begin with")).exit_code == 0
    async with open_world(database_url, clock, live=False) as world:
        ready = await world.baton.watch.ready()
    assert ready is not None
    assert ready[1].version == 1
    assert (await cli.run("agreement", "pull")).stdout == REMARK


async def test_a_text_that_is_in_force_makes_no_version_even_beside_somebody_elses_draft(cli: Cli) -> None:
    await agreed(cli)
    mia = await key_of(cli, "mia@example.com", "editor")
    cli.write(FASTER)
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster", api_key=mia)
    cli.write(EXAMPLE)
    same = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Again")
    assert same.exit_code == 0
    assert "Version 1 is in force with exactly this text already" in same.stderr
    assert (await cli.json("agreement", "review"))["message"] == "Faster"


async def test_a_remark_is_published_at_once_since_it_changes_nothing_that_runs(cli: Cli) -> None:
    await agreed(cli)
    cli.write(REMARK)
    made = await cli.run("agreement", "apply", "agreement.yaml", "-m", "A remark")
    assert made.exit_code == 0
    assert "Version 2 is in force" in made.stderr


async def test_a_file_with_faults_is_told_by_its_own_lines_and_nothing_is_saved(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE.replace("points: 40", "points: many", 1))
    result = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Broken")
    assert result.exit_code == 3
    assert result.stdout.startswith("agreement.yaml:")
    assert (await cli.run("agreement", "review")).exit_code == 1
    listed = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Broken", "--json")
    assert listed.exit_code == 3
    assert [fault["file"] for fault in json.loads(listed.stdout)["faults"]] == ["agreement.yaml"]


async def test_a_draft_whose_examples_fail_waits(cli: Cli) -> None:
    await agreed(cli)
    cli.write(HIGHER)
    result = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Higher")
    assert result.exit_code == 3
    assert "FAIL A reader of the pricing guide in our market" in result.stdout
    assert (await cli.json("agreement", "review"))["state"] == "saved"


async def test_a_change_waits_for_the_side_whose_promise_it_is_and_then_is_published(cli: Cli) -> None:
    await agreed(cli)
    cli.write(FASTER)
    waits = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster")
    assert waits.exit_code == 3
    assert "sam@example.com has to approve for sales, because of promises" in waits.stderr
    assert "mia@example.com" not in waits.output
    refused = await cli.run("agreement", "publish")
    assert refused.exit_code == 3
    assert "sam@example.com has to approve" in refused.stderr
    sam = await key_of(cli, "sam@example.com", "approver", "--side", "sales")
    said = await cli.run("agreement", "approve", "--note", "Fine", api_key=sam)
    assert "Still to agree: nobody" in said.stderr
    assert (await cli.run("agreement", "publish")).exit_code == 0
    newest, _ = await cli.json("agreement", "log")
    assert newest["message"] == "Faster"
    assert [(one["email"], one["note"]) for one in newest["approvals"]] == [("sam@example.com", "Fine")]


async def test_a_contact_with_the_role_can_apply_and_agree_in_one_go(cli: Cli) -> None:
    await agreed(cli)
    cli.write(FASTER)
    sam = await key_of(cli, "sam@example.com", "publisher", "--side", "sales")
    made = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster", "--approve", api_key=sam)
    assert made.exit_code == 0, made.output
    newest, _ = await cli.json("agreement", "log")
    assert newest["published_by"] == "sam@example.com"


async def test_two_sides_promises_take_two_consents(cli: Cli) -> None:
    await agreed(cli)
    cli.write(BOTH)
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "Both")).exit_code == 3
    review = await cli.json("agreement", "review")
    assert [(one["contact"], one["given"]) for one in review["consents"]] == [
        ("mia@example.com", False),
        ("sam@example.com", False),
    ]
    sam = await key_of(cli, "sam@example.com", "approver")
    assert "Still to agree: mia@example.com" in (await cli.run("agreement", "approve", api_key=sam)).stderr
    assert (await cli.run("agreement", "publish")).exit_code == 3


async def test_agreeing_takes_a_key_of_one_who_is_asked(cli: Cli) -> None:
    await agreed(cli)
    cli.write(FASTER)
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster")
    nobody = await cli.run("agreement", "approve")
    assert nobody.exit_code == 2
    assert "takes a key" in nobody.stderr
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "x", "--approve")).exit_code == 2
    stranger = await key_of(cli, "eve@example.com", "approver")
    refused = await cli.run("agreement", "approve", api_key=stranger)
    assert refused.exit_code == 1
    assert "eve@example.com is not asked to approve" in refused.stderr


async def test_a_role_that_does_not_reach_is_refused(cli: Cli) -> None:
    await agreed(cli)
    cli.write(REMARK)
    viewer, editor = await key_of(cli, "v@example.com", "viewer"), await key_of(cli, "e@example.com", "editor")
    command = ("agreement", "apply", "agreement.yaml", "-m", "A remark")
    assert "does not allow to edit" in (await cli.run(*command, api_key=viewer)).stderr
    assert "does not allow to publish" in (await cli.run(*command, "--key", editor)).stderr
    assert (await cli.json("agreement", "review"))["author"] == "e@example.com"
    assert len(await cli.json("agreement", "log")) == 1


async def test_a_draft_of_somebody_else_is_left_alone_and_its_changes_are_told(cli: Cli) -> None:
    await agreed(cli)
    mia = await key_of(cli, "mia@example.com", "editor")
    cli.write(FASTER)
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster", api_key=mia)
    cli.write(BOTH)
    refused = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Both")
    assert refused.exit_code == 1
    assert "4 business hours → 3 business hours" in refused.stderr
    assert "mia@example.com saved another text" in refused.stderr
    digest = (await cli.json("agreement", "review"))["digest"]
    named = await cli.run("agreement", "apply", "agreement.yaml", "-m", "Both", "--if-match", digest[:12])
    assert named.exit_code == 3
    assert (await cli.json("agreement", "review"))["message"] == "Both"


async def test_what_no_longer_stands_is_neither_overwritten_nor_agreed_to_nor_published(cli: Cli) -> None:
    await agreed(cli)
    (first,) = await cli.json("agreement", "log")
    sam = await key_of(cli, "sam@example.com", "publisher")
    cli.write(FASTER)
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster")
    for command in (("apply", "agreement.yaml", "-m", "x"), ("approve",), ("publish",), ("discard",)):
        cli.write(BOTH)
        result = await cli.run("agreement", *command, "--if-match", first["digest"], api_key=sam)
        assert result.exit_code == 1, command
        assert "saved another text" in result.stderr
    assert (await cli.json("agreement", "review"))["message"] == "Faster"


async def test_too_little_of_a_digest_is_wrong_usage(cli: Cli) -> None:
    assert (await cli.run("agreement", "publish", "--if-match", "abc")).exit_code == 2


async def test_a_draft_can_be_thrown_away(cli: Cli) -> None:
    await agreed(cli)
    cli.write(FASTER)
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Faster")
    assert (await cli.run("agreement", "discard")).exit_code == 0
    assert (await cli.run("agreement", "review")).exit_code == 1
    assert (await cli.run("agreement", "discard")).exit_code == 1


async def test_the_version_before_goes_back_at_once(cli: Cli) -> None:
    await agreed(cli)
    await agreed(cli, FASTER)
    back = await cli.run("agreement", "restore", "1", "-m", "Too fast")
    assert back.exit_code == 0, back.output
    assert "Version 3 is in force" in back.stderr
    assert (await cli.run("agreement", "pull")).stdout == EXAMPLE
    assert (await cli.json("agreement", "log"))[0]["restored_from"] == 1


async def test_an_older_version_becomes_a_draft_that_takes_its_consents(cli: Cli) -> None:
    await agreed(cli)
    await agreed(cli, FASTER)
    await agreed(cli, BOTH)
    back = await cli.run("agreement", "restore", "1", "-m", "All the way back")
    assert back.exit_code == 3
    assert "has to approve" in back.stderr
    assert len(await cli.json("agreement", "log")) == 3


async def test_restoring_what_is_in_force_changes_nothing(cli: Cli) -> None:
    await agreed(cli)
    same = await cli.run("agreement", "restore", "1", "-m", "Again", "--json")
    assert (same.exit_code, json.loads(same.stdout)["published"]) == (0, False)


async def test_a_change_with_shadow_stops_the_writing(cli: Cli, shadow: World) -> None:
    cli.write(REMARK)
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "A remark", "--shadow")).exit_code == 0
    assert (await cli.json("status"))["mode"] == "shadow"
    assert (await cli.json("agreement", "log"))[0]["mode"] == "shadow"
