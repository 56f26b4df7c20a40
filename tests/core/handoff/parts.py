"""Builders: one agreement, one roster, and a lead that is ready unless a keyword says otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from app.agreement.model import (
    Agreement,
    Disqualifier,
    Member,
    Persona,
    Playbook,
    Pool,
    Promise,
    Reads,
    Ready,
    RecycleRule,
    Route,
    Side,
    StageRule,
    Target,
    WaitFor,
)
from app.handoff.decide import decide
from app.handoff.decision import Decision, SetProperties, Step
from app.handoff.state import (
    Change,
    Handoff,
    HandoffState,
    History,
    Inputs,
    Lead,
    Override,
    PastHandoff,
    PoolState,
    Roster,
)
from app.records.crm import Company, Contact, Owner
from app.records.ids import CompanyId, ContactId, OwnerId, PoolId
from app.records.span import Span
from app.rules.condition import All, HandoffTest, PersonaTest, PropertyTest, ScoreTest, SignalTest, StageTest
from app.rules.facts import Vocabulary
from app.rules.score import ScoreCard, ScoreRow
from app.sla.calendar import Calendar
from app.sla.hours import Interval

NOW = datetime(2026, 11, 20, 15, tzinfo=UTC)  # a Friday, 10:00 in New York
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
VOCABULARY = Vocabulary()
INBOUND, ENTERPRISE = PoolId("inbound"), PoolId("enterprise")
MQL, SQL = "marketingqualifiedlead", "salesqualifiedlead"
DEMO = SignalTest("form", "contains", ("demo",), within=Span.parse("7 days"))

_NINE_TO_FIVE = {day: (Interval.parse("09:00-17:00"),) for day in range(5)}
_US = Calendar("us", "America/New_York", _NINE_TO_FIVE)
_AGREEMENT = Agreement(
    name="Inbound SLA",
    overview="",
    time_zone="America/New_York",
    starts_on=date(2026, 10, 1),
    ends_on=date(2027, 9, 30),
    sides=(Side("sales", "sam@example.com", ("routes",)),),
    calendars={"us": _US},
    definitions={},
    profile=None,
    personas=(Persona("buyer", "decision_maker", PropertyTest("contact.jobtitle", "contains", ("VP",))),),
    fit=ScoreCard(
        100,
        (
            ScoreRow("market", 40, PropertyTest("company.numberofemployees", "at_least", ("50",))),
            ScoreRow("buyer", 30, PersonaTest(("buyer",))),
        ),
    ),
    interest={"interest.urgency": ScoreCard(40, (ScoreRow("demo", 40, DEMO),))},
    disqualify=(
        Disqualifier(
            "competitor",
            "Works for a competitor",
            PropertyTest("contact.email_domain", "one_of", ("rival.com",)),
        ),
    ),
    stages=(
        StageRule(MQL, All((ScoreTest("fit", "at_least", ("40",)), ScoreTest("interest", "at_least", ("30",))))),
        StageRule(
            SQL,
            All((HandoffTest("accepted"), PropertyTest("contact.baton_need_confirmed", "equals", ("true",)))),
        ),
    ),
    ready=Ready(StageTest(MQL), WaitFor(("company.industry",), Span.parse("2 min"))),
    routes=(
        Route("demo", "Asked for a demo", DEMO, ENTERPRISE, "fast"),
        Route("rest", "Any other ready lead", None, INBOUND, "fast"),
    ),
    pools={
        INBOUND: Pool(
            INBOUND,
            "sam@example.com",
            "us",
            (Member("ann@example.com", 2, 2), Member("bob@example.com")),
            if_nobody=ENTERPRISE,
        ),
        ENTERPRISE: Pool(
            ENTERPRISE,
            "sam@example.com",
            "us",
            (Member("eve@example.com"), Member("dan@example.com")),
            prefer=("company_owner", "previous_owner"),
            fallback_owner="sam@example.com",
        ),
    },
    promises={
        "fast": Promise(
            "fast",
            "pool",
            Target(Span.parse("15 business min")),
            Target(Span.parse("1 business h")),
        )
    },
    recycle=(
        RecycleRule("no_budget", Span.parse("90 days"), "different_owner", "new signal", "lead"),
        RecycleRule("not_a_fit", None),
    ),
    playbooks=(
        Playbook(
            "payback",
            PersonaTest(("buyer",)),
            "Lead with payback for {{ company.name }}, {{ company.city }}",
            ("roi-calculator",),
        ),
    ),
    examples=(),
    free_mail=frozenset(),
    reads=Reads(frozenset(), frozenset()),
    document={},
)


def agreement(**changes: Any) -> Agreement:
    return replace(_AGREEMENT, **changes)


def with_pool(pool_id: PoolId, **changes: Any) -> Agreement:
    changed = replace(_AGREEMENT.pools[pool_id], **changes)
    return agreement(pools={**_AGREEMENT.pools, pool_id: changed})


def lead(company: Mapping[str, str | None] | None = None, history: History | None = None, **properties: Any) -> Lead:
    """A VP of a known company who asked for a demo an hour ago."""
    contact: dict[str, str | None] = {
        "firstname": "Ada",
        "lastname": "Lovelace",
        "email": "ada@acme.com",
        "jobtitle": "VP Sales",
        "lifecyclestage": "lead",
        "recent_conversion_event_name": "Demo request",
        "recent_conversion_date": (NOW - HOUR).isoformat(),
        **properties,
    }
    firm = {"name": "Acme", "numberofemployees": "120", "industry": "BANKING", **(company or {})}
    return Lead(Contact(ContactId("1"), contact), Company(CompanyId("9"), firm), history or History())


def unready(history: History | None = None, **properties: Any) -> Lead:
    """The same without any signal."""
    silent: dict[str, Any] = {"recent_conversion_event_name": None, "recent_conversion_date": None}
    return lead(history=history, **{**silent, **properties})


def owner(name: str, *, active: bool = True) -> Owner:
    return Owner(OwnerId(name), f"{name}@example.com", name.capitalize(), active)


def roster(gone: Iterable[str] = (), pools: Mapping[PoolId, PoolState] | None = None) -> Roster:
    """Everybody is active but those who are gone."""
    names = ("ann", "bob", "eve", "dan", "sam", "zoe")
    return Roster(pools or {}, tuple(owner(name, active=name not in set(gone)) for name in names))


APPLIED = {"baton_handoff_status": "open", "hubspot_owner_id": "eve", "lifecyclestage": MQL}
"""What is known to stand once an opening is written."""


def handoff(**changes: Any) -> Handoff:
    opened = Handoff(
        id="h1",
        version=1,
        route="demo",
        promise="fast",
        pool=ENTERPRISE,
        owner_id=OwnerId("eve"),
        state=HandoffState.OPEN,
        opened_at=NOW - HOUR,
        noted=True,
        tasked=True,
    )
    return replace(opened, **changes)


def open_lead(
    history: Mapping[str, Any] | None = None,
    handed: Handoff | None = None,
    **properties: Any,
) -> Lead:
    """A lead whose handoff to eve is open and stands in the CRM."""
    facts: dict[str, Any] = {"handoff": handed or handoff(), "applied": APPLIED, **(history or {})}
    return lead(history=History(**facts), **{**APPLIED, **properties})


def rejected(**changes: Any) -> PastHandoff:
    last = PastHandoff(
        id="h0",
        state=HandoffState.REJECTED,
        owner_id=OwnerId("eve"),
        closed_at=NOW - 100 * DAY,
        reason="no_budget",
        returns_at=NOW - 10 * DAY,
    )
    return replace(last, **changes)


def changed(name: str, by: str = "CRM_UI userId:7", at: datetime = NOW) -> dict[str, Change]:
    return {name: Change(by, at)}


def override(name: str, value: str | None, was: str | None = None) -> dict[str, Override]:
    return {name: Override(name, value, was, "CRM_UI userId:7", NOW - HOUR)}


def decided(
    subject: Lead,
    *,
    by: Agreement = _AGREEMENT,
    among: Roster | None = None,
    now: datetime = NOW,
) -> Decision:
    return decide(by, Inputs(subject, roster() if among is None else among, now), VOCABULARY)


def set_by(decision: Decision) -> dict[str, str]:
    """The properties that the decision sets, the clearing step apart."""
    writes = [write for write in decision.writes if isinstance(write, SetProperties) and write.step is Step.SET]
    return {name: value for write in writes for name, value in write.properties.items()}


def cleared_by(decision: Decision) -> dict[str, str]:
    writes = [write for write in decision.writes if isinstance(write, SetProperties) and write.step is Step.CLEAR]
    return {name: value for write in writes for name, value in write.properties.items()}
