"""Whether one condition implies another, and whether one can hold at all. Sound, not complete."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from app.agreement.logic.formula import Both, Either, Formula, Literal, choices, literals
from app.agreement.logic.leaves import leaf_implies
from app.agreement.logic.points import World, can_be_tried, holds, points, subject

STEPS = 20_000
"""Some fifty rows of a section can be held against each other, whatever they say; of plain rows, a few hundred."""


@dataclass(slots=True)
class Proof:
    """A line of reasoning about what there can be.

    It may take `left` more steps: a document made to be hard to see through gets fewer answers, not slow ones.
    """

    world: World
    left: int = STEPS
    _known: dict[tuple[Literal, Literal], bool] = field(default_factory=dict)

    def implies(self, stronger: Formula, weaker: Formula) -> bool:
        """Whether every lead for which the stronger holds is one for which the weaker holds."""
        self.left -= 1
        return self.left > 0 and self._implies(stronger, weaker)

    def impossible(self, formula: Formula, given: Sequence[Literal] = ()) -> bool:
        """Whether the formula can hold for no lead for which all of `given` do."""
        self.left -= 1
        match formula:
            case Literal():
                return self._clash((*given, formula))
            case Both(parts):
                known = (*given, *literals(parts))
                return self._clash(known) or any(self.impossible(one, known) for one in choices(parts))
            case Either(parts):
                return all(self.impossible(part, given) for part in parts)
            case _:
                assert_never(formula)

    def _implies(self, stronger: Formula, weaker: Formula) -> bool:
        match stronger, weaker:
            case _, Both(parts):
                return all(self.implies(stronger, part) for part in parts)
            case Either(parts), _:
                return all(self.implies(part, weaker) for part in parts)
            case _, Either(parts) if any(self.implies(stronger, part) for part in parts):
                return True
            case Both(parts), _:
                return any(self.implies(part, weaker) for part in parts)
            case Literal(), Literal():
                return self._literal_implies(stronger, weaker)
            case _:
                return False

    def _literal_implies(self, stronger: Literal, weaker: Literal) -> bool:
        pair = (stronger, weaker)
        if pair not in self._known:
            as_written = leaf_implies(stronger, weaker, self.world.vocabulary)
            self._known[pair] = as_written or self._at_every_point(stronger, weaker)
        return self._known[pair]

    def _at_every_point(self, stronger: Literal, weaker: Literal) -> bool:
        if subject(stronger.leaf) is None or subject(stronger.leaf) != subject(weaker.leaf):
            return False
        tried = points((stronger, weaker), self.world, sure=(stronger,))
        self.left -= len(tried or ())  # each is an evaluation
        return tried is not None and all(holds(weaker, point) for point in tried if holds(stronger, point))

    def _clash(self, together: Sequence[Literal]) -> bool:
        """Whether the literals cannot all hold: one denies another, or no value suits all of a subject."""
        if {(one.leaf, not one.met) for one in together} & {(one.leaf, one.met) for one in together}:
            return True
        return any(self._suits_no_value(about) for about in _by_subject(together))

    def _suits_no_value(self, about: list[Literal]) -> bool:
        tried = points(about, self.world, sure=about)
        if tried is None:
            about = [one for one in about if can_be_tried(one, self.world)]
            tried = points(about, self.world, sure=about) if about else None
        self.left -= len(tried or ()) * len(about)
        if tried is None or self.left <= 0:
            return False
        return not any(all(holds(one, point) for one in about) for point in tried)


def _by_subject(together: Iterable[Literal]) -> Iterable[list[Literal]]:
    found: dict[str, list[Literal]] = defaultdict(list)
    for one in dict.fromkeys(together):
        name = subject(one.leaf)
        if name is not None:
            found[name].append(one)
    return found.values()
