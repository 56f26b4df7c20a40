"""What is known of a lead at one instant: all that a condition may look at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from app.records.crm import PropertyDefinition


@dataclass(frozen=True, slots=True)
class Signal:
    """Something a contact did: `kind` is `form`, `email_click`, ...; `detail` is its title."""

    kind: str
    detail: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class GroupMember:
    """Somebody of the contact's company, and a part that they play in the purchase. Who plays two is in twice."""

    contact_id: str
    role: str


@dataclass(frozen=True, slots=True)
class Facts:
    """A lead as known at `now`.

    `contact` and `company` map property names to values as text; `company` is None when the contact
    has no company. `handoff` is the state of the handoff (`open`, `accepted`, ...), None without one.
    `group` are the known people of the same company with a buying role, the contact included; None
    without a company.
    """

    now: datetime
    contact: Mapping[str, str | None]
    company: Mapping[str, str | None] | None = None
    signals: tuple[Signal, ...] = ()
    handoff: str | None = None
    deals: tuple[Mapping[str, str | None], ...] = ()
    group: tuple[GroupMember, ...] | None = None


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """What names mean in a portal: property definitions by dotted name, and the free-mail domains."""

    properties: Mapping[str, PropertyDefinition] = field(default_factory=dict)
    free_mail: frozenset[str] = frozenset()
