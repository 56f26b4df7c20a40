from __future__ import annotations

import json
from pathlib import Path

from app.engine.start import packaged_agreement
from tests.cli.conftest import Cli, agreed
from tests.world import World


def document(baton: Cli, old: str, new: str) -> Path:
    """The example agreement with one place changed."""
    text = packaged_agreement().read_text(encoding="utf-8")
    assert old in text
    file = baton.folder / "agreement.yaml"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return file


def test_the_example_agreement_is_sound_and_passes_its_own_examples(baton: Cli) -> None:
    assert baton("agreement", "validate").exit_code == 0
    assert json.loads(baton("agreement", "validate", "--json").stdout)["valid"] is True
    results = json.loads(baton("agreement", "test", "--json").stdout)
    assert results
    assert all(one["passed"] for one in results)


def test_a_fault_is_told_with_file_line_and_column_and_exits_with_3(baton: Cli) -> None:
    file = document(baton, "points: 40", "points: many")
    line = next(n for n, text in enumerate(file.read_text().splitlines(), 1) if "points: many" in text)
    result = baton("agreement", "validate", str(file))
    assert result.exit_code == 3
    assert f"{file}:{line}:" in result.stdout
    told = json.loads(baton("agreement", "validate", str(file), "--json").stdout)
    assert told["valid"] is False
    assert told["faults"][0]["line"] == line
    assert told["faults"][0]["fix"]


def test_a_warning_is_told_and_does_not_fail(baton: Cli) -> None:
    file = document(baton, "definitions:\n", "definitions:\n  unused: {contact.jobtitle: {has_any: [clerk]}}\n")
    result = baton("agreement", "validate", str(file))
    assert result.exit_code == 0
    assert "warning: " in result.stdout
    assert "no error, 1 warning" in result.stderr
    told = json.loads(baton("agreement", "validate", str(file), "--json").stdout)
    assert (told["valid"], [one["severity"] for one in told["faults"]]) == (True, ["warning"])


def test_the_schema_is_printed_for_editors(baton: Cli) -> None:
    schema = json.loads(baton("agreement", "schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"


def test_the_file_that_is_set_is_the_one_that_is_checked(baton: Cli) -> None:
    file = document(baton, "points: 40", "points: many")
    assert baton("agreement", "validate", agreement_file=str(file)).exit_code == 3


def test_an_example_that_comes_out_otherwise_is_told_and_exits_with_3(baton: Cli) -> None:
    file = document(baton, "route: demo, pool: enterprise", "route: rest, pool: enterprise")
    result = baton("agreement", "test", str(file))
    assert result.exit_code == 3
    assert "FAIL" in result.stdout
    assert "rest" in result.stdout


def test_a_file_that_is_not_there_is_wrong_usage(baton: Cli) -> None:
    assert baton("agreement", "validate", "nowhere.yaml").exit_code == 2


def test_a_document_with_faults_cannot_be_tested(baton: Cli) -> None:
    result = baton("agreement", "test", str(document(baton, "points: 40", "points: many")))
    assert result.exit_code == 1
    assert "points" in result.stderr


async def test_an_owner_whom_the_portal_lacks_is_a_fault_against_the_portal_alone(cli: Cli, shadow: World) -> None:
    assert await shadow.baton.watch.ready() is not None
    file = str(document(cli, "{owner: bob@example.com}", "{owner: nobody@example.com}"))
    assert (await cli.run("agreement", "validate", file)).exit_code == 0
    result = await cli.run("agreement", "validate", file, "--against-portal")
    assert result.exit_code == 3
    assert "nobody@example.com" in result.stdout


async def test_a_decision_is_explained_from_what_it_was_made_from(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    told = await cli.json("agreement", "explain", "--contact", contact)
    assert told["kind"] == "handed off"
    assert told["shadow"] is True
    assert told["differs"] == []
    assert any("Job title" in line for line in told["lines"])
    said = await cli.run("agreement", "explain", "--contact", contact)
    assert "Route" in said.stdout


async def test_a_decision_is_explained_under_another_version_from_the_same_inputs(cli: Cli, shadow: World) -> None:
    contact = shadow.vp()
    await shadow.settle()
    text = packaged_agreement().read_text(encoding="utf-8")
    await agreed(cli, text.replace("to: enterprise, promise: fast", "to: inbound, promise: fast"))
    there = await cli.run("agreement", "explain", "--contact", contact, "--version", "2")
    assert "by agreement version 1, in shadow; here by version 2" in there.stdout
    assert "pool inbound" in there.stdout
    assert "It would differ from what was decided in: " in there.stderr
    told = await cli.json("agreement", "explain", "--contact", contact, "--version", "2")
    assert (told["version"], told["decided_by_version"]) == (2, 1)
    missing = await cli.run("agreement", "explain", "--contact", contact, "--version", "9")
    assert missing.exit_code == 1
    assert "no version 9" in missing.stderr


async def test_who_was_never_decided_has_no_explanation(cli: Cli, shadow: World) -> None:
    result = await cli.run("agreement", "explain", "--contact", "1")
    assert result.exit_code == 1
    assert "nothing was decided about contact 1" in result.stderr


def test_an_instant_that_is_none_is_wrong_usage(baton: Cli) -> None:
    assert baton("agreement", "explain", "--contact", "1", "--at", "yesterday").exit_code == 2
