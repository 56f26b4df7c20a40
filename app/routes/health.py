"""Whether the process lives (`/healthz`, no I/O) and whether it can take requests in (`/readyz`, the database alone).

Neither asks HubSpot: an outage there must not stop requests from being taken in.
"""

from __future__ import annotations

import asyncio

from fastapi import APIRouter, Request, Response
from starlette.responses import JSONResponse

from app.bootstrap import Container
from app.routes.problems import Kind, problem
from app.storage import portals
from app.storage.database import FAILURES
from app.storage.migrate import is_current

_PATIENCE_SECONDS = 3
"""Whoever asks does so every few seconds: a database that takes longer than this is as good as away."""

router = APIRouter(tags=["health"])


@router.get("/healthz", operation_id="health_alive")
async def alive() -> dict[str, str]:
    """The process answers."""
    return {"status": "ok"}


@router.get("/readyz", operation_id="health_ready")
async def ready(request: Request) -> Response:
    """The database answers, has the expected shape and takes writes. Also says in which mode the portal is, and why
    lanes wait.
    """
    container: Container = request.app.state.container
    try:
        async with asyncio.timeout(_PATIENCE_SECONDS):
            current = await is_current(container.database)
            read_only = await container.database.is_read_only()
            async with container.database.begin() as connection:
                portal = await portals.get(connection, container.portal_id)
    except FAILURES:
        return problem(Kind.UNAVAILABLE, "The database does not answer.")
    if not current:
        return problem(Kind.UNAVAILABLE, "The database has not the expected shape; run `baton migrate`.")
    if read_only:
        return problem(Kind.UNAVAILABLE, "The database takes no writes: it is a standby, or was made read-only.")
    return JSONResponse(
        {
            "status": "ready",
            "mode": portal.mode.value if portal else None,
            "paused": portal.paused_reason if portal else None,
            "lanes_wait": portal.blocked_reason if portal else None,
        }
    )
