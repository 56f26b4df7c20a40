"""A backup is one moment of a database at work; what is restored from it goes on and does nothing twice."""

from __future__ import annotations

import asyncio
import stat
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
import pytest
from sqlalchemy import text

from app.clock import SteppedClock
from app.engine.audit_pools import audit as audit_pools
from app.engine.backup import back_up, restore
from app.engine.probes import (
    AFTER_CLAIM,
    AFTER_COMMIT,
    AFTER_READ,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_SEND,
)
from app.engine.recheck import recheck
from app.handoff.decision import Notice
from app.records.ids import PortalId
from app.storage import notices
from app.storage.backup import BackupRefused, opened, tables_there
from app.storage.database import Database
from app.storage.migrate import is_current
from app.storage.notices import RESTORED, DeliveryState, NewNotice
from app.storage.tables import metadata
from tests.conftest import NOW
from tests.engine.backups import LEADS, ONCE, restored, working
from tests.world import PORTAL, World

OF_SHAPE_0004 = Path(__file__).parents[1] / "payloads" / "backups" / "shape-0004.zip"
"""What was there when 0004 was the newest migration, as the Baton of that time left it."""
SETTLED = {"portal", "lane", "write", "notice", "notice_delivery", "audit"}
"""Tables of which restoring changes rows."""


class Died(Exception):
    """The machine is gone: nothing after this point is done."""


@dataclass
class Once:
    """Does something the first time that the engine reaches a point."""

    point: str
    act: Callable[[], Awaitable[object]] | None = None

    async def at(self, point: str) -> None:
        if point == self.point and self.act is not None:
            act, self.act = self.act, None
            await act()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


@pytest.fixture
async def empty(empty_database_url: str) -> AsyncIterator[Database]:
    connected = Database(empty_database_url)
    yield connected
    await connected.close()


async def contents(database: Database) -> dict[str, list[str]]:
    """Every row of every table, as text, in order."""
    async with database.begin() as connection:
        return {
            table: sorted((await connection.scalars(text(f'SELECT t::text FROM "{table}" AS t'))).all())
            for table in metadata.tables
        }


@pytest.mark.parametrize("point", [AFTER_CLAIM, AFTER_READ, AFTER_COMMIT, BEFORE_SEND, AFTER_SEND, AFTER_SETTLE])
async def test_a_backup_in_the_middle_of_a_look_goes_on_from_there_and_does_nothing_twice(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path, point: str
) -> None:
    probe = Once(point)
    async with working(database_url, clock, probe) as world:

        async def back_up_and_die() -> None:
            await back_up(world.database, file, now=clock.now())
            raise Died

        probe.act = back_up_and_die
        with pytest.raises(Died):
            await world.baton.worker.work()
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            assert list(world.sim.counters.all_effects().values()) == [ONCE] * LEADS
            found = await recheck(other.database, other.baton.portal_id)
            assert (found.differing, found.same >= LEADS) == ((), True)


@pytest.mark.parametrize("point", [AFTER_COMMIT, BEFORE_SEND, AFTER_SEND])
async def test_what_was_sent_after_the_backup_is_found_in_hubspot_and_not_sent_again(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path, point: str
) -> None:
    probe = Once(point)
    async with working(database_url, clock, probe) as world:
        probe.act = lambda: back_up(world.database, file, now=clock.now())
        await world.settle()
        assert list(world.sim.counters.all_effects().values()) == [ONCE] * LEADS
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            assert list(world.sim.counters.all_effects().values()) == [ONCE] * LEADS
            assert await other.rows("SELECT 1 FROM write WHERE state NOT IN ('done', 'superseded')") == []


async def test_what_is_restored_is_what_there_was_to_the_last_row(
    database_url: str, empty: Database, clock: SteppedClock, file: Path
) -> None:
    async with working(database_url, clock) as world:
        await world.settle()
        made = await back_up(world.database, file, now=clock.now())
        was = await contents(world.database)
        done = await restore(empty, file, by="ada", now=clock.now())
    now = await contents(empty)
    assert {one: now[one] for one in was.keys() - SETTLED} == {one: was[one] for one in was.keys() - SETTLED}
    assert {one.name: one.rows for one in made.tables} == {table: len(rows) for table, rows in was.items()}
    assert len(was["decision"]) >= LEADS
    assert done.manifest == made
    assert await is_current(empty)


