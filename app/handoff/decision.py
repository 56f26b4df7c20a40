"""The Decision: one value that says what is to be, why, and what to write; or why nothing is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from app.handoff.state import HandoffState, Override, StageMove
from app.records.ids import ContactId, OwnerId, PoolId


class Kind(StrEnum):
    """What a decision did, in one word."""

    HANDED_OFF = "handed off"
    REASSIGNED = "reassigned"
    """The handoff's owner can no longer own; the next in the pool got it."""
    CLOSED = "closed"
    """Sales qualified or rejected the lead."""
    STAGED = "staged"
    """Only the stage moves."""
    KEPT = "kept"
    """A handoff is open and nothing about it changes, or what another hand changed is kept."""
    WAITING = "waiting"
    """Ready, but a value that the agreement wants known is missing for now."""
    DISQUALIFIED = "disqualified"
    NOT_READY = "not ready"
    LEFT_ALONE = "left alone"
    """Not Baton's: older than the agreement, already an opportunity, or the agreement has ended."""


class Step(StrEnum):
    """Writes go out in this order; a later step waits until the earlier ones stand."""

    CLEAR = "1 clear"
    """Empty the stage, so that it can be set back (HubSpot refuses a backward move otherwise)."""
    SET = "2 set"
    """Stage, owner and properties."""
    TELL = "3 tell"
    """Note and task, once the owner stands."""


@dataclass(frozen=True, slots=True)
class SetProperties:
    """Set properties on the contact; an empty text clears one."""

    step: Step
    properties: Mapping[str, str]
    kind: Literal["properties"] = "properties"


@dataclass(frozen=True, slots=True)
class AddNote:
    """Put the brief on the record as a note. Its text is rendered when the owner stands: with the due time."""

    step: Step = Step.TELL
    kind: Literal["note"] = "note"


@dataclass(frozen=True, slots=True)
class AddTask:
    """Give the owner a task that is due when the promise is."""

    step: Step = Step.TELL
    kind: Literal["task"] = "task"


Write = SetProperties | AddNote | AddTask


@dataclass(frozen=True, slots=True)
class Skipped:
    """Someone who was considered before the one chosen, and why not."""

    who: str
    why: str


@dataclass(frozen=True, slots=True)
class Assignment:
    """One line of a pool's ledger. `charged` is False for preferences and fallbacks outside the rotation."""

    pool: PoolId
    owner_id: OwnerId
    owner_email: str
    charged: bool
    because: str
    credits_before: Mapping[OwnerId, int]
    credits_after: Mapping[OwnerId, int]
    skipped: tuple[Skipped, ...] = ()


@dataclass(frozen=True, slots=True)
class Opening:
    """A handoff to open. `owner_stands`: the record already has this owner, so no owner write is needed."""

    route: str
    because: str
    promise: str
    pool: PoolId
    owner_id: OwnerId
    owner_stands: bool


@dataclass(frozen=True, slots=True)
class Closing:
    """The open handoff closes. `returns_at` None with REJECTED means that the lead never comes back."""

    state: HandoffState
    reason: str | None
    returns_at: datetime | None = None
    to_different_owner: bool = False


@dataclass(frozen=True, slots=True)
class Seat:
    """One open handoff in a pool's count of an owner's open handoffs."""

    pool: PoolId
    owner_id: OwnerId


@dataclass(frozen=True, slots=True)
class ContentItem:
    """Something the lead consumed."""

    at: datetime
    title: str


@dataclass(frozen=True, slots=True)
class Brief:
    """What the owner needs to know: made when the handoff opens, rendered when the owner stands."""

    lead_name: str
    company_name: str
    why: str
    source: str
    content: tuple[ContentItem, ...]
    persona: str | None
    role: str | None
    fit: tuple[str, ...]
    interest: tuple[str, ...]
    say: str
    show: tuple[str, ...]
    next_step: str
    promise: str


@dataclass(frozen=True, slots=True)
class Decision:
    """What one look decided for one contact.

    `because` is one sentence for a person. `scores` has `fit`, `interest` and each `interest.<part>`.
    `adopted`: properties that already read as wanted, to be remembered as applied. `new_overrides` were
    found in this look; `released` fields are free again: forget them in `applied` and in `overrides` before
    this decision's own writes and adoptions count. `handoff_state` is set where the open handoff
    changes its state without closing, `handoff_owner` where a person gave it to somebody else, or where it
    is reassigned (with `assignment`). `vacated` is the seat that the owner so far leaves.
    `look_again_at` is when time alone could change the outcome.
    """

    contact_id: ContactId
    at: datetime
    kind: Kind
    because: str
    stage_seen: str | None = None
    stage_wanted: str | None = None
    persona: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    opening: Opening | None = None
    closing: Closing | None = None
    assignment: Assignment | None = None
    handoff_state: HandoffState | None = None
    handoff_owner: OwnerId | None = None
    vacated: Seat | None = None
    brief: Brief | None = None
    adopted: Mapping[str, str] = field(default_factory=dict)
    new_overrides: tuple[Override, ...] = ()
    released: tuple[str, ...] = ()
    stage_move: StageMove | None = None
    waiting_since: datetime | None = None
    writes: tuple[Write, ...] = ()
    look_again_at: datetime | None = None
