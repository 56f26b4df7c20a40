"""A POST to one fixed https URL: no redirect is followed, no proxy is asked, and little of the answer is read.

httpcore is used bare because it does neither, and lets the connection be made by `PublicBackend`.
"""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Collection, Mapping
from contextlib import aclosing
from datetime import timedelta

import httpcore
import httpx

from app.notify.errors import Busy, Denied, NotifyError, Refused, Unlawful, Unreachable
from app.notify.reach import PublicBackend, Reach

PORTS = (443, 8443)
_ANSWER_BYTES_MOST = 2_000
_DIGITS_MOST = 7
_AGAIN = frozenset({408, 425, 429})
"""Refusals that are about the moment, not about the message: RFC 9110, 8470 and 6585."""
_NO_ENTRY = frozenset({401, 403})
"""Refusals of whoever sends, whatever the message is."""


class Post:
    """Sends bodies to one URL. Making one raises Unlawful for a URL that nothing is sent to."""

    def __init__(
        self,
        url: str,
        reach: Reach,
        *,
        within: timedelta,
        ports: Collection[int] = PORTS,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        """`within` bounds a POST from the look-up of the name to the end of the answer."""
        self._url = _checked(url, ports)
        self._reach = reach
        self._within = within.total_seconds()
        self._tls = tls or httpx.create_ssl_context()

    async def send(self, body: bytes, headers: Mapping[str, str]) -> None:
        """POST a JSON body. Raises NotifyError unless the answer is a 2xx."""
        try:
            async with asyncio.timeout(self._within):
                await self._send(body, headers)
        except (TimeoutError, httpcore.TimeoutException):
            raise Unreachable(f"no answer within {self._within:g} s") from None
        except (httpcore.NetworkError, httpcore.ProtocolError, OSError) as error:
            raise Unreachable(f"the connection failed ({type(error).__name__})") from None

    async def _send(self, body: bytes, headers: Mapping[str, str]) -> None:
        async with (
            aclosing(PublicBackend(self._reach)) as backend,
            httpcore.AsyncConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
            pool.stream("POST", self._url, headers=self._headers(headers), content=body) as answer,
        ):
            if not httpx.codes.is_success(answer.status):
                raise _failure(answer.status, await _beginning(answer), dict(answer.headers))

    def _headers(self, more: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
        named = {"User-Agent": "baton", "Content-Type": "application/json", **more}
        return [(b"Host", _host(self._url)), *((name.encode(), value.encode()) for name, value in named.items())]


def _checked(text: str, ports: Collection[int]) -> httpcore.URL:
    """The URL as httpcore takes it, its host in ASCII. No message names the URL: it may be a secret."""
    try:
        url = httpx.URL(text)
    except httpx.InvalidURL:
        raise Unlawful("this is no URL; write it like https://hooks.example.com/path") from None
    if url.scheme != "https" or not url.host or url.userinfo:
        raise Unlawful("the URL must begin with https:// and a host, without a user or a password")
    port = url.port or PORTS[0]
    if port not in ports:
        raise Unlawful(f"port {port} is none of {', '.join(map(str, ports))}")
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=port, target=url.raw_path)


def _host(url: httpcore.URL) -> bytes:
    host = b"[%b]" % url.host if b":" in url.host else url.host
    return host if url.port == PORTS[0] else b"%b:%d" % (host, url.port or 0)


async def _beginning(answer: httpcore.Response) -> str:
    """The first words of an answer; more of it is not read."""
    read = b""
    async for part in answer.aiter_stream():
        read += part[:_ANSWER_BYTES_MOST]
        if len(read) >= _ANSWER_BYTES_MOST:
            break
    return read[:_ANSWER_BYTES_MOST].decode(errors="replace")


def _failure(status: int, words: str, headers: Mapping[bytes, bytes]) -> NotifyError:
    told = f"the receiver answered {status}" + (f": {words}" if words else "")
    if httpx.codes.is_redirect(status):
        return Refused(f"{told}; redirects are not followed, set the URL that it leads to")
    if status in _AGAIN or status >= httpx.codes.INTERNAL_SERVER_ERROR:
        return Busy(told, retry_after=_wait(headers))
    return Denied(told) if status in _NO_ENTRY else Refused(told)


def _wait(headers: Mapping[bytes, bytes]) -> timedelta | None:
    """`Retry-After` in seconds; its other form, a date, is rare and left to the usual delay."""
    told = next((value for name, value in headers.items() if name.lower() == b"retry-after"), b"")
    return timedelta(seconds=int(told)) if told.isdigit() and len(told) <= _DIGITS_MOST else None
