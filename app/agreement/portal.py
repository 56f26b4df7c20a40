"""What a live portal has, as far as an agreement can name it."""

from __future__ import annotations

from dataclasses import dataclass

from app.records.crm import Owner
from app.rules.facts import Vocabulary


@dataclass(frozen=True, slots=True)
class PortalWords:
    """Property definitions (all that exist), owners, and lifecycle stages in the portal's order.

    `tier` is the portal's HubSpot edition (`starter`, `professional`, `enterprise`); None when nobody knows.
    """

    vocabulary: Vocabulary
    owners: tuple[Owner, ...]
    stages: tuple[str, ...]
    tier: str | None = None
