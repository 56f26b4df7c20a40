"""A span laid on a calendar: when it is over, and which time was counted on the way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from app.records.span import Span, Unit
from app.sla import wall
from app.sla.calendar import Calendar, Stretch, due_at


@dataclass(frozen=True, slots=True)
class Reckoned:
    """A span from `start` to `due`, both UTC. `counted` are the stretches of time that were counted, in order."""

    calendar: Calendar
    span: Span
    start: datetime
    due: datetime
    counted: tuple[Stretch, ...]

    @property
    def total(self) -> timedelta:
        return sum((end - start for start, end in self.counted), timedelta())

    @property
    def rule(self) -> str:
        """What the span counts, in words."""
        if not self.span.amount:
            return "since nothing is due at once"
        unit, business = self.span.unit, self.span.business
        if unit in {Unit.SECOND, Unit.MINUTE, Unit.HOUR}:
            return "open time only" if business else "open or not"
        if business:
            return f"the open time on the way: business {unit}s end at the same time of day, within that day's hours"
        return f"open or not: {unit}s end at the same time of day"


def reckon(calendar: Calendar, span: Span, start: datetime) -> Reckoned:
    """Lay a span on a calendar. Raises ValueError, with what to do, where its end is out of reach."""
    start = wall.utc(start)
    try:
        end = due_at(start, span, calendar)
        end.astimezone(wall.zone(calendar.time_zone))
    except (ValueError, OverflowError):
        raise ValueError(
            f"`{span}` from {start.isoformat().replace('+00:00', 'Z')} ends out of reach of calendar `{calendar.id}`: "
            "50 years of business time, the year 9999; write a shorter one"
        ) from None
    counted = calendar.open_intervals(start, end) if span.business else [(start, end)] if start < end else ()
    return Reckoned(calendar, span, start, end, tuple(counted))
