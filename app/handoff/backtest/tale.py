"""What came of a contact under one agreement: each step told, and the outcome by its name."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.handoff.course import Hand
from app.handoff.decision import Assignment, Decision, Kind, Opening
from app.handoff.qualify import Qualification

NO_NEWS = "no news"
"""The outcome of a contact about which nothing changed in the period."""
_WITH_SALES = "with Sales already"
_NOBODY = "ready, but nobody could take it"
_WAITING = "ready, and waiting"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a contact: `name` is the same for all with the same fate. `at` and `because` are of the
    decision that made it so; `owner` is the address of who got the lead, `terms` its pool and promise.
    """

    name: str
    at: datetime | None = None
    because: str = ""
    owner: str | None = None
    terms: tuple[str, str] | None = None


@dataclass(slots=True)
class Tale:
    """A contact's decisions, as sentences in order of time; one that repeats the one before is not told again.

    `outcome` is the first handoff, else the furthest stage, else what was said last.
    """

    told: list[tuple[datetime, str]] = field(default_factory=list)
    opened: Outcome | None = None
    risen: Outcome | None = None
    last: Outcome | None = None
    with_sales: bool = False

    @property
    def outcome(self) -> Outcome:
        """What came of the contact, in the end."""
        return self.opened or self.risen or self.last or Outcome(NO_NEWS)

    def tell(self, qualification: Qualification, decision: Decision) -> None:
        """Add a decision, made from the qualification."""
        if not self.told or self.told[-1][1] != decision.because:
            self.told.append((decision.at, decision.because))
        self.with_sales = self.with_sales or qualification.lead.history.handoff is not None
        self.last = Outcome(self._name(qualification, decision), decision.at, decision.because)
        if decision.opening is not None and decision.assignment is not None:
            self.opened = self.opened or _handed_over(decision, decision.opening, decision.assignment)
        elif qualification.stage.wanted is not None and not self.with_sales:
            name = f"{qualification.stage.wanted}, not handed over"
            self.risen = Outcome(name, decision.at, decision.because)

    def repeat(self, at: datetime) -> None:
        """The last decision was made once more, word for word."""
        if self.last is not None:
            self.last = replace(self.last, at=at)

    def at(self, instant: datetime) -> str:
        """What was said last by then; the first word where nothing was said yet, nothing for no words."""
        place = bisect_right(self.told, instant, key=lambda one: one[0])
        return self.told[max(0, place - 1)][1] if self.told else ""

    def _name(self, qualification: Qualification, decision: Decision) -> str:
        if self.with_sales:
            return _WITH_SALES
        if decision.kind is Kind.WAITING:
            return _NOBODY if isinstance(qualification.course, Hand) else _WAITING
        if decision.kind is Kind.DISQUALIFIED and qualification.disqualified is not None:
            return f"{Kind.DISQUALIFIED.value}: {qualification.disqualified.id}"
        return decision.kind.value


def _handed_over(decision: Decision, opening: Opening, line: Assignment) -> Outcome:
    terms = (str(opening.pool), opening.promise)
    return Outcome(f"handed over by {opening.route}", decision.at, decision.because, line.owner_email, terms)
