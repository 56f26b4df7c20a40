"""What a CRM told us: a hint that a record may need a look, never a fact to act on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from app.records.ids import ObjectType, PortalId


class EventKind(StrEnum):
    """What happened to the record, in the CRM-neutral words that the engine understands."""

    CREATED = "created"
    CHANGED = "changed"
    DELETED = "deleted"
    ERASED = "erased"
    """Privacy deletion: local copies must go."""
    RESTORED = "restored"
    MERGED = "merged"
    ASSOCIATED = "associated"
    OTHER = "other"
    """A kind that Baton stores and ignores, with its name as the reason."""


class EventState(StrEnum):
    """Where an event stands; each but PENDING is final."""

    PENDING = "pending"
    APPLIED = "applied"
    """A decision read after its receipt covers it."""
    IGNORED = "ignored"
    """Needs no look; `reason` says why."""
    QUARANTINED = "quarantined"
    """Could not be parsed or stored as an event; kept as it came, for a person."""


@dataclass(frozen=True, slots=True)
class Event:
    """One change that the CRM reported.

    `key` is the digest of the event as parsed, without its attempt number: the same event delivered
    twice has the same key. `occurred_at` is None where the CRM did not say. `object_id` is None only for
    kinds that name no single record. `also` lists further records that the event touches (the losers of a
    merge, the other end of an association), each needing a look of its own.
    """

    key: str
    portal_id: PortalId
    kind: EventKind
    type_name: str
    object_type: ObjectType | None
    object_id: str | None
    occurred_at: datetime | None
    property_name: str | None = None
    property_value: str | None = None
    change_source: str | None = None
    source_id: str | None = None
    app_id: str | None = None
    is_test: bool = False
    also: tuple[tuple[ObjectType, str], ...] = ()

    @property
    def is_by_own_app(self) -> bool:
        """Whether the app that delivers the event also made the change (an echo, if a write matches)."""
        return self.change_source == "INTEGRATION" and self.source_id is not None and self.source_id == self.app_id

    @property
    def hand(self) -> str:
        """Who made the change, as far as the event says: `CRM_UI userId:7`."""
        return hand_of(self.change_source, self.source_id)


def hand_of(source: str | None, source_id: str | None) -> str:
    """Who made a change, as one text: `CRM_UI userId:7`; `unknown` where neither part is told."""
    return " ".join(part for part in (source, source_id) if part) or "unknown"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A piece of a delivery that is no event: kept as text, for a person."""

    key: str
    raw: str
    reason: str
