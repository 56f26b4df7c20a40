"""`/api/v1/contacts/{id}`: why a lead went there, or did not, and what has happened to it since."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Path, Query
from pydantic import Field

from app.engine import handoffs
from app.engine.explain import Explained, explain_contact
from app.routes.answers import Shown
from app.routes.auth import Inside, Reader
from app.routes.given import Instant, VersionQuery
from app.routes.handoffs import ENTRIES_MOST, HandoffShown, told
from app.routes.timelines import TimelineShown
from app.rules.trace import Join
from app.rules.truth import Truth
from app.storage.handoff_pages import Wanted

_HANDOFFS_MOST = 20

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])

ContactNumber = Annotated[str, Path(pattern=r"^[0-9]{1,20}$", description="The contact's id in HubSpot.")]


class TraceShown(Shown):
    """One condition beside what was seen. `changes_at` is when time alone could change it; `miss` says what would."""

    label: str
    wanted: str
    seen: str | None
    truth: Truth
    join: Join
    miss: str
    changes_at: datetime | None
    children: list[TraceShown]


class RuleShown(Shown):
    """A rule that was looked at; one without a condition takes all that is left."""

    id: str
    met: bool
    trace: TraceShown | None


class RowShown(Shown):
    """What a row of a score gave, of what it could give."""

    id: str
    points: float
    possible: float
    capped: bool
    trace: TraceShown


class ScoreShown(Shown):
    """A score, row by row."""

    points: float
    capped: bool
    rows: list[RowShown]


class Reasons(Shown):
    """Everything that was tried, in the order it was tried. `misses` would have made the lead ready."""

    personas: list[RuleShown]
    disqualifiers: list[RuleShown]
    scores: Mapping[str, ScoreShown] = Field(validation_alias="scored")
    stages: list[RuleShown]
    ready: TraceShown
    routes: list[RuleShown]
    misses: list[str]


class Why(Shown):
    """A decision and its reasons: by `version`, which is the one that made it unless another was asked for.

    `differs` names what comes out otherwise than was stored; `defective` says that it must not.
    """

    decision_id: UUID
    contact_id: str
    decided_at: datetime
    decided_by_version: int
    version: int
    shadow: bool
    kind: str
    because: str
    lines: list[str]
    reasons: Reasons
    differs: list[str]
    defective: bool

    @classmethod
    def of(cls, explained: Explained) -> Self:
        stored, decision = explained.stored, explained.explanation.decision
        return cls(
            decision_id=stored.id,
            contact_id=stored.contact_id,
            decided_at=stored.at,
            decided_by_version=stored.version,
            version=explained.version,
            shadow=stored.shadow,
            kind=decision.kind.value,
            because=decision.because,
            lines=list(explained.lines),
            reasons=Reasons.model_validate(explained.explanation),
            differs=list(explained.differs),
            defective=explained.defective,
        )


class HandoffTold(Shown):
    """A handoff with its timeline, as far as its first entries; `/handoffs/{id}/timeline` has the rest."""

    handoff: HandoffShown
    timeline: TimelineShown


class ContactTimeline(Shown):
    """A contact's handoffs, newest first; `next` is the `after` of the next page, null on the last."""

    handoffs: list[HandoffTold]
    next: UUID | None


@router.get("/{contact_id}/why", operation_id="contact_why")
async def why(
    contact_id: ContactNumber,
    container: Inside,
    _: Reader,
    at: Annotated[Instant | None, Query(description="The decision that stood then; else the newest.")] = None,
    version: VersionQuery = None,
) -> Why:
    """Why the newest decision about a contact came out as it did, computed again from what it was made from.

    With `version`, as that version of the agreement would have decided.
    """
    return Why.of(await explain_contact(container.database, container.portal_id, contact_id, at=at, number=version))


@router.get("/{contact_id}/timeline", operation_id="contact_timeline")
async def timeline(
    contact_id: ContactNumber,
    container: Inside,
    _: Reader,
    after: Annotated[UUID | None, Query(description="Only handoffs older than this one.")] = None,
    limit: Annotated[int, Query(ge=1, le=_HANDOFFS_MOST)] = 5,
) -> ContactTimeline:
    """Every handoff of a contact in the portal's mode, each told from first to last."""
    found = await handoffs.listed(
        container.database,
        container.portal_id,
        Wanted(contact_id=contact_id),
        now=container.clock.now(),
        limit=limit + 1,
        after=after,
    )
    page = [
        HandoffTold(
            handoff=HandoffShown.model_validate(one),
            timeline=await told(container, one, after=0, limit=ENTRIES_MOST),
        )
        for one in found[:limit]
    ]
    return ContactTimeline(handoffs=page, next=page[-1].handoff.id if len(found) > limit else None)
