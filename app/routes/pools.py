"""`/api/v1/pools`: whose turn weighs what, and whether every turn was fair."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Annotated, Self

from fastapi import APIRouter, Path
from pydantic import Field

from app.engine.audit_pools import Audited, audit
from app.engine.pools import Place, places
from app.handoff.ledger import Standing
from app.routes.answers import Shown
from app.routes.auth import Inside, Reader
from app.storage import portals

_FAULTS_MOST = 100

router = APIRouter(prefix="/api/v1/pools", tags=["pools"])

PoolName = Annotated[str, Path(max_length=100, description="The pool's id in the agreement.")]


class MemberShown(Shown):
    """A member's place. `active` is false for one whom HubSpot does not know; `at_most` null is no cap."""

    owner: str = Field(validation_alias="member")
    active: bool
    share: int
    at_most: int | None
    open_handoffs: int
    credit: int = Field(description="The highest is next; those of a pool sum to zero.")
    away_until: datetime | None


class PoolShown(Shown):
    """A pool of the version in force."""

    id: str
    members: list[MemberShown]


class Pools(Shown):
    """Every pool, as the agreement lists them."""

    pools: list[PoolShown]

    @classmethod
    def of(cls, found: Sequence[Place]) -> Self:
        by_pool = groupby(found, key=lambda one: one.pool)
        return cls(
            pools=[
                PoolShown(id=pool, members=[MemberShown.model_validate(one) for one in members])
                for pool, members in by_pool
            ]
        )


class StandingShown(Shown):
    """What a member got. Deviations are in leads: above zero is owed, below zero is ahead."""

    owner_id: str
    owner: str | None
    leads: int
    fair_share: float
    beside_turns: int
    largest_deviation: float
    deviated_at: datetime | None

    @classmethod
    def of(cls, standing: Standing, emails: Mapping[str, str]) -> Self:
        return cls(
            owner_id=standing.owner_id,
            owner=emails.get(standing.owner_id),
            leads=standing.leads,
            fair_share=float(standing.fair),
            beside_turns=standing.beside,
            largest_deviation=float(standing.strayed),
            deviated_at=standing.strayed_at,
        )


class FaultyLine(Shown):
    """A line that does not follow from the line before it, the version and the inputs that were kept."""

    line: int = Field(validation_alias="number")
    why: str


class LedgerShown(Shown):
    """A pool's ledger in one mode, computed again. `erased` lines were computed without their inputs.

    `faulty` counts the faults, of which the first are told.
    """

    shadow: bool
    lines: int
    erased: int
    faulty: int
    faults: list[FaultyLine]
    members: list[StandingShown]

    @classmethod
    def of(cls, audited: Audited, emails: Mapping[str, str]) -> Self:
        return cls(
            shadow=audited.shadow,
            lines=audited.lines,
            erased=audited.erased,
            faulty=len(audited.faults),
            faults=[FaultyLine.model_validate(one) for one in audited.faults[:_FAULTS_MOST]],
            members=[StandingShown.of(one, emails) for one in audited.standings],
        )


class Audit(Shown):
    """What computing a pool's ledgers again came to."""

    pool: str
    ledgers: list[LedgerShown]


@router.get("", operation_id="pools_list")
async def list_pools(container: Inside, _: Reader) -> Pools:
    """The members of every pool, with their shares, credits and open handoffs."""
    return Pools.of(await places(container.database, container.portal_id, now=container.clock.now()))


@router.get("/{pool}/audit", operation_id="pool_audit")
async def audit_pool(pool: PoolName, container: Inside, _: Reader) -> Audit:
    """Compute every line of a pool's ledgers again, from the first to the last."""
    audited = await audit(container.database, container.portal_id, pool)
    async with container.database.begin() as connection:
        emails = {str(one.id): one.email for one in await portals.owners(connection, container.portal_id)}
    return Audit(pool=pool, ledgers=[LedgerShown.of(one, emails) for one in audited])
