"""What a condition is evaluated in."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.rules.condition import Condition
from app.rules.facts import Facts, Vocabulary
from app.rules.trace import Gain


@dataclass(frozen=True, slots=True)
class Scope:
    """All that a condition may refer to.

    `persona` and `role` are the contact's persona and that persona's buying role.
    `scores` maps `fit`, `interest`, `interest.<part>` to points; `reached` holds the lifecycle stages
    reached or passed, including by the decision being made. `gains` holds, for each score, the rows that
    would have added to it.
    """

    facts: Facts
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    definitions: Mapping[str, Condition] = field(default_factory=dict)
    persona: str | None = None
    role: str | None = None
    scores: Mapping[str, float] = field(default_factory=dict)
    gains: Mapping[str, tuple[Gain, ...]] = field(default_factory=dict)
    reached: frozenset[str] = frozenset()

    def at(self, now: datetime) -> Scope:
        """The same knowledge at another instant."""
        return replace(self, facts=replace(self.facts, now=now))

    def each_deal(self) -> Iterator[Scope]:
        """The same with one deal at a time; without any deal once, with none."""
        if len(self.facts.deals) < 2:  # noqa: PLR2004  none or one is this scope already
            yield self
        else:
            yield from (replace(self, facts=replace(self.facts, deals=(deal,))) for deal in self.facts.deals)

    def without_definition(self, name: str) -> Scope:
        """The same with one definition less, for what stands in it: it does not see itself."""
        others = {other: meaning for other, meaning in self.definitions.items() if other != name}
        return replace(self, definitions=others)
