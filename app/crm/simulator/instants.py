"""Instants as HubSpot writes them: ISO 8601 with Z in answers, epoch milliseconds in webhooks."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

Now = Callable[[], datetime]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_DIGITS = re.compile(r"-?\d{1,15}")
_MILLISECOND = timedelta(milliseconds=1)


def wall_clock() -> datetime:
    """The machine's time, aware UTC. The default of a simulator that is given no clock."""
    return datetime.now(UTC)  # noqa: TID251  # the simulator knows nothing of the service, its clock included


def iso(at: datetime) -> str:
    """`2026-11-22T08:15:30.250Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def epoch_ms(at: datetime) -> int:
    return (at - _EPOCH) // _MILLISECOND


def instant(text: str) -> datetime:
    """Read ISO 8601 (no zone means UTC) or epoch milliseconds; ValueError when it is neither."""
    if _DIGITS.fullmatch(text):
        return _EPOCH + int(text) * _MILLISECOND
    at = datetime.fromisoformat(text)
    return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)


class ShiftedClock:
    """Another clock, moved. It keeps running if the other one runs."""

    def __init__(self, base: Now) -> None:
        self._base = base
        self._shift = timedelta()

    def __call__(self) -> datetime:
        return self._base() + self._shift

    def advance(self, by: timedelta) -> None:
        self._shift += by

    def move_to(self, at: datetime) -> None:
        self._shift = at - self._base()
