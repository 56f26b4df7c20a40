"""The whole database in one file: a zip of one COPY a table, and a manifest that says what they are.

It goes over the connection that everything else uses, so it needs no program of PostgreSQL's, works with any of its
versions, and a password is on no command line. All tables are read in one snapshot, while others go on writing.
"""

from __future__ import annotations

import os
import tempfile
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any, ClassVar, Final
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

import asyncpg
import orjson
from sqlalchemy import text

from app.errors import BatonError
from app.storage.codec import from_json, to_json
from app.storage.database import DATA_AT_FAULT, Connection, Database
from app.storage.migrate import newest_shape, shape_of
from app.storage.tables import metadata

_FORMAT: Final = 1
_MANIFEST = "manifest.json"
_CHUNK = 1 << 16
"""Bytes read at once: a table of any size goes through."""
_DAMAGE = (BadZipFile, KeyError, EOFError, NotImplementedError, zlib.error)
"""What reading a zip's member raises where its bytes are not those that were written."""
_NOT_OF_ITS_SHAPE = ("42P01", "42703")
"""SQLSTATE of a table or column that is not there: the manifest names one that its shape never had."""


class BackupRefused(BatonError):
    """A backup is not taken, or not restored; the message says why and what to do."""

    code: ClassVar[str] = "backup_refused"


@dataclass(frozen=True, slots=True)
class Copied:
    """A table of a backup: its columns in the order in which they were copied, and how many rows there are."""

    name: str
    columns: tuple[str, ...]
    rows: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds: the snapshot of `made_at`, in the shape that the migration `shape` made."""

    format: int
    baton: str
    shape: str
    made_at: datetime
    tables: tuple[Copied, ...]

    @property
    def rows(self) -> int:
        return sum(one.rows for one in self.tables)


async def write(database: Database, file: Path, *, baton: str, now: datetime) -> Manifest:
    """Copy a database of the newest shape into a new file, which only its owner may read.

    The file is there when it is whole, or not at all. Raises BackupRefused when it exists or cannot be made, or when
    the database gets another shape meanwhile.
    """
    with _whole_or_nothing(file) as raw, ZipFile(raw, "w", ZIP_DEFLATED) as archive:
        async with database.begin() as connection:
            await connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"))
            await _take_all_the_time(connection)
            await _hold_the_shape(connection)
            tables = [await _copy_out(connection, archive, table.name) for table in metadata.sorted_tables]
        manifest = Manifest(_FORMAT, baton, newest_shape(), now, tuple(tables))
        archive.writestr(_MANIFEST, orjson.dumps(to_json(manifest, Manifest), option=orjson.OPT_INDENT_2))
    return manifest


async def _hold_the_shape(connection: Connection) -> None:
    """Let no migration at the tables until the transaction ends. The locks come first, the snapshot after them: to one
    that is older than a migration, a table that this wrote anew would look empty.
    """
    names = ", ".join(_quoted(table.name) for table in metadata.sorted_tables)
    await connection.execute(text(f"LOCK TABLE {names} IN ACCESS SHARE MODE"))
    if await shape_of(connection) != newest_shape():
        raise BackupRefused("the database was brought to another shape just now; take the backup with that version")


async def _copy_out(connection: Connection, archive: ZipFile, table: str) -> Copied:
    columns = tuple(column.name for column in metadata.tables[table].columns)
    query = f"SELECT {', '.join(_quoted(column) for column in columns)} FROM {_quoted(table)}"
    with archive.open(_member(table), "w", force_zip64=True) as member:

        async def keep(content: bytes) -> None:
            member.write(content)

        try:
            said: str = await (await _driver(connection)).copy_from_query(query, output=keep)
        except asyncpg.PostgresError as error:
            raise BackupRefused(f"the database did not give {table}: {_words(error)}; mend that, then again") from None
    return Copied(table, columns, _many(said))


class Backup:
    """A backup's file, open to be read."""

    def __init__(self, archive: ZipFile, manifest: Manifest) -> None:
        self._archive = archive
        self.manifest = manifest

    async def load(self, connection: Connection) -> None:
        """Copy every row into the tables, which are there in the backup's shape and empty.

        Raises BackupRefused when the file turns out to be damaged: roll back then.
        """
        await _take_all_the_time(connection)
        for table in self.manifest.tables:
            many = await self._copy_in(connection, table)
            if many != table.rows:
                raise BackupRefused(
                    f"the backup is damaged: {table.name} has {many} rows, not {table.rows}; use another one"
                )

    async def _copy_in(self, connection: Connection, table: Copied) -> int:
        try:
            with self._archive.open(_member(table.name)) as member:
                said: str = await (await _driver(connection)).copy_to_table(
                    table.name, source=_chunks(member), columns=table.columns
                )
        except _DAMAGE as error:
            raise _damaged(table, error) from None
        except asyncpg.PostgresError as error:
            if error.sqlstate is None or not error.sqlstate.startswith((*DATA_AT_FAULT, *_NOT_OF_ITS_SHAPE)):
                refused = f"the database did not take {table.name}: {_words(error)}; mend that, then again"
                raise BackupRefused(refused) from None
            raise _damaged(table, error) from None
        return _many(said)


