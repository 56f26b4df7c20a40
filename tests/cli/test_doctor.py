from __future__ import annotations

import json
import socket
from collections.abc import Iterator

import pytest

from tests.cli.conftest import Cli


@pytest.fixture
def closed() -> Iterator[str]:
    """An address that refuses connections: it is held, and nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{held.getsockname()[1]}"


async def test_what_failed_is_told_with_its_remedy_and_exit_code_3(cli: Cli, closed: str) -> None:
    result = await cli.run("doctor", "--json", hubspot_base_url=closed, public_url=closed)
    assert result.exit_code == 3
    checks = {one["name"]: one for one in json.loads(result.stdout)}
    assert checks["database"]["verdict"] == "ok"
    assert checks["token"]["verdict"] == "failed"
    assert checks["way in"]["verdict"] == "failed"
    assert checks["way in"]["remedy"]


async def test_a_list_for_people_has_a_line_for_each(cli: Cli, closed: str) -> None:
    result = await cli.run("doctor", hubspot_base_url=closed, public_url=closed)
    assert result.stdout.splitlines()[0] == "what\tverdict\tseen\tremedy"
    assert len(result.stdout.splitlines()) > 10
    assert "hubspot.call" not in result.stderr


async def test_a_log_level_that_is_set_holds_for_commands_too(cli: Cli, closed: str) -> None:
    result = await cli.run("doctor", hubspot_base_url=closed, public_url=closed, log_level="info")
    assert "hubspot.call" in result.stderr


def test_a_setting_that_cannot_be_read_is_told_and_nothing_else_is_looked_at(baton: Cli) -> None:
    result = baton("doctor", "--json", lease_seconds="soon")
    assert result.exit_code == 3
    [check] = json.loads(result.stdout)
    assert (check["name"], check["verdict"]) == ("settings", "failed")
    assert "BATON_LEASE_SECONDS" in check["says"]


def test_in_an_empty_folder_nothing_is_made(baton: Cli, closed: str) -> None:
    result = baton("doctor", "--json", hubspot_base_url=closed, public_url=closed)
    assert result.exit_code == 3
    checks = {one["name"]: one for one in json.loads(result.stdout)}
    assert "baton migrate" in checks["database"]["says"]
    assert list(baton.folder.iterdir()) == []
