"""Lifecycle stages stand in an order, and a lead moves forward along it."""

from __future__ import annotations

from dataclasses import dataclass

HUBSPOT_DEFAULT_STAGES = (
    "subscriber",
    "lead",
    "marketingqualifiedlead",
    "salesqualifiedlead",
    "opportunity",
    "customer",
    "evangelist",
    "other",
)
"""The order of a portal that nobody has customised; a portal's own order comes from its property options."""


@dataclass(frozen=True, slots=True)
class StageOrder:
    """The stages of a portal, first to last. A stage that is not in the order stands before all of it."""

    names: tuple[str, ...] = HUBSPOT_DEFAULT_STAGES

    def rank(self, stage: str | None) -> int:
        """Position of a stage; -1 for none or unknown."""
        return self.names.index(stage) if stage in self.names else -1
