"""What a condition is evaluated in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.rules.condition import Condition
from app.rules.facts import Facts, Vocabulary


@dataclass(frozen=True, slots=True)
class Scope:
    """All that a condition may refer to.

    `scores` maps `fit`, `interest`, `interest.<part>` to points; `reached` holds the lifecycle stages
    reached or passed, including by the decision being made.
    """

    facts: Facts
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    definitions: Mapping[str, Condition] = field(default_factory=dict)
    persona: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()

    def at(self, now: datetime) -> Scope:
        """The same knowledge at another instant."""
        return replace(self, facts=replace(self.facts, now=now))
