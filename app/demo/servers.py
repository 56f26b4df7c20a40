"""HTTP servers on loopback sockets, several in one process: signals are the story's business, not theirs."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager

import uvicorn
from starlette.types import ASGIApp

from app.errors import ConfigurationError

HOST = "127.0.0.1"
_PORT_MOST = 65_535
_TRIES = 50
_PAUSE_SECONDS = 0.01


def listen(port: int) -> socket.socket:
    """A listening socket on the port, or on the next one that is free; 0 takes any.

    Raises ConfigurationError when none of the next fifty is free.
    """
    for candidate in range(port, min(port + _TRIES, _PORT_MOST + 1)):
        try:
            return socket.create_server((HOST, candidate), backlog=256)
        except OSError as error:
            if error.errno not in {errno.EADDRINUSE, errno.EACCES}:
                raise
    raise ConfigurationError(f"no port from {port} on is free; give another with --port")


def address_of(listening: socket.socket) -> str:
    """Where the socket is reached."""
    return f"http://{HOST}:{listening.getsockname()[1]}"


@asynccontextmanager
async def serving(app: ASGIApp, listening: socket.socket) -> AsyncIterator[None]:
    """Serve for as long as the block lasts; it begins once requests are answered."""
    config = uvicorn.Config(
        app, log_config=None, log_level=logging.WARNING, access_log=False, lifespan="off", ws="none",
        timeout_graceful_shutdown=2,
    )  # fmt: skip
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[listening]))
    while not server.started and not task.done():  # noqa: ASYNC110  uvicorn offers no event
        await asyncio.sleep(_PAUSE_SECONDS)
    try:
        yield
    finally:
        server.should_exit = True
        await task


class _Server(uvicorn.Server):
    """A server that leaves signals alone."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield
