"""`/api/v1/backtests`: what a document would have made of a past period, asked for, watched and read page by page."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from app.engine import backtest as use_cases
from app.engine.refusals import NothingThere
from app.handoff.backtest.result import BacktestResult
from app.handoff.backtest.trial import Period
from app.routes.answers import Shown
from app.routes.auth import Editor, Inside, Reader
from app.routes.given import Body, Instant
from app.routes.locations import AGREEMENT, backtest_at
from app.storage import changed_contacts
from app.storage.backtests import BacktestState, StoredBacktest
from app.storage.changed_contacts import StoredChange
from app.storage.codec import to_json

_MOST = 500

router = APIRouter(tags=["backtests"])


class BacktestWanted(Body):
    """Which past to try: from an instant up to, not including, another. Without a `document`, the draft is tried."""

    start_at: Instant = Field(alias="from")
    end_at: Instant = Field(alias="to")
    document: str | None = Field(None, description="An agreement as YAML, in place of the draft.")


class BacktestShown(Shown):
    """How far a backtest is. `result` is there when it is done, `reason` when it failed."""

    id: UUID
    state: BacktestState
    phase: str
    done: int
    total: int
    base: int = Field(description="The version that the document is compared with.")
    from_at: datetime
    to_at: datetime
    requested_by: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    reason: str | None
    result: dict[str, Any] | None

    @classmethod
    def of(cls, stored: StoredBacktest) -> Self:
        return cls(
            id=stored.id,
            state=stored.state,
            phase=stored.progress.phase,
            done=stored.progress.done,
            total=stored.progress.total,
            base=stored.base,
            from_at=stored.period.start_at,
            to_at=stored.period.end_at,
            requested_by=stored.requested_by,
            created_at=stored.created_at,
            started_at=stored.started_at,
            finished_at=stored.finished_at,
            reason=stored.reason,
            result=None if stored.result is None else to_json(stored.result, BacktestResult),
        )


class OutcomeShown(Shown):
    """What came of a contact under one of the documents, and what was said of it."""

    name: str
    at: datetime | None
    because: str
    owner: str | None
    why: str


class ChangedShown(Shown):
    """A contact that comes out otherwise. Of one who asked to be forgotten only the names of the outcomes are kept."""

    contact_id: str
    before: OutcomeShown
    after: OutcomeShown

    @classmethod
    def of(cls, stored: StoredChange) -> Self:
        told = stored.told
        if told is None:
            names = (stored.before, stored.after)
            before, after = (OutcomeShown(name=one, at=None, because="", owner=None, why="") for one in names)
        else:
            sides = ((told.before, told.why_before), (told.after, told.why_after))
            before, after = (
                OutcomeShown(name=one.name, at=one.at, because=one.because, owner=one.owner, why=why)
                for one, why in sides
            )
        return cls(contact_id=stored.contact_id, before=before, after=after)


class ChangedPage(Shown):
    """Contacts that come out otherwise, by id; `next` is the `after` of the next page, null on the last."""

    contacts: list[ChangedShown]
    next: str | None


@router.post(f"{AGREEMENT}/backtest", status_code=202, operation_id="backtest_create")
async def create(wanted: BacktestWanted, response: Response, container: Inside, actor: Editor) -> BacktestShown:
    """Ask for a backtest of the draft, or of a document, beside the version in force. A worker runs it."""
    text = wanted.document if wanted.document is not None else await _draft(container)
    backtest_id = await use_cases.request_backtest(
        container.database,
        container.portal_id,
        draft=text,
        base=await container.drafting.version(),
        period=Period(wanted.start_at, wanted.end_at),
        by=actor.name,
        now=container.clock.now(),
    )
    response.headers["Location"] = backtest_at(backtest_id)
    return BacktestShown.of(await _stored(container, backtest_id))


@router.get("/api/v1/backtests/{backtest_id}", operation_id="backtest_get")
async def get(backtest_id: UUID, container: Inside, _: Reader) -> BacktestShown:
    """How far it is, and what came of it."""
    return BacktestShown.of(await _stored(container, backtest_id))


@router.get("/api/v1/backtests/{backtest_id}/changes", operation_id="backtest_changes")
async def changes(
    backtest_id: UUID,
    container: Inside,
    _: Reader,
    after: Annotated[str, Query(pattern=r"^[0-9]{0,20}$", description="Only contacts with ids after this.")] = "",
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 100,
) -> ChangedPage:
    """The contacts that come out otherwise, with what each document said of them."""
    await _stored(container, backtest_id)
    async with container.database.begin() as connection:
        found = await changed_contacts.page(
            connection, container.portal_id, backtest_id, limit=limit + 1, start_after=after
        )
    page = [ChangedShown.of(one) for one in found[:limit]]
    return ChangedPage(contacts=page, next=page[-1].contact_id if len(found) > limit else None)


@router.delete("/api/v1/backtests/{backtest_id}", operation_id="backtest_cancel")
async def cancel(backtest_id: UUID, container: Inside, _: Editor) -> BacktestShown:
    """Stop it; one that is over stays as it is."""
    await use_cases.cancel(container.database, container.portal_id, backtest_id, now=container.clock.now())
    return BacktestShown.of(await _stored(container, backtest_id))


async def _draft(container: Inside) -> str:
    standing = await container.drafting.standing()
    if standing.draft is None:
        raise NothingThere("there is no draft to try; save one, or send a `document`")
    return standing.text


async def _stored(container: Inside, backtest_id: UUID) -> StoredBacktest:
    found = await use_cases.backtest_state(container.database, container.portal_id, backtest_id)
    if found is None:
        raise NothingThere(f"there is no backtest {backtest_id}")
    return found
