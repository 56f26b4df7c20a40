"""A length of time as people write it in an agreement: `7 days`, `15 business min`, `1 business day`.

A span is kept as written because its length depends on where it is laid: a business hour skips the
night, a month is as long as its days. `app.sla` lays business spans on a calendar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum


class Unit(StrEnum):
    SECOND = "s"
    MINUTE = "min"
    HOUR = "hour"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    YEAR = "year"


SPELLINGS = {
    Unit.SECOND: ("s", "sec", "second", "seconds"),
    Unit.MINUTE: ("min", "minute", "minutes", "mins"),
    Unit.HOUR: ("h", "hour", "hours"),
    Unit.DAY: ("d", "day", "days"),
    Unit.WEEK: ("w", "week", "weeks"),
    Unit.MONTH: ("month", "months"),
    Unit.YEAR: ("year", "years"),
}
_UNITS = {spelling: unit for unit, spellings in SPELLINGS.items() for spelling in spellings}
_FIXED = {
    Unit.SECOND: timedelta(seconds=1),
    Unit.MINUTE: timedelta(minutes=1),
    Unit.HOUR: timedelta(hours=1),
    Unit.DAY: timedelta(days=1),
    Unit.WEEK: timedelta(weeks=1),
}
_PATTERN = re.compile(r"(?P<amount>\d{1,6})\s*(?P<business>business\s+)?(?P<unit>[a-z]+)")


@dataclass(frozen=True, slots=True)
class Span:
    """`amount` of `unit`, in open hours only when `business`."""

    amount: int
    unit: Unit
    business: bool = False

    @classmethod
    def parse(cls, text: str) -> Span:
        """Read `90 days`, `1 h`, `15 business min`. Raises ValueError that says what is accepted."""
        match = _PATTERN.fullmatch(text.strip().lower())
        unit = _UNITS.get(match["unit"]) if match else None
        if match is None or unit is None:
            raise ValueError(f"{text!r} is no length of time; write it like `7 days`, `2 h` or `15 business min`")
        return cls(int(match["amount"]), unit, business=match["business"] is not None)

    @property
    def fixed(self) -> timedelta:
        """The length where it does not depend on a calendar. Raises ValueError for business spans, months, years."""
        if self.business or self.unit not in _FIXED:
            raise ValueError(f"`{self}` has no fixed length")
        return self.amount * _FIXED[self.unit]

    def __str__(self) -> str:
        plural = "s" if self.amount != 1 and self.unit not in {Unit.SECOND, Unit.MINUTE} else ""
        return f"{self.amount} {'business ' if self.business else ''}{self.unit}{plural}"
