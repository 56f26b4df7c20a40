"""Business time: when a calendar is open, and arithmetic over its open time.

An instant is open when the clock on the calendar's wall stands within the hours of that local day.
Nothing else defines open time, so the hours that daylight saving skips are never open and those that
it repeats are open twice. Hours are half-open, [opening, closing); all sums run on UTC instants.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from itertools import groupby
from typing import assert_never

from app.records.span import Span, Unit
from app.sla import wall
from app.sla.holiday import check_known, holidays_of, is_holiday, name_of
from app.sla.hours import Interval, check_in_order
from app.sla.pauses import union, without

Stretch = tuple[datetime, datetime]

_DAY = timedelta(days=1)
_WEEK = range(7)
_HORIZON = 50 * 366 * _DAY
_PROBED = date(2024, 1, 1)  # any two years would do: holidays come back every year
_LAST = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours in one time zone. One that cannot be used raises ValueError when it is made.

    `open` holds the weekly hours, Monday as 0. Holidays and the dates in `closed` have none. The hours
    in `extra_open` stand in place of a date's others, holiday or not: a half day, a working Saturday.
    `names_from` is the country and subdivision that only name the holidays kept among the closed dates.

    Instants given may be in any zone, never naive (ValueError); instants returned are UTC.
    """

    id: str
    time_zone: str
    open: Mapping[int, tuple[Interval, ...]]
    holiday_country: str | None = None
    holiday_subdivision: str | None = None
    closed: frozenset[date] = frozenset()
    extra_open: Mapping[date, tuple[Interval, ...]] = field(default_factory=dict)
    names_from: tuple[str, str | None] | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        try:
            self._check()
        except ValueError as error:
            raise ValueError(f"calendar `{self.id}`: {error}") from error

    @classmethod
    def build(
        cls,
        id: str,  # noqa: A002  named as the field is
        time_zone: str,
        open: Mapping[int, Iterable[Interval]],  # noqa: A002  named as the field is
        *,
        holiday_country: str | None = None,
        holiday_subdivision: str | None = None,
        closed: Iterable[date] = (),
        extra_open: Mapping[date, Iterable[Interval]] | None = None,
    ) -> Calendar:
        """A calendar from hours in any order. Raises ValueError that names the calendar and the fault."""
        return cls(
            id,
            time_zone,
            {day: tuple(sorted(hours)) for day, hours in open.items()},
            holiday_country=holiday_country,
            holiday_subdivision=holiday_subdivision,
            closed=frozenset(closed),
            extra_open={day: tuple(sorted(hours)) for day, hours in (extra_open or {}).items()},
        )

    def holidays(self, years: Iterable[int]) -> tuple[date, ...]:
        """The public holidays that it keeps in these years, in order."""
        country = self.holiday_country
        return () if country is None else holidays_of(country, self.holiday_subdivision, years)

    def with_holidays(self, days: Iterable[date]) -> Calendar:
        """The same with these days as its holidays, whatever a newer list of its country's holidays says."""
        closed = self.closed | frozenset(days)
        names = (self.holiday_country, self.holiday_subdivision) if self.holiday_country else self.names_from
        return replace(self, holiday_country=None, holiday_subdivision=None, closed=closed, names_from=names)

    def holiday_name(self, day: date) -> str | None:
        """What a holiday is called, in English where its country's list has it so; None for any other day."""
        country, subdivision = self.names_from or (self.holiday_country, self.holiday_subdivision)
        return None if country is None else name_of(day, country, subdivision)

    def hours(self, day: date) -> tuple[Interval, ...]:
        """The hours of one local day; none when closed."""
        if day in self.extra_open:
            return self.extra_open[day]
        return self.open[day.weekday()] if day not in self.closed and self._is_regular(day) else ()

    def is_open(self, at: datetime) -> bool:
        """Whether `at` lies in open time: the opening instant does, the closing instant does not."""
        local = self.wall_time(at)
        since_midnight = local - datetime.combine(local, time())
        return any(interval.covers(since_midnight) for interval in self.hours(local.date()))

    def next_open(self, at: datetime) -> datetime:
        """`at` itself when open, else the next opening."""
        start = wall.utc(at)
        for opens, _ in self.open_intervals(start, _horizon(start)):
            return opens
        raise ValueError(f"calendar `{self.id}` does not open within 50 years of {start.isoformat()}")

    def elapsed(self, start: datetime, end: datetime, pauses: Iterable[Stretch] = ()) -> timedelta:
        """Open time in [start, end) outside the pauses; nothing when `end` is not after `start`.

        Pauses may overlap and may lie in closed time: each open instant is taken out once.
        """
        running = without(self.open_intervals(start, end), union(pauses))
        return sum((closes - opens for opens, closes in running), timedelta())

    def add(self, start: datetime, amount: timedelta, pauses: Iterable[Stretch] = ()) -> datetime:
        """The first instant at which the open time since `start`, outside the pauses, is `amount`.

        So an amount used up at closing ends at closing, and nothing ends at `start`, open or not.
        Raises ValueError for a negative amount and for an end more than 50 years away.
        """
        start = wall.utc(start)
        if amount < timedelta():
            raise ValueError(f"cannot lay a negative length of time ({amount}) on calendar `{self.id}`")
        if not amount:
            return start
        left = amount
        for opens, closes in without(self.open_intervals(start, _horizon(start)), union(pauses)):
            if left <= closes - opens:
                return opens + left
            left -= closes - opens
        raise ValueError(
            f"calendar `{self.id}`: {amount} of open time from {start.isoformat()} does not end within 50 years"
        )

    def open_intervals(self, from_: datetime, to: datetime) -> Iterator[Stretch]:
        """Open time within [from_, to) as (start, end) in order, cut at the bounds, made as asked for.

        None are empty or overlap; two may touch, as those of a day and a night shift do at midnight.
        """
        for start, end, offset in wall.stretches(self.time_zone, wall.utc(from_), wall.utc(to)):
            midnight = datetime.combine(start + offset, time(), UTC)
            while midnight < end + offset:
                for interval in self.hours(midnight.date()):
                    opens = max(start, midnight + timedelta(minutes=interval.opens) - offset)
                    closes = min(end, midnight + timedelta(minutes=interval.closes) - offset)
                    if opens < closes:
                        yield opens, closes
                midnight += _DAY

    def open_days(self, from_: datetime) -> Iterator[tuple[date, datetime, datetime]]:
        """Each local day with open time left from `from_` on: the day, its first opening, its last closing.

        Ends after 50 years.
        """
        start = wall.utc(from_)
        pieces = self.open_intervals(start, _horizon(start))
        for day, group in groupby(pieces, lambda piece: self.wall_time(piece[0]).date()):
            of_day = list(group)
            yield day, of_day[0][0], of_day[-1][1]

    def wall_time(self, at: datetime) -> datetime:
        """What the clock on the calendar's wall shows at `at`: naive."""
        return wall.utc(at).astimezone(wall.zone(self.time_zone)).replace(tzinfo=None, fold=0)

    def _is_regular(self, day: date) -> bool:
        """Whether the weekly hours hold on `day`, but for the dates listed one by one."""
        if not self.open.get(day.weekday()):
            return False
        country = self.holiday_country
        return country is None or not is_holiday(day, country, self.holiday_subdivision)

    def _check(self) -> None:
        wall.zone(self.time_zone)
        check_known(self.holiday_country, self.holiday_subdivision)
        for weekday in self.open.keys() - set(_WEEK):
            raise ValueError(f"`{weekday}` is no weekday; Monday is 0 and Sunday 6")
        for day in self.closed & self.extra_open.keys():
            raise ValueError(f"{day.isoformat()} cannot be both closed and open")
        for hours in (*self.open.values(), *self.extra_open.values()):
            check_in_order(hours)
        # Only the week goes on forever: once the extra days have passed, a clock would never end.
        if not any(self._is_regular(_PROBED + n * _DAY) for n in range(2 * 366)):
            raise ValueError("it never opens; give it hours on a day of the week that is no holiday")


