"""`/api/v1/backfills`: walks over what changed in HubSpot in the past; begun, watched, cancelled."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.engine import backfill
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.routes.given import Body, Instant
from app.routes.locations import backfill_at
from app.storage.sweeps import Sweep, SweepState

router = APIRouter(prefix="/api/v1/backfills", tags=["backfills"])


class BackfillWanted(Body):
    """From when on changes are asked for."""

    since: Instant


class BackfillShown(Shown):
    """How far a backfill is: `walked_to` between `since` and `until`. `marked` of the contacts `seen` are looked at."""

    id: UUID
    state: SweepState
    since: datetime
    until: datetime
    walked_to: datetime
    seen: int
    marked: int
    missed: int
    begun_by: str | None
    begun_at: datetime
    finished_at: datetime | None
    cancelled_by: str | None
    stands_still: str | None = Field(description="HubSpot's words where it refused the last page; it is asked again.")

    @classmethod
    def of(cls, walk: Sweep) -> Self:
        return cls(
            id=walk.id,
            state=walk.state,
            since=walk.from_at,
            until=walk.until_at,
            walked_to=walk.place.at,
            seen=walk.seen,
            marked=walk.marked,
            missed=walk.missed,
            begun_by=walk.begun_by,
            begun_at=walk.begun_at,
            finished_at=walk.finished_at,
            cancelled_by=walk.cancelled_by,
            stands_still=walk.words,
        )


class Backfills(Shown):
    """Backfills, newest first."""

    backfills: list[BackfillShown]


@router.post("", status_code=202, operation_id="backfill_begin")
async def begin(wanted: BackfillWanted, response: Response, container: Inside, actor: Operator) -> BackfillShown:
    """Begin. The workers walk through what changed since, behind every sweep, and look behind what is live."""
    now = container.clock.now()
    begun = await backfill.begin_backfill(container.database, container.portal_id, actor, wanted.since, now)
    response.headers["Location"] = backfill_at(begun.id)
    return BackfillShown.of(begun)


@router.get("", operation_id="backfills_list")
async def list_backfills(
    container: Inside, _: Reader, limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50
) -> Backfills:
    """Every backfill of the last months, newest first."""
    found = await backfill.listed(container.database, container.portal_id, limit=limit)
    return Backfills(backfills=[BackfillShown.of(one) for one in found])


@router.get("/{backfill_id}", operation_id="backfill_get")
async def get(backfill_id: UUID, container: Inside, _: Reader) -> BackfillShown:
    """How far it is."""
    return BackfillShown.of(await backfill.backfill_of(container.database, container.portal_id, backfill_id))


@router.delete("/{backfill_id}", operation_id="backfill_cancel")
async def cancel(backfill_id: UUID, container: Inside, actor: Operator) -> BackfillShown:
    """Walk no further. Whom it found is looked at; one that is over stays as it is."""
    now = container.clock.now()
    return BackfillShown.of(
        await backfill.cancel_backfill(container.database, container.portal_id, actor, backfill_id, now)
    )