async def test_what_an_earlier_version_left_is_brought_to_the_newest_shape_and_read(empty: Database) -> None:
    done = await restore(empty, OF_SHAPE_0004, by="ada", now=NOW)
    rows = {one.name: one.rows for one in done.manifest.tables}
    now = {table: len(kept) for table, kept in (await contents(empty)).items()}
    assert {table: now[table] for table in rows.keys() - {"audit"}} == {
        table: rows[table] for table in rows.keys() - {"audit"}
    }
    assert now["tenure"] == rows["handoff"] == 3
    found = await recheck(empty, PortalId(PORTAL))
    assert found.same + len(found.differing) == rows["decision"], "each is computed again"
    [pool] = await audit_pools(empty, PortalId(PORTAL))
    assert (pool.lines, pool.faults) == (rows["assignment"], ())


async def test_a_backup_under_load_is_one_moment_across_all_tables(
    database_url: str, empty: Database, clock: SteppedClock, file: Path
) -> None:
    taking: list[asyncio.Task[object]] = []

    async def begin() -> None:
        taking.append(asyncio.create_task(back_up(world.database, file, now=clock.now())))

    async with working(database_url, clock, Once(AFTER_COMMIT, begin)) as world:
        for _ in range(4):
            for _ in range(LEADS):
                world.vp()
            await world.settle()
        await asyncio.gather(*taking)
        await restore(empty, file, by="ada", now=clock.now())
        was = await contents(world.database)
    now = await contents(empty)
    assert LEADS <= len(now["decision"]) < len(was["decision"])
    assert set(now["decision"]) <= set(was["decision"])
    async with empty.begin() as connection:
        for half in (
            "SELECT 1 FROM handoff WHERE id NOT IN (SELECT handoff_id FROM tenure)",
            "SELECT 1 FROM write WHERE decision_id NOT IN (SELECT id FROM decision)",
            "SELECT 1 FROM event WHERE decision_id IS NOT NULL AND decision_id NOT IN (SELECT id FROM decision)",
        ):
            assert (await connection.execute(text(half))).all() == []
    assert (await recheck(empty, PortalId(PORTAL))).differing == ()


async def test_a_restored_portal_waits_until_somebody_resumes_it(
    world: World, empty: Database, file: Path, clock: SteppedClock
) -> None:
    world.vp()
    await world.settle()
    await back_up(world.database, file, now=clock.now())
    clock.advance(timedelta(hours=3))
    await restore(empty, file, by="ada", now=clock.now())
    async with empty.begin() as connection:
        [portal] = (await connection.execute(text("SELECT paused_reason FROM portal"))).all()
        lanes = (await connection.execute(text("SELECT lease_token, covered FROM lane"))).all()
        [line] = (await connection.execute(text("SELECT actor, action FROM audit WHERE action = 'restored'"))).all()
    assert portal.paused_reason == "restored from the backup of 2026-11-20 15:00 UTC"
    assert {(one.lease_token, one.covered) for one in lanes} == {(None, None)}, "every record is read first"
    assert tuple(line) == ("ada", "restored")


async def test_a_notice_that_waited_is_kept_back_until_a_person_lets_it_go(
    world: World, empty: Database, file: Path, clock: SteppedClock
) -> None:
    portal_id = world.baton.portal_id
    told = Notice("breached", "sam@example.com", "breached", "A lead is overdue", ())
    async with world.database.begin() as connection:
        new = [NewNotice(f"{name}-breached", uuid4(), None, told) for name in ("given", "fresh")]
        await notices.add(connection, portal_id, new[:1], shadow=False, now=clock.now())
        await notices.spread(connection, portal_id, ["mail"], limit=9, now=clock.now())
        await notices.add(connection, portal_id, new[1:], shadow=False, now=clock.now())
    await back_up(world.database, file, now=clock.now())
    done = await restore(empty, file, by="ada", now=clock.now())
    async with empty.begin() as connection:
        kept = await notices.listed(connection, portal_id, limit=9)
        assert {(one.state, one.words) for one in kept} == {
            (DeliveryState.DEAD, RESTORED),
            (DeliveryState.SKIPPED, RESTORED),
        }
        assert done.settled.notices == 2
        for one in kept:
            assert await notices.retry(connection, portal_id, one.id, now=clock.now())
        assert {one.state for one in await notices.listed(connection, portal_id, limit=9)} == {DeliveryState.DUE}


