"""`/api/v1/handoffs`: who has which lead, how the clocks stand, what happened, and what people may do about it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from app.engine import acting, handoffs
from app.engine.acting import Asked
from app.engine.handoffs import Detail
from app.engine.timeline import story_of
from app.handoff.state import ActKind, HandoffState
from app.records.people import Actor
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.routes.clocks import ClockShown
from app.routes.given import Body, Email, RequestKey, SomeWords
from app.routes.timelines import TimelineShown
from app.storage.handoff_pages import ListedHandoff, Wanted

_MOST = 200
ENTRIES_MOST = 1000

router = APIRouter(prefix="/api/v1/handoffs", tags=["handoffs"])

Reason = Annotated[SomeWords, Field(description="Why, for whoever wonders later.")]


class HandoffShown(Shown):
    """A handoff in short. `due_at` is the deadline that its task shows; `overdue`: a clock that runs is."""

    id: UUID
    contact_id: str
    shadow: bool
    version: int
    route: str
    promise: str
    pool: str
    owner_id: str
    owner: str | None
    state: HandoffState
    because: str
    opened_at: datetime
    due_at: datetime | None
    overdue: bool
    closed_at: datetime | None
    reason: str | None
    returns_at: datetime | None


class HandoffsPage(Shown):
    """Handoffs, newest first; `next` is the `after` of the next page, null on the last."""

    handoffs: list[HandoffShown]
    next: UUID | None


class TenureShown(Shown):
    """A stretch in which one owner had the lead; clocks start once the owner is confirmed on the record."""

    number: int
    owner_id: str
    owner_email: str
    because: str
    assigned_at: datetime
    confirmed_at: datetime | None


class ActShown(Shown):
    """What somebody did to the handoff, and why."""

    kind: ActKind
    by: str
    at: datetime
    reason: str = Field(validation_alias="because")
    until: datetime | None
    to: str | None
    more: str


class HandoffWhole(HandoffShown):
    """A handoff with everybody who had it, each of its clocks, and what people did."""

    tenures: list[TenureShown]
    clocks: list[ClockShown]
    acts: list[ActShown]

    @classmethod
    def of(cls, whole: Detail, now: datetime) -> Self:
        return cls(
            **HandoffShown.model_validate(whole.handoff).model_dump(),
            tenures=[TenureShown.model_validate(one) for one in whole.tenures],
            clocks=[ClockShown.of(one, now) for one in whole.clocks],
            acts=[ActShown.model_validate(one) for one in whole.acts],
        )


class Why(Body):
    """Every act gives its reason."""

    reason: Reason


class Hold(Why):
    """Without `until`, it is held until somebody releases it. A time without an offset is the agreement's."""

    until: datetime | None = None


class Reassign(Why):
    """To whom; without it, to whoever is next in the pool."""

    to: Email | None = None


class Extend(Why):
    """By how much more time, as an agreement says it."""

    by: Annotated[str, Field(max_length=60, examples=["2 business hours"])]


@router.get("", operation_id="handoffs_list")
async def list_handoffs(
    container: Inside,
    _: Reader,
    state: Annotated[HandoffState | None, Query(description="Only those in this state.")] = None,
    owner: Annotated[Email | None, Query(description="Only those that the owner with this address has.")] = None,
    pool: Annotated[str | None, Query(max_length=100, description="Only those of this pool.")] = None,
    *,
    overdue: Annotated[bool, Query(description="Only those with a clock that is overdue.")] = False,
    after: Annotated[UUID | None, Query(description="Only handoffs older than this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 50,
) -> HandoffsPage:
    """Handoffs in the portal's mode, newest first."""
    wanted = Wanted(state, owner, pool, overdue=overdue)
    found = await handoffs.listed(
        container.database, container.portal_id, wanted, now=container.clock.now(), limit=limit + 1, after=after
    )
    page = [HandoffShown.model_validate(one) for one in found[:limit]]
    return HandoffsPage(handoffs=page, next=page[-1].id if len(found) > limit else None)


@router.get("/{handoff_id}", operation_id="handoff_get")
async def get(handoff_id: UUID, container: Inside, _: Reader) -> HandoffWhole:
    """A handoff with everybody who had it, each of its clocks, and what people did."""
    whole = await handoffs.detail(container.database, container.portal_id, await _found(container, handoff_id))
    return HandoffWhole.of(whole, container.clock.now())


@router.get("/{handoff_id}/timeline", operation_id="handoff_timeline")
async def timeline(
    handoff_id: UUID,
    container: Inside,
    _: Reader,
    after: Annotated[int, Query(ge=0, le=10**6, description="How many entries to pass over.")] = 0,
    limit: Annotated[int, Query(ge=1, le=ENTRIES_MOST)] = 500,
) -> TimelineShown:
    """What happened when, and where every second of each clock went: counted, closed or paused."""
    return await told(container, await _found(container, handoff_id), after=after, limit=limit)


@router.post("/{handoff_id}/hold", status_code=202, operation_id="handoff_hold")
async def hold(handoff_id: UUID, body: Hold, container: Inside, actor: Operator, key: RequestKey = None) -> ActShown:
    """Let its clocks stand still. The next look carries it out, as every act."""
    return await _act(container, actor, handoff_id, key, Asked(ActKind.HOLD, body.reason, until=body.until))


@router.post("/{handoff_id}/release", status_code=202, operation_id="handoff_release")
async def release(handoff_id: UUID, body: Why, container: Inside, actor: Operator, key: RequestKey = None) -> ActShown:
    """Let its clocks run again."""
    return await _act(container, actor, handoff_id, key, Asked(ActKind.RELEASE, body.reason))


@router.post("/{handoff_id}/reassign", status_code=202, operation_id="handoff_reassign")
async def reassign(
    handoff_id: UUID, body: Reassign, container: Inside, actor: Operator, key: RequestKey = None
) -> ActShown:
    """Give it to somebody else. The task of the owner so far is closed with the reason."""
    return await _act(container, actor, handoff_id, key, Asked(ActKind.REASSIGN, body.reason, to=body.to))


@router.post("/{handoff_id}/extend", status_code=202, operation_id="handoff_extend")
async def extend(
    handoff_id: UUID, body: Extend, container: Inside, actor: Operator, key: RequestKey = None
) -> ActShown:
    """Give its running clocks more time."""
    return await _act(container, actor, handoff_id, key, Asked(ActKind.EXTEND, body.reason, more=body.by))


@router.post("/{handoff_id}/reapply", status_code=202, operation_id="handoff_reapply")
async def reapply(handoff_id: UUID, body: Why, container: Inside, actor: Operator, key: RequestKey = None) -> ActShown:
    """Time it anew by the agreement in force, in place of the version that it began with."""
    return await _act(container, actor, handoff_id, key, Asked(ActKind.REAPPLY, body.reason))


async def told(container: Inside, found: ListedHandoff, *, after: int, limit: int) -> TimelineShown:
    """The timeline of a handoff, from entry number `after` on."""
    story = await story_of(container.database, container.portal_id, found)
    return await asyncio.to_thread(TimelineShown.of, story, container.clock.now(), after=after, limit=limit)


async def _found(container: Inside, handoff_id: UUID) -> ListedHandoff:
    return await handoffs.find(container.database, container.portal_id, str(handoff_id), now=container.clock.now())


async def _act(container: Inside, actor: Actor, handoff_id: UUID, key: str | None, asked: Asked) -> ActShown:
    done = await acting.act(
        container.database,
        container.portal_id,
        handoff_id,
        asked,
        by=actor.name,
        now=container.clock.now(),
        request_key=key,
    )
    return ActShown.model_validate(done)
