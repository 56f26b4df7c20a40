"""A database that an earlier version left, with its rows, serves this one after an upgrade."""

from __future__ import annotations

import pytest
from alembic import command
from sqlalchemy import Connection as SyncConnection
from sqlalchemy import text

from app.clock import SteppedClock
from app.errors import DatabaseUnavailable
from app.storage.database import Database
from app.storage.migrate import config, is_current, known_shapes, migrate, newest_shape, upgrade
from tests.conftest import NOW
from tests.world import make_simulator, open_world

ONCE = {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}
EARLIER = sorted(known_shapes() - {newest_shape()})


async def go_back(database: Database, shape: str) -> None:
    """Leave the database as a version would that knew migrations up to this one."""

    def downgrade(connection: SyncConnection) -> None:
        alembic = config()
        alembic.attributes["connection"] = connection
        command.downgrade(alembic, shape)

    async with database.begin() as connection:
        await connection.run_sync(downgrade)


@pytest.mark.parametrize("shape", EARLIER)
async def test_rows_of_every_earlier_shape_are_kept_and_worked_on(
    database: Database, database_url: str, clock: SteppedClock, shape: str
) -> None:
    sim = make_simulator(clock)
    async with open_world(database_url, clock, sim=sim) as before:
        contact = before.vp()
        await before.settle()
        effects = sim.counters.all_effects()
    await go_back(database, shape)
    assert not await is_current(database)

    await migrate(database, now=clock.now())
    assert await is_current(database)
    async with open_world(database_url, clock, sim=sim, live=False) as after:
        [handoff] = await after.rows("SELECT * FROM handoff")
        [tenure] = await after.rows("SELECT * FROM tenure")
        assert (tenure["handoff_id"], tenure["owner_id"]) == (handoff["id"], handoff["owner_id"])
        assert tenure["confirmed_at"] == handoff["owner_confirmed_at"] is not None
        await after.settle()
        assert sim.counters.all_effects() == effects == {contact: ONCE}

        sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
        fresh = after.vp(email="fresh@northbank.example")
        await after.settle()
        assert sim.counters.all_effects() == {contact: ONCE, fresh: ONCE}
        begun = await after.rows("SELECT DISTINCT started_at FROM clock WHERE contact_id = :id", id=contact)
        assert [row["started_at"] for row in begun] == [tenure["confirmed_at"]], "whichever version handed it over"
        states = {row["contact_id"]: row["state"] for row in await after.rows("SELECT * FROM handoff")}
        assert states == {contact: "accepted", fresh: "open"}


async def test_a_database_of_a_newer_version_is_refused_and_left_as_it_is(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(DatabaseUnavailable, match="the shape 9999 of a newer Baton"):
        await migrate(database, now=NOW)
    async with database.begin() as connection:
        assert await connection.scalar(text("SELECT version_num FROM alembic_version")) == "9999"


async def test_an_upgrade_may_take_longer_than_a_look_and_what_comes_after_it_may_not(empty_database_url: str) -> None:
    database = Database(empty_database_url)
    async with database.begin() as connection:
        await upgrade(connection, newest_shape(), now=NOW)
        assert await connection.scalar(text("SHOW statement_timeout")) == "0"
    async with database.begin() as connection:
        assert await connection.scalar(text("SHOW statement_timeout")) == "1min"
    await database.close()
