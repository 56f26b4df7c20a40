"""`/api/v1/issues`: what stands and needs a person, and what is said of it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import Field

from app.engine import issues
from app.engine.issues import Issue
from app.records.people import Actor
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.storage.issues import IssueKind, IssueState

router = APIRouter(prefix="/api/v1/issues", tags=["issues"])


class IssueShown(Shown):
    """What stands with one class of error in one place. `words` are the newest of HubSpot's, or of Baton's."""

    fingerprint: str
    kind: IssueKind
    place: str
    code: str
    cause: str
    remedy: str
    words: str
    count: int
    records: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_hour: int
    hour_before: int
    trend: Literal["rising", "falling", "steady"]
    state: IssueState
    changed_by: str | None
    changed_at: datetime | None
    filter: str | None = Field(description="Chooses its records for a replay; null where none could help.")

    @classmethod
    def of(cls, issue: Issue) -> Self:
        told = {name: getattr(issue.found, name) for name in cls.model_fields if hasattr(issue.found, name)}
        return cls(**told, cause=issue.cause, remedy=issue.remedy, trend=issue.trend, filter=issue.filter)


class Issues(Shown):
    """Issues, the one seen last first."""

    issues: list[IssueShown]


@router.get("", operation_id="issues_list")
async def list_issues(
    container: Inside,
    _: Reader,
    state: Annotated[IssueState | None, Query(description="Only those in this state.")] = None,
) -> Issues:
    """What stands and needs a person."""
    found = await issues.listed(container.database, container.portal_id, state=state, now=container.clock.now())
    return Issues(issues=[IssueShown.of(one) for one in found])


@router.get("/{fingerprint}", operation_id="issue_get")
async def get(fingerprint: str, container: Inside, _: Reader) -> IssueShown:
    """One issue; none any more when nothing of it stands."""
    found = await issues.issue_of(container.database, container.portal_id, fingerprint, now=container.clock.now())
    return IssueShown.of(found)


@router.post("/{fingerprint}/acknowledge", operation_id="issue_acknowledge")
async def acknowledge(fingerprint: str, container: Inside, actor: Operator) -> IssueShown:
    """Say that somebody is at it."""
    return await _say(container, actor, fingerprint, IssueState.ACKNOWLEDGED)


@router.post("/{fingerprint}/resolve", operation_id="issue_resolve")
async def resolve(fingerprint: str, container: Inside, actor: Operator) -> IssueShown:
    """Say that it is mended. Seen again, it is open again."""
    return await _say(container, actor, fingerprint, IssueState.RESOLVED)


@router.post("/{fingerprint}/ignore", operation_id="issue_ignore")
async def ignore(fingerprint: str, container: Inside, actor: Operator) -> IssueShown:
    """Do not show it as open, even when it is seen again."""
    return await _say(container, actor, fingerprint, IssueState.IGNORED)


async def _say(container: Inside, actor: Actor, fingerprint: str, state: IssueState) -> IssueShown:
    now = container.clock.now()
    said = await issues.say(container.database, container.portal_id, fingerprint, state, by=actor.name, now=now)
    return IssueShown.of(said)
