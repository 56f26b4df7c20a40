"""Every second between two instants, accounted for: counted, closed or paused, and why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum

from app.sla import wall
from app.sla.calendar import Calendar

Held = tuple[datetime, datetime, str]
"""A pause in [from, until), and why."""

_DAY = timedelta(days=1)
_FRIDAY = 4


class Spent(StrEnum):
    """What became of a stretch of time."""

    COUNTED = "counted"
    CLOSED = "closed"
    """The calendar was closed: paused or not, nothing was counted."""
    PAUSED = "paused"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch [from_at, until_at), never empty. `because` says why it was closed or paused."""

    from_at: datetime
    until_at: datetime
    spent: Spent
    because: str = ""

    @property
    def length(self) -> timedelta:
        return self.until_at - self.from_at


def account(calendar: Calendar, start: datetime, end: datetime, pauses: Iterable[Held] = ()) -> Iterator[Piece]:
    """Cut [start, end) into pieces, in order and without a gap; nothing when `end` is not after `start`.

    What is counted adds up to `calendar.elapsed`. Where pauses overlap, the one that began first is the reason.
    """
    return _joined(_pieces(calendar, wall.utc(start), wall.utc(end), tuple(pauses)))


def sums(pieces: Iterable[Piece]) -> dict[Spent, timedelta]:
    """How much time went where."""
    totals = dict.fromkeys(Spent, timedelta())
    for piece in pieces:
        totals[piece.spent] += piece.length
    return totals


def _pieces(calendar: Calendar, start: datetime, end: datetime, pauses: tuple[Held, ...]) -> Iterator[Piece]:
    held, at = tuple(_apart(pauses, start, end)), start
    for opens, closes in calendar.open_intervals(start, end):
        yield from _closed(calendar, at, opens)
        yield from _open(opens, closes, held)
        at = closes
    yield from _closed(calendar, at, end)


def _apart(pauses: Iterable[Held], start: datetime, end: datetime) -> Iterator[Held]:
    """The pauses within [start, end), in order and without overlap."""
    at = start
    for from_at, until_at, because in sorted((wall.utc(one), wall.utc(two), why) for one, two, why in pauses):
        begins, ends = max(from_at, at), min(until_at, end)
        if begins < ends:
            yield begins, ends, because
            at = ends


def _open(opens: datetime, closes: datetime, held: Iterable[Held]) -> Iterator[Piece]:
    at = opens
    for from_at, until_at, because in held:
        begins, ends = max(from_at, at), min(until_at, closes)
        if begins >= ends:
            continue
        if at < begins:
            yield Piece(at, begins, Spent.COUNTED)
        yield Piece(begins, ends, Spent.PAUSED, because)
        at = ends
    if at < closes:
        yield Piece(at, closes, Spent.COUNTED)


def _closed(calendar: Calendar, start: datetime, end: datetime) -> Iterator[Piece]:
    if start < end:
        yield Piece(start, end, Spent.CLOSED, _why_closed(calendar, start, end))


def _why_closed(calendar: Calendar, start: datetime, end: datetime) -> str:
    """The days without hours in between: `Thanksgiving Day, weekend`; else the night, or a break within the day."""
    first, last = calendar.wall_time(start), calendar.wall_time(end)
    last_day = last.date() if last.time() > time() else last.date() - _DAY
    days = (first.date() + n * _DAY for n in range((last_day - first.date()).days + 1))
    off = dict.fromkeys(_day_off(calendar, day) for day in days if not calendar.hours(day))
    if off:
        return ", ".join(off)
    return "break" if first.date() == last_day and _is_between(calendar, first) else "night"


def _is_between(calendar: Calendar, local: datetime) -> bool:
    """Whether the wall time lies between two openings of its day."""
    hours, minute = calendar.hours(local.date()), 60 * local.hour + local.minute
    return any(one.closes <= minute for one in hours) and any(minute < one.opens for one in hours)


def _day_off(calendar: Calendar, day: date) -> str:
    if not calendar.open.get(day.weekday()):
        return "weekend" if day.weekday() > _FRIDAY else f"{day:%A}"
    return calendar.holiday_name(day) or "day off"


def _joined(pieces: Iterable[Piece]) -> Iterator[Piece]:
    """Neighbours of one kind as one, as those of a day and a night shift are at midnight."""
    last: Piece | None = None
    for piece in pieces:
        if last is not None and (last.spent, last.because) == (piece.spent, piece.because):
            last = replace(last, until_at=piece.until_at)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last
