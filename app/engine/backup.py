"""Backing up and restoring: a snapshot while all goes on, and the way back into an empty database.

A restored database knows nothing of what was done after its snapshot. So it begins paused, what was due counts as
perhaps sent, and every record is read again before anything is decided about it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path

from app.storage import audit, backup, restored
from app.storage.backup import Backup, BackupRefused, Manifest
from app.storage.database import Connection, Database
from app.storage.migrate import is_current, known_shapes, newest_shape, upgrade
from app.storage.restored import Settled

_NAMED_MOST = 5


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and what was settled so that nothing is done twice."""

    manifest: Manifest
    settled: Settled


async def back_up(database: Database, file: Path, *, now: datetime) -> Manifest:
    """Take a backup. Raises BackupRefused when the database is another version's, or the file cannot be written."""
    if not await is_current(database):
        raise BackupRefused(
            "the database is empty, or has the shape of another version of Baton; take the backup with the version "
            "that works on it"
        )
    return await backup.write(database, file, baton=version("baton"), now=now)


async def restore(database: Database, file: Path, *, by: str, now: datetime) -> Restored:
    """Fill an empty database from a backup and bring it to the newest shape: all of it, or nothing.

    Every portal is paused. Raises BackupRefused when the database is not empty, or when the file is damaged, no
    backup, or of a newer Baton.
    """
    with backup.opened(file) as found:
        _demand_known(found.manifest)
        async with database.begin() as connection:
            await _demand_empty(connection)
            return Restored(found.manifest, await _fill(connection, found, by=by, now=now))


async def _fill(connection: Connection, found: Backup, *, by: str, now: datetime) -> Settled:
    manifest = found.manifest
    await upgrade(connection, manifest.shape, now=now)
    await found.load(connection)
    await upgrade(connection, newest_shape(), now=now)
    taken = f"{manifest.made_at:%Y-%m-%d %H:%M} UTC"
    settled = await restored.settle(connection, pause=f"restored from the backup of {taken}", now=now)
    for portal_id in settled.portals:
        await audit.note(connection, portal_id, by, "restored", {"backup_of": taken, "rows": manifest.rows}, now=now)
    return settled


def _demand_known(manifest: Manifest) -> None:
    if manifest.shape not in known_shapes():
        raise BackupRefused(
            f"the backup is of Baton {manifest.baton} with the database's shape {manifest.shape}; this version knows "
            f"shapes up to {newest_shape()}. Install that version or a newer one, and restore again"
        )


async def _demand_empty(connection: Connection) -> None:
    there = await backup.tables_there(connection)
    if there:
        more = f" and {len(there) - _NAMED_MOST} more" if len(there) > _NAMED_MOST else ""
        raise BackupRefused(
            f"the database is not empty, it has the tables {', '.join(there[:_NAMED_MOST])}{more}. Restore into an "
            "empty one: a new database for BATON_DATABASE_URL, or a new folder for BATON_DATA_DIR"
        )
