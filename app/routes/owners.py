"""`/api/v1/owners` and `/api/v1/absences`: who can get leads, and who is away. Leave takes nobody's approval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.engine import absence as use_cases
from app.engine.absence import Seen
from app.records.crm import Owner
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.routes.given import Body, Email, Words
from app.storage import absences, portals
from app.storage.absences import Absence

_MOST = 200

router = APIRouter(prefix="/api/v1", tags=["owners"])

Limit = Annotated[int, Query(ge=1, le=_MOST)]


class AbsenceWanted(Body):
    """Who is away, and until when. Without `from`, the absence begins now.

    A time without an offset is one in the agreement's time zone, and a date is its midnight there.
    """

    owner: Email
    from_at: datetime | None = Field(None, alias="from")
    until_at: datetime = Field(alias="until")
    reason: Words | None = Field(None, description="For whoever wonders later; no answer tells it.")


class AbsenceShown(Shown):
    """An absence that runs or is planned, in [from_at, until_at)."""

    id: UUID
    owner_id: str
    owner: str | None = Field(description="The owner's address.")
    from_at: datetime
    until_at: datetime
    made_by: str
    made_at: datetime

    @classmethod
    def of(cls, kept: Absence, owners: Mapping[str, Owner]) -> Self:
        owner = owners.get(kept.owner_id)
        return cls(
            id=kept.id,
            owner_id=kept.owner_id,
            owner=owner.email if owner else None,
            from_at=kept.from_at,
            until_at=kept.until_at,
            made_by=kept.made_by,
            made_at=kept.made_at,
        )


class AbsencesPage(Shown):
    """Absences, earliest first; `next` is the `after` of the next page, null on the last."""

    absences: list[AbsenceShown]
    next: UUID | None


class OwnerShown(Shown):
    """An owner; `active` in HubSpot. `open_handoffs` are counted by pool, in the portal's mode."""

    id: str
    email: str
    name: str
    active: bool
    away_until: datetime | None
    open_handoffs: Mapping[str, int]

    @classmethod
    def of(cls, seen: Seen, now: datetime) -> Self:
        return cls(
            id=seen.owner.id,
            email=seen.owner.email,
            name=seen.owner.name,
            active=seen.owner.active,
            away_until=seen.away_until(now),
            open_handoffs=seen.open_handoffs,
        )


class OwnersPage(Shown):
    """Owners, by id; `next` is the `after` of the next page, null on the last."""

    owners: list[OwnerShown]
    next: str | None


@router.get("/owners", operation_id="owners_list")
async def list_owners(
    container: Inside,
    _: Reader,
    after: Annotated[str, Query(max_length=64, description="Only owners with ids after this.")] = "",
    limit: Limit = 100,
) -> OwnersPage:
    """Every owner as last read from HubSpot: active, away until when, and open handoffs."""
    now = container.clock.now()
    seen = await use_cases.seen(container.database, container.portal_id, now=now)
    listed = sorted((one for one in seen if one.owner.id > after), key=lambda one: one.owner.id)
    page = [OwnerShown.of(one, now) for one in listed[:limit]]
    return OwnersPage(owners=page, next=page[-1].id if len(listed) > limit else None)


@router.get("/absences", operation_id="absences_list")
async def list_absences(
    container: Inside,
    _: Reader,
    after: Annotated[UUID | None, Query(description="Only absences that follow this one.")] = None,
    limit: Limit = 100,
) -> AbsencesPage:
    """The absences that run or are planned."""
    async with container.database.begin() as connection:
        found = await absences.page(
            connection, container.portal_id, now=container.clock.now(), limit=limit + 1, after=after
        )
    page = await _shown(container, found[:limit])
    return AbsencesPage(absences=page, next=page[-1].id if len(found) > limit else None)


@router.post("/absences", status_code=201, operation_id="absence_create")
async def create(wanted: AbsenceWanted, container: Inside, actor: Operator) -> AbsenceShown:
    """Give somebody no new leads for a while. Handoffs that they have already stay with them."""
    made = await use_cases.leave(
        container.database,
        container.portal_id,
        use_cases.Wanted(wanted.owner, wanted.from_at, wanted.until_at, wanted.reason),
        by=actor.name,
        now=container.clock.now(),
    )
    [shown] = await _shown(container, [made])
    return shown


@router.delete("/absences/{absence_id}", status_code=204, operation_id="absence_delete")
async def delete(absence_id: UUID, container: Inside, actor: Operator) -> None:
    """End an absence now, or call it off where it is planned."""
    now = container.clock.now()
    await use_cases.call_off(container.database, container.portal_id, absence_id, by=actor.name, now=now)


async def _shown(container: Inside, kept: Sequence[Absence]) -> list[AbsenceShown]:
    async with container.database.begin() as connection:
        owners = {str(one.id): one for one in await portals.owners(connection, container.portal_id)}
    return [AbsenceShown.of(one, owners) for one in kept]
