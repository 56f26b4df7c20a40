"""HubSpot's request limits: rolling windows by kind of call, and a day's total."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Bucket = Literal["general", "associations", "search"]
Policy = Literal["DAILY", "TEN_SECONDLY_ROLLING", "SECONDLY"]

MESSAGES: dict[Policy, str] = {
    "DAILY": "You have reached your daily limit.",
    "TEN_SECONDLY_ROLLING": "You have reached your ten_secondly_rolling limit.",
    "SECONDLY": "You have reached your secondly limit.",
}


@dataclass(slots=True)
class Window:
    """At most `limit` calls in any `seconds` long stretch of the monotonic clock."""

    limit: int
    seconds: float
    _taken_at: deque[float] = field(default_factory=deque)

    def left(self, at: float) -> int:
        while self._taken_at and self._taken_at[0] <= at - self.seconds:
            self._taken_at.popleft()
        return max(0, self.limit - len(self._taken_at))

    def take(self, at: float) -> bool:
        if not self.left(at):
            return False
        self._taken_at.append(at)
        return True


class Quota:
    """The limits of one private app on a Professional account; each may be set.

    Search counts by itself, a second at a time; association calls have a bucket of their own; both still
    count for the day. A refused call uses nothing up.
    """

    def __init__(self, monotonic: Callable[[], float], today: Callable[[], date]) -> None:
        self._monotonic = monotonic
        self._today = today
        self.general = Window(190, 10.0)
        self.associations = Window(150, 10.0)
        self.search = Window(5, 1.0)
        self.daily = 650_000
        self._day = today()
        self._used_today = 0

    def take(self, bucket: Bucket) -> Policy | None:
        """Count one call; the policy that forbids it, if one does."""
        self._roll_day()
        if self._used_today >= self.daily:
            return "DAILY"
        if not self._window(bucket).take(self._monotonic()):
            return "SECONDLY" if bucket == "search" else "TEN_SECONDLY_ROLLING"
        self._used_today += 1
        return None

    def headers(self, bucket: Bucket) -> dict[str, str]:
        """`X-HubSpot-RateLimit-*`; search answers carry none."""
        if bucket == "search":
            return {}
        window = self._window(bucket)
        left = window.left(self._monotonic())
        return {
            "X-HubSpot-RateLimit-Daily": str(self.daily),
            "X-HubSpot-RateLimit-Daily-Remaining": str(max(0, self.daily - self._used_today)),
            "X-HubSpot-RateLimit-Interval-Milliseconds": str(int(window.seconds * 1000)),
            "X-HubSpot-RateLimit-Max": str(window.limit),
            "X-HubSpot-RateLimit-Remaining": str(left),
            # Deprecated by HubSpot and still sent: a tenth of the ten-second figures.
            "X-HubSpot-RateLimit-Secondly": str(window.limit // 10),
            "X-HubSpot-RateLimit-Secondly-Remaining": str(min(left, window.limit // 10)),
        }

    def _window(self, bucket: Bucket) -> Window:
        if bucket == "search":
            return self.search
        return self.associations if bucket == "associations" else self.general

    def _roll_day(self) -> None:
        if self._today() != self._day:
            self._day, self._used_today = self._today(), 0
