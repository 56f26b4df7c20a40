"""Which CRM properties a document looks at, so that they are the ones asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator

from app.agreement import shape
from app.agreement.model import Reads
from app.records.roles import BUYING_ROLE
from app.rules.condition import (
    All,
    Any_,
    BuyingGroupTest,
    Condition,
    DealTest,
    None_,
    PropertyTest,
    SignalTest,
)
from app.rules.names import property_of
from app.rules.signals import SIGNAL_SOURCES

LEAD_ZONE = "contact.hs_timezone"
"""Where HubSpot keeps the time zone of a contact."""
_PLACEHOLDER = re.compile(r"\b(contact|company)\.([a-z0-9_]+)")


def reads_of(document: shape.Document) -> Reads:
    """The properties that conditions, waits, promises and templates look at; those of examples do not count."""
    names = {name for condition in conditions_of(document) for name in _names(condition)}
    names |= {property_of(name) for name in (document.ready.wait_for.known if document.ready.wait_for else ())}
    for playbook in document.playbooks:
        names |= {property_of(match[0]) for match in _PLACEHOLDER.finditer(playbook.say)}
    names |= set(_routing(document))
    return Reads(_of("contact", names), _of("company", names), _of("deal", names))


def _routing(document: shape.Document) -> Iterator[str]:
    """What finding an account, telling a touch and keeping a lead's own hours look at."""
    if document.named_accounts:
        yield "company.domain"
    for promise in document.promises:
        yield from (f"contact.{name}" for name in promise.counts_as_touch)
        if promise.hours_of == "lead":
            yield LEAD_ZONE


def _of(owner: str, names: set[str]) -> frozenset[str]:
    return frozenset(name.removeprefix(f"{owner}.") for name in names if name.startswith(f"{owner}."))


def conditions_of(document: shape.Document) -> Iterator[Condition]:
    """Every condition of the document, definitions and what scores count included."""
    yield from document.definitions.values()
    yield document.ready.when
    yield from (one.when for one in document.personas)
    yield from (one.when for one in document.disqualify)
    yield from (one.when for one in document.stages)
    yield from (one.when for one in document.routes if one.when is not None)
    yield from (one.when for one in document.territories if one.when is not None)
    yield from (one.when for one in document.playbooks if one.when is not None)
    yield from (one.when for one in _rows(document) if one.when is not None)
    yield from (one.each for one in _rows(document) if one.each is not None)


def _rows(document: shape.Document) -> list[shape.Row]:
    return [row for card in document.score.values() for row in card.rows]


def _names(condition: Condition) -> Iterator[str]:
    match condition:
        case All(parts) | Any_(parts) | None_(parts):
            for part in parts:
                yield from _names(part)
        case PropertyTest(name):
            yield property_of(name)
        case DealTest(tests):
            yield from (test.name for test in tests)
        case BuyingGroupTest():
            yield f"contact.{BUYING_ROLE}"
        case SignalTest(kind):
            yield from (f"contact.{source}" for source in SIGNAL_SOURCES.get(kind, ()))
        case _:
            pass
