"""Why a change of the agreement did not happen: each refusal says what to do about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.errors import BatonError
from app.storage.drafts import Draft


@dataclass(frozen=True, slots=True)
class Standing:
    """What an editor edits: the draft, or the version in force where there is none."""

    text: str
    digest: str
    author: str
    saved_at: datetime
    version: int
    draft: Draft | None

    @property
    def outdated(self) -> bool:
        """Whether another version was published since the draft was saved."""
        return self.draft is not None and self.draft.base != self.version


class NotAllowed(BatonError):
    """Whoever asks may not do this; the message says who may."""

    code: ClassVar[str] = "not_allowed"


class NothingThere(BatonError):
    """There is no draft, or no such version; the message says what there is."""

    code: ClassVar[str] = "nothing_there"


class Stale(BatonError):
    """Somebody else changed it meanwhile. `changes` are sentences: from what the caller saw to what stands."""

    code: ClassVar[str] = "stale"

    def __init__(self, standing: Standing, changes: Sequence[str]) -> None:
        super().__init__(
            f"{standing.author} saved another text at {standing.saved_at:%Y-%m-%d %H:%M} UTC; "
            "read it, put your change into it, and try again"
        )
        self.standing = standing
        self.changes = tuple(changes)


class NotPublishable(BatonError):
    """The draft cannot be put in force yet; `reasons` are sentences, each with what to do."""

    code: ClassVar[str] = "not_publishable"

    def __init__(self, reasons: Sequence[str]) -> None:
        super().__init__("; ".join(reasons))
        self.reasons = tuple(reasons)
