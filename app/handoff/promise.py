"""What a promise says, in whose hours it is counted, and when it falls due."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import lru_cache
from zoneinfo import available_timezones

from app.agreement.model import Agreement, Attempts, Promise, Step, Target
from app.records.ids import PoolId
from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar, due_at
from app.sla.clock import ClockKind
from app.sla.ladder import Rung, read_rung

TIME_ZONE = "hs_timezone"
"""The contact property that tells where a lead is, as HubSpot fills it: `america_slash_new_york`."""


def calendar_of(agreement: Agreement, pool_id: PoolId) -> Calendar:
    """The pool's calendar; around the clock in the agreement's zone for a pool that is no more."""
    pool = agreement.pools.get(pool_id)
    calendar = None if pool is None else agreement.calendars.get(pool.calendar)
    return calendar or always_open(agreement)


def always_open(agreement: Agreement) -> Calendar:
    """Around the clock, in the agreement's zone."""
    return replace(ALWAYS, time_zone=agreement.time_zone)


def hours_of(
    agreement: Agreement, promise: Promise | None, pool_id: PoolId, owner_email: str = "", lead_zone: str | None = None
) -> Calendar:
    """The calendar that a promise is counted in.

    `pool`: the pool's. `owner`: the member's own where they have one, else the pool's. `lead`: the pool's hours on
    the lead's wall where its zone is known, else the pool's.
    """
    hours = calendar_of(agreement, pool_id)
    match "pool" if promise is None else promise.hours_of:
        case "owner":
            return own_calendar(agreement, pool_id, owner_email) or hours
        case "lead":
            zone = zone_named(lead_zone)
            return hours if zone is None else replace(hours, time_zone=zone)
        case _:
            return hours


def named_calendar(agreement: Agreement, calendar_id: str, time_zone: str) -> Calendar:
    """The calendar that a clock was laid on; around the clock where the agreement has none of that name."""
    calendar = agreement.calendars.get(calendar_id) or always_open(agreement)
    return calendar if calendar.time_zone == time_zone else replace(calendar, time_zone=time_zone)


def zone_named(text: str | None) -> str | None:
    """The time zone that HubSpot's `america_slash_new_york`, or the plain name, stands for; None when unknown."""
    return _zones().get((text or "").strip().casefold().replace("_slash_", "/").replace("_hyphen_", "-"))


def lay(start: datetime, span: Span, calendar: Calendar) -> datetime | None:
    """The end of a span begun at `start`; None when it lies beyond all calendars."""
    try:
        return due_at(start, span, calendar)
    except (ValueError, OverflowError):
        return None


def due_of(
    agreement: Agreement,
    handoff_pool: PoolId,
    promise_id: str,
    start: datetime,
    *,
    owner_email: str = "",
    lead_zone: str | None = None,
) -> datetime | None:
    """When the first touch is due (acceptance where only that is promised) if the owner stands at `start`.

    None when nothing is promised.
    """
    promise = agreement.promises.get(promise_id)
    target = None if promise is None else promise.first_touch or promise.accept
    if target is None:
        return None
    return lay(start, target.within, hours_of(agreement, promise, handoff_pool, owner_email, lead_zone))


def target_of(promise: Promise, kind: ClockKind) -> Span | None:
    """The length of time that is promised for the kind; None when none is."""
    part = _part(promise, kind)
    return None if part is None else part.within


def ladder_of(promise: Promise, kind: ClockKind) -> tuple[Rung, ...]:
    """The steps that follow from the kind's deadline, as far as they can be read."""
    part = _part(promise, kind)
    return () if part is None else _rungs(part.steps)


def promise_in_words(promise: Promise | None) -> str:
    """`accept within 15 business min, first touch within 1 business hour`; empty when nothing is promised."""
    if promise is None:
        return ""
    targets = (("accept", promise.accept), ("first touch", promise.first_touch), ("qualify", promise.qualify))
    return ", ".join(_in_words(name, target) for name, target in targets if target is not None)


def _in_words(name: str, target: Target) -> str:
    return f"{name} within {target.within}"


def _part(promise: Promise, kind: ClockKind) -> Target | Attempts | None:
    match kind:
        case ClockKind.ACCEPT:
            return promise.accept
        case ClockKind.FIRST_TOUCH:
            return promise.first_touch
        case ClockKind.ATTEMPTS:
            return promise.attempts
        case ClockKind.QUALIFY:
            return promise.qualify


@lru_cache(maxsize=64)
def _rungs(steps: tuple[Step, ...]) -> tuple[Rung, ...]:
    return tuple(read_rung(number, step.at, step.do) for number, step in enumerate(steps, start=1))


def own_calendar(agreement: Agreement, pool_id: PoolId, owner_email: str) -> Calendar | None:
    """The calendar of the member with this address: in the pool, else in the first pool where they have one."""
    own = agreement.pools.get(pool_id)
    pools = (*(() if own is None else (own,)), *agreement.pools.values())
    members = (member for pool in pools for member in pool.members)
    named = (one.calendar for one in members if one.calendar and one.owner.casefold() == owner_email.casefold())
    return agreement.calendars.get(next(named, ""))


@lru_cache(maxsize=1)
def _zones() -> dict[str, str]:
    return {name.casefold(): name for name in available_timezones()}
