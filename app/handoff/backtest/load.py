"""What the openings of a replay mean for the owners who get them and for the promises made."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime

from app.agreement.model import Agreement
from app.handoff.backtest.replay import Handed
from app.handoff.backtest.result import HOURS_OF_WEEK, Load, OwnerLoad, PromiseLoad
from app.handoff.backtest.trial import Trial
from app.handoff.decision import Seat
from app.handoff.promise import calendar_of, own_calendar
from app.sla.calendar import Calendar


def load_of(trial: Trial, handed: Sequence[Handed], peaks: Mapping[Seat, int]) -> Load:
    """The load of one agreement, owners by pool and address, promises by name."""
    by_seat: dict[Seat, list[Handed]] = defaultdict(list)
    by_promise: dict[str, list[Handed]] = defaultdict(list)
    for one in handed:
        by_seat[one.seat].append(one)
        by_promise[one.promise].append(one)
    owners = [_of_owner(trial.agreement, many, peaks.get(seat, 0)) for seat, many in by_seat.items()]
    promises = [_of_promise(trial.agreement, name, many) for name, many in sorted(by_promise.items())]
    return Load(len(handed), tuple(sorted(owners, key=lambda one: (one.pool, one.owner))), tuple(promises))


def _of_owner(agreement: Agreement, handed: Sequence[Handed], peak: int) -> OwnerLoad:
    first = handed[0]
    calendar = _calendar(agreement, first)
    hours = Counter(_hour_of_week(calendar, one.at) for one in handed)
    return OwnerLoad(
        pool=first.seat.pool,
        owner=first.owner_email,
        handoffs=len(handed),
        peak_open=peak,
        at_most=_cap(agreement, first),
        outside=_outside(agreement, handed),
        by_hour=tuple(hours[hour] for hour in range(HOURS_OF_WEEK)),
    )


def _of_promise(agreement: Agreement, name: str, handed: Sequence[Handed]) -> PromiseLoad:
    due = Counter(one.due_at.replace(minute=0, second=0, microsecond=0) for one in handed if one.due_at)
    return PromiseLoad(name, len(handed), _outside(agreement, handed), max(due.values(), default=0))


def _outside(agreement: Agreement, handed: Sequence[Handed]) -> int:
    return sum(not _calendar(agreement, one).is_open(one.at) for one in handed)


def _calendar(agreement: Agreement, handed: Handed) -> Calendar:
    """The hours of whoever got the lead: their own, else the pool's."""
    pool = handed.seat.pool
    return own_calendar(agreement, pool, handed.owner_email) or calendar_of(agreement, pool)


def _hour_of_week(calendar: Calendar, at: datetime) -> int:
    local = calendar.wall_time(at)
    return 24 * local.weekday() + local.hour


def _cap(agreement: Agreement, handed: Handed) -> int | None:
    members = agreement.pools[handed.seat.pool].members
    email = handed.owner_email.casefold()
    return next((member.at_most for member in members if member.owner.casefold() == email), None)
