"""What keeps Baton polite to a CRM: quotas and a breaker, kept where all workers see them.

The floor that keeps them (storage) implements these protocols; bootstrap joins the two.
"""

from __future__ import annotations

from datetime import timedelta
from enum import StrEnum
from typing import Protocol


class QuotaClass(StrEnum):
    """The CRM counts calls of different kinds apart."""

    GENERAL = "general"
    ASSOCIATIONS = "associations"
    SEARCH = "search"


class Quota(Protocol):
    async def take(self, kind: QuotaClass, *, patience: timedelta) -> timedelta:
        """Reserve one call and return how long to wait before making it.

        Raises app.crm.errors.Throttled, reserving nothing, when the wait would exceed `patience`.
        """

    async def push_back(self, kind: QuotaClass, by: timedelta) -> None:
        """The CRM said that a quota is used up: let no worker call before `by` has passed."""


class Breaker(Protocol):
    async def check(self) -> None:
        """Raise app.crm.errors.BreakerOpen while the breaker is open; lets one probe through when half open."""

    async def record(self, *, ok: bool) -> None:
        """Count a call: `ok` is False for an outage, True for every answer, a refusal included."""
