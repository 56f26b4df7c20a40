"""`/api/v1/replays`: looking again at what a filter means; planned, begun, watched, cancelled, resumed."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Header, Query, Response
from fastapi.responses import StreamingResponse
from pydantic import Field

from app.bootstrap import Container
from app.engine import replay
from app.engine.replay import SAMPLE, Asked, Plan
from app.records.filter import LENGTH_MOST
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.routes.given import LAST_NUMBER, Body, RequestKey, SomeWords
from app.routes.locations import replay_at
from app.storage.replays import Item, ItemState, ReplayState, StoredReplay
from app.storage.writes import WriteKind

_MOST = 1_000
_SAMPLE_MOST = 200
_APART_SECONDS = 1.0

router = APIRouter(prefix="/api/v1/replays", tags=["replays"])

FilterLine = Annotated[
    str, Field(max_length=LENGTH_MOST, examples=["state:parked error:invalid since:24h"], description="What is meant.")
]


class PlanWanted(Body):
    """What is meant. With `version`, the sample is decided by that version of the agreement."""

    filter: FilterLine
    version: int | None = Field(None, ge=1, le=LAST_NUMBER)
    sample: int = Field(SAMPLE, ge=0, le=_SAMPLE_MOST, description="How many contacts are rehearsed.")


class ReplayWanted(Body):
    """What is meant, and a name for the audit. With `at_most`, it begins only if no more records are meant."""

    filter: FilterLine
    name: SomeWords
    at_most: int | None = Field(None, ge=1, le=LAST_NUMBER)


class ReasonShown(Shown):
    """How many records stand there with one code, or for an event in one state."""

    code: str | None
    count: int
    oldest: datetime | None
    newest: datetime | None


class EffectShown(Shown):
    """What was to be told: `again` is tried again, `standing` is not repeated, `unknown` is looked up before."""

    kind: WriteKind
    again: int
    standing: int
    unknown: int


class SaidShown(Shown):
    """A decision in short."""

    kind: str
    because: str


class RehearsedShown(Shown):
    """A contact's last decision beside the one that its next look would make, and what would be sent."""

    contact_id: str
    last: SaidShown | None
    next: SaidShown | None
    differs: bool
    writes: list[str]


class PlanShown(Shown):
    """What a replay would look at, if it began now. `filter` has absolute times."""

    filter: str
    count: int
    oldest: datetime | None
    newest: datetime | None
    by_reason: list[ReasonShown]
    effects: list[EffectShown]
    sample: list[RehearsedShown]


class ReplayShown(Shown):
    """How far a replay is. `settled` of `total` records have their result; `counts` has every state."""

    id: UUID
    name: str
    filter: str
    state: ReplayState
    total: int
    settled: int
    counts: dict[str, int]
    requested_by: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, stored: StoredReplay) -> Self:
        told = {name: getattr(stored, name) for name in cls.model_fields if name != "counts"}
        return cls(**told, counts=replay.counted(stored.counts))


class Replays(Shown):
    """Replays, newest first."""

    replays: list[ReplayShown]


class ItemShown(Shown):
    """A record of a replay: the code it was chosen for, and what its next look came to."""

    object_type: str
    object_id: str
    state: ItemState
    code: str | None
    seen_at: datetime | None
    decision_id: UUID | None
    outcome: str | None
    words: str | None
    settled_at: datetime | None


class ItemsPage(Shown):
    """Records by type and id; `next` is the `after` of the next page, null on the last."""

    items: list[ItemShown]
    next: str | None

    @classmethod
    def of(cls, found: list[Item], limit: int) -> Self:
        """A page of at most `limit`, from one more than that."""
        page = [ItemShown.model_validate(one) for one in found[:limit]]
        return cls(items=page, next=f"{page[-1].object_type}/{page[-1].object_id}" if len(found) > limit else None)


@router.post("/plan", operation_id="replay_plan")
async def plan(wanted: PlanWanted, container: Inside, _: Operator) -> PlanShown:
    """What a replay would look at and what would come of it. Changes nothing."""
    found: Plan = await replay.plan(
        container, wanted.filter, version=wanted.version, sample=wanted.sample, now=container.clock.now()
    )
    return PlanShown.model_validate(found)


