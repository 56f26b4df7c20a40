"""The web application: `app` for `uvicorn app.main:app`, made of settings only when it starts."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress

from fastapi import FastAPI

from app.bootstrap import Container, open_container
from app.routes import (
    agreement,
    backfills,
    backtests,
    brief,
    calculator,
    clocks,
    contacts,
    draft,
    handoffs,
    health,
    issues,
    keys,
    metrics,
    notices,
    owners,
    pools,
    readable,
    replays,
    trials,
    webhooks,
)
from app.routes.bodies import BodyLimit
from app.routes.errors import answers_problems
from app.routes.problems import PROBLEM_ANSWER
from app.routes.requests import RequestLog
from app.settings import load_settings

ROOMS = (
    webhooks,
    health,
    metrics,
    agreement,
    draft,
    trials,
    readable,
    backtests,
    contacts,
    brief,
    handoffs,
    clocks,
    calculator,
    pools,
    owners,
    notices,
    issues,
    replays,
    backfills,
    keys,
)
OpenContainer = Callable[[], AbstractAsyncContextManager[Container]]


def create_app(opens: OpenContainer | None = None, *, works: bool = False) -> FastAPI:
    """The service. `opens` makes its container (default: from the environment's settings, on a migrated database);
    with `works`, a worker runs in the same process and the door wakes it.
    """
    open_ = opens or (lambda: open_container(load_settings(), migrates=False))

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        async with open_() as container:
            app.state.container = container
            async with _running(container, works=works):
                yield

    app = FastAPI(title="Baton", lifespan=lifespan, docs_url=None, redoc_url=None)
    for room in ROOMS:
        app.include_router(room.router, responses=PROBLEM_ANSWER)
    app.add_middleware(BodyLimit)
    answers_problems(app)
    app.add_middleware(RequestLog)
    return app


@asynccontextmanager
async def _running(container: Container, *, works: bool) -> AsyncIterator[None]:
    """The door's storing, and the worker where asked for, for as long as the block lasts."""
    stop = asyncio.Event()
    storing = asyncio.create_task(container.door.keep_storing())
    working = asyncio.create_task(container.worker.run(stop)) if works else None
    try:
        yield
    finally:
        stop.set()
        if working:
            await working
        storing.cancel()
        with suppress(asyncio.CancelledError):
            await storing


app = create_app()
