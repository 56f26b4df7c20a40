"""Quotas and the breaker, as rows that all workers share.

A quota is one instant, the theoretical arrival time of the generic cell rate algorithm: each reserved
call pushes it on by one interval, and a call may be made while it is at most a burst ahead of now.
Permits are leased a few at a time, so that a call seldom costs a round trip. The database's clock rules.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import text

from app.records.ids import PortalId
from app.records.quota import QuotaClass
from app.storage.database import Database

SHARE = 0.9
"""Of the CRM's quota, how much Baton uses: the rest is for clocks that differ and for people."""
BURST = 0.08
"""Of the CRM's quota, how many calls may come at once."""
CHUNK = 4
"""Permits reserved by one round trip."""


@dataclass(frozen=True, slots=True)
class Rate:
    """`calls` in every rolling `window`, as the CRM counts."""

    calls: int
    window: timedelta

    @property
    def interval(self) -> timedelta:
        """The pause between two calls at the share of the quota that Baton uses."""
        return self.window / (self.calls * SHARE)

    @property
    def burst(self) -> timedelta:
        return self.interval * max(1, int(self.calls * BURST))


def hubspot_rates(calls_per_10_seconds: int) -> dict[QuotaClass, Rate]:
    """HubSpot's quotas: general by subscription; associations and search have their own (usage guidelines)."""
    ten_seconds = timedelta(seconds=10)
    return {
        QuotaClass.GENERAL: Rate(calls_per_10_seconds, ten_seconds),
        QuotaClass.ASSOCIATIONS: Rate(min(calls_per_10_seconds, 100), ten_seconds),
        QuotaClass.SEARCH: Rate(5, timedelta(seconds=1)),
    }


@dataclass(slots=True)
class _Leased:
    """Permits in hand, and from when until when (monotonic seconds) they may be used."""

    left: int = 0
    since: float = 0
    until: float = 0


