"""What the API answers, as Pydantic models: made from the records of the floors below, instants in UTC with a Z."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from app.agreement.difference import ChangeKind
from app.agreement.faults import Severity
from app.engine.checking import Checked
from app.engine.review import DraftState, Review
from app.records.people import Side
from app.routes.etags import etag
from app.storage.agreements import Version


class Shown(BaseModel):
    """Taken from a record's attributes of the same names."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class FaultShown(Shown):
    """One thing to put right. `line` and `column` count from 1 in the document as YAML."""

    pointer: str = Field(validation_alias="path", description="JSON pointer (RFC 6901) into the document.")
    line: int
    column: int
    code: str
    severity: Severity
    message: str
    fix: str


class ChangeShown(Shown):
    """One difference between two documents; `sections` are all whose meaning it touches."""

    kind: ChangeKind
    section: str
    subject: str
    sentence: str
    before: str | None
    after: str | None
    sections: list[str]

    @field_validator("sections", mode="before")
    @classmethod
    def _in_order(cls, sections: Sequence[str]) -> list[str]:
        return sorted(sections)


class ExampleShown(Shown):
    """How an example came out, and why it was decided so."""

    name: str
    passed: bool
    differences: list[str]
    explanation: list[str]


class ConsentShown(Shown):
    """Whose approval a change takes, for which sides, because of which sections."""

    contact: str
    sides: list[Side]
    sections: list[str]


class ApprovalShown(Shown):
    """Who approved exactly this text."""

    email: str
    note: str
    approved_at: datetime


class Consents(Shown):
    """Whose approval a draft takes."""

    needed: list[ConsentShown]
    given: list[ApprovalShown]
    missing: list[ConsentShown]


class CheckedShown(Shown):
    """A document held against its own shape, the portal as last read, and its own examples."""

    valid: bool = Field(validation_alias="sound", description="Whether it could be published as it is.")
    faults: list[FaultShown]
    examples: list[ExampleShown]

    @classmethod
    def of(cls, checked: Checked) -> Self:
        return cls.model_validate(checked)


class Tried(Shown):
    """The examples of a document, decided."""

    passed: int
    failed: int
    examples: list[ExampleShown]


class DraftShown(Shown):
    """A draft in short. `state` is null where no draft stands: the text is in force already."""

    state: DraftState | None
    etag: str
    changes: list[str] = Field(description="What it changes of the version in force, in sentences.")
    missing: list[ConsentShown] = Field(description="Who is still to approve it.")
    obstacles: list[str] = Field(description="What stands against publishing it.")

    @classmethod
    def of(cls, review: Review) -> Self:
        return cls(
            state=review.state,
            etag=etag(review.draft.digest),
            changes=[change.sentence for change in review.changes],
            missing=[ConsentShown.model_validate(one) for one in review.missing],
            obstacles=list(review.obstacles),
        )


class ReviewShown(Shown):
    """All that is to be known of a draft before it is published. `base` is the version it was made from."""

    state: DraftState
    etag: str
    base: int
    in_force: int
    author: str
    side: Side | None
    message: str
    saved_at: datetime
    restored_from: int | None
    faults: list[FaultShown]
    examples: list[ExampleShown]
    changes: list[ChangeShown]
    consents: Consents
    obstacles: list[str]

    @classmethod
    def of(cls, review: Review) -> Self:
        draft, checked = review.draft, CheckedShown.of(review.checked)
        return cls(
            state=review.state,
            etag=etag(draft.digest),
            base=draft.base,
            in_force=review.in_force.number,
            author=draft.author,
            side=Side(draft.side) if draft.side else None,
            message=draft.message,
            saved_at=draft.saved_at,
            restored_from=draft.restored_from,
            faults=checked.faults,
            examples=checked.examples,
            changes=[ChangeShown.model_validate(one) for one in review.changes],
            consents=Consents.model_validate(
                {"needed": review.needed, "given": review.approvals, "missing": review.missing}
            ),
            obstacles=list(review.obstacles),
        )


class VersionShown(Shown):
    """A published version. `faults` are what the nightly check against the portal last found."""

    number: int
    etag: str = Field(validation_alias="digest")
    author: str
    published_by: str | None
    message: str
    published_at: datetime
    restored_from: int | None
    mode: str | None
    approvals: list[ApprovalShown]
    checked_at: datetime | None
    faults: list[str]

    @field_validator("etag", mode="before")
    @classmethod
    def _quoted(cls, digest: str) -> str:
        return etag(digest)


class VersionsPage(Shown):
    """Versions, newest first; `next` is the `before` of the next page, null on the last."""

    versions: list[VersionShown]
    next: int | None

    @classmethod
    def of(cls, versions: Sequence[Version], limit: int) -> Self:
        """A page of at most `limit`, from one more than that."""
        page = versions[:limit]
        return cls(
            versions=[VersionShown.model_validate(one) for one in page],
            next=page[-1].number if len(versions) > limit else None,
        )


class Difference(Shown):
    """How one document differs from another; the names of what was compared as given."""

    before: str
    after: str
    changes: list[ChangeShown]
    lines: list[str] = Field(description="The same as text, by section.")