@router.post("", status_code=202, operation_id="replay_start")
async def start(
    wanted: ReplayWanted,
    response: Response,
    container: Inside,
    actor: Operator,
    key: RequestKey = None,
) -> ReplayShown:
    """Begin. The records are those that are meant now; workers look at them behind what is live."""
    asked = Asked(wanted.filter, wanted.name, actor.name, key, wanted.at_most)
    begun = await replay.start(container.database, container.portal_id, asked, now=container.clock.now())
    response.headers["Location"] = replay_at(begun.id)
    return ReplayShown.of(begun)


@router.get("", operation_id="replays_list")
async def list_replays(
    container: Inside, _: Reader, limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50
) -> Replays:
    """Every replay, newest first."""
    found = await replay.listed(container.database, container.portal_id, limit=limit)
    return Replays(replays=[ReplayShown.of(one) for one in found])


@router.get("/{replay_id}", operation_id="replay_get")
async def get(replay_id: UUID, container: Inside, _: Reader) -> ReplayShown:
    """How far it is."""
    return ReplayShown.of(await replay.replay_of(container.database, container.portal_id, replay_id))


@router.get("/{replay_id}/items", operation_id="replay_items")
async def items(
    replay_id: UUID,
    container: Inside,
    _: Reader,
    state: Annotated[ItemState | None, Query(description="Only those in this state.")] = None,
    after: Annotated[
        str, Query(pattern=r"^([a-z]{1,20}/[!-~]{1,200})?$", description="Only records behind this: `contact/123`.")
    ] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
) -> ItemsPage:
    """Its records, each with what came of it."""
    kind, _slash, own_id = after.partition("/")
    found = await replay.results(
        container.database, container.portal_id, replay_id, limit=limit + 1, after=(kind, own_id), state=state
    )
    return ItemsPage.of(found, limit)


@router.delete("/{replay_id}", operation_id="replay_cancel")
async def cancel(replay_id: UUID, container: Inside, actor: Operator) -> ReplayShown:
    """Ask for no further look; one that is over stays as it is."""
    now = container.clock.now()
    return ReplayShown.of(
        await replay.cancel(container.database, container.portal_id, replay_id, by=actor.name, now=now)
    )


@router.post("/{replay_id}/resume", operation_id="replay_resume")
async def resume(replay_id: UUID, container: Inside, actor: Operator) -> ReplayShown:
    """Go on with one that was cancelled."""
    now = container.clock.now()
    return ReplayShown.of(
        await replay.resume(container.database, container.portal_id, replay_id, by=actor.name, now=now)
    )


@router.get(
    "/{replay_id}/events",
    operation_id="replay_events",
    response_class=StreamingResponse,
    responses={
        200: {"content": {"text/event-stream": {"schema": {"type": "string"}}}},
        204: {"description": "It is over, and the client knows: do not ask again."},
    },
)
async def events(
    replay_id: UUID,
    container: Inside,
    _: Reader,
    last: Annotated[str, Header(alias="Last-Event-ID", description="The `id` of the last event that came.")] = "",
) -> Response:
    """How far it is, again and again as server-sent events named `progress`, until it is done or cancelled.

    Who asks once more when it is over, as browsers do by themselves, gets no content.
    """
    first = await replay.replay_of(container.database, container.portal_id, replay_id)
    if first.state is not ReplayState.RUNNING and last == _event_id(first):
        return Response(status_code=204)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(_told(container, first), media_type="text/event-stream", headers=headers)


async def _told(container: Container, seen: StoredReplay) -> AsyncIterator[str]:
    yield _event(seen)
    while seen.state is ReplayState.RUNNING:
        await asyncio.sleep(_APART_SECONDS)
        seen = await replay.replay_of(container.database, container.portal_id, seen.id)
        yield _event(seen)


def _event_id(seen: StoredReplay) -> str:
    return f"{seen.state}-{seen.settled}"


def _event(seen: StoredReplay) -> str:
    return f"event: progress\nid: {_event_id(seen)}\ndata: {ReplayShown.of(seen).model_dump_json()}\n\n"
