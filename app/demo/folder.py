"""A fresh data folder for each demo. It deletes only what a demo made, and nothing that is in use.

The file `demo.lock` in the folder says that the folder is a demo's; who plays holds a lock on it, which the
kernel drops whatever way the process ends.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from app.errors import BatonError, DatabaseUnavailable
from app.storage.embedded import EmbeddedPostgres

_MARK = "demo.lock"
_PATIENCE_SECONDS = 15.0
_PAUSE_SECONDS = 0.1


class FolderRefused(BatonError):
    """The folder is not the demo's to delete, or is in use; the message says what to do."""

    code = "demo_folder"


@contextmanager
def fresh_folder(folder: Path) -> Iterator[Path]:
    """The folder, empty but for the demo's own mark, and nobody else's for as long as the block lasts.

    Raises FolderRefused, with the remedy, instead of touching what may belong to somebody.
    """
    folder = folder.absolute()
    _check_is_ours(folder)
    with _claimed(folder):
        _stop_server(folder)
        _empty(folder)
        yield folder


def _check_is_ours(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        strange = sorted(each.name for each in folder.iterdir())
    except OSError as error:
        raise FolderRefused(f"{folder} cannot be used: {error.strerror}. Choose another folder.") from error
    if strange and _MARK not in strange:
        raise FolderRefused(
            f"{folder} holds files that no demo made ({', '.join(strange[:3])}). The demo would delete them: "
            "choose another folder, or delete this one yourself."
        )


@contextmanager
def _claimed(folder: Path) -> Iterator[None]:
    """Hold the folder against another demo, and see that nobody else uses its database."""
    try:
        mark = (folder / _MARK).open("a")
    except OSError as error:
        raise FolderRefused(
            f"{folder / _MARK} cannot be opened: {error.strerror}. Another user's demo may have made it: "
            "delete the folder as that user, or choose another."
        ) from error
    with mark:
        _lock(mark, f"another demo is playing in {folder}; end it, or choose another folder")
        if (folder / "users.lock").exists():
            with (folder / "users.lock").open("r") as users:
                _lock(users, f"the database in {folder} is in use; end what uses it, or choose another folder")
        yield


def _lock(file: IO[str], why_not: str) -> None:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise FolderRefused(f"{why_not[0].upper()}{why_not[1:]}.") from None


def _stop_server(folder: Path) -> None:
    """Stop the server that an earlier demo left running when it was killed: the last user out stops it."""
    with suppress(DatabaseUnavailable):
        if _server_lives(folder / "postgres" / "postmaster.pid"):
            EmbeddedPostgres(folder, durable=False).open().close()


def _server_lives(pid_file: Path) -> bool:
    try:
        os.kill(int(pid_file.read_text().split()[0]), 0)
    except PermissionError:
        return True
    except (OSError, ValueError, IndexError):
        return False
    return True


def _empty(folder: Path) -> None:
    """Delete all but the mark. A server that was killed half started may write a moment longer: try again."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while rest := [each for each in folder.iterdir() if each.name != _MARK]:
        try:
            for each in rest:
                shutil.rmtree(each) if each.is_dir() and not each.is_symlink() else each.unlink()
        except OSError as error:
            if time.monotonic() > until:
                raise FolderRefused(f"{folder} cannot be emptied: {error}. Delete it yourself.") from error
            time.sleep(_PAUSE_SECONDS)
