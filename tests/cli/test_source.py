from __future__ import annotations

import pytest
from cryptography.fernet import Fernet

from app.records.ids import PortalId
from app.storage import sources
from app.storage.database import Database
from app.storage.sources import Sealed
from tests.cli.conftest import Cli
from tests.world import PORTAL


async def kept(database: Database, name: str) -> Sealed:
    async with database.begin() as connection:
        sealed = await sources.get(connection, PortalId(PORTAL), name)
    assert sealed is not None
    return sealed


async def test_a_source_keeps_its_secret_encrypted_and_the_one_before_it(cli: Cli, database: Database) -> None:
    key = Fernet.generate_key()
    for secret in ("first", "second", "second"):
        result = await cli.run("source", "add", "crm-card", stdin=f"{secret}\n", secret_key=key.decode())
        assert result.exit_code == 0, result.stderr
        assert secret not in result.output
    sealed = await kept(database, "crm-card")
    assert Fernet(key).decrypt(sealed.current) == b"second"
    assert sealed.previous is not None
    assert Fernet(key).decrypt(sealed.previous) == b"first"


async def test_a_secret_of_a_lost_key_is_not_kept_as_previous(cli: Cli, database: Database) -> None:
    for _ in range(2):
        key = Fernet.generate_key().decode()
        assert (await cli.run("source", "add", "other", stdin="secret\n", secret_key=key)).exit_code == 0
    assert (await kept(database, "other")).previous is None


async def test_without_a_key_nothing_is_kept(cli: Cli) -> None:
    result = await cli.run("source", "add", "other", stdin="secret\n")
    assert result.exit_code == 1
    assert "baton secret-key" in result.stderr


@pytest.mark.parametrize(("name", "secret"), [("hubspot", "s\n"), ("A b", "s\n"), ("other", "\n")])
def test_a_name_or_secret_that_cannot_be_is_wrong_usage(baton: Cli, name: str, secret: str) -> None:
    assert baton("source", "add", name, stdin=secret, secret_key=Fernet.generate_key().decode()).exit_code == 2
