"""A search for an owner: what it goes by, and who must not get the lead."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from app.agreement.model import Agreement, Pool
from app.handoff.promise import calendar_of, own_calendar
from app.handoff.qualify import Qualification
from app.handoff.state import HandoffState, History, Inputs, Lead, Roster
from app.records.crm import Owner
from app.records.ids import OwnerId
from app.rules.evaluate import Scope

_FAILED = {
    HandoffState.REJECTED: "declined this lead before",
    HandoffState.EXPIRED: "let this lead expire before",
}


@dataclass(frozen=True, slots=True)
class Search:
    """A search for an owner at `now`. `barred` is everybody who must not get the lead (again), each with why.

    `scope` is what the conditions of territories look at; without one no territory is looked for.
    """

    agreement: Agreement
    lead: Lead
    roster: Roster
    now: datetime
    barred: Mapping[OwnerId, str] = field(default_factory=dict)
    scope: Scope | None = None

    @property
    def is_first(self) -> bool:
        """Whether the lead has no open handoff, so that the owner is not one in place of another."""
        return self.lead.history.handoff is None


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why somebody cannot take the lead; `until` when, where that is known. `verb` is what makes a clause of it."""

    why: str
    until: datetime | None = None
    verb: str = "is "

    @property
    def clause(self) -> str:
        """`is away until ...`, `declined this lead before`."""
        return f"{self.verb}{self.why}"


NO_OWNER = Obstacle("no active HubSpot owner")


@dataclass(frozen=True, slots=True)
class Passed:
    """Someone who was considered and passed over, and why; `until` when that holds, where it is known."""

    who: str
    why: str
    until: datetime | None = None


def search_for(qualification: Qualification, roster: Roster) -> Search:
    """The search for an owner: of a new handoff, or of the open one in place of its own."""
    lead = qualification.lead
    agreement, now = qualification.agreement, qualification.now
    return Search(agreement, lead, roster, now, _barred(lead.history), qualification.scope)


def search_again(agreement: Agreement, inputs: Inputs) -> Search:
    """The search that was made from these inputs, as far as turns go: it looks for no territory."""
    return Search(agreement, inputs.lead, inputs.roster, inputs.now, _barred(inputs.lead.history))


def barred(search: Search, owner: Owner) -> Obstacle | None:
    """Why the owner must not have this lead (again)."""
    why = search.barred.get(owner.id)
    return None if why is None else Obstacle(why, verb="")


def absent(search: Search, owner: Owner) -> Obstacle | None:
    """Why the owner is not there: an absence that was set."""
    until = search.roster.away.get(owner.id)
    return None if until is None else Obstacle(f"away until {_in_words(until)}", until)


def off_work(search: Search, pool: Pool, email: str) -> Obstacle | None:
    """Why somebody is not at work: by a calendar of their own, else by the pool's."""
    hours = own_calendar(search.agreement, pool.id, email) or calendar_of(search.agreement, pool.id)
    if hours.is_open(search.now):
        return None
    until = hours.next_open(search.now)
    return Obstacle(f"outside working hours until {_in_words(until)}", until)


def _barred(history: History) -> dict[OwnerId, str]:
    """Whoever has or had the open handoff, and whoever had the one before where the lead is to go to another."""
    handoff, last = history.handoff, history.last
    found: dict[OwnerId, str] = {}
    if last is not None and last.to_different_owner:
        found |= dict.fromkeys(last.owners, "had this lead before")
        found[last.owner_id] = _FAILED.get(last.state, "had this lead before")
    if handoff is not None:
        found |= {tenure.owner_id: "had this lead already" for tenure in handoff.tenures}
        found[handoff.owner_id] = "had to be replaced"
    return found


def _in_words(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M} UTC"
