"""An engagement: something that happened between a contact and the people of the portal, as the CRM recorded it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.records.ids import OwnerId


class EngagementKind(StrEnum):
    """The kinds that a CRM records. Named as their object types are."""

    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    NOTE = "note"
    TASK = "task"
    COMMUNICATION = "communication"
    """A text message, a chat, a message on a social network."""


class Direction(StrEnum):
    """Who reached out to whom."""

    OUTBOUND = "outbound"
    INBOUND = "inbound"
    TWO_WAY = "two-way"
    """A meeting that was held."""
    NONE = "none"
    """Nobody was reached: a note, a task, a meeting that was cancelled or missed."""


class Maker(StrEnum):
    """Whose doing it was."""

    HUMAN = "human"
    AUTOMATIC = "automatic"
    """A sequence, a workflow, an integration, an import."""
    UNKNOWN = "unknown"
    """Nothing on the record tells. Counted as not human."""


@dataclass(frozen=True, slots=True)
class Engagement:
    """One engagement with one contact. `occurred_at` is when it took place, not when it was logged.

    `owner_id` is whoever is said to have done it. `because` says in one phrase what on the record tells the maker.
    """

    id: str
    kind: EngagementKind
    occurred_at: datetime
    owner_id: OwnerId | None
    maker: Maker
    direction: Direction
    because: str = ""
    title: str = ""

    @property
    def is_touch(self) -> bool:
        """Whether a person reached out: what accepts a handoff and stops the first-touch clock, by whom aside."""
        return self.maker is Maker.HUMAN and self.direction in {Direction.OUTBOUND, Direction.TWO_WAY}
