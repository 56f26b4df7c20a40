"""What the contract tests share: a simulator whose time stands still, a client, and a real socket."""

import socket
import threading
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest
import uvicorn

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock
from tests.contract.port_parts import WAYS, Bench, Wires, open_wires

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


@pytest.fixture
def clock() -> ShiftedClock:
    """Monday, 23 November 2026, 08:00 UTC, until a test moves it."""
    return ShiftedClock(lambda: MONDAY)


@pytest.fixture
def sim(clock: ShiftedClock) -> Simulator:
    return Simulator(now=clock, monotonic=lambda: clock().timestamp())


@pytest.fixture
async def hs(sim: Simulator) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right token."""
    transport = httpx.ASGITransport(app=sim.app)
    headers = {"Authorization": "Bearer sim-token"}
    async with httpx.AsyncClient(transport=transport, base_url="http://hubspot", headers=headers) as client:
        yield client


@pytest.fixture
def served(sim: Simulator) -> Iterator[str]:
    """The simulator behind a real socket, in a thread of its own; its URL."""
    config = uvicorn.Config(sim.app, log_level="critical", lifespan="off", access_log=False, ws="none")
    server = uvicorn.Server(config)
    with socket.create_server(("127.0.0.1", 0)) as listening:
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        _join(thread)


@pytest.fixture(scope="module")
async def wires() -> AsyncIterator[Wires]:
    async with open_wires() as opened:
        yield opened


@pytest.fixture(params=WAYS)
async def bench(sim: Simulator, wires: Wires, request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    """The port before the simulator, once in this process and once over a socket."""
    async with wires.client(request.param, sim.app) as http:
        yield Bench(http)


def _join(thread: threading.Thread) -> None:
    deadline = time.monotonic() + 5
    thread.join(timeout=5)
    assert time.monotonic() < deadline, "the server did not stop"
