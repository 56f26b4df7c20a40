"""What runs in a worker beside the looks: over and over, outliving defects, until the worker stops."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog

from app.logs import defect_of
from app.storage.database import is_away

_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Beside:
    """Work that is done again at once while it says True, and after `rest` when there was nothing to do.

    `breaks_off`: it may be cancelled when the worker stops, since another worker goes on with it; else what it is in
    is finished first.
    """

    name: str
    work: Callable[[], Awaitable[bool]]
    rest: timedelta = timedelta(seconds=2)
    breaks_off: bool = False


async def keep_at(one: Beside, stop: asyncio.Event) -> None:
    """Do the work until `stop` is set. An unexpected error is logged, and the work tried again after a rest."""
    while not stop.is_set():
        try:
            busy = await one.work()
        except Exception as error:  # noqa: BLE001  the loop must outlive a defect
            level = logging.WARNING if is_away(error) else logging.ERROR
            _log.log(level, "beside_failed", work=one.name, **defect_of(error))
            busy = False
        if not busy:
            with suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), one.rest.total_seconds())
