from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from app.settings import Settings, example_env
from tests.cli.conftest import Cli

HEAVY = ("sqlalchemy", "fastapi", "pydantic", "alembic", "httpx", "uvicorn")


def test_help_names_every_command_and_loads_nothing_heavy(baton: Cli) -> None:
    program = (
        "import sys; from app.cli import app; from typer.testing import CliRunner; "
        "print(CliRunner().invoke(app, ['--help']).stdout); "
        f"print('loaded:', [name for name in {HEAVY} if name in sys.modules])"
    )
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True).stdout  # noqa: S603  our own
    for command in ("run", "serve", "worker", "migrate", "demo", "config", "setup", "live", "status", "events"):
        assert re.search(rf"\b{command}\b", said), command
    assert "loaded: []" in said


@pytest.mark.parametrize(
    "command",
    ["run", "serve", "config", "setup", "live", "agreement validate", "agreement explain", "events list", "source add"],
)
def test_every_command_explains_itself(baton: Cli, command: str) -> None:
    assert baton(*command.split(), "--help").exit_code == 0


@pytest.mark.parametrize("arguments", [["nonsense"], ["events", "list", "--limit", "1001"], ["setup"], ["pause"]])
def test_wrong_usage_exits_with_2(baton: Cli, arguments: list[str]) -> None:
    assert baton(*arguments).exit_code == 2


def test_config_lists_every_setting_with_its_origin(baton: Cli) -> None:
    (baton.folder / "baton.env").write_text("BATON_LEASE_SECONDS=90\n")
    shown = {one["name"]: one for one in json.loads(baton("config", "--json", portal_id="7").stdout)}
    assert len(shown) == len(Settings.model_fields)
    assert (shown["BATON_PORTAL_ID"]["value"], shown["BATON_PORTAL_ID"]["origin"]) == (7, "environment")
    assert (shown["BATON_LEASE_SECONDS"]["value"], shown["BATON_LEASE_SECONDS"]["origin"]) == (90, "baton.env")
    assert shown["BATON_POLL_SECONDS"]["origin"] == "default"
    assert all(one["meaning"] for one in shown.values())


def test_config_shows_no_secret(baton: Cli) -> None:
    secrets = {
        "hubspot_access_token": "pat-1",
        "hubspot_client_secret": "cs-1",
        "database_url": "postgresql://u:pw-1@host/b",
    }
    for arguments in (["config"], ["config", "--json"]):
        said = baton(*arguments, **secrets).output
        assert "pat-1" not in said
        assert "cs-1" not in said
        assert "pw-1" not in said
        assert "set" in said


def test_config_warns_of_an_unknown_setting_with_the_nearest_name(baton: Cli) -> None:
    result = baton("config", "--json", portl_id="7")
    assert "BATON_PORTL_ID; did you mean BATON_PORTAL_ID?" in result.stderr
    json.loads(result.stdout)


def test_config_with_a_setting_that_cannot_be_read_names_it_and_lists_what_there_is(baton: Cli) -> None:
    result = baton("config", lease_seconds="soon")
    assert result.exit_code == 1
    assert "BATON_LEASE_SECONDS" in result.stderr
    assert "BATON_PORTAL_ID" in result.stdout


def test_a_new_secret_key_is_usable_and_never_the_same(baton: Cli) -> None:
    first, second = (baton("secret-key").stdout.strip() for _ in range(2))
    assert first != second
    assert Fernet(first).encrypt(b"secret")


def test_a_reading_command_without_a_database_says_what_to_do_and_makes_none(baton: Cli) -> None:
    result = baton("status")
    assert result.exit_code == 1
    assert "baton migrate" in result.stderr
    assert list(baton.folder.iterdir()) == []


def test_the_committed_example_of_settings_is_the_generated_one() -> None:
    committed = Path(__file__).parents[2] / "config" / "baton.example.env"
    assert committed.read_text(encoding="utf-8") == example_env()
