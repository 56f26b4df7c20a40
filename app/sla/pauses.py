"""Pauses: what they are, and taking them out of open time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from app.sla.wall import utc

Stretch = tuple[datetime, datetime]


@dataclass(frozen=True, slots=True)
class Pause:
    """A stretch in which a clock stands still. `until_at` None: it lasts. `owner_id`: it is theirs alone."""

    from_at: datetime
    until_at: datetime | None
    because: str
    owner_id: str | None = None

    def up_to(self, now: datetime) -> Stretch:
        """As a stretch; one that lasts goes up to `now`."""
        until = max(now, self.from_at) if self.until_at is None else self.until_at
        return self.from_at, max(until, self.from_at)

    def holds(self, at: datetime) -> bool:
        return self.from_at <= at and (self.until_at is None or at < self.until_at)


def union(pauses: Iterable[Stretch]) -> tuple[Stretch, ...]:
    """The pauses in order, in UTC, overlapping and touching ones as one, empty ones gone.

    Raises ValueError for a pause that ends before it starts.
    """
    merged: list[Stretch] = []
    for start, end in sorted((utc(start), utc(end)) for start, end in pauses):
        if end < start:
            raise ValueError(f"a pause from {start.isoformat()} cannot end at {end.isoformat()}")
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        elif start < end:
            merged.append((start, end))
    return tuple(merged)


def without(stretches: Iterable[Stretch], pauses: tuple[Stretch, ...]) -> Iterator[Stretch]:
    """What is left of each stretch outside the pauses. Both must be in order and free of overlap."""
    first = 0
    for start, end in stretches:
        while first < len(pauses) and pauses[first][1] <= start:
            first += 1
        yield from _rest(start, end, pauses, first)


def _rest(start: datetime, end: datetime, pauses: tuple[Stretch, ...], first: int) -> Iterator[Stretch]:
    for index in range(first, len(pauses)):
        pause_start, pause_end = pauses[index]
        if pause_start >= end:
            break
        if start < pause_start:
            yield start, pause_start
        start = max(start, pause_end)
    if start < end:
        yield start, end