def _damaged(table: Copied, error: Exception) -> BackupRefused:
    return BackupRefused(f"the backup is damaged, in {table.name}: {_words(error)}; use another one")


def _words(error: Exception) -> str:
    """What was wrong, without PostgreSQL's details: they quote values."""
    return str(error.args[0]) if error.args else type(error).__name__


@contextmanager
def opened(file: Path) -> Iterator[Backup]:
    """The backup in a file. Raises BackupRefused when it is none that this version can read."""
    try:
        archive = ZipFile(file)
    except OSError as error:
        raise BackupRefused(f"{file} cannot be read: {error.strerror}") from None
    except BadZipFile:
        raise BackupRefused(f"{file} is no backup, or was cut short; use another one") from None
    with archive:
        yield Backup(archive, _manifest(archive, file))


def _manifest(archive: ZipFile, file: Path) -> Manifest:
    try:
        read = orjson.loads(archive.read(_MANIFEST))
        if read["format"] == _FORMAT:
            return from_json(read, Manifest)
    except (BadZipFile, KeyError, TypeError, ValueError):
        raise BackupRefused(f"{file} is no backup of Baton, or is damaged; use another one") from None
    raise BackupRefused(f"{file} has the form {read['format']}, and this version reads {_FORMAT}; install a newer one")


async def tables_there(connection: Connection) -> list[str]:
    """The names of the tables that the database has, whosever they are."""
    rows = await connection.execute(
        text("SELECT tablename FROM pg_tables WHERE schemaname = current_schema() ORDER BY tablename")
    )
    return [row.tablename for row in rows]


@contextmanager
def _whole_or_nothing(file: Path) -> Iterator[IO[bytes]]:
    """A file to write beside `file`, which takes its name once all is on the disk and goes when something fails."""
    if file.exists():
        raise BackupRefused(f"{file} is there already; give another name, or move it away")
    try:
        handle, name = tempfile.mkstemp(prefix=f".{file.name}-", dir=file.parent)
    except OSError as error:
        raise BackupRefused(f"{file} cannot be made: {error.strerror}; name a file in a folder of yours") from None
    unfinished = Path(name)
    try:
        with os.fdopen(handle, "wb") as raw:
            yield raw
            raw.flush()
            os.fsync(raw.fileno())
        unfinished.rename(file)
    except OSError as error:
        raise BackupRefused(f"{file} was not written: {error.strerror or error}") from None
    finally:
        unfinished.unlink(missing_ok=True)


async def _take_all_the_time(connection: Connection) -> None:
    """Large tables take longer than any statement of a look may."""
    await connection.execute(text("SET LOCAL statement_timeout = 0"))


async def _chunks(member: IO[bytes]) -> AsyncIterator[bytes]:
    while content := member.read(_CHUNK):
        yield content


async def _driver(connection: Connection) -> Any:  # noqa: ANN401  asyncpg brings no types
    """The driver's own connection, inside the same transaction: SQLAlchemy has no COPY."""
    return (await connection.get_raw_connection()).driver_connection


def _member(table: str) -> str:
    return f"tables/{table}.copy"


def _quoted(name: str) -> str:
    return f'"{name}"'


def _many(said: str) -> int:
    """The count in PostgreSQL's `COPY 42`."""
    return int(said.removeprefix("COPY "))
