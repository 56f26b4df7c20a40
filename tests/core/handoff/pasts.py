"""Builders for backtests: subjects with a past, trials, and small random worlds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from app.agreement.model import Agreement, Member, Reads, Ready
from app.handoff.backtest.timeline import Landed, Past, Subject
from app.handoff.backtest.trial import Period, Trial, as_if_live, reads_of_both
from app.handoff.properties import REASON, STATUS
from app.handoff.state import History
from app.records.crm import PastValue
from app.records.ids import CompanyId, ContactId
from app.rules.condition import PropertyTest, ScoreTest
from app.sla.calendar import Calendar
from app.sla.hours import Interval
from tests.core.handoff.parts import DAY, ENTERPRISE, MQL, NOW, VOCABULARY, agreement, owner

START = NOW - 30 * DAY
PERIOD = Period(START, NOW)
PERSON, BATON = "CRM_UI userId:7", "INTEGRATION 54321"
NAMES = Reads(
    frozenset({"jobtitle", "email", "lifecyclestage", "hubspot_owner_id", STATUS, REASON, "createdate"}),
    frozenset({"name", "numberofemployees", "industry", "hubspot_owner_id"}),
)
TOLD = frozenset({*reads_of_both(agreement(), agreement()).contact, *NAMES.contact, *NAMES.company})
PEOPLE = tuple(owner(name) for name in ("ann", "bob", "eve", "dan", "sam"))


def terms(**changes: Any) -> Agreement:
    """The usual agreement, with the properties that it reads."""
    contact, company = frozenset({"jobtitle", "email"}), frozenset({"numberofemployees", "industry"})
    return agreement(reads=Reads(contact, company), **changes)


NARROW = {
    **agreement().pools,
    ENTERPRISE: replace(agreement().pools[ENTERPRISE], members=(Member("eve@example.com", 1, 1),), fallback_owner=None),
}
"""Pools of which one takes one lead at a time."""
HOURLY = {
    **agreement().pools,
    ENTERPRISE: replace(
        agreement().pools[ENTERPRISE],
        members=(Member("eve@example.com"), Member("dan@example.com", 2, 1, "night")),
        working_hours="require",
        fallback_owner=None,
    ),
}
"""Pools of which one gives a lead only to who is at work; one member works at night, and takes one lead at a time."""
NIGHT = Calendar("night", "America/New_York", {day: (Interval.parse("20:00-23:10"),) for day in range(7)})
LOOSE = terms(ready=Ready(ScoreTest("interest", "at_least", ("30",)), None))
"""The usual agreement, but that interest alone makes a lead ready, and nothing is waited for."""


def was(value: str | None, at: datetime, hand: str = PERSON) -> PastValue:
    return PastValue(value, at, hand)


def wrote(name: str, value: str, at: datetime) -> Landed:
    """A write by Baton that stood five seconds later."""
    return Landed(name, value, at, at + timedelta(seconds=5))


def past(snapshot: Mapping[str, str | None] | None = None, /, **values: list[PastValue]) -> Past:
    """A past that the CRM told in full."""
    return Past(snapshot or {}, {name: tuple(many) for name, many in values.items()}, TOLD)


def subject(
    contact: Past,
    company: Past | None = None,
    *,
    contact_id: str = "1",
    landed: tuple[Landed, ...] = (),
    history: History | None = None,
) -> Subject:
    company_id = None if company is None else CompanyId("9")
    return Subject(ContactId(contact_id), contact, company_id, company, landed, history or History())


def trial(by: Agreement | None = None, **changes: Any) -> Trial:
    made = Trial(1, as_if_live(by or terms(), PERIOD), VOCABULARY, PERIOD, PEOPLE)
    return replace(made, **changes)


def trials(before: Agreement, after: Agreement, **changes: Any) -> tuple[Trial, Trial]:
    return trial(before, version=1, **changes), trial(after, version=2, **changes)


def asked_for_a_demo(at: datetime) -> dict[str, list[PastValue]]:
    return {
        "recent_conversion_event_name": [was("Demo request", at)],
        "recent_conversion_date": [was(at.isoformat(), at)],
    }


def buyer(**values: list[PastValue]) -> Past:
    """A vice president who was there long before the period."""
    before = START - 100 * DAY
    return past(**{"jobtitle": [was("VP Sales", before)], "lifecyclestage": [was("lead", before)], **values})


def bank(**values: list[PastValue]) -> Past:
    before = START - 100 * DAY
    known = {"numberofemployees": [was("120", before)], "industry": [was("BANKING", before)]}
    return past(**{**known, "name": [was("Acme", before)], **values})


_SAID = (
    ("jobtitle", ("VP Sales", "Clerk", None)),
    ("email", ("ada@acme.com", "spy@rival.com")),
    ("lifecyclestage", ("lead", MQL, "opportunity", None)),
    ("hubspot_owner_id", ("ann", "eve", "gone", None)),
    (STATUS, ("accepted", "working", "qualified", "rejected", "rejected")),
    (REASON, ("no_budget", "not_a_fit", "bored")),
)
_FIRM = (
    ("numberofemployees", ("12", "49", "120")),
    ("industry", ("BANKING", None)),
    ("hubspot_owner_id", ("dan", None)),
)
_TITLES = ("Demo request", "Book a demo", "Pricing guide")


def any_moment(rng: Random) -> datetime:
    """Any instant from shortly before the period to its end, often on the hour so that some coincide."""
    at = START - 5 * DAY + rng.random() * 35 * DAY
    return at.replace(minute=0, second=0, microsecond=0) if rng.random() < 0.3 else at


def any_subject(rng: Random, number: int) -> Subject:
    """A contact with some changes, some forms and some words of a rep; its past told or only partly known."""
    values: dict[str, list[PastValue]] = {}
    for name, among in rng.choices(_SAID, k=rng.randint(0, 6)):
        values.setdefault(name, []).append(was(rng.choice(among), any_moment(rng)))
    for at in (any_moment(rng) for _ in range(rng.randint(0, 3))):
        values.setdefault("recent_conversion_event_name", []).append(was(rng.choice(_TITLES), at))
        values.setdefault("recent_conversion_date", []).append(was(at.isoformat(), at))
    usual = {"jobtitle": "VP Sales", "email": "ada@acme.com", "lifecyclestage": "lead"}
    told = rng.choice((frozenset(), TOLD))
    contact = Past(usual, {name: tuple(many) for name, many in values.items()}, told)
    firm = {name: (was(rng.choice(among), any_moment(rng)),) for name, among in rng.sample(_FIRM, rng.randint(0, 2))}
    company = Past({"name": "Acme", "numberofemployees": "120", "industry": "BANKING"}, firm, told)
    return subject(contact, rng.choice((company, company, None)), contact_id=f"{number:03}")


def any_agreement(rng: Random) -> Agreement:
    """The usual agreement with another threshold, disqualifier, readiness or pool."""
    usual = terms()
    small = PropertyTest("company.numberofemployees", "at_least", (rng.choice(("10", "50", "200")),))
    ready = rng.choice((usual.ready, LOOSE.ready, Ready(small, None)))
    pools = rng.choice((usual.pools, NARROW, HOURLY))
    calendars = {**usual.calendars, NIGHT.id: NIGHT}
    return terms(ready=ready, disqualify=rng.choice((usual.disqualify, ())), pools=pools, calendars=calendars)
