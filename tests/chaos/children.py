"""Processes that a fault test starts, kills and, whatever happens, ends: by their process, never by a name."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

ROOT = Path(__file__).parents[2]
_STARTS_WITHIN_S = 60
_ENDS_WITHIN_S = 90
_POLL_S = 0.02


async def until(holds: Callable[[], Awaitable[bool]], what: str, *, within: float = 30) -> None:
    """Come back as soon as the condition holds; fail, saying `what` did not come about, when time is up."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while not await holds():
        assert loop.time() < deadline, f"not within {within} s: {what}"
        await asyncio.sleep(_POLL_S)


@dataclass(frozen=True, slots=True)
class Child:
    """A Python module running as a process of its own; what it says on standard error is in `log`."""

    process: Process
    log: Path

    async def told(self, *, within: float) -> Mapping[str, Any]:
        """The next line of JSON that it says."""
        assert self.process.stdout is not None
        line = await asyncio.wait_for(self.process.stdout.readline(), within)
        assert line, f"it ended: {self.last_words()}"
        said: Mapping[str, Any] = json.loads(line)
        return said

    def tell(self, order: object) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(order).encode() + b"\n")

    def last_words(self) -> str:
        return self.log.read_text(encoding="utf-8")[-2000:]


class Workers:
    """Workers, one at a time, from a process that forks them: see tests.chaos.killable."""

    def __init__(self, nursery: Child) -> None:
        self._nursery = nursery
        self._pid: int | None = None

    async def start(self, doom: Mapping[str, object] | None) -> None:
        assert self._pid is None, "one at a time"
        self._nursery.tell(doom)
        self._pid = (await self._nursery.told(within=_STARTS_WITHIN_S))["born"]

    async def dies(self) -> None:
        """Wait until the worker was ended by SIGKILL; any other end is a failure of the test."""
        await self._ends(-signal.SIGKILL)

    async def kill(self) -> None:
        self._send(signal.SIGKILL)
        await self.dies()

    async def stop(self) -> None:
        """Let the worker finish the look it is in, and end."""
        self._send(signal.SIGTERM)
        await self._ends(0)

    def abandon(self) -> None:
        if self._pid is not None:
            self._send(signal.SIGKILL)

    def _send(self, what: signal.Signals) -> None:
        assert self._pid is not None
        os.kill(self._pid, what)

    async def _ends(self, wanted: int) -> None:
        told = await self._nursery.told(within=_ENDS_WITHIN_S)
        self._pid = None
        assert told["status"] == wanted, f"exit {told['status']}: {self._nursery.last_words()}"


class Children:
    """All that were started: each is gone when the block ends."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._born: list[Child] = []

    async def start(
        self, module: str, arguments: Sequence[str], env: Mapping[str, str], *, fds: Sequence[int] = ()
    ) -> Child:
        log = self._folder / f"{len(self._born):03}-{module.rpartition('.')[2]}.log"
        with log.open("wb") as errors:
            process = await asyncio.create_subprocess_exec(
                sys.executable,
                *("-m", module, *arguments),
                stdin=PIPE if module.startswith("tests.") else DEVNULL,
                # Nobody reads what the service says on its standard output: a pipe would fill, and stop it.
                stdout=errors if module == "uvicorn" else PIPE,
                stderr=errors,
                env=dict(env),
                cwd=ROOT,
                pass_fds=fds,
            )
        self._born.append(Child(process, log))
        return self._born[-1]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        for child in self._born:
            if child.process.returncode is None:
                child.process.kill()
            await child.process.communicate()
