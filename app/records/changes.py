"""Changes found by asking rather than by being told: who changed when, and how far a walk through them is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.records.ids import ContactId


@dataclass(frozen=True, slots=True)
class Changed:
    """A contact, and when it was last changed by the CRM's clock."""

    contact_id: ContactId
    at: datetime


@dataclass(frozen=True, slots=True)
class Place:
    """How far a walk is: past all that changed up to `at`.

    With `within`, of those that changed at that very instant only the ids up to it are behind.
    """

    at: datetime
    within: ContactId | None = None
