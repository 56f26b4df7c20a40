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
from app.engine.start import packaged_agreement
from app.records.ids import PortalId
from app.storage import agreements, portals
from app.storage.agreements import NewVersion
from app.storage.database import Database
from tests.conftest import NOW
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

    def write(self, text: str) -> Path:
        """An agreement.yaml in the folder."""
        file = self.folder / "agreement.yaml"
        file.write_text(text, encoding="utf-8")
        return file

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


async def key_of(cli: Cli, email: str, role: str, *more: str) -> str:
    """A new key's text."""
    made: str = (await cli.json("key", "create", "--email", email, "--role", role, *more))["key"]
    return made


async def agreed(cli: Cli, text: str | None = None, message: str = "To begin with") -> None:
    """The text, else the example, in force as the next version."""
    database = Database(cli.environ["BATON_DATABASE_URL"])
    text = text or packaged_agreement().read_text(encoding="utf-8")
    async with database.begin() as connection:
        await portals.ensure(connection, PortalId(PORTAL), now=NOW)
        number = (await agreements.newest_number(connection, PortalId(PORTAL)) or 0) + 1
        new = NewVersion(number, text, "ann", message, published_by="ann", mode="shadow")
        await agreements.publish(connection, PortalId(PORTAL), new, now=NOW)
    await database.close()
