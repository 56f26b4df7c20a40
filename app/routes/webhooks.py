"""`POST /webhooks/hubspot[/{source}]`: hands the request to the door as it came, byte for byte."""

from __future__ import annotations

import time

import structlog
from fastapi import APIRouter, Request, Response

from app.bootstrap import FIRST_SOURCE, Container
from app.crm.port import SignedRequest
from app.engine.door import Answer
from app.metrics import WEBHOOK_SECONDS, WEBHOOKS
from app.routes.problems import Kind, problem

_log = structlog.get_logger(__name__)

BODY_MOST = 16 * 1024 * 1024
"""HubSpot sends at most 100 events a request, far below this: a larger body is none of its."""

_PROBLEMS = {
    Answer.REFUSED: (Kind.SIGNATURE, "The request is not signed with the client secret of this source."),
    Answer.SHUT: (Kind.SHUT, "No client secret is set for this source; see the service's log."),
    Answer.OVERLOADED: (Kind.OVERLOADED, "Send the request again in a while."),
    Answer.NOT_STORED: (Kind.UNAVAILABLE, "The database did not take the request; send it again in a while."),
}

router = APIRouter(tags=["webhooks"])


@router.post("/webhooks/hubspot", status_code=204, operation_id="webhooks_receive")
async def receive(request: Request) -> Response:
    """Take in events of the first app."""
    return await _receive(request, FIRST_SOURCE)


@router.post("/webhooks/hubspot/{source}", status_code=204, operation_id="webhooks_receive_from")
async def receive_from(request: Request, source: str) -> Response:
    """Take in events of another app of the portal."""
    return await _receive(request, source)


async def _receive(request: Request, source: str) -> Response:
    began = time.monotonic()
    body = await _body(request)
    if body is None:
        WEBHOOKS.labels("too_large").inc()
        _log.error("webhook_too_large", source=source, most=BODY_MOST)
        return problem(Kind.TOO_LARGE, f"A webhook request may have {BODY_MOST} bytes.")
    container: Container = request.app.state.container
    answer = await container.door.receive(source, _signed(request, body))
    WEBHOOKS.labels(answer.name.lower()).inc()
    WEBHOOK_SECONDS.observe(time.monotonic() - began)
    if answer is Answer.STORED:
        return Response(status_code=answer.status)
    return problem(*_PROBLEMS[answer])


def _signed(request: Request, body: bytes) -> SignedRequest:
    query = request.scope["query_string"].decode("latin-1")
    path = request.scope.get("raw_path", request.scope["path"].encode()).decode("latin-1")
    target = f"{path}?{query}" if query else path
    return SignedRequest(request.method, target, tuple(request.headers.raw), body)


async def _body(request: Request) -> bytes | None:
    """The raw body, or None as soon as it is known to be too large."""
    declared = request.headers.get("content-length", "")
    if declared.isdigit() and int(declared) > BODY_MOST:
        return None
    received = bytearray()
    async for chunk in request.stream():
        received += chunk
        if len(received) > BODY_MOST:
            return None
    return bytes(received)