class SharedQuota:
    """The portal's quotas, in chunks of permits for this process."""

    def __init__(
        self,
        database: Database,
        portal_id: PortalId,
        rates: dict[QuotaClass, Rate],
        *,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._portal_id = portal_id
        self._rates = rates
        self._monotonic = monotonic
        self._leased = {kind: _Leased() for kind in rates}
        self._turns = {kind: asyncio.Lock() for kind in rates}

    async def take(self, kind: QuotaClass, *, patience: timedelta) -> timedelta:
        """Reserve one call; return the wait before it. If that is longer than `patience`, nothing was reserved."""
        async with self._turns[kind]:
            return await self._take(kind, patience)

    async def _take(self, kind: QuotaClass, patience: timedelta) -> timedelta:
        leased, now = self._leased[kind], self._monotonic()
        if leased.left and now < leased.until:
            wait = timedelta(seconds=max(0.0, leased.since - now))
            leased.left -= 1 if wait <= patience else 0
            return wait
        many = min(CHUNK, max(1, int(self._rates[kind].calls * BURST)))
        wait = await self._reserve(kind, many, patience)
        if wait > patience:
            return wait
        since = self._monotonic() + wait.total_seconds()
        self._leased[kind] = _Leased(many - 1, since, since + 1)
        return wait

    async def _reserve(self, kind: QuotaClass, many: int, patience: timedelta) -> timedelta:
        rate = self._rates[kind]
        async with self._database.begin() as connection:
            await connection.execute(
                text("INSERT INTO quota VALUES (:id, :class, now()) ON CONFLICT DO NOTHING"),
                {"id": self._portal_id, "class": kind.value},
            )
            ahead: timedelta = (
                await connection.execute(
                    text("""
                        SELECT greatest(arrival_at - now(), interval '0') AS ahead FROM quota
                        WHERE portal_id = :id AND class = :class FOR UPDATE
                    """),
                    {"id": self._portal_id, "class": kind.value},
                )
            ).scalar_one()
            wait = max(timedelta(), ahead + rate.interval * many - rate.burst)
            if wait > patience:
                return wait
            await connection.execute(
                text("""
                    UPDATE quota SET arrival_at = greatest(arrival_at, now()) + CAST(:cost AS interval)
                    WHERE portal_id = :id AND class = :class
                """),
                {"id": self._portal_id, "class": kind.value, "cost": rate.interval * many},
            )
        return wait

    async def push_back(self, kind: QuotaClass, by: timedelta) -> None:
        """The CRM said no: nobody calls before `by` has passed."""
        async with self._turns[kind], self._database.begin() as connection:
            self._leased[kind] = _Leased()
            await connection.execute(
                text("""
                    INSERT INTO quota VALUES (:id, :class, now() + CAST(:by AS interval))
                    ON CONFLICT (portal_id, class) DO UPDATE SET
                        arrival_at = greatest(quota.arrival_at, excluded.arrival_at)
                """),
                {"id": self._portal_id, "class": kind.value, "by": by + self._rates[kind].burst},
            )


@dataclass(frozen=True, slots=True)
class BreakerLimits:
    """Opens at `share` failures of at least `calls` in `window`, for `pause`; then one probe at a time."""

    calls: int = 10
    share: float = 0.7
    window: timedelta = timedelta(seconds=30)
    pause: timedelta = timedelta(seconds=15)


class SharedBreaker:
    """The portal's breaker."""

    def __init__(self, database: Database, portal_id: PortalId, limits: BreakerLimits | None = None) -> None:
        self._database = database
        self._portal_id = portal_id
        self._limits = limits or BreakerLimits()

    async def check(self) -> timedelta | None:
        """While open, for how long; else None. Once the pause is over the first caller probes, the others wait."""
        async with self._database.begin() as connection:
            row = (
                await connection.execute(
                    text("""
                        UPDATE breaker SET probe_until = CASE
                            WHEN open_until <= now() AND (probe_until IS NULL OR probe_until <= now())
                            THEN now() + CAST(:pause AS interval) ELSE probe_until END
                        WHERE portal_id = :id AND open_until IS NOT NULL
                        RETURNING greatest(open_until, now()) - now() AS closed_for,
                                  open_until <= now() AND probe_until = now() + CAST(:pause AS interval) AS probes
                    """),
                    {"id": self._portal_id, "pause": self._limits.pause},
                )
            ).one_or_none()
        return max(row.closed_for, timedelta(seconds=1)) if row is not None and not row.probes else None

    async def record(self, *, ok: bool) -> None:
        """Count a call; an answer closes the breaker, enough outages open it."""
        async with self._database.begin() as connection:
            await connection.execute(
                text("""
                    INSERT INTO breaker (portal_id, window_at, calls, failures) VALUES (:id, now(), 1, :failed)
                    ON CONFLICT (portal_id) DO UPDATE SET
                        (window_at, calls, failures) = (
                            SELECT CASE WHEN over THEN now() ELSE breaker.window_at END,
                                   CASE WHEN over THEN 0 ELSE breaker.calls END + 1,
                                   CASE WHEN over THEN 0 ELSE breaker.failures END + :failed
                            FROM (SELECT breaker.window_at < now() - CAST(:window AS interval) AS over) AS span)
                """),
                {"id": self._portal_id, "failed": 0 if ok else 1, "window": self._limits.window},
            )
            if ok:
                await connection.execute(text(_CLOSE), {"id": self._portal_id})
            else:
                await connection.execute(text(_OPEN), self._limits_of())

    def _limits_of(self) -> dict[str, object]:
        return {
            "id": self._portal_id,
            "calls": self._limits.calls,
            "share": self._limits.share,
            "pause": self._limits.pause,
        }


_CLOSE = """
    UPDATE breaker SET open_until = NULL, probe_until = NULL, calls = 0, failures = 0, window_at = now()
    WHERE portal_id = :id AND open_until IS NOT NULL
"""
_OPEN = """
    UPDATE breaker SET open_until = now() + CAST(:pause AS interval), probe_until = NULL
    WHERE portal_id = :id AND (open_until IS NOT NULL OR calls >= :calls AND failures >= calls * CAST(:share AS float))
"""
