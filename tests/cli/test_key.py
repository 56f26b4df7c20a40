from __future__ import annotations

import json
from datetime import datetime, timedelta

import pytest

from app.records.ids import PortalId
from app.storage import audit
from app.storage.database import Database
from tests.cli.conftest import Cli, key_of
from tests.world import PORTAL

MIA = ("key", "create", "--email", "Mia@example.com", "--role", "approver", "--side", "marketing")


async def test_a_key_is_printed_alone_and_never_again(cli: Cli) -> None:
    made = await cli.run(*MIA)
    (text,) = made.stdout.splitlines()
    assert text.startswith("baton_")
    secret = text.split("_", 2)[2]
    listed = await cli.run("key", "list", "--json")
    assert secret not in listed.output
    (key,) = json.loads(listed.stdout)
    assert (key["email"], key["role"], key["side"], key["state"]) == (
        "mia@example.com",
        "approver",
        "marketing",
        "valid",
    )
    assert key["expires_at"] is None


async def test_a_key_can_end_by_itself(cli: Cli) -> None:
    made = await cli.json(*MIA, "--days", "30")
    (listed,) = await cli.json("key", "list")
    assert listed["expires_at"] == made["expires_at"]
    made_at, expires_at = (datetime.fromisoformat(listed[name]) for name in ("made_at", "expires_at"))
    assert expires_at - made_at == timedelta(days=30)


async def test_a_revoked_key_opens_nothing(cli: Cli) -> None:
    key = await key_of(cli, "root@example.com", "admin")
    (listed,) = await cli.json("key", "list")
    assert (await cli.run("key", "list", api_key=key)).exit_code == 0
    assert (await cli.run("key", "revoke", listed["id"])).exit_code == 0
    refused = await cli.run("key", "list", "--key", key)
    assert refused.exit_code == 1
    assert "revoked" in refused.stderr
    again = await cli.run("key", "revoke", listed["id"])
    assert again.exit_code == 1
    assert listed["id"] in again.stderr


@pytest.mark.parametrize("command", [MIA, ("key", "list"), ("key", "revoke", "0123456789")])
async def test_only_an_admin_handles_keys(cli: Cli, command: tuple[str, ...]) -> None:
    key = await key_of(cli, "pub@example.com", "publisher")
    refused = await cli.run(*command, api_key=key)
    assert refused.exit_code == 1
    assert "pub@example.com has the role publisher" in refused.stderr


async def test_every_change_of_keys_is_a_line_in_the_audit(cli: Cli, database: Database) -> None:
    key = await key_of(cli, "root@example.com", "admin")
    await cli.run(*MIA, api_key=key)
    (_, mia) = await cli.json("key", "list")
    await cli.run("key", "revoke", mia["id"], api_key=key)
    async with database.begin() as connection:
        lines = await audit.lines(connection, PortalId(PORTAL), limit=10)
    assert [(one.actor, one.action) for one in lines[:2]] == [
        ("root@example.com", "key revoked"),
        ("root@example.com", "key made"),
    ]


def test_an_address_that_is_none_is_wrong_usage(baton: Cli) -> None:
    for address in ("mia", "@", "mia @example.com"):
        assert baton("key", "create", "--email", address, "--role", "viewer").exit_code == 2


async def test_a_key_that_is_not_known_is_refused_without_being_shown(cli: Cli) -> None:
    refused = await cli.run("agreement", "discard", api_key="baton_0123456789_hidden")
    assert refused.exit_code == 1
    assert "hidden" not in refused.output


def test_the_setting_is_only_said_to_be_there(baton: Cli) -> None:
    shown = baton("config", api_key="baton_0123456789_hidden")
    assert "BATON_API_KEY\tset" in shown.stdout
    assert "hidden" not in shown.output
