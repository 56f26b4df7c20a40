"""The processes: all in one, the door alone, a worker alone; and bringing the database to shape."""

# ruff: noqa: PLC0415  heavy modules are imported inside functions, so that `--help` is quick

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Coroutine
from contextlib import nullcontext
from typing import TYPE_CHECKING, Annotated

import typer

from app.cli.opened import load
from app.cli.shown import say
from app.errors import ConfigurationError

if TYPE_CHECKING:
    from app.bootstrap import Container
    from app.settings import Loaded

Host = Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for all.")]
Port = Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")]

_HERE = "127.0.0.1"
_DRAIN_SECONDS = 10


def register(app: typer.Typer) -> None:
    for command in (run, serve, worker, migrate):
        app.command()(command)


def run(host: Host = _HERE, port: Port = 8000) -> None:
    """Take in webhooks and work on them, in one process; brings the database to shape first."""
    _run(_serve(load(), host, port, works=True))


def serve(host: Host = _HERE, port: Port = 8000) -> None:
    """Take in webhooks only; run `baton worker` beside it."""
    _run(_serve(load(), host, port, works=False))


def worker(
    host: Host = _HERE,
    metrics_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Port to serve this worker's metrics on. Default: none.")
    ] = None,
) -> None:
    """Work on what came in; any number may run."""
    _run(_work(load(), host, metrics_port))


def migrate() -> None:
    """Bring the database to the shape that this version expects."""
    _run(_migrate(load()))
    say("The database has the newest shape.")


def _run(work: Coroutine[object, object, None]) -> None:
    """Run on the fastest event loop that is installed."""
    from uvicorn import Config

    with asyncio.Runner(loop_factory=Config("app.main:app", log_config=None).get_loop_factory()) as runner:
        runner.run(work)


async def _serve(loaded: Loaded, host: str, port: int, *, works: bool) -> None:
    from app.bootstrap import open_container

    stop = _stop_signal()
    with _listening(host, port) as listening:
        async with open_container(loaded, migrates=works) as container:
            await _show_first_key(container)
            if not stop.is_set():
                await _answer(container, listening, stop, works=works)


async def _show_first_key(container: Container) -> None:
    """Print an admin's key at the very first start: on standard output, so that no log keeps it."""
    from app.engine.keys import FIRST_EMAIL, first_key

    key = await first_key(container.database, container.portal_id, now=container.clock.now())
    if key:
        typer.echo(f"The first key, of {FIRST_EMAIL}, an admin. Keep it: it is shown only now.\n{key}")


async def _answer(container: Container, listening: socket.socket, stop: asyncio.Event, *, works: bool) -> None:
    """Serve until told to stop, then finish what was begun."""
    from uvicorn import Config, Server

    from app.main import create_app

    app = create_app(lambda: nullcontext(container), works=works)
    server = Server(
        Config(app, log_config=None, access_log=False, server_header=False, timeout_graceful_shutdown=_DRAIN_SECONDS)
    )
    stopping = asyncio.create_task(_stop_when(stop, server))
    try:
        await server.serve(sockets=[listening])
    finally:
        stopping.cancel()


async def _stop_when(stop: asyncio.Event, server: object) -> None:
    await stop.wait()
    server.should_exit = True  # type: ignore[attr-defined]


async def _work(loaded: Loaded, host: str, metrics_port: int | None) -> None:
    from app.bootstrap import open_container

    stop = _stop_signal()
    if metrics_port is not None:
        _serve_metrics(host, metrics_port)
    async with open_container(loaded, migrates=False) as container:
        await container.worker.run(stop)


def _serve_metrics(host: str, port: int) -> None:
    """Raises ConfigurationError when the port cannot be had."""
    from app import metrics

    try:
        metrics.serve(host, port)
    except OSError as error:
        raise _not_listening(host, port, error) from None


async def _migrate(loaded: Loaded) -> None:
    from app.bootstrap import open_database
    from app.clock import SystemClock
    from app.storage.migrate import migrate as to_newest

    async with open_database(loaded.settings) as database:
        await to_newest(database, now=SystemClock().now())


def _stop_signal() -> asyncio.Event:
    """Set once the process is asked to end. Handled from the start, so that what was opened is closed in order."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for one in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(one, stop.set)
    return stop


def _listening(host: str, port: int) -> socket.socket:
    """The socket, taken before anything slow happens. Raises ConfigurationError when it cannot be had."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        return socket.create_server((host, port), family=family)
    except OSError as error:
        raise _not_listening(host, port, error) from None


def _not_listening(host: str, port: int, error: OSError) -> ConfigurationError:
    why = error.strerror or error
    return ConfigurationError(f"cannot listen on {host} port {port}: {why}; choose another host or port")
