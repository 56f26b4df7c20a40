"""What keeps Baton polite to a CRM: quotas and a breaker, kept where all workers see them.

The floor that keeps them (storage) fits these protocols without knowing them; bootstrap joins the two.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Protocol

from app.records.quota import QuotaClass

__all__ = ["Breaker", "Quota", "QuotaClass", "Unguarded"]


class Quota(Protocol):
    async def take(self, kind: QuotaClass, *, patience: timedelta) -> timedelta:
        """Reserve one call and return how long to wait before making it.

        A wait longer than `patience` means that nothing was reserved: come back after it.
        """

    async def push_back(self, kind: QuotaClass, by: timedelta) -> None:
        """The CRM said that a quota is used up: let no worker call before `by` has passed."""


class Unguarded:
    """Neither quota nor breaker: for a person's few questions, asked also where no database keeps the two."""

    async def take(self, kind: QuotaClass, *, patience: timedelta) -> timedelta:  # noqa: ARG002  as Quota has it
        return timedelta()

    async def push_back(self, kind: QuotaClass, by: timedelta) -> None:
        """Nothing is kept, so nothing is put off."""

    async def check(self) -> timedelta | None:
        return None

    async def record(self, *, ok: bool) -> None:
        """Nothing is kept, so nothing is counted."""


class Breaker(Protocol):
    async def check(self) -> timedelta | None:
        """None to go ahead; while the breaker is open, for how long. Half open, it lets one probe go ahead."""

    async def record(self, *, ok: bool) -> None:
        """Count a call: `ok` is False for an outage, True for every answer, a refusal included."""
