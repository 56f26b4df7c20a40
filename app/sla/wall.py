"""The clock on the wall of a time zone: its changes, and the way from a wall time to an instant."""

from __future__ import annotations

from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterator
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import lru_cache
from typing import assert_never
from zoneinfo import ZoneInfo

from app.records.span import Unit

Stretch = tuple[datetime, datetime, timedelta]

_DAY = timedelta(days=1)
_SECOND = timedelta(seconds=1)


def zone(name: str) -> ZoneInfo:
    """The IANA zone of that name. Raises ValueError that names it when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError) as error:
        raise ValueError(f"no time zone is named `{name}`; use an IANA name like `America/New_York`") from error


def utc(at: datetime) -> datetime:
    """The same instant in UTC. Raises ValueError for a naive one, which is no instant."""
    if at.utcoffset() is None:
        raise ValueError(f"`{at.isoformat()}` has no time zone; an instant needs one")
    return at.astimezone(UTC)


def instant(wall: datetime, name: str) -> datetime:
    """The UTC instant at which the zone's clock shows the naive `wall`.

    A time shown twice means the first; one that is skipped means as long after the change as it
    stands after the gap's beginning (02:30 in a gap from 02:00 to 03:00 is 03:30).
    """
    try:
        return wall.replace(tzinfo=zone(name), fold=0).astimezone(UTC)
    except OverflowError as error:
        raise ValueError(f"{wall.isoformat()} in {name} lies beyond the year 9999") from error


def stretches(name: str, from_: datetime, to: datetime) -> Iterator[Stretch]:
    """Cut [from_, to) where the zone's UTC offset changes: (start, end, offset) in order, as asked for.

    May cut at a local midnight too, so that a zone without changes does not look ahead for ever.
    """
    tz, start = zone(name), from_
    while start < to:
        offset = _offset(tz, start)
        end = min(to, _next_cut(name, start, offset))
        yield start, end, offset
        start = end


def later(wall: datetime, amount: int, unit: Unit) -> datetime:
    """The wall time `amount` calendar periods on; a day that the month lacks becomes its last.

    Raises ValueError beyond the year 9999. Units below a day are lengths, not periods; the clock
    on the wall has no say in them.
    """
    try:
        match unit:
            case Unit.DAY | Unit.WEEK:
                return wall + timedelta(days=amount * (7 if unit is Unit.WEEK else 1))
            case Unit.MONTH | Unit.YEAR:
                return _months_later(wall, amount * (12 if unit is Unit.YEAR else 1))
            case Unit.SECOND | Unit.MINUTE | Unit.HOUR:
                raise TypeError(f"`{unit}` is no calendar period")
            case _:
                assert_never(unit)
    except OverflowError as error:
        raise ValueError(f"{amount} {unit} after {wall.isoformat()} lies beyond the year 9999") from error


def _months_later(wall: datetime, months: int) -> datetime:
    year, month = divmod(12 * wall.year + wall.month - 1 + months, 12)
    if year > MAXYEAR:
        raise OverflowError
    return wall.replace(year=year, month=month + 1, day=min(wall.day, monthrange(year, month + 1)[1]))


def _next_cut(name: str, at: datetime, offset: timedelta) -> datetime:
    """The next change of the offset, or the second local midnight of the next year where that is earlier."""
    midnight = datetime(at.year + 1, 1, 2, tzinfo=UTC) - offset
    changes = (change for year in (at.year, at.year + 1) for change in _changes(name, year))
    return next((change for change in changes if at < change < midnight), midnight)


@lru_cache(maxsize=4096)
def _changes(name: str, year: int) -> tuple[datetime, ...]:
    """The instants within a UTC year at which the zone's offset changes, to the second.

    Probes day by day: no zone changes twice within 24 hours.
    """
    tz, probe = zone(name), datetime(year, 1, 1, tzinfo=UTC)
    changes, before = [], _offset(tz, probe)
    while probe.year == year:
        after = _offset(tz, probe + _DAY)
        if after != before:
            changes.append(_first_other(tz, probe, before))
        probe, before = probe + _DAY, after
    return tuple(changes)


def _first_other(tz: ZoneInfo, from_: datetime, offset: timedelta) -> datetime:
    """The first second of the following day at which the offset is not `offset`."""
    seconds = range(1, _DAY // _SECOND + 1)
    found = bisect_left(seconds, x=True, key=lambda s: _offset(tz, from_ + s * _SECOND) != offset)
    return from_ + seconds[found] * _SECOND


def _offset(tz: ZoneInfo, at: datetime) -> timedelta:
    return at.astimezone(tz).utcoffset() or timedelta()