async def test_a_database_with_tables_is_left_alone_and_they_are_named(
    world: World, database: Database, file: Path, clock: SteppedClock
) -> None:
    await back_up(world.database, file, now=clock.now())
    was = await contents(database)
    with pytest.raises(BackupRefused, match=r"not empty, it has the tables absence, act, .+ and \d+ more"):
        await restore(database, file, by="ada", now=clock.now())
    assert await contents(database) == was


async def test_a_database_of_another_shape_is_not_backed_up(empty: Database, file: Path) -> None:
    with pytest.raises(BackupRefused, match="take the backup with the version that works on it"):
        await back_up(empty, file, now=NOW)
    assert files_beside(file) == []


async def test_a_backup_that_meets_a_migration_waits_for_it_and_is_not_taken(
    database: Database, file: Path, clock: SteppedClock
) -> None:
    async with database.begin() as migrating:
        await migrating.execute(text("ALTER TABLE outage ALTER COLUMN until_at SET DEFAULT now()"))
        await migrating.execute(text("UPDATE alembic_version SET version_num = '9999'"))
        taking = asyncio.create_task(back_up(database, file, now=NOW))
        while not taking.done() and not await somebody_waits(database):
            continue
    with pytest.raises(BackupRefused, match="another shape"):
        await taking
    assert files_beside(file) == []


async def somebody_waits(database: Database) -> bool:
    """Whether a transaction stands before a lock."""
    async with database.begin() as connection:
        waiting = "SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND relation = 'outage'::regclass)"
        return bool(await connection.scalar(text(waiting)))


async def test_a_database_that_is_full_is_not_taken_for_a_damaged_backup(
    world: World, empty: Database, file: Path
) -> None:
    await back_up(world.database, file, now=NOW)
    async with empty.begin() as connection:
        for statement in FULL:
            await connection.execute(text(statement))
    with pytest.raises(BackupRefused, match="the database did not take portal: no space left on device") as refused:
        await restore(empty, file, by="ada", now=NOW)
    assert "damaged" not in str(refused.value)
    async with empty.begin() as connection:
        assert await tables_there(connection) == []


FULL = (
    """CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '53100'; END $$""",
    """CREATE FUNCTION arm() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
       IF to_regclass('portal') IS NOT NULL AND NOT EXISTS (SELECT FROM pg_trigger WHERE tgname = 'full') THEN
           CREATE TRIGGER "full" BEFORE INSERT ON portal FOR EACH ROW EXECUTE FUNCTION refuse(); END IF; END $$""",
    "CREATE EVENT TRIGGER arming ON ddl_command_end WHEN TAG IN ('CREATE TABLE') EXECUTE FUNCTION arm()",
)
"""Lets the disk be full as soon as a row comes in."""


async def test_an_account_that_owns_the_database_and_no_more_may_restore_and_back_up(
    world: World, empty: Database, file: Path, tmp_path: Path
) -> None:
    world.vp()
    await world.settle()
    made = await back_up(world.database, file, now=NOW)
    plain = f"plain_{uuid4().hex[:8]}"
    async with empty.begin() as connection:
        await connection.execute(text(f"CREATE ROLE {plain} LOGIN NOSUPERUSER"))
        await connection.execute(text(f"ALTER DATABASE {empty.engine.url.database} OWNER TO {plain}"))
    theirs = Database(empty.engine.url.set(username=plain).render_as_string(hide_password=False))
    try:
        await restore(theirs, file, by="ada", now=NOW)
        again = await back_up(theirs, tmp_path / "again.zip", now=NOW)
    finally:
        await theirs.close()
        async with empty.begin() as connection:
            await connection.execute(text(f"REASSIGN OWNED BY {plain} TO CURRENT_USER"))
            await connection.execute(text(f"DROP ROLE {plain}"))
    many = {one.name: one.rows for one in made.tables}
    assert {one.name: one.rows for one in again.tables if one.name != "audit"} == {
        name: rows for name, rows in many.items() if name != "audit"
    }


