"""A contact through a period: what stood when it began, what changed in it, and what nobody knows any more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise
from operator import attrgetter

from app.agreement.model import Reads
from app.handoff.backtest.trial import CREATED, Period
from app.handoff.properties import STATUS
from app.handoff.reconcile import same
from app.handoff.signals import read_instant
from app.handoff.state import Handoff, HandoffState, History
from app.records.crm import PastValue, Properties
from app.records.ids import CompanyId, ContactId, ObjectType

VERSIONS_TOLD = 20
"""A past with so many values may be cut short; a CRM keeps at least these. HubSpot documents no number."""
_CLOCKS_DIFFER = timedelta(minutes=1)
"""How far apart the ledger and the CRM may date one write."""
_INTEGRATION = "INTEGRATION"
_ON_THE_ROAD = frozenset({HandoffState.OPEN, HandoffState.ACCEPTED, HandoffState.WORKING})


@dataclass(frozen=True, slots=True)
class Past:
    """What is known of one record's past.

    `values` come in any order, from the CRM and from events, some twice. `told` names the properties whose
    past the CRM was asked for and told; of the others there is only what events happened to say.
    """

    snapshot: Properties
    values: Mapping[str, tuple[PastValue, ...]] = field(default_factory=dict)
    told: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Landed:
    """A property that Baton itself wrote: decided at `at`, and known to stand at `by`."""

    name: str
    value: str
    at: datetime
    by: datetime


@dataclass(frozen=True, slots=True)
class Subject:
    """A contact as stored, and all that is known of its past.

    `history` has the handoff that was open when the period began, and the one that Sales closed last before it.
    """

    contact_id: ContactId
    contact: Past
    company_id: CompanyId | None = None
    company: Past | None = None
    landed: tuple[Landed, ...] = ()
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True)
class PastChange:
    """Another hand than Baton's set a property of the contact or of its company."""

    at: datetime
    of: ObjectType
    name: str
    value: str | None
    hand: str


@dataclass(frozen=True, slots=True)
class Timeline:
    """A contact through a period. `changes` are in order of time; those by Baton's own hand are left out.

    `known_since` has, by dotted name, since when a value is known; a name that is not in it always was. Before,
    the earliest value known stands in. `created_at` is None for a contact that was there before the period.
    """

    contact_id: ContactId
    company_id: CompanyId | None
    contact: Properties
    company: Properties | None
    changes: tuple[PastChange, ...]
    history: History
    created_at: datetime | None
    known_since: Mapping[str, datetime]


@dataclass(frozen=True, slots=True)
class _Course:
    """One property through the period. `known_since` is None where the value was always known."""

    start: str | None
    changes: tuple[PastValue, ...]
    known_since: datetime | None = None


def timeline_of(subject: Subject, names: Reads, period: Period) -> Timeline:
    """The contact through the period, as far as the named properties go."""
    contact = {name: _course(name, subject.contact, period) for name in sorted(names.contact)}
    firm = subject.company
    company = {} if firm is None else {name: _course(name, firm, period) for name in sorted(names.company)}
    theirs = {name: replace(one, changes=_by_others(name, one, subject.landed)) for name, one in contact.items()}
    start = {name: one.start for name, one in contact.items()}
    changes = (*_changes(ObjectType.CONTACT, theirs), *_changes(ObjectType.COMPANY, company))
    return Timeline(
        contact_id=subject.contact_id,
        company_id=subject.company_id,
        contact=start,
        company=None if firm is None else {name: one.start for name, one in company.items()},
        changes=tuple(sorted(changes, key=lambda one: (one.at, one.of, one.name))),
        history=_history(subject, start, period),
        created_at=_created_at(subject.contact, period),
        known_since={**_known_since(ObjectType.CONTACT, contact), **_known_since(ObjectType.COMPANY, company)},
    )


def _course(name: str, past: Past, period: Period) -> _Course:
    steps = _steps(past.values.get(name, ()))
    changes = tuple(step for step in steps if period.holds(step.at))
    earlier = [step for step in steps if step.at < period.start_at]
    if earlier:
        return _Course(earlier[-1].value, changes)
    seen = past.snapshot.get(name) or None
    whole = name in past.told and len(past.values.get(name, ())) < VERSIONS_TOLD
    if whole and (steps or seen is None):
        return _Course(None, changes)
    if steps:
        return _Course(steps[0].value, changes, known_since=steps[0].at)
    return _Course(seen, changes, known_since=period.end_at)


def _steps(values: Iterable[PastValue]) -> list[PastValue]:
    """Oldest first; what repeats the value before it is no step."""
    ordered = sorted(values, key=attrgetter("at"))
    return [*ordered[:1], *(after for before, after in pairwise(ordered) if after.value != before.value)]


def _by_others(name: str, course: _Course, landed: Iterable[Landed]) -> tuple[PastValue, ...]:
    own = [one for one in landed if one.name == name]
    return tuple(change for change in course.changes if not any(_is_echo(change, one) for one in own))


def _is_echo(change: PastValue, landed: Landed) -> bool:
    """Whether the change is what the CRM recorded of Baton's own write."""
    meanwhile = landed.at - _CLOCKS_DIFFER <= change.at <= landed.by + _CLOCKS_DIFFER
    return meanwhile and change.hand.startswith(_INTEGRATION) and same(landed.name, change.value, landed.value)


def _changes(of: ObjectType, courses: Mapping[str, _Course]) -> list[PastChange]:
    return [
        PastChange(change.at, of, name, change.value, change.hand)
        for name, course in courses.items()
        for change in course.changes
    ]


def _known_since(of: ObjectType, courses: Mapping[str, _Course]) -> dict[str, datetime]:
    return {f"{of}.{name}": one.known_since for name, one in courses.items() if one.known_since is not None}


def _history(subject: Subject, start: Properties, period: Period) -> History:
    """What Baton did with the contact before the period, as far as deciding goes."""
    history, last = subject.history, subject.history.last
    before = sorted((one for one in subject.landed if one.at < period.start_at), key=attrgetter("at"))
    kept = [one for one in before if one.value and (last is None or one.at > last.closed_at)]
    handoff = history.handoff and _as_then(history.handoff, start.get(STATUS))
    return replace(history, handoff=handoff, applied={one.name: one.value for one in kept})


def _as_then(handoff: Handoff, status: str | None) -> Handoff:
    """The handoff in the state that the record said, all of its writes landed."""
    state = next((state for state in _ON_THE_ROAD if state == status), HandoffState.OPEN)
    confirmed_at = handoff.owner_confirmed_at or handoff.opened_at
    return replace(handoff, state=state, owner_confirmed_at=confirmed_at, noted=True, tasked=True)


def _created_at(contact: Past, period: Period) -> datetime | None:
    """When the contact came to be, if that was in the period or after it."""
    said = [past.value for past in contact.values.get(CREATED, ())]
    created = read_instant(next(iter(said), None) or contact.snapshot.get(CREATED))
    return created if created is not None and created >= period.start_at else None
