from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import os
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import structlog
from typer.testing import CliRunner, Result

from app.cli import app
from app.clock import SteppedClock
from tests.world import PORTAL, SECRET, TOKEN, World, open_world


@dataclass(frozen=True)
class Cli:
    """The command line in an empty folder, with no setting but those given."""

    folder: Path
    environ: dict[str, str] = field(default_factory=dict)

    def __call__(self, *arguments: str, stdin: str | None = None, **settings: str) -> Result:
        inherited: dict[str, str | None] = {name: None for name in os.environ if name.startswith("BATON_")}
        given = {f"BATON_{name.upper()}": value for name, value in settings.items()}
        with contextlib.chdir(self.folder):
            return CliRunner().invoke(app, arguments, input=stdin, env={**inherited, **self.environ, **given})

    async def run(self, *arguments: str, stdin: str | None = None, **settings: str) -> Result:
        """The same beside a running event loop: a command runs a loop of its own."""
        return await asyncio.to_thread(self, *arguments, stdin=stdin, **settings)

    async def json(self, *arguments: str) -> Any:
        result = await self.run(*arguments, "--json")
        assert result.exit_code == 0, result.stderr
        return json.loads(result.stdout)


@pytest.fixture
def baton(tmp_path: Path) -> Iterator[Cli]:
    """The command line without a database. Commands configure logs, so what was configured comes back."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield Cli(tmp_path)
    root.handlers, root.level = handlers, level
    structlog.reset_defaults()


@pytest.fixture
def cli(baton: Cli, database_url: str) -> Cli:
    """The command line on the test's database."""
    environ = {
        "BATON_DATABASE_URL": database_url,
        "BATON_PORTAL_ID": str(PORTAL),
        "BATON_HUBSPOT_ACCESS_TOKEN": TOKEN,
        "BATON_HUBSPOT_CLIENT_SECRET": SECRET,
    }
    return Cli(baton.folder, environ)


@pytest.fixture
async def shadow(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    """A portal in shadow mode with the example agreement, and no lead yet."""
    async with open_world(database_url, clock, live=False) as opened:
        yield opened
