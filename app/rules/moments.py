"""Ordinary time for conditions: text to instants, and spans laid on instants without ever failing."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

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
    try:
        match span.unit:
            case Unit.MONTH:
                return _months_later(start, span.amount)
            case Unit.YEAR:
                return _months_later(start, 12 * span.amount)
            case _:
                return start + Span(span.amount, span.unit).fixed
    except (ValueError, OverflowError):
        return LAST


def days_later(start: datetime, days: int) -> datetime:
    """`start` plus days, which may be negative or many. Stops at the ends of time."""
    try:
        return start + timedelta(days=days)
    except OverflowError:
        return LAST if days > 0 else FIRST


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
