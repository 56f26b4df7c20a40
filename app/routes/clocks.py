"""`/api/v1/clocks`: the clocks that run, the one that is due first goes first."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query

from app.engine import handoffs
from app.records.span import Span
from app.routes.answers import Shown
from app.routes.auth import Inside, Reader
from app.routes.calculator import NotReckoned
from app.sla.clock import Clock, ClockKind, ClockState
from app.storage.clock_pages import ListedClock, Place

_MOST = 200
_PLACE = r"^[0-9a-f-]{36}\.[a-z_]{1,20}\.[0-9]{1,6}$"

router = APIRouter(prefix="/api/v1/clocks", tags=["clocks"])


class PauseShown(Shown):
    """A stretch in which a clock stands still; `until_at` null: it lasts."""

    from_at: datetime
    until_at: datetime | None
    because: str


class ClockShown(Shown):
    """One promise being timed, for one owner's tenure. `because` says what stopped it."""

    kind: ClockKind
    tenure: int
    owner_id: str
    calendar: str
    time_zone: str
    target: str
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    pauses: list[PauseShown]
    stopped_at: datetime | None
    because: str
    breached_at: datetime | None
    rescinded_at: datetime | None

    @classmethod
    def of(cls, clock: Clock, now: datetime) -> Self:
        return cls(
            kind=clock.kind,
            tenure=clock.tenure,
            owner_id=clock.owner_id,
            calendar=clock.calendar,
            time_zone=clock.time_zone,
            target=clock.target,
            state=clock.state(now),
            started_at=clock.started_at,
            due_at=clock.due_at,
            pauses=[PauseShown.model_validate(one) for one in clock.pauses],
            stopped_at=clock.stopped_at,
            because=clock.because,
            breached_at=clock.breached_at,
            rescinded_at=clock.rescinded_at,
        )


class RunningClock(ClockShown):
    """A clock that runs, and for whom."""

    handoff_id: UUID
    contact_id: str
    pool: str
    owner: str | None

    @classmethod
    def in_list(cls, one: ListedClock, now: datetime) -> Self:
        return cls(
            **ClockShown.of(one.clock, now).model_dump(),
            handoff_id=one.place.handoff_id,
            contact_id=one.contact_id,
            pool=one.pool,
            owner=one.owner,
        )


class ClocksPage(Shown):
    """Running clocks, by when they are due; `next` is the `after` of the next page, null on the last."""

    clocks: list[RunningClock]
    next: str | None


@router.get("", operation_id="clocks_list")
async def list_clocks(
    container: Inside,
    _: Reader,
    due_within: Annotated[str | None, Query(max_length=60, description="Only those due in this time: `2 h`.")] = None,
    *,
    breached: Annotated[bool, Query(description="Only those whose breach stands.")] = False,
    after: Annotated[str | None, Query(pattern=_PLACE, description="`next` of the page before.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> ClocksPage:
    """The clocks that run in handoffs of the portal's mode."""
    now = container.clock.now()
    found = await handoffs.running_clocks(
        container.database,
        container.portal_id,
        now=now,
        due_within=None if due_within is None else _fixed(due_within),
        breached=breached,
        after=None if after is None else _place(after),
        limit=limit + 1,
    )
    page = [RunningClock.in_list(one, now) for one in found[:limit]]
    return ClocksPage(clocks=page, next=_name(found[limit - 1].place) if len(found) > limit else None)


def _fixed(within: str) -> timedelta:
    try:
        return Span.parse(within).fixed
    except (ValueError, OverflowError) as error:
        raise NotReckoned(f"`due_within`: {error}") from None


def _place(text: str) -> Place:
    handoff_id, kind, tenure = text.split(".")
    try:
        return Place(UUID(handoff_id), ClockKind(kind), int(tenure))
    except ValueError:
        raise NotReckoned(f"`after` is {text!r}; give the `next` of the page before") from None


def _name(place: Place) -> str:
    return f"{place.handoff_id}.{place.kind.value}.{place.tenure}"
