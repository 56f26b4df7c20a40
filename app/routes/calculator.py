"""`/api/v1/clock/due`: when a promise would be due, and which time was counted on the way."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, ClassVar, Self

from fastapi import APIRouter, Query
from pydantic import Field

from app.errors import BatonError
from app.records.span import Span
from app.routes.answers import Shown
from app.routes.auth import Inside, Reader
from app.sla import wall
from app.sla.calendar import Calendar
from app.sla.reckoning import Reckoned, reckon

_STRETCHES_MOST = 200

router = APIRouter(prefix="/api/v1/clock", tags=["clocks"])


class NotReckoned(BatonError):
    """What was given cannot be laid on a calendar; the message names the parameter and says what can."""

    code: ClassVar[str] = "not_reckoned"


class StretchShown(Shown):
    """Time that was counted, in [from_at, until_at)."""

    from_at: datetime
    until_at: datetime
    seconds: float


class DueShown(Shown):
    """When it is due, in UTC and on the calendar's wall. `rule` says what such a span counts.

    `counted` are the stretches that were counted, the first of them where there are very many; `stretches` is how
    many there are.
    """

    calendar: str
    time_zone: str
    within: str
    start_at: datetime
    due_at: datetime
    due_local: str = Field(description="With the offset of the calendar's time zone.")
    rule: str
    counted_seconds: float
    stretches: int
    counted: list[StretchShown]

    @classmethod
    def of(cls, reckoned: Reckoned) -> Self:
        calendar = reckoned.calendar
        return cls(
            calendar=calendar.id,
            time_zone=calendar.time_zone,
            within=str(reckoned.span),
            start_at=reckoned.start,
            due_at=reckoned.due,
            due_local=reckoned.due.astimezone(wall.zone(calendar.time_zone)).isoformat(),
            rule=reckoned.rule,
            counted_seconds=reckoned.total.total_seconds(),
            stretches=len(reckoned.counted),
            counted=[
                StretchShown(from_at=start, until_at=end, seconds=(end - start).total_seconds())
                for start, end in reckoned.counted[:_STRETCHES_MOST]
            ],
        )


@router.get("/due", operation_id="clock_due")
async def due(
    container: Inside,
    _: Reader,
    at: Annotated[datetime, Query(description="When it starts; without an offset, on the calendar's wall.")],
    within: Annotated[str, Query(max_length=60, description="As an agreement says it: `1 business hour`, `2 days`.")],
    calendar: Annotated[
        str | None, Query(max_length=100, description="The calendar's id; may be left out where there is only one.")
    ] = None,
) -> DueShown:
    """When a clock that starts then runs out, by the calendars of the agreement in force. Nothing is kept."""
    book = await container.drafting.rulebook()
    chosen = _calendar(book.agreement.calendars, calendar)
    return DueShown.of(await asyncio.to_thread(_reckoned, chosen, at, within))


def _calendar(known: Mapping[str, Calendar], name: str | None) -> Calendar:
    if name is None and len(known) == 1:
        return next(iter(known.values()))
    if name is None or name not in known:
        wrong = "must be given" if name is None else f"is {name!r}, which the agreement has not"
        raise NotReckoned(f"`calendar` {wrong}; use one of: {', '.join(known)}")
    return known[name]


def _reckoned(calendar: Calendar, at: datetime, within: str) -> Reckoned:
    try:
        start = wall.utc(at) if at.tzinfo else wall.instant(at, calendar.time_zone)
    except (ValueError, OverflowError):
        raise NotReckoned(f"`at` is {at.isoformat()}, beyond the years 1 to 9999; give another") from None
    try:
        return reckon(calendar, Span.parse(within), start)
    except ValueError as error:
        raise NotReckoned(f"`within`: {error}") from None
