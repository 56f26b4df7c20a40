"""Connecting: one Database for a process, short transactions, and a second try where PostgreSQL asks for one."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime
from typing import TypeVar

import asyncpg
import orjson
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from tenacity import AsyncRetrying, retry_if_exception, stop_after_attempt, wait_random_exponential

from app.errors import ConfigurationError, DatabaseUnavailable

T = TypeVar("T")
Connection = AsyncConnection

DatabaseError = SQLAlchemyError
"""What the database, or the way to it, refused."""

FAILURES = (OSError, DatabaseError)
"""What a use of the database may raise: for those above that answer a failure without knowing its kinds."""

_TRY_AGAIN = {"40P01", "40001"}
"""Deadlock detected, serialization failure: PostgreSQL rolled back and the same work may be done again."""


class Database:
    """A pool of connections to one PostgreSQL."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine: AsyncEngine = create_async_engine(
            _async_url(url),
            pool_size=pool_size,
            max_overflow=pool_size,
            pool_pre_ping=True,
            hide_parameters=True,  # they hold personal values, and errors go to the log
            json_serializer=lambda value: orjson.dumps(value).decode(),
            json_deserializer=orjson.loads,
            connect_args={
                "timeout": 10,
                "server_settings": {
                    "application_name": "baton",
                    "timezone": "UTC",
                    "statement_timeout": "60s",
                    "idle_in_transaction_session_timeout": "30s",
                },
            },
        )

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Connection]:
        """One transaction: committed when the block ends, rolled back when it raises."""
        async with self.engine.begin() as connection:
            yield connection

    async def transact(self, work: Callable[[Connection], Awaitable[T]]) -> T:
        """Do `work` in one transaction, again from the start where PostgreSQL asks for it. No I/O elsewhere in it."""
        async for attempt in AsyncRetrying(
            retry=retry_if_exception(_asks_for_another_try),
            wait=wait_random_exponential(multiplier=0.02, max=1),
            stop=stop_after_attempt(6),
            reraise=True,
        ):
            with attempt:
                async with self.engine.begin() as connection:
                    return await work(connection)
        raise AssertionError("tenacity returns or raises")

    async def check(self) -> None:
        """Raise DatabaseUnavailable, naming host and remedy, when the database does not answer."""
        try:
            async with self.engine.connect() as connection:
                await connection.exec_driver_sql("SELECT 1")
        except (OSError, DBAPIError, asyncpg.PostgresError) as error:
            reason = error.orig if isinstance(error, DBAPIError) and error.orig else error
            where = self.engine.url.render_as_string(hide_password=True)
            words = (str(reason).splitlines() or ["no words"])[0]
            raise DatabaseUnavailable(
                f"PostgreSQL at {where} does not answer ({type(reason).__name__}: {words}). "
                "Check BATON_DATABASE_URL, or unset it to use the embedded one."
            ) from None

    async def now(self) -> datetime:
        """The database's own time, which leases, quotas and the breaker go by."""
        async with self.engine.connect() as connection:
            told: datetime = (await connection.exec_driver_sql("SELECT now()")).scalar_one()
        return told

    async def is_read_only(self) -> bool:
        """Whether it takes no writes: a standby, or one that was closed to them."""
        async with self.engine.connect() as connection:
            told = (await connection.exec_driver_sql("SHOW transaction_read_only")).scalar_one()
        return bool(told == "on")

    async def close(self) -> None:
        await self.engine.dispose()


def _asks_for_another_try(error: BaseException) -> bool:
    return isinstance(error, DBAPIError) and getattr(error.orig, "sqlstate", None) in _TRY_AGAIN


def _async_url(url: str) -> str:
    try:
        parsed = make_url(url)
    except Exception:  # noqa: BLE001  whatever the parser dislikes, the remedy is the same; the value may hold a password
        raise ConfigurationError(
            "BATON_DATABASE_URL is no database URL; write postgresql://user:password@host/name"
        ) from None
    if parsed.get_backend_name() not in {"postgresql", "postgres"}:
        raise ConfigurationError(f"BATON_DATABASE_URL names {parsed.get_backend_name()}; Baton runs on PostgreSQL")
    return parsed.set(drivername="postgresql+asyncpg").render_as_string(hide_password=False)


DATA_AT_FAULT = ("22", "23")
"""SQLSTATE classes of data exceptions and violated constraints: trying again would fail again."""


def is_away(error: BaseException) -> bool:
    """Whether the database, not what was asked of it, is to blame: the same may succeed later."""
    if isinstance(error, DBAPIError):
        return not str(getattr(error.orig, "sqlstate", None) or "").startswith(DATA_AT_FAULT)
    return isinstance(error, OSError)
