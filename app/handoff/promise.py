"""What a promise says, and when it falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.agreement.model import Agreement, Promise, Target
from app.records.ids import PoolId
from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar, due_at


def calendar_of(agreement: Agreement, pool_id: PoolId) -> Calendar:
    """The pool's calendar; around the clock in the agreement's zone for a pool that is no more."""
    pool = agreement.pools.get(pool_id)
    calendar = None if pool is None else agreement.calendars.get(pool.calendar)
    return calendar or always_open(agreement)


def always_open(agreement: Agreement) -> Calendar:
    """Around the clock, in the agreement's zone."""
    return replace(ALWAYS, time_zone=agreement.time_zone)


def lay(start: datetime, span: Span, calendar: Calendar) -> datetime | None:
    """The end of a span begun at `start`; None when it lies beyond all calendars."""
    try:
        return due_at(start, span, calendar)
    except (ValueError, OverflowError):
        return None


def due_of(agreement: Agreement, handoff_pool: PoolId, promise_id: str, start: datetime) -> datetime | None:
    """When the first touch is due (acceptance where only that is promised); None when nothing is promised.

    The target is laid on the pool's calendar from `start`, whosever hours the promise names.
    """
    promise = agreement.promises.get(promise_id)
    target = None if promise is None else promise.first_touch or promise.accept
    if target is None:
        return None
    return lay(start, target.within, calendar_of(agreement, handoff_pool))


def promise_in_words(promise: Promise | None) -> str:
    """`accept within 15 business min, first touch within 1 business hour`; empty when nothing is promised."""
    if promise is None:
        return ""
    targets = (("accept", promise.accept), ("first touch", promise.first_touch), ("qualify", promise.qualify))
    return ", ".join(_in_words(name, target) for name, target in targets if target is not None)


def _in_words(name: str, target: Target) -> str:
    return f"{name} within {target.within}"
