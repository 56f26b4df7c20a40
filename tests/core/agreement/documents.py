"""Agreements as text, whole and broken, for tests."""

from __future__ import annotations

from pathlib import Path

from app.agreement.faults import AgreementError, Fault
from app.agreement.parse import parse_agreement

WHOLE = (Path(__file__).parents[3] / "config" / "agreement.yaml").read_text(encoding="utf-8")

SMALL = """\
agreement:
  name: Small
  overview: As little as an agreement can say.
  goals: [Grow]
  time_zone: Europe/Berlin
  currency: EUR
  starts_on: 2026-10-01
  ends_on: never
  review: {every: 3 months}
  sides:
    marketing: {contact: mia@example.com, sections: [score]}
    sales: {contact: sam@example.com, sections: [pools]}
  disputes: rev@example.com
  support: []
  accountability: []
calendars:
  - {id: office, time_zone: Europe/Berlin, open: {mon-thu: ["09:00-17:00"], fri: ["09:00-13:00"]}}
definitions:
  big: {company.numberofemployees: {at_least: 50}}
profile: {ideal_customer: big}
personas:
  - {id: buyer, role: decision_maker, when: {contact.jobtitle: {has_any: [head]}}}
score:
  fit: {rows: [{id: size, points: 40, when: {meets: big}}]}
disqualify: []
stages:
  - {id: marketingqualifiedlead, when: {score.fit: {at_least: 40}}}
ready: {reaches: marketingqualifiedlead}
routes:
  - {id: rest, because: All of them, to: everyone, promise: soon}
pools:
  - {id: everyone, manager: sam@example.com, calendar: office, members: [{owner: ann@example.com}]}
promises:
  - {id: soon, hours_of: pool, accept: {within: 4 business hours}}
recycle: []
playbooks: []
targets: {period: quarter, revenue: 1000, deal_size: 10, cycle: 90 days}
examples:
  - {name: Big, at: "2026-11-20 10:00", given: {company: {numberofemployees: 50}}, expect: {ready: true}}
"""


def broken(old: str, new: str) -> str:
    """The small document with one piece replaced, which must be in it once."""
    assert SMALL.count(old) == 1
    return SMALL.replace(old, new)


def faults(text: str | bytes) -> tuple[Fault, ...]:
    """What is wrong with a text; nothing for one that parses."""
    try:
        parse_agreement(text, file="a.yaml")
    except AgreementError as error:
        return error.faults
    return ()


def short(text: str | bytes) -> list[str]:
    return [f"{fault.line}:{fault.column} {fault.code}" for fault in faults(text)]
