"""The simulator as a process of its own: `python -m app.crm.simulator --port 8801 --contacts 200`."""

import argparse
import asyncio
import json
import logging
import socket
import sys
from contextlib import AsyncExitStack

import httpx
import uvicorn

from app.crm.simulator.sender import WebhookSender
from app.crm.simulator.simulator import Simulator


def main() -> None:
    """Serve until interrupted. One line of JSON says where, once connections are accepted."""
    options = _options()
    sim = Simulator(
        portal_id=options.portal_id,
        app_id=options.app_id,
        access_token=options.token,
        client_secret=options.secret,
        seed=options.seed,
    )
    if options.contacts:
        sim.seed_world(options.contacts)
    asyncio.run(_serve(sim, options))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m app.crm.simulator", description="A stateful HubSpot in memory.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=0, help="0 takes a free one")
    parser.add_argument("--portal-id", type=int, default=62515)
    parser.add_argument("--app-id", type=int, default=54321)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--contacts", type=int, default=0, help="how many contacts there are at the start")
    parser.add_argument("--token", default="sim-token", help="the access token that calls must carry")
    parser.add_argument("--secret", default="sim-secret", help="the client secret that webhooks are signed with")
    parser.add_argument("--target-url", default="", help="where webhooks go; none are sent without it")
    parser.add_argument("--signed-url", default="", help="the public URL, if webhooks are signed for another")
    parser.add_argument("--retry-scale", type=float, default=1.0, help="shortens HubSpot's day of retries")
    return parser.parse_args()


async def _serve(sim: Simulator, options: argparse.Namespace) -> None:
    # A connection that a fault breaks off would be logged as an error by the server.
    config = uvicorn.Config(sim.app, log_level=logging.CRITICAL, lifespan="off", access_log=False, ws="none")
    server = uvicorn.Server(config)
    with socket.create_server((options.host, options.port)) as listening:
        async with AsyncExitStack() as stack:
            stop = asyncio.Event()
            sending = await _sending(sim, options, stack, stop)
            _announce(options, listening.getsockname()[1])
            try:
                await server.serve(sockets=[listening])
            finally:
                stop.set()
                if sending is not None:
                    await sending


async def _sending(
    sim: Simulator, options: argparse.Namespace, stack: AsyncExitStack, stop: asyncio.Event
) -> asyncio.Task[None] | None:
    if not options.target_url:
        return None
    http = await stack.enter_async_context(httpx.AsyncClient())
    sender = WebhookSender(
        sim, options.target_url, http, signed_url=options.signed_url or None, time_scale=options.retry_scale
    )
    return asyncio.create_task(sender.run(stop))


def _announce(options: argparse.Namespace, port: int) -> None:
    """The socket listens already, so a connection made on reading this line is answered."""
    url = f"http://{options.host}:{port}"
    sys.stdout.write(
        json.dumps({"url": url, "host": options.host, "port": port, "portal_id": options.portal_id}) + "\n"
    )
    sys.stdout.flush()


if __name__ == "__main__":
    main()
