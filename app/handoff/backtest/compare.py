"""The same contact under two agreements: whether it comes out otherwise, and what each says of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from app.handoff.backtest.result import ChangedContact, Move, Unknown
from app.handoff.backtest.tale import Outcome, Tale
from app.records.ids import ContactId

_NOTHING_SAID = "Nothing was decided about it."


@dataclass(slots=True)
class Tally:
    """What is counted on the way; tallies of parts add up to the tally of the whole."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    unknown: Counter[str] = field(default_factory=Counter)
    not_wholly_known: int = 0
    changed: int = 0

    def add(self, other: Tally) -> None:
        """Count in what another part counted."""
        self.pairs += other.pairs
        self.unknown += other.unknown
        self.not_wholly_known += other.not_wholly_known
        self.changed += other.changed

    def compare(self, contact_id: ContactId, before: Tale, after: Tale) -> ChangedContact | None:
        """Count a contact; return it if it comes out otherwise."""
        self.pairs[before.outcome.name, after.outcome.name] += 1
        if not _differ(before.outcome, after.outcome):
            return None
        self.changed += 1
        return _changed(contact_id, before, after)

    def note_unknown(self, names: Collection[str]) -> None:
        """Count a contact of which these names were not known at the time; without any it is not counted."""
        self.unknown.update(names)
        self.not_wholly_known += bool(names)

    @property
    def contacts(self) -> int:
        """How many were compared."""
        return self.pairs.total()

    def matrix(self) -> tuple[Move, ...]:
        """Every pair of outcomes, the most frequent first."""
        ordered = sorted(self.pairs.items(), key=lambda one: (-one[1], one[0]))
        return tuple(Move(before, after, many) for (before, after), many in ordered)

    def unknowns(self) -> Unknown:
        """For how many contacts a value was not known, in all and by name."""
        return Unknown(self.not_wholly_known, dict(sorted(self.unknown.items())))


def _differ(before: Outcome, after: Outcome) -> bool:
    """Whether the fate differs: another outcome, or the same route to another pool or promise."""
    return (before.name, before.terms) != (after.name, after.terms)


def _changed(contact_id: ContactId, before: Tale, after: Tale) -> ChangedContact:
    """Both outcomes, and what both sides said at the instant that made the difference."""
    at = _parting(before, after)
    return ChangedContact(
        contact_id,
        before.outcome,
        after.outcome,
        before.at(at) or _NOTHING_SAID,
        after.at(at) or _NOTHING_SAID,
    )


def _parting(before: Tale, after: Tale) -> datetime:
    """The first handoff under either agreement, else the first stage reached, else the last word.

    Two tales that differ have at least one word between them.
    """
    opened, risen, last = (before.opened, after.opened), (before.risen, after.risen), (before.last, after.last)
    instants = ([one.at for one in pair if one is not None and one.at is not None] for pair in (opened, risen, last))
    return min(next(filter(None, instants)))
