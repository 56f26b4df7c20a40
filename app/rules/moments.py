"""Ordinary time for conditions: text to instants, and spans laid on instants without ever failing."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import assert_never

from app.records.span import Span, Unit

FIRST = datetime.min.replace(tzinfo=UTC)
LAST = datetime.max.replace(tzinfo=UTC)
"""The ends of time, where arithmetic stops."""
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECONDS = re.compile(r"-?[0-9]{1,15}")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}.*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Moment:
    """From `start` up to, not including, `end`: a whole day where only a date is written, else an instant.

    So `after: 2026-10-01` means after that day, and `equals: 2026-10-01` any time of it (UTC).
    """

    start: datetime
    end: datetime


class Period(StrEnum):
    """A stretch of the calendar in UTC; a week begins on Monday."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True, slots=True)
class Offset:
    """An instant that moves with the clock: `3 days ago`, or `7 days from now` when `ahead`."""

    span: Span
    ahead: bool

    def passes(self, start: datetime) -> datetime:
        """When the moving instant comes to `start`: from then on `start` lies before it."""
        return earlier(start, self.span) if self.ahead else later(start, self.span)


def read_moment(text: str) -> Moment | None:
    """The moment that `2026-10-01`, an ISO instant or epoch milliseconds name; None for any other text.

    CRMs write a date as either, so milliseconds at midnight are that day.
    """
    try:
        start = _instant(text.strip())
        whole_day = bool(_DATE.fullmatch(text.strip())) or _is_midnight_in_milliseconds(text.strip())
        return None if start is None else Moment(start, start + (_DAY if whole_day else timedelta(microseconds=1)))
    except (ValueError, OverflowError):
        return None


def later(start: datetime, span: Span) -> datetime:
    """`start` plus the span; months and years are calendar periods. Stops at the end of time."""
    return _moved(start, span, 1)


def earlier(start: datetime, span: Span) -> datetime:
    """`start` less the span; months and years are calendar periods. Stops at the beginning of time."""
    return _moved(start, span, -1)


def days_later(start: datetime, days: int) -> datetime:
    """`start` plus days, which may be negative or many. Stops at the ends of time."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return LAST if days > 0 else FIRST


def period_start(instant: datetime, period: Period, shift: int = 0) -> datetime:
    """When the period that `instant` lies in begins, or the one `shift` periods on. Stops at the ends of time."""
    midnight = instant.replace(hour=0, minute=0, second=0, microsecond=0)
    match period:
        case Period.DAY:
            return days_later(midnight, shift)
        case Period.WEEK:
            return days_later(midnight, 7 * shift - midnight.weekday())
        case Period.MONTH:
            return _month_start(midnight, shift)
        case Period.QUARTER:
            return _month_start(midnight, 3 * shift - (midnight.month - 1) % 3)
        case Period.YEAR:
            return _month_start(midnight, 12 * shift - (midnight.month - 1))
        case _:
            assert_never(period)


def _moved(start: datetime, span: Span, sign: int) -> datetime:
    try:
        match span.unit:
            case Unit.MONTH:
                return _months_later(start, sign * span.amount)
            case Unit.YEAR:
                return _months_later(start, sign * 12 * span.amount)
            case _:
                return start + sign * Span(span.amount, span.unit).fixed
    except (ValueError, OverflowError):
        return LAST if sign > 0 else FIRST


def _month_start(midnight: datetime, shift: int) -> datetime:
    try:
        return _months_later(midnight.replace(day=1), shift)
    except ValueError:
        return LAST if shift > 0 else FIRST


def _instant(text: str) -> datetime | None:
    if _MILLISECONDS.fullmatch(text):
        return _EPOCH + timedelta(milliseconds=int(text))
    if not (_DATE.fullmatch(text) or _INSTANT.fullmatch(text)):
        return None
    instant = datetime.fromisoformat(text)
    return instant.replace(tzinfo=UTC) if instant.tzinfo is None else instant.astimezone(UTC)


def _is_midnight_in_milliseconds(text: str) -> bool:
    return bool(_MILLISECONDS.fullmatch(text)) and int(text) % 86_400_000 == 0


def _months_later(start: datetime, months: int) -> datetime:
    years, month = divmod(start.month - 1 + months, 12)
    year = start.year + years
    day = min(start.day, calendar.monthrange(year, month + 1)[1])
    return start.replace(year=year, month=month + 1, day=day)