async def test_a_backup_is_its_owners_alone_and_replaces_nothing(database: Database, file: Path) -> None:
    await back_up(database, file, now=NOW)
    with pytest.raises(BackupRefused, match="is there already"):
        await back_up(database, file, now=NOW + timedelta(days=1))
    with opened(file) as kept:
        assert kept.manifest.made_at == NOW
    assert files_beside(file) == [("backup.zip", 0o600)]


def files_beside(file: Path) -> list[tuple[str, int]]:
    """Name and mode of everything in the file's folder."""
    return [(one.name, stat.S_IMODE(one.stat().st_mode)) for one in file.parent.iterdir()]


async def test_a_backup_that_breaks_off_leaves_no_file(database: Database, file: Path) -> None:
    async with database.begin() as connection:
        await connection.execute(text("ALTER TABLE outage DROP COLUMN until_at CASCADE"))
    with pytest.raises(Exception, match="until_at"):
        await back_up(database, file, now=NOW)
    assert files_beside(file) == []


async def test_a_folder_that_is_not_there_is_named(database: Database, tmp_path: Path) -> None:
    with pytest.raises(BackupRefused, match=r"nowhere/backup\.zip cannot be made: No such file"):
        await back_up(database, tmp_path / "nowhere" / "backup.zip", now=NOW)


def cut_short(file: Path) -> None:
    file.write_bytes(file.read_bytes()[:-200])


def flip_a_byte(file: Path) -> None:
    """Damage the copy of the agreement, which is most of the file."""
    content = bytearray(file.read_bytes())
    content[content.index(b"tables/agreement_version.copy") + 200] ^= 0xFF
    file.write_bytes(content)


def cut_a_member(file: Path) -> None:
    """Let the directory promise more of the agreement than its copy holds."""
    with ZipFile(file) as archive:
        where = archive.getinfo("tables/agreement_version.copy").header_offset
    content = bytearray(file.read_bytes())
    directory = content.rindex(b"PK\x01\x02", 0, content.rindex(b"tables/agreement_version.copy"))
    content[directory + 42 : directory + 46] = (where + 4_000_000).to_bytes(4, "little")
    file.write_bytes(content)


def swap_two_members(file: Path) -> None:
    """Each copy is sound in itself, and not of its table."""
    members = members_of(file)
    write_members(file, members | {"tables/portal.copy": members["tables/agreement_version.copy"]})


def of_an_earlier_shape_by_its_own_word(file: Path) -> None:
    change_manifest(file, shape="0001")


def of_a_newer_baton(file: Path) -> None:
    change_manifest(file, shape="9999", baton="7.0.0")


def of_another_form(file: Path) -> None:
    change_manifest(file, format=2)


def not_a_backup(file: Path) -> None:
    with ZipFile(file, "w") as archive:
        archive.writestr("holiday.jpg", b"")


def change_manifest(file: Path, **changes: object) -> None:
    members = members_of(file)
    members["manifest.json"] = orjson.dumps(orjson.loads(members["manifest.json"]) | changes)
    write_members(file, members)


def members_of(file: Path) -> dict[str, bytes]:
    with ZipFile(file) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def write_members(file: Path, members: dict[str, bytes]) -> None:
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cut_short, "was cut short"),
        (flip_a_byte, "the backup is damaged, in agreement_version"),
        (cut_a_member, "the backup is damaged, in agreement_version"),
        (swap_two_members, "the backup is damaged, in portal"),
        (of_an_earlier_shape_by_its_own_word, "the backup is damaged, in "),
        (of_a_newer_baton, r"of Baton 7\.0\.0 with the database's shape 9999; this version knows shapes up to \d{4}\."),
        (of_another_form, "has the form 2, and this version reads 1"),
        (not_a_backup, "is no backup of Baton"),
        (Path.unlink, "cannot be read: No such file"),
    ],
)
async def test_a_file_that_cannot_be_restored_is_told_and_leaves_the_database_empty(
    world: World, empty: Database, file: Path, spoil: Callable[[Path], None], words: str
) -> None:
    await back_up(world.database, file, now=NOW)
    spoil(file)
    with pytest.raises(BackupRefused, match=words):
        await restore(empty, file, by="ada", now=NOW)
    async with empty.begin() as connection:
        assert await tables_there(connection) == []
