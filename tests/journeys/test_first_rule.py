"""The tutorial, done as it says: each command runs, and prints what the page shows."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from app.storage.embedded import EmbeddedPostgres
from tests.journeys.page import follow, open_shell

TUTORIAL = Path(__file__).parents[2] / "docs" / "tutorials" / "your-first-rule.md"


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder outside pytest's own, which is closed to the account that PostgreSQL runs as under root."""
    with TemporaryDirectory(prefix="baton-test-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


def test_every_command_of_the_tutorial_does_what_the_page_says(folder: Path) -> None:
    work = folder / "first-rule"
    work.mkdir()
    # A second user of the tutorial's own database keeps it running, so that no command has to start it.
    with EmbeddedPostgres(work / "data", durable=False), open_shell(folder) as shell:
        follow(TUTORIAL, shell, work)
