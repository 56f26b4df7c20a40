"""The how-tos about the agreement, done as they say, each beside the packaged example in force."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.clock import SteppedClock
from app.engine.start import packaged_agreement
from tests.cli.conftest import Cli, agreed
from tests.journeys.page import follow, open_shell
from tests.world import PORTAL, open_world

HOW_TO = Path(__file__).parents[2] / "docs" / "how-to"
EXAMPLE = packaged_agreement().read_text(encoding="utf-8")


@pytest.fixture
async def beside(tmp_path: Path, database_url: str) -> Cli:
    """A folder and the settings of a Baton in which the example is in force."""
    made = Cli(tmp_path, {"BATON_DATABASE_URL": database_url, "BATON_PORTAL_ID": str(PORTAL)})
    await agreed(made)
    return made


@pytest.mark.parametrize(
    "page", ["exclude-competitors.md", "add-a-persona.md", "add-a-territory.md", "name-an-account.md"]
)
def test_a_change_of_the_rules_is_made_as_the_page_says(page: str, beside: Cli) -> None:
    beside.write(EXAMPLE)
    with open_shell(beside.folder, **beside.environ) as shell:
        follow(HOW_TO / page, shell, beside.folder)


async def test_a_bad_publish_is_rolled_back_as_the_page_says(beside: Cli) -> None:
    await agreed(beside, EXAMPLE.replace("to: inbound, promise: standard", "to: enterprise, promise: standard"))
    with open_shell(beside.folder, **beside.environ) as shell:
        follow(HOW_TO / "roll-back-a-bad-publish.md", shell, beside.folder)


@pytest.mark.parametrize("page", ["hold-or-extend-a-clock.md", "answer-a-rep.md"])
async def test_a_handoff_is_looked_up_and_acted_on_as_the_page_says(
    page: str, tmp_path: Path, database_url: str, clock: SteppedClock
) -> None:
    async with open_world(database_url, clock) as world:
        contact = world.vp()
        await world.settle()
        settings = {"BATON_DATABASE_URL": database_url, "BATON_PORTAL_ID": str(PORTAL)}
        with open_shell(tmp_path, **settings, CONTACT=contact, HANDOFF=contact) as shell:
            follow(HOW_TO / page, shell, tmp_path)


GIT = {
    "GIT_CONFIG_GLOBAL": "/dev/null",
    "GIT_AUTHOR_NAME": "Ada",
    "GIT_AUTHOR_EMAIL": "ada@example.com",
    "GIT_COMMITTER_NAME": "Ada",
    "GIT_COMMITTER_EMAIL": "ada@example.com",
}


def test_the_agreement_is_kept_in_git_as_the_page_says(beside: Cli) -> None:
    with open_shell(beside.folder, **beside.environ, **GIT) as shell:
        follow(HOW_TO / "keep-the-agreement-in-git.md", shell, beside.folder / "agreement")
