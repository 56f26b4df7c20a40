"""The processes as people start them."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import httpx
import pytest

from app.bootstrap import NO_PORTAL
from app.storage import keys
from app.storage.database import Database
from tests.cli.conftest import Cli

BATON = Path(sys.executable).with_name("baton")


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder outside pytest's own, which is closed to the account that PostgreSQL runs as under root."""
    with TemporaryDirectory(prefix="baton-test-") as made:
        yield Path(made)


@pytest.fixture
def closed_port() -> Iterator[int]:
    """A port that refuses connections: it is held, and nobody listens."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


@contextmanager
def running(folder: Path, *arguments: str, **settings: str) -> Iterator[subprocess.Popen[str]]:
    """A command, killed at the end if it still runs. What it prints is in `said`, what it logs in `log`."""
    with (folder / "log").open("w") as log, (folder / "said").open("w") as said:
        started = subprocess.Popen(  # noqa: S603  our own command
            [BATON, *arguments], cwd=folder, env=environ(settings), stdout=said, stderr=log, text=True
        )
    try:
        yield started
    finally:
        started.kill()
        started.wait()


def environ(settings: dict[str, str]) -> dict[str, str]:
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    return plain | {f"BATON_{name.upper()}": value for name, value in settings.items()}


def printed(folder: Path, *arguments: str, **settings: str) -> Any:
    done = subprocess.run(  # noqa: S603  our own command
        [BATON, *arguments, "--json"], cwd=folder, env=environ(settings), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def until_answers(url: str, process: subprocess.Popen[str], seconds: float) -> int:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and process.poll() is None:
        try:
            return httpx.get(url, timeout=seconds).status_code
        except httpx.ConnectError:
            time.sleep(0.05)
    raise AssertionError(f"{url} did not answer; exit code {process.poll()}")


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])


def test_run_serves_an_empty_folder_while_hubspot_is_away_and_ends_cleanly(folder: Path, closed_port: int) -> None:
    port = free_port()
    settings = {
        "portal_id": "62515",
        "hubspot_access_token": "t",
        "hubspot_client_secret": "s",
        "hubspot_base_url": f"http://127.0.0.1:{closed_port}",
    }
    with running(folder, "run", "--port", str(port), **settings) as process:
        assert until_answers(f"http://127.0.0.1:{port}/healthz", process, 20) == 200
        assert until_answers(f"http://127.0.0.1:{port}/readyz", process, 5) == 200
        stands = printed(folder, "status", **settings)
        assert (stands["mode"], stands["agreement_version"]) == ("shadow", 1)
        assert printed(folder, "events", "list", **settings) == []
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    for line in (folder / "log").read_text().splitlines():
        json.loads(line)
    assert not (folder / "data" / "postgres" / "postmaster.pid").exists()


async def test_the_very_first_start_alone_prints_a_key_and_no_log_has_it(
    folder: Path, database_url: str, database: Database
) -> None:
    for starts_first in (True, False):
        port = free_port()
        with running(folder, "serve", "--port", str(port), database_url=database_url) as process:
            until_answers(f"http://127.0.0.1:{port}/healthz", process, 30)
        printed_keys = re.findall(r"^baton_\w+", (folder / "said").read_text(), flags=re.MULTILINE)
        assert len(printed_keys) == (1 if starts_first else 0)
        assert "baton_" not in (folder / "log").read_text()
    async with database.begin() as connection:
        (kept,) = await keys.all_(connection, NO_PORTAL)
    assert kept.role == "admin"


def test_a_worker_ends_cleanly_when_told_to(folder: Path, database_url: str) -> None:
    with running(folder, "worker", database_url=database_url) as process:
        until_logged(folder / "log", "lanes_wait", process)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0


def until_logged(log: Path, words: str, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + 20
    while words not in log.read_text():
        assert time.monotonic() < deadline, log.read_text()
        assert process.poll() is None, log.read_text()
        time.sleep(0.05)


def test_a_port_that_is_taken_is_told_in_one_line(baton: Cli) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        result = baton("serve", "--port", port)
    assert result.exit_code == 1
    assert port in result.stderr
    assert len(result.stderr.splitlines()) == 1


def test_a_database_that_does_not_answer_is_told_in_one_line(baton: Cli, closed_port: int) -> None:
    result = baton("status", database_url=f"postgresql://u:hidden@127.0.0.1:{closed_port}/b")
    assert result.exit_code == 1
    assert "does not answer" in result.stderr
    assert "hidden" not in result.stderr
    assert len(result.stderr.splitlines()) == 1


async def test_migrate_brings_an_empty_database_to_shape(cli: Cli) -> None:
    assert (await cli.run("migrate")).exit_code == 0


def test_a_worker_tells_its_metrics_where_it_is_asked_to(folder: Path, database_url: str) -> None:
    port = free_port()
    with running(folder, "worker", "--metrics-port", str(port), database_url=database_url) as process:
        until_answers(f"http://127.0.0.1:{port}/metrics", process, 20)
        told = httpx.get(f"http://127.0.0.1:{port}/metrics").text
    assert "baton_build_info" in told
    assert "baton_inbox_pending" not in told, "what the database says is told once, by the service"
