"""The monthly partitions of events are made ahead, and never let an event wait."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import text

from app.storage.database import Database, DatabaseError
from app.storage.migrate import make_partitions
from tests.conftest import NOW

LATER = NOW + timedelta(days=300)


async def test_while_a_backup_reads_no_event_waits_for_a_partition_to_be_made(database: Database) -> None:
    async with database.begin() as backup:
        await backup.execute(text("LOCK TABLE event IN ACCESS SHARE MODE"))
        with pytest.raises(DatabaseError, match="lock timeout"):
            async with database.begin() as connection:
                await make_partitions(connection, now=LATER)
    async with database.begin() as connection:
        await make_partitions(connection, now=LATER)
        assert await connection.scalar(text("SELECT to_regclass('event_2027_09') IS NOT NULL"))


async def test_partitions_that_are_there_are_made_no_second_time_and_wait_for_nobody(database: Database) -> None:
    async with database.begin() as backup:
        await backup.execute(text("LOCK TABLE event IN ACCESS SHARE MODE"))
        async with database.begin() as connection:
            await make_partitions(connection, now=NOW)
            assert await connection.scalar(text("SELECT to_regclass('event_2026_11') IS NOT NULL"))
