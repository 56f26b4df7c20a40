"""Reading what Baton keeps: pull, log, diff, prose."""

from __future__ import annotations

import pytest

from app.engine.start import packaged_agreement
from tests.cli.conftest import Cli, agreed

EXAMPLE = packaged_agreement().read_text(encoding="utf-8")


async def test_before_the_first_version_the_document_to_begin_with_is_pulled(cli: Cli) -> None:
    pulled = await cli.run("agreement", "pull")
    assert pulled.stdout == EXAMPLE
    assert "Nothing is in force yet" in pulled.stderr


async def test_the_text_in_force_is_pulled_as_it_is_and_its_digest_is_told(cli: Cli) -> None:
    await agreed(cli)
    (listed,) = await cli.json("agreement", "log")
    pulled = await cli.run("agreement", "pull", "here.yaml")
    assert (cli.folder / "here.yaml").read_text(encoding="utf-8") == EXAMPLE
    assert listed["digest"] in pulled.stderr


async def test_the_draft_is_pulled_before_the_version_in_force(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE.replace("at_least: 50", "at_least: 60", 1))
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "Higher")).exit_code == 3
    assert "at_least: 60" in (await cli.run("agreement", "pull")).stdout
    assert (await cli.run("agreement", "pull", "--version", "1")).stdout == EXAMPLE


async def test_a_file_with_changes_of_its_own_is_not_overwritten_unless_forced(cli: Cli) -> None:
    await agreed(cli)
    file = cli.write(EXAMPLE + "# mine\n")
    refused = await cli.run("agreement", "pull", "agreement.yaml")
    assert refused.exit_code == 1
    assert "--force" in refused.stderr
    assert file.read_text(encoding="utf-8").endswith("# mine\n")
    assert (await cli.run("agreement", "pull", "agreement.yaml", "--force")).exit_code == 0
    assert file.read_text(encoding="utf-8") == EXAMPLE


async def test_a_file_that_was_a_version_once_is_overwritten(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE)
    assert (await cli.run("agreement", "pull", "agreement.yaml")).exit_code == 0


async def test_a_file_of_which_only_the_line_ends_differ_is_not_overwritten(cli: Cli) -> None:
    await agreed(cli)
    file = cli.folder / "agreement.yaml"
    file.write_bytes(EXAMPLE.replace("\n", "\r\n").encode())
    assert (await cli.run("agreement", "pull", "agreement.yaml")).exit_code == 1
    assert b"\r\n" in file.read_bytes()


async def test_a_file_that_cannot_be_written_is_told(cli: Cli) -> None:
    result = await cli.run("agreement", "pull", "nowhere/agreement.yaml")
    assert result.exit_code == 1
    assert "nowhere/agreement.yaml cannot be written" in result.stderr


async def test_versions_are_listed_newest_first_with_who_and_why(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE + "# a remark\n")
    assert (await cli.run("agreement", "apply", "agreement.yaml", "-m", "A remark")).exit_code == 0
    listed = await cli.json("agreement", "log")
    assert [(one["version"], one["message"], one["mode"]) for one in listed] == [
        (2, "A remark", "shadow"),
        (1, "To begin with", "shadow"),
    ]
    head, newest, _ = (await cli.run("agreement", "log")).stdout.splitlines()
    assert head.split("\t")[:2] == ["version", "published (UTC)"]
    assert newest.split("\t")[-1] == listed[0]["digest"][:12]


async def test_without_a_version_the_log_is_empty(cli: Cli) -> None:
    assert await cli.json("agreement", "log") == []


async def test_differences_are_sentences_and_end_with_4_only_when_asked_to(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE.replace("at_least: 50", "at_least: 60", 1))
    shown = await cli.run("agreement", "diff", "agreement.yaml")
    assert shown.exit_code == 0
    assert "company size: at least 50 → at least 60" in shown.stdout
    assert (await cli.run("agreement", "diff", "agreement.yaml", "--exit-code")).exit_code == 4
    told = await cli.json("agreement", "diff", "agreement.yaml")
    (change,) = told["changes"]
    assert (change["kind"], change["section"]) == ("changed", "definitions")


async def test_texts_that_are_the_same_do_not_differ(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE)
    same = await cli.run("agreement", "diff", "agreement.yaml", "--exit-code")
    assert (same.exit_code, same.stdout) == (0, "")
    assert "Nothing differs" in same.stderr


async def test_a_remark_is_a_difference_of_the_text_alone(cli: Cli) -> None:
    await agreed(cli)
    cli.write(EXAMPLE + "# a remark\n")
    remark = await cli.run("agreement", "diff", "agreement.yaml", "--exit-code")
    assert (remark.exit_code, remark.stdout) == (4, "")
    assert "Only comments or layout differ" in remark.stderr


async def test_the_file_that_is_set_is_compared_and_else_the_draft(cli: Cli) -> None:
    await agreed(cli)
    file = cli.write(EXAMPLE.replace("at_least: 50", "at_least: 60", 1))
    assert "at least 60" in (await cli.run("agreement", "diff", agreement_file=str(file))).stdout
    lost = await cli.run("agreement", "diff")
    assert lost.exit_code == 1
    assert "there is no draft" in lost.stderr
    await cli.run("agreement", "apply", "agreement.yaml", "-m", "Higher")
    assert "at least 60" in (await cli.run("agreement", "diff")).stdout


async def test_any_two_versions_can_be_compared(cli: Cli) -> None:
    await agreed(cli)
    await agreed(cli, EXAMPLE.replace("name: Inbound leads", "name: Inbound and outbound leads"))
    there = await cli.run("agreement", "diff", "--from", "1", "--to", "2")
    assert "Inbound leads → Inbound and outbound leads" in there.stdout
    back = await cli.run("agreement", "diff", "--to", "1")
    assert "Inbound and outbound leads → Inbound leads" in back.stdout


@pytest.mark.parametrize(
    "command", [("diff", "agreement.yaml", "--to", "1"), ("prose", "agreement.yaml", "--version", "1")]
)
def test_a_file_and_a_version_together_are_wrong_usage(baton: Cli, command: tuple[str, ...]) -> None:
    baton.write(EXAMPLE)
    assert baton("agreement", *command).exit_code == 2


async def test_an_agreement_reads_as_text_for_people(cli: Cli) -> None:
    await agreed(cli)
    markdown = (await cli.run("agreement", "prose")).stdout
    assert markdown.startswith("# Inbound leads: service level agreement between Marketing and Sales")
    assert (await cli.run("agreement", "prose", str(packaged_agreement()))).stdout == markdown
    assert (await cli.run("agreement", "prose", "--html")).stdout.startswith("<!doctype html>")


async def test_a_version_that_is_not_there_is_told(cli: Cli) -> None:
    await agreed(cli)
    for command in (("pull", "--version", "9"), ("prose", "--version", "9"), ("diff", "--to", "9")):
        result = await cli.run("agreement", *command)
        assert result.exit_code == 1
        assert "no version 9" in result.stderr
