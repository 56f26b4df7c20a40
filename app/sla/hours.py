"""Opening hours within one local day."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from itertools import pairwise

_DAY = 24 * 60
_PATTERN = re.compile(r"(\d{1,2}):([0-5]\d)\s*-\s*(\d{1,2}):([0-5]\d)")


@dataclass(frozen=True, slots=True, order=True)
class Interval:
    """Open from minute `opens` of the local day up to, not including, minute `closes`; 24:00 may close."""

    opens: int
    closes: int

    def __post_init__(self) -> None:
        if not 0 <= self.opens < self.closes <= _DAY:
            raise ValueError(
                f"opening hours `{self}` must end after they start, within 00:00 and 24:00; "
                "write a night as two: up to 24:00 on one day, from 00:00 on the next"
            )

    @classmethod
    def parse(cls, text: str) -> Interval:
        """Read `09:00-17:30`. Raises ValueError that says what is accepted."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            raise ValueError(f"{text!r} are no opening hours; write them like `09:00-17:30`")
        hour, minute, to_hour, to_minute = map(int, match.groups())
        return cls(60 * hour + minute, 60 * to_hour + to_minute)

    def covers(self, time_of_day: timedelta) -> bool:
        """Half-open: the opening instant is inside, the closing instant is not."""
        return timedelta(minutes=self.opens) <= time_of_day < timedelta(minutes=self.closes)

    def __str__(self) -> str:
        return f"{self.opens // 60:02}:{self.opens % 60:02}-{self.closes // 60:02}:{self.closes % 60:02}"


def check_in_order(hours: Iterable[Interval]) -> None:
    """Raises ValueError naming two intervals of a day that overlap or are out of order; they may touch."""
    for earlier, later in pairwise(hours):
        if later.opens < earlier.closes:
            raise ValueError(f"opening hours `{earlier}` and `{later}` overlap or are out of order")
