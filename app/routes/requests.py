"""One line in the log, and one count, for each HTTP request; its id comes in or is made here, and goes out again.

Neither holds a path or query as it came: only the route's template, which names no record and no person.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Callable
from uuid import uuid4

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.logs import log_context
from app.metrics import HTTP_REQUESTS, HTTP_SECONDS

_log = structlog.get_logger(__name__)

REQUEST_ID = "X-Request-Id"
_FIT = re.compile(r"[A-Za-z0-9._-]{1,64}")
_PROBED = frozenset({"/healthz", "/readyz", "/metrics"})
"""Asked every few seconds by machines: told at level debug."""
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NONE = "none"
"""In place of a method or a path that there is not: clients may send any number of those."""
_NEVER_ANSWERED = 499
"""What proxies write of a client that went away before it was answered."""


class RequestLog:
    """ASGI middleware, the outermost: whatever comes of a request is told once."""

    def __init__(self, app: ASGIApp, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._app = app
        self._monotonic = monotonic

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = self._monotonic(), _NEVER_ANSWERED
        request_id = request_id_of(Headers(scope=scope).get(REQUEST_ID))

        async def named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = request_id
            await send(message)

        with log_context(request=request_id):
            try:
                await self._app(scope, receive, named)
            finally:
                _tell(scope, status, self._monotonic() - began)


def request_id_of(given: str | None) -> str:
    """The client's own id where it is a short plain word, else a new one."""
    return given if given and _FIT.fullmatch(given) else uuid4().hex


def _tell(scope: Scope, status: int, seconds: float) -> None:
    route = getattr(scope.get("route"), "path", _NONE)
    method = scope["method"] if scope["method"] in _METHODS else _NONE
    HTTP_REQUESTS.labels(method, route, status).inc()
    HTTP_SECONDS.labels(route).observe(seconds)
    level = logging.DEBUG if route in _PROBED else logging.INFO
    _log.log(level, "request", method=method, route=route, status=status, ms=round(seconds * 1000, 1))