def due_at(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """When a clock of length `span` that starts at `start` runs out. Nothing runs out at once.

    - Seconds, minutes and hours are exact lengths; business ones pass in open time only.
    - Days, weeks, months and years end at the same time on the calendar's wall, so a day over a change
      to daylight saving has 23 hours; a day that the month lacks becomes its last.
    - Business days end at the same wall time that many open days later, business weeks, months and
      years that many periods later. They begin at the next opening when `start` is outside hours, and
      their end is kept within that day's hours: no later than its last closing, no earlier than its
      first opening, and on the next day that opens when that day does not.

    Raises ValueError when the end is out of reach: 50 years of business time, the year 9999.
    """
    start = wall.utc(start)
    if not span.amount:
        return start
    match span.unit:
        case Unit.SECOND | Unit.MINUTE | Unit.HOUR:
            length = Span(span.amount, span.unit).fixed
            return calendar.add(start, length) if span.business else start + length
        case Unit.DAY if span.business:
            return _business_days_later(start, span.amount, calendar)
        case Unit.DAY | Unit.WEEK | Unit.MONTH | Unit.YEAR:
            begun = calendar.next_open(start) if span.business else start
            end = wall.later(calendar.wall_time(begun), span.amount, span.unit)
            return _within_hours(end, calendar) if span.business else wall.instant(end, calendar.time_zone)
        case _:
            assert_never(span.unit)


def _business_days_later(start: datetime, amount: int, calendar: Calendar) -> datetime:
    begun = calendar.wall_time(calendar.next_open(start))
    last, passed = begun.date(), 0
    for day, _, _ in calendar.open_days(start):
        if day > last:
            last, passed = day, passed + 1
        if passed == amount:
            return _within_hours(datetime.combine(last, begun.time()), calendar)
    raise ValueError(
        f"calendar `{calendar.id}`: {amount} business days from {start.isoformat()} do not end within 50 years"
    )


def _within_hours(end: datetime, calendar: Calendar) -> datetime:
    """The instant of the wall time `end`, moved into the hours of its day, or to the next opening."""
    morning = wall.instant(datetime.combine(end, time()), calendar.time_zone)
    for day, opens, closes in calendar.open_days(morning):
        if day > end.date():
            return opens
        return min(max(wall.instant(end, calendar.time_zone), opens), closes)
    raise ValueError(f"calendar `{calendar.id}` does not open within 50 years of {end.isoformat()}")


def _horizon(start: datetime) -> datetime:
    """How far to look for open time."""
    return start + _HORIZON if start < _LAST - _HORIZON else _LAST


ALWAYS = Calendar("always", "UTC", dict.fromkeys(_WEEK, (Interval(0, 24 * 60),)))
