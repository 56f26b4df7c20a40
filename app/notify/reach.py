"""Connecting to public addresses alone: a name is resolved once, checked, and the checked address is connected to."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial

import httpcore

from app.notify.addresses import is_public, may_be_opened, parsed
from app.notify.errors import Unlawful, Unreachable

Resolve = Callable[[str, int], Awaitable[Sequence[str]]]
"""The addresses of a host as texts. Raises OSError."""

_ASKING = ThreadPoolExecutor(8, thread_name_prefix="notify-resolve")
"""Threads of our own: a look-up that hangs cannot be broken off, and must not hold up what else runs in threads."""


async def resolve(host: str, port: int) -> Sequence[str]:
    """What the machine's resolver says. It also knows the old forms of IPv4: 2130706433, 0x7f.1, 0177.0.0.1."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    found = await asyncio.get_running_loop().run_in_executor(_ASKING, ask)
    return tuple(dict.fromkeys(str(address[0]) for *_, address in found))


@dataclass(frozen=True, slots=True)
class Reach:
    """Where connections may go: to public addresses, and wherever the hosts named in `inside` are."""

    inside: frozenset[str] = frozenset()
    resolve: Resolve = resolve

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The host's addresses, every one of them checked. Raises Unlawful and Unreachable."""
        try:
            found = await self.resolve(host, port)
        except (OSError, UnicodeError):
            raise Unreachable(f"the host {host!r} has no address; check the name") from None
        allowed = may_be_opened if self.opens(host) else is_public
        if not found or not all(allowed(parsed(one)) for one in found):
            raise Unlawful(
                f"the host {host!r} has an address that is not public; "
                "if it is one of your own, add it to BATON_NOTIFY_ALLOW_PRIVATE_HOSTS"
            )
        return found

    def opens(self, host: str) -> bool:
        """Whether a setting lets this host have a private address."""
        return host.rstrip(".").lower() in self.inside

    async def connect(self, host: str, port: int) -> socket.socket:
        """A socket connected to the first of the host's addresses that takes it. Raises Unlawful and Unreachable."""
        for address in await self.addresses(host, port):
            family = socket.AF_INET6 if ":" in address else socket.AF_INET
            connecting = socket.socket(family, socket.SOCK_STREAM)
            connecting.setblocking(False)
            try:
                await asyncio.get_running_loop().sock_connect(connecting, (address, port))
            except OSError:
                connecting.close()
            except BaseException:
                connecting.close()
                raise
            else:
                return connecting
        raise Unreachable(f"the host {host!r} takes no connection at port {port}")


class PublicBackend(httpcore.AsyncNetworkBackend):
    """httpcore's way to the network, within reach. TLS still checks the host's name."""

    def __init__(self, reach: Reach, below: httpcore.AsyncNetworkBackend | None = None) -> None:
        """`below` makes the connections to addresses that were checked."""
        self._reach = reach
        self._below = below or httpcore.AnyIOBackend()
        self._opened: list[httpcore.AsyncNetworkStream] = []

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's own signature
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.AsyncNetworkStream:
        """Connect to the first of the host's addresses that takes it. Raises Unlawful and Unreachable."""
        for address in await self._reach.addresses(host, port):
            try:
                stream = await self._below.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
            self._opened.append(stream)
            return stream
        raise Unreachable(f"the host {host!r} takes no connection at port {port}")

    async def sleep(self, seconds: float) -> None:
        """Between tries of httpcore; it is told to make none."""
        await self._below.sleep(seconds)

    async def aclose(self) -> None:
        """Close what was opened: httpcore leaves a connection open that is given up during the TLS handshake."""
        for stream in self._opened:
            await stream.aclose()
