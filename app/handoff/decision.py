"""The Decision: one value that says what is to be, why, and what to write; or why nothing is to be done."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from app.handoff.state import HandoffState, Lost, Override, StageMove, Tenure
from app.records.ids import ContactId, OwnerId, PoolId
from app.sla.clock import Clock


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
    """Put the brief on the record as a note. Its text is rendered when the owner stands: with the due time.

    `part` is empty for the brief of the opening; for a second one it is the stage that it is about.
    """

    part: str = ""
    step: Step = Step.TELL
    kind: Literal["note"] = "note"

    @property
    def name(self) -> str:
        return f"note-{self.part}" if self.part else "note"


@dataclass(frozen=True, slots=True)
class AddTask:
    """Give the owner a task that is due when the promise is. `name` tells the tasks of a handoff apart.

    With a `title` it is a further task, due at once: a step of the ladder asked for it.
    """

    step: Step = Step.TELL
    name: str = "task"
    title: str = ""
    kind: Literal["task"] = "task"


@dataclass(frozen=True, slots=True)
class CloseTask:
    """Mark the task of that name as done, since somebody else has the lead now. `because` is put on it."""

    of: str
    because: str
    step: Step = Step.TELL
    kind: Literal["closing"] = "closing"

    @property
    def name(self) -> str:
        return f"closed-{self.of}"


Write = SetProperties | AddNote | AddTask | CloseTask


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
    """A handoff to open. `owner_stands`: the record already has this owner, so no owner write is needed.

    `lost` is the handoff that is taken up, where the record carries one that the store does not know.
    """

    route: str
    because: str
    promise: str
    pool: PoolId
    owner_id: OwnerId
    owner_stands: bool
    owner_email: str = ""
    lost: Lost | None = None


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
    """Something the lead consumed. `kind` is a kind of signal: `form`, `email_open`, `visit`."""

    at: datetime
    title: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Brief:
    """What the owner needs to know: made when the handoff opens, rendered when the owner stands.

    `partial`: the record counts more than `content` has, so that its past is worth reading. `heading` is empty
    for the first brief. `source` may have several lines.
    """

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
    partial: bool = False
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Notice:
    """Something to be told to a person, once. `key` is unique within the handoff: the same notice has the same key.

    `kind` is a phrase for filters: `at risk`, `breached`, `reassigned`, `rescinded`. Text is plain.
    """

    key: str
    to: str
    kind: str
    subject: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What one look decided for one contact.

    `because` is one sentence for a person. `scores` has `fit`, `interest` and each `interest.<part>`.
    `adopted`: properties that already read as wanted, to be remembered as applied. `new_overrides` were
    found in this look; `released` fields are free again: forget them in `applied` and in `overrides` before
    this decision's own writes and adoptions count. `handoff_state` is set where the open handoff
    changes its state without closing, `handoff_owner` where a person gave it to somebody else, or where it
    is reassigned (with `assignment`). `vacated` is the seat that the owner so far leaves. `tenure` is the one that
    begins with a new owner. `clocks` are all of the handoff's as they stand now, `notices` what is to be told.
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
    tenure: Tenure | None = None
    clocks: tuple[Clock, ...] = ()
    notices: tuple[Notice, ...] = ()

    @property
    def is_quiet(self) -> bool:
        """Whether nothing of it needs the CRM: an open handoff goes on, and only its clocks and notices change."""
        busy = self.writes or self.adopted or self.new_overrides or self.released or self.stage_move
        changes = self.opening or self.closing or self.assignment or self.handoff_owner or self.handoff_state
        return self.kind is Kind.KEPT and not busy and not changes
