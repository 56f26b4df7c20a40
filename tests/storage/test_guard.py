"""Quota and breaker, shared by all workers of a portal."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.records.ids import PortalId
from app.records.quota import QuotaClass
from app.storage.database import Database
from app.storage.guard import CHUNK, BreakerLimits, Rate, SharedBreaker, SharedQuota, hubspot_rates

PORTAL = PortalId(1)
PATIENCE = timedelta(seconds=5)
TEN_SECONDS = timedelta(seconds=10)


def quota(database: Database, calls: int = 100) -> SharedQuota:
    return SharedQuota(database, PORTAL, {QuotaClass.GENERAL: Rate(calls, TEN_SECONDS)})


async def test_every_call_of_two_workers_moves_the_one_arrival_time_on_by_its_interval(database: Database) -> None:
    first, second = quota(database), quota(database)
    await first.push_back(QuotaClass.GENERAL, timedelta(hours=1))
    before = await arrival(database)
    for _ in range(60):
        for worker in (first, second):
            await worker.take(QuotaClass.GENERAL, patience=timedelta(hours=5))
    reserved = (await arrival(database) - before) / Rate(100, TEN_SECONDS).interval
    assert 119.9 < reserved < 120 + 2 * CHUNK


def test_at_most_the_quota_fits_into_a_window_burst_included() -> None:
    for rate in hubspot_rates(190).values():
        assert int(rate.window / rate.interval + rate.burst / rate.interval) <= rate.calls


async def test_a_wait_beyond_patience_reserves_nothing(database: Database) -> None:
    worker = quota(database)
    await worker.push_back(QuotaClass.GENERAL, timedelta(minutes=1))
    before = await arrival(database)
    assert await worker.take(QuotaClass.GENERAL, patience=PATIENCE) > PATIENCE
    assert await arrival(database) == before


async def test_a_refusal_by_hubspot_holds_back_every_worker(database: Database) -> None:
    first, second = quota(database), quota(database)
    await first.push_back(QuotaClass.GENERAL, timedelta(minutes=10))
    assert await second.take(QuotaClass.GENERAL, patience=PATIENCE) > timedelta(minutes=9)


async def test_permits_are_leased_a_few_at_a_time(database: Database) -> None:
    worker = quota(database)
    await worker.take(QuotaClass.GENERAL, patience=PATIENCE)
    before = await arrival(database)
    assert await worker.take(QuotaClass.GENERAL, patience=PATIENCE) == timedelta()
    assert await arrival(database) == before


async def test_calls_that_ask_at_once_share_the_permits_that_were_leased(database: Database) -> None:
    worker = quota(database)
    await worker.push_back(QuotaClass.GENERAL, timedelta(hours=1))
    before = await arrival(database)
    await asyncio.gather(*(worker.take(QuotaClass.GENERAL, patience=timedelta(hours=5)) for _ in range(CHUNK)))
    assert (await arrival(database) - before) / Rate(100, TEN_SECONDS).interval == pytest.approx(CHUNK, abs=0.01)


async def test_no_permit_of_a_few_is_used_before_the_wait_for_them_is_over(database: Database) -> None:
    now = [100.0]
    worker = SharedQuota(database, PORTAL, {QuotaClass.GENERAL: Rate(100, TEN_SECONDS)}, monotonic=lambda: now[0])
    await worker.push_back(QuotaClass.GENERAL, timedelta(seconds=4))
    wait = await worker.take(QuotaClass.GENERAL, patience=PATIENCE)
    before = await arrival(database)
    assert await worker.take(QuotaClass.GENERAL, patience=timedelta(seconds=1)) == wait, "beyond patience"
    now[0] += 1
    assert await worker.take(QuotaClass.GENERAL, patience=PATIENCE) == wait - timedelta(seconds=1)
    now[0] = 100.5 + wait.total_seconds()
    for _ in range(CHUNK - 2):
        assert await worker.take(QuotaClass.GENERAL, patience=PATIENCE) == timedelta()
    assert await arrival(database) == before, "what is beyond patience takes no permit"
    await worker.take(QuotaClass.GENERAL, patience=PATIENCE)
    assert await arrival(database) > before


@pytest.mark.parametrize("kind", list(QuotaClass))
def test_every_kind_of_call_has_a_rate(kind: QuotaClass) -> None:
    assert hubspot_rates(190)[kind].interval > timedelta()


async def test_the_breaker_opens_after_enough_outages_and_lets_one_probe_through(database: Database) -> None:
    limits = BreakerLimits(calls=4, share=0.5)
    breaker, other = SharedBreaker(database, PORTAL, limits), SharedBreaker(database, PORTAL, limits)
    for _ in range(3):
        await breaker.record(ok=False)
        assert await other.check() is None
    await breaker.record(ok=False)
    assert await other.check() is not None
    await pause_over(database)
    assert await breaker.check() is None, "one probe"
    assert await other.check() is not None, "the others wait for it"
    await breaker.record(ok=True)
    assert await other.check() is None


async def test_a_failed_probe_keeps_the_breaker_open(database: Database) -> None:
    breaker = SharedBreaker(database, PORTAL, BreakerLimits(calls=1, share=0.5))
    await breaker.record(ok=False)
    await pause_over(database)
    assert await breaker.check() is None
    await breaker.record(ok=False)
    assert await breaker.check() is not None


async def test_a_few_outages_among_many_answers_do_not_open_the_breaker(database: Database) -> None:
    breaker = SharedBreaker(database, PORTAL, BreakerLimits(calls=4, share=0.7))
    for ok in (True, True, False, True, False, True):
        await breaker.record(ok=ok)
    assert await breaker.check() is None


async def pause_over(database: Database) -> None:
    async with database.begin() as connection:
        await connection.execute(text("UPDATE breaker SET open_until = now() - interval '1 s'"))


async def arrival(database: Database) -> datetime:
    async with database.begin() as connection:
        at: datetime = await connection.scalar(text("SELECT arrival_at FROM quota"))
        return at
