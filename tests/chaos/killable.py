"""Baton workers that kill themselves: `python -m tests.chaos.killable`, told on standard input.

Each line is a doom, `{"point": "after send", "nth": 2}`, or `null` for a worker that lives until SIGTERM. For
each a worker is forked, one after the other, so that importing the service is paid for once. Standard output
tells of each, in a line of JSON, its pid when it is born and its exit status when it is dead (-9: SIGKILL).
Settings come from the environment; so does HOOK_URL, where notices are posted, which is at no port that a setting
could name, and HOOK_FOLDER with the certificate to trust there.
"""

from __future__ import annotations

import asyncio
import gc
import json
import os
import signal
import sys
from collections import Counter
from datetime import timedelta
from pathlib import Path

import httpx

from app.bootstrap import Parts, open_container
from app.engine.probes import SILENT, Probes
from app.logs import configure_logs
from app.notify.channels import Channel
from app.notify.post import Post
from app.notify.webhook import Webhook
from app.settings import load_settings
from tests.notify.receiver import INSIDE, client_tls

_PATIENT = timedelta(seconds=60)
"""How long a receiver may take: a busy machine is no failure to be tried again minutes later."""


class Doomed:
    """Ends the process the `nth` time that the engine reaches `point`: no clean-up, no farewell."""

    def __init__(self, point: str, nth: int) -> None:
        self._point = point
        self._nth = nth
        self._reached: Counter[str] = Counter()

    async def at(self, point: str) -> None:
        self._reached[point] += 1
        if point == self._point and self._reached[point] == self._nth:
            os.kill(os.getpid(), signal.SIGKILL)


async def _work(probes: Probes) -> None:
    loaded = load_settings(file=Path(os.devnull))
    configure_logs(loaded.settings.log_level, loaded.settings.log_format)
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    async with open_container(loaded, Parts(probes=probes, channels=_channels()), migrates=False) as container:
        await container.worker.run(stop)


def _channels() -> list[Channel] | None:
    url = os.environ.get("HOOK_URL")
    if not url:
        return None
    port, tls = httpx.URL(url).port, client_tls(Path(os.environ["HOOK_FOLDER"]))
    return [Webhook(Post(url, INSIDE, within=_PATIENT, ports=(port or 0,), tls=tls))]


def _bear(probes: Probes) -> None:
    """Fork a worker, and wait for its end. No thread or loop runs here, so that forking is safe."""
    pid = os.fork()
    if pid == 0:
        asyncio.run(_work(probes))
        os._exit(0)
    _say(born=pid)
    _, status = os.waitpid(pid, 0)
    _say(died=pid, status=os.waitstatus_to_exitcode(status))


def _say(**facts: int) -> None:
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()


def main() -> None:
    gc.freeze()
    for line in sys.stdin:
        doom = json.loads(line)
        _bear(Doomed(doom["point"], doom["nth"]) if doom else SILENT)


if __name__ == "__main__":
    main()
