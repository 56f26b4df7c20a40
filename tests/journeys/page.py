"""A page of the documentation, done as it says: its commands in a real shell, its edits in the files.

A block of `sh` is run as it stands, a block of `diff` is made in agreement.yaml, and a block of `text` after
commands is what they must print, where a line of three dots stands for any lines. Times, digests and keys may
differ. A block of commands ends well unless the text below it names another exit code.
"""

from __future__ import annotations

import os
import pty
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$(.*?)(?=^```|\Z)", flags=re.DOTALL | re.MULTILINE)
_DONE = re.compile(r"<<done (\d+)>>\n")
_LOOSE = (
    (re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ"), "<instant>"),
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d"), "<instant>"),
    (re.compile(r"\bbaton_[0-9a-f]{10}_[\w-]{43}"), "<key>"),
    (re.compile(r"\b[0-9a-f]{12}(?:[0-9a-f]{52})?\b"), "<digest>"),
    (re.compile(r"\b[0-9a-f]{10}\b"), "<key id>"),
)


@dataclass(frozen=True, slots=True)
class Block:
    """A block in its language, and the text from its end to the next block."""

    language: str
    content: str
    below: str

    @property
    def exit_code(self) -> int:
        named = re.search(r"exit\s+code (\d)", self.below)
        return int(named[1]) if named else 0


@dataclass(frozen=True, slots=True)
class Ran:
    """What a block of commands printed, as a terminal shows it, and how its last command ended."""

    printed: str
    exit_code: int


class Shell:
    """A shell at a terminal of 120 columns, which keeps its folder and its variables from block to block."""

    def __init__(self, process: subprocess.Popen[bytes], screen: int) -> None:
        self._process = process
        self._screen = screen

    def run(self, commands: str) -> Ran:
        assert self._process.stdin is not None
        self._process.stdin.write(f'{{\n{commands}\n}} </dev/null\necho "<<done $?>>"\n'.encode())
        self._process.stdin.flush()
        seen = b""
        while (done := _DONE.search(seen.decode(errors="ignore").replace("\r\n", "\n"))) is None:
            seen += os.read(self._screen, 65536)
        printed = seen.decode().replace("\r\n", "\n")
        return Ran(printed[: done.start()], int(done[1]))


@contextmanager
def open_shell(folder: Path, **environ: str) -> Iterator[Shell]:
    """A shell in the folder, with `baton` on its path and no setting of Baton's but those given."""
    screen, terminal = pty.openpty()
    plain = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
    with subprocess.Popen(
        ["bash", "--norc"],  # noqa: S607  the shell that people have
        cwd=folder,
        env=plain | _AT_A_TERMINAL | environ,
        stdin=subprocess.PIPE,
        stdout=terminal,
        stderr=terminal,
    ) as process:
        os.close(terminal)
        try:
            yield Shell(process, screen)
        finally:
            process.kill()
            os.close(screen)


_AT_A_TERMINAL = {
    "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    "LOGNAME": "ada",
    "TERM": "dumb",
    "COLUMNS": "120",
    "LINES": "50",
}


def blocks(page: Path) -> list[Block]:
    """The page's blocks in their order."""
    return [Block(*found) for found in _BLOCK.findall(page.read_text(encoding="utf-8"))]


def follow(page: Path, shell: Shell, folder: Path) -> None:
    """Do what the page says from top to bottom; fails where something comes out otherwise than it tells."""
    ran, all_ = Ran("", 0), blocks(page)
    for block, after in zip_longest(all_, all_[1:]):
        if block.language == "sh":
            ran = shell.run(block.content)
            told = after if after is not None and after.language == "text" else block
            assert ran.exit_code == told.exit_code, f"{block.content}\n{ran.printed}"
        elif block.language == "diff":
            edit(folder / "agreement.yaml", block.content)
        elif block.language == "text":
            assert _shown(block.content).fullmatch(_plain(ran.printed)), f"{block.content}\n\n{ran.printed}"


def edit(file: Path, change: str) -> None:
    """Make a change that is written with `-` before each old line, `+` before each new one, else a space."""
    lines = change.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[:1] in {" ", "-"})
    new = "".join(line[1:] for line in lines if line[:1] in {" ", "+"})
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"found {text.count(old)} times: {old}"
    file.write_text(text.replace(old, new), encoding="utf-8")


def _shown(text: str) -> re.Pattern[str]:
    parts = _plain(text).split("...\n")
    return re.compile(r"(?:.*\n)*?".join(re.escape(part) for part in parts))


def _plain(text: str) -> str:
    """The text without what differs from run to run, and without blanks at the ends of lines."""
    for pattern, name in _LOOSE:
        text = pattern.sub(name, text)
    return "".join(f"{line.rstrip()}\n" for line in text.splitlines() if line.strip())
