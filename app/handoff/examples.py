"""The agreement's own examples, decided: a document whose examples fail is not published."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.agreement.model import Agreement, Example
from app.handoff.course import Hand
from app.handoff.decision import Decision, Kind
from app.handoff.draft import in_digits
from app.handoff.explain import explanation_of, render
from app.handoff.properties import OWNER
from app.handoff.qualify import Qualification, judge
from app.handoff.route import route
from app.handoff.signals import facts_of
from app.handoff.state import Handoff, HandoffState, History, Lead, PastHandoff, Roster
from app.records.crm import Company, Contact, Owner
from app.records.ids import CompanyId, ContactId, OwnerId, PoolId
from app.records.span import Span, Unit
from app.rules.facts import Facts, Signal, Vocabulary
from app.rules.moments import FIRST, days_later

_Value = str | int | float | bool | None
_A_DAY = timedelta(days=1)
_STATES = {**{state.value: state for state in HandoffState}, "recycled": HandoffState.REJECTED}


@dataclass(frozen=True, slots=True)
class ExampleResult:
    """How an example came out. `differences` are sentences; `explanation` is why it was decided so."""

    name: str
    passed: bool
    differences: tuple[str, ...]
    explanation: tuple[str, ...]


def run_examples(agreement: Agreement, vocabulary: Vocabulary) -> list[ExampleResult]:
    """Decide every example among owners who are all there and have no leads yet."""
    return [_run(agreement, example, vocabulary) for example in agreement.examples]


def _run(agreement: Agreement, example: Example, vocabulary: Vocabulary) -> ExampleResult:
    lead = _lead(agreement, example)
    qualification = judge(agreement, lead, _facts(example, lead), vocabulary)
    roster = _everybody(agreement, example)
    decision = route(qualification, roster, example.at)
    came = _outcome(qualification, decision, roster)
    differences = tuple(_differences(example, came))
    lines = tuple(render(explanation_of(qualification, decision)))
    return ExampleResult(example.name, not differences, differences, lines)


def _lead(agreement: Agreement, example: Example) -> Lead:
    contact = Contact(ContactId("example"), example.contact)
    history = _history(agreement, example)
    if example.company is None:
        return Lead(contact, None, history)
    return Lead(contact, Company(CompanyId("example"), example.company), history, group=())


def _facts(example: Example, lead: Lead) -> Facts:
    """What the example gives, and what its properties tell as those of any lead would."""
    facts = facts_of(lead, example.at)
    given = (Signal(one.kind, one.detail, _before(example, one.ago)) for one in example.signals)
    return replace(facts, signals=(*facts.signals, *given))


def _before(example: Example, span: Span) -> datetime:
    """The instant a span before the example's; a month has 30 days here, a year 365."""
    days = {Unit.MONTH: 30, Unit.YEAR: 365}.get(span.unit)
    if days is not None:
        return days_later(example.at, -days * span.amount)
    try:
        return example.at - Span(span.amount, span.unit).fixed
    except OverflowError:
        return FIRST


def _history(agreement: Agreement, example: Example) -> History:
    """A handoff in the state that the example names, a day old, with the last route's first owner; no clock runs."""
    state, opened_at = _STATES.get(example.handoff or ""), example.at - _A_DAY
    if state is None:
        return History()
    last_route = agreement.routes[-1]
    owner_id = OwnerId(next(iter(_named(agreement, last_route.to)), "somebody"))
    if state.is_closed:
        return History(last=PastHandoff("example", state, owner_id, opened_at, returns_at=opened_at))
    handoff = Handoff(
        id="example",
        version=1,
        route=last_route.id,
        promise=last_route.promise,
        pool=last_route.to,
        owner_id=owner_id,
        state=state,
        opened_at=opened_at,
        owner_confirmed_at=opened_at,
        noted=True,
        tasked=True,
    )
    return History(handoff=handoff)


def _named(agreement: Agreement, pool_id: PoolId) -> list[str]:
    """The addresses that a pool names: members, who stands in, and the manager."""
    pool = agreement.pools.get(pool_id)
    if pool is None:
        return []
    named = (*(member.owner for member in pool.members), pool.fallback_owner, pool.manager)
    return [address for address in named if address]


def _everybody(agreement: Agreement, example: Example) -> Roster:
    """Every owner that the agreement or the example names, active; their id is their address."""
    given = (example.contact.get(OWNER), (example.company or {}).get(OWNER))
    named = [address for pool_id in agreement.pools for address in _named(agreement, pool_id)]
    named += [address for territory in agreement.territories for address in territory.owners]
    named += [account.owner for account in agreement.named_accounts]
    known = dict.fromkeys(address for address in (*named, *given, "somebody") if address)
    return Roster(owners=tuple(Owner(OwnerId(address), address, address, active=True) for address in known))


def _outcome(qualification: Qualification, decision: Decision, roster: Roster) -> dict[str, _Value]:
    """What came of the lead, by the names that an example may expect."""
    opening, course = decision.opening, qualification.course
    owner = None if opening is None else roster.by_id(opening.owner_id)
    disqualified = qualification.disqualified if decision.kind is Kind.DISQUALIFIED else None
    return {
        "kind": decision.kind.value,
        "stage": decision.stage_wanted or decision.stage_seen,
        "route": course.route.id if isinstance(course, Hand) else None,
        "pool": None if opening is None else opening.pool,
        "owner": None if owner is None else owner.email,
        "promise": None if opening is None else opening.promise,
        "persona": decision.persona,
        "disqualified": None if disqualified is None else disqualified.id,
        "ready": qualification.ready,
        "handoff": _state_after(qualification, decision),
        **{f"score.{name}": points for name, points in decision.scores.items()},
    }


def _state_after(qualification: Qualification, decision: Decision) -> str | None:
    if decision.opening is not None:
        return HandoffState.OPEN.value
    if decision.closing is not None:
        return decision.closing.state.value
    return qualification.scope.facts.handoff


def _differences(example: Example, came: Mapping[str, _Value]) -> Iterator[str]:
    for name, expected in example.expect.items():
        if name not in came:
            yield f"{name} is nothing that an example can expect; use one of {', '.join(sorted(came))}"
        elif not _agree(expected, came[name]):
            yield f"{name}: expected {_shown(expected)}, came out as {_shown(came[name])}"


def _agree(expected: _Value, came: _Value) -> bool:
    """`true` and `false` ask whether there is one; text is compared as text, without case."""
    if isinstance(expected, bool):
        return expected == bool(came)
    if isinstance(expected, str) and isinstance(came, str):
        return expected.strip().casefold() == came.casefold()
    return expected == came


def _shown(value: _Value) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return in_digits(value)
    return value or "nothing"
