"""When people are told: not in quiet hours, a digest once a day, and after a failure with growing pauses."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Self
from zoneinfo import ZoneInfo

ATTEMPTS_MOST = 12
FIRST_PAUSE = timedelta(minutes=1)
LONGEST_PAUSE = timedelta(hours=6)
_JITTER = 0.25


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From `start` to before `end`, local time; over midnight where `end` is the earlier one."""

    start: time
    end: time

    @classmethod
    def parse(cls, text: str) -> Self:
        """Of `20:00-07:00`. Raises ValueError."""
        start, _, end = text.partition("-")
        return cls(time.fromisoformat(start), time.fromisoformat(end))

    def cover(self, at: time) -> bool:
        """Whether a local time is within them; equal ends cover nothing."""
        if self.start <= self.end:
            return self.start <= at < self.end
        return at >= self.start or at < self.end


@dataclass(frozen=True, slots=True)
class Manners:
    """When people may be told what. `urgent` kinds ignore quiet hours; `zone` None: the agreement's time zone."""

    quiet: QuietHours | None = None
    urgent: frozenset[str] = frozenset()
    digest_at: time | None = None
    zone: ZoneInfo | None = None

    @property
    def need_a_zone(self) -> bool:
        """Whether anything depends on the time of day."""
        return self.quiet is not None or self.digest_at is not None

    def quiet_at(self, local: datetime) -> bool:
        """Whether only urgent kinds may go out."""
        return self.quiet is not None and self.quiet.cover(local.time())

    def digest_due(self, local: datetime) -> bool:
        """Whether the day's digest is due by now."""
        return self.digest_at is not None and local.time() >= self.digest_at


def pause(attempts: int, draw: float, asked: timedelta | None = None) -> timedelta:
    """How long to wait after so many failed attempts: a minute doubled each time, six hours at most.

    `draw` in [0, 1) spreads it by up to a quarter; the receiver's own wish counts where it is longer.
    """
    grown = min(FIRST_PAUSE * 2.0 ** min(attempts - 1, ATTEMPTS_MOST), LONGEST_PAUSE)
    return min(max(grown * (1 + _JITTER * draw), asked or grown), LONGEST_PAUSE)
