"""Logs: structured, one event a line, to standard error; standard output belongs to results.

No secret, token or personal value goes into a log line: log ids, counts, codes and durations. An exception that comes
along, a library's own included, is told by its type and place. E-mail addresses are taken out of whatever is logged all
the same: the sentences of an agreement's faults name owners, and those of HubSpot may quote a lead's.
"""

from __future__ import annotations

import logging
import re
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

import structlog
from structlog import contextvars

_ADDRESS = re.compile(r"[\w.+%'-]+@[\w-]+(?:\.[\w-]+)+")


def configure_logs(level: str, style: str) -> None:
    """Send structlog and the standard library's loggers to standard error as JSON lines or coloured text."""
    renderer: structlog.types.Processor = (
        structlog.processors.JSONRenderer() if style == "json" else structlog.dev.ConsoleRenderer()
    )
    shared: list[structlog.types.Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.ExceptionRenderer(_without_words),
        _without_addresses,
    ]
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    for noisy in ("httpx", "httpcore", "alembic", "uvicorn.access"):
        logging.getLogger(noisy).setLevel(logging.WARNING)


@contextmanager
def log_context(**ids: object) -> Iterator[None]:
    """Lines logged within carry these beside what they carried before; whatever is bound within ends with the block."""
    before = contextvars.get_contextvars()
    contextvars.bind_contextvars(**ids)
    try:
        yield
    finally:
        contextvars.clear_contextvars()
        contextvars.bind_contextvars(**before)


def defect_of(error: BaseException) -> dict[str, object]:
    """What may be logged of an unexpected error: its type and where it came from.

    Not its text: a database's says which values it refused, a validator's which it was given.
    """
    frames = traceback.extract_tb(error.__traceback__)
    ours = [
        f"{frame.filename.rpartition('/app/')[2]}:{frame.lineno} {frame.name}"
        for frame in frames
        if "/app/" in frame.filename
    ]
    sqlstate = getattr(getattr(error, "orig", None), "sqlstate", None)
    return {"error": type(error).__name__, "where": ours, **({"sqlstate": sqlstate} if sqlstate else {})}


def _without_addresses(_: object, __: str, line: structlog.types.EventDict) -> structlog.types.EventDict:
    return {name: _ADDRESS.sub("[address]", value) if isinstance(value, str) else value for name, value in line.items()}


def _without_words(exc_info: tuple[type[BaseException], BaseException, TracebackType | None]) -> str:
    """In place of a traceback, whose last line is the error's text."""
    told = defect_of(exc_info[1])
    return ", ".join(f"{name}: {value}" for name, value in told.items())
