"""Touches: what shows that an owner reached out to a lead, and when.

A touch is made by a person: by the owner, during their own tenure, outbound or two-way. What happened before they
were chosen, what a colleague did and what runs by itself is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from app.handoff.signals import read_instant
from app.handoff.state import Handoff, Lead, Tenure

_BY_PEOPLE = ("CRM_UI", "MOBILE")
"""How the hands of people begin in HubSpot's change sources: its pages and its apps."""


@dataclass(frozen=True, slots=True)
class Touch:
    """A touch in the tenure of that number, with what it was in one phrase. `source` names the engagement: `call/7`."""

    at: datetime
    tenure: int
    because: str
    source: str = ""


def touches_of(handoff: Handoff, lead: Lead, counted: Sequence[str], now: datetime) -> tuple[Touch, ...]:
    """Every touch of the handoff's owners up to `now`, the earliest first. `counted` properties count as well."""
    found = [
        touch
        for tenure, until in stretches_of(handoff)
        for touch in _made(tenure, lead, counted)
        if tenure.assigned_at <= touch.at <= now and (until is None or touch.at < until)
    ]
    return tuple(sorted(found, key=lambda touch: (touch.at, touch.because)))


def first_of(touches: Iterable[Touch], tenure: int) -> Touch | None:
    """The first touch of that tenure."""
    return next((touch for touch in touches if touch.tenure == tenure), None)


def next_touch_at(handoff: Handoff, lead: Lead, now: datetime) -> datetime | None:
    """When a meeting of whoever has the lead begins that is still to come: it is a touch from then on."""
    tenure = handoff.tenure
    owner_id = handoff.owner_id if tenure is None else tenure.owner_id
    theirs = (one.occurred_at for one in lead.engagements if one.is_touch and one.owner_id == owner_id)
    return min((at for at in theirs if at > now), default=None)


def stretches_of(handoff: Handoff) -> Iterable[tuple[Tenure, datetime | None]]:
    """Each tenure, with the instant at which the next one began."""
    return zip_longest(handoff.tenures, [later.assigned_at for later in handoff.tenures[1:]])


def _made(tenure: Tenure, lead: Lead, counted: Sequence[str]) -> Iterable[Touch]:
    """Engagements, and what properties tell beyond them: a property that dates an engagement is no second touch."""
    found = list(_engagements(tenure, lead))
    dated = {touch.at for touch in found}
    return (*found, *(touch for touch in _properties(tenure, lead, counted) if touch.at not in dated))


def _engagements(tenure: Tenure, lead: Lead) -> Iterable[Touch]:
    for one in lead.engagements:
        if one.is_touch and one.owner_id == tenure.owner_id:
            because = f"{one.kind.value} by {tenure.owner_email}"
            yield Touch(one.occurred_at, tenure.number, because, f"{one.kind.value}/{one.id}")


def _properties(tenure: Tenure, lead: Lead, counted: Sequence[str]) -> Iterable[Touch]:
    """A property that holds an instant tells when; of another, the change by a person's hand does."""
    for name in counted:
        said = read_instant(lead.contact.properties.get(name))
        change = lead.history.changes.get(name)
        if said is not None:
            yield Touch(said, tenure.number, f"{name} says so")
        elif change is not None and change.by.startswith(_BY_PEOPLE):
            yield Touch(change.at, tenure.number, f"{name} was changed")
