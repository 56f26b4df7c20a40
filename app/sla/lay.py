"""Laying a length of time on a calendar, with the stretches in which the clock stood still taken out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.records.span import Span
from app.sla.calendar import ALWAYS, Calendar, due_at
from app.sla.pauses import Stretch

_REACH = timedelta(days=50 * 365)
"""Calendars look no further ahead than this."""


@dataclass(frozen=True, slots=True)
class Laid:
    """A length of time laid from `started_at`: it runs out at `due_at`. `measure` is the calendar it is counted in."""

    started_at: datetime
    due_at: datetime
    measure: Calendar

    def share(self, percent: int, pauses: Iterable[Stretch] = ()) -> datetime:
        """When so many percent of it have been used up, counted without the pauses."""
        held = tuple(pauses)
        whole = self.measure.elapsed(self.started_at, self.due_at, held)
        return min(self.due_at, self.measure.add(self.started_at, whole * percent / 100, held))


def lay_out(start: datetime, span: Span, calendar: Calendar, pauses: Iterable[Stretch] = ()) -> Laid | None:
    """Lay a span from `start`; None when its end lies beyond all calendars.

    Pauses push the end on by as much counted time as they take out before it: open time of the calendar for
    business spans, any time for others. What ends without being touched by a pause ends where `due_at` says.
    """
    measure = calendar if span.business else replace(ALWAYS, time_zone=calendar.time_zone)
    held = tuple(pauses)
    try:
        end = due_at(start, span, calendar)
        if end - start > _REACH:
            return None
        end = _held_back(start, end, measure, held) if held else end
    except (ValueError, OverflowError):
        return None
    return Laid(start, end, measure)


def _held_back(start: datetime, end: datetime, measure: Calendar, held: tuple[Stretch, ...]) -> datetime:
    whole = measure.elapsed(start, end)
    return measure.add(start, whole, held) if measure.elapsed(start, end, held) < whole else end


def push_on(start: datetime, span: Span, calendar: Calendar, pauses: Iterable[Stretch] = ()) -> datetime | None:
    """`span` after `start`, the pauses taken out; None when that lies beyond all calendars."""
    laid = lay_out(start, span, calendar, pauses)
    return None if laid is None else laid.due_at


def hold_up(start: datetime, end: datetime, measure: Calendar, pauses: Iterable[Stretch] = ()) -> datetime | None:
    """`end`, pushed on by what the pauses take out between `start` and it; None when that is beyond all calendars."""
    try:
        return max(end, _held_back(start, end, measure, tuple(pauses)))
    except (ValueError, OverflowError):
        return None
