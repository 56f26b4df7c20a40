"""What a lead weighs before anything is decided: persona and scores, each with what was tried on the way."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from app.agreement.model import Agreement, Persona
from app.records.roles import BUYING_ROLE, roles_in
from app.records.stages import StageOrder
from app.rules.condition import Condition
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts, GroupMember, Vocabulary
from app.rules.score import FIT, INTEREST, Scored, gains, score, totals
from app.rules.trace import Gain, Trace
from app.rules.truth import Truth


class Rule(Protocol):
    """Anything of the agreement with a name and a condition; no condition catches all."""

    @property
    def id(self) -> str: ...
    @property
    def when(self) -> Condition | None: ...


R = TypeVar("R", bound=Rule)


@dataclass(frozen=True, slots=True)
class Tried:
    """A rule that was looked at, and how it came out; a rule without a condition has no trace and is met."""

    id: str
    trace: Trace | None

    @property
    def met(self) -> bool:
        return self.trace is None or self.trace.truth is Truth.MET

    @property
    def changes_at(self) -> datetime | None:
        return None if self.trace is None else self.trace.changes_at


@dataclass(frozen=True, slots=True)
class Weighed:
    """`scope` is what further conditions refer to: the persona, the scores, and the stages reached so far."""

    persona: Persona | None
    personas: tuple[Tried, ...]
    scored: Mapping[str, Scored]
    scores: Mapping[str, float]
    scope: Scope


def try_rule(rule: Rule, scope: Scope) -> Tried:
    return Tried(rule.id, None if rule.when is None else evaluate(rule.when, scope))


def first_met(rules: Iterable[R], scope: Scope) -> tuple[R | None, tuple[Tried, ...]]:
    """The first rule that holds, and all that were tried up to it."""
    tried: list[Tried] = []
    for rule in rules:
        tried.append(try_rule(rule, scope))
        if tried[-1].met:
            return rule, tuple(tried)
    return None, tuple(tried)


def weigh(
    agreement: Agreement, contact_id: str, facts: Facts, vocabulary: Vocabulary, reached: frozenset[str]
) -> Weighed:
    """Persona first, then fit, then interest: each may refer to those before it.

    Which domains are free mail is the agreement's to say.
    """
    words = replace(vocabulary, free_mail=agreement.free_mail)
    scope = Scope(facts=facts, vocabulary=words, definitions=agreement.definitions, reached=reached)
    persona, personas = first_met(agreement.personas, scope)
    scope = _knowing(persona, contact_id, scope)
    scored = {FIT: score(agreement.fit, scope)}
    scope = replace(scope, scores=totals(scored))
    scored |= {_part(name): score(card, scope) for name, card in agreement.interest.items()}
    scores = totals(scored)
    return Weighed(persona, personas, scored, scores, replace(scope, scores=scores, gains=_gains(agreement, scored)))


def reached_by(stages: StageOrder, stage: str | None) -> frozenset[str]:
    """The stages that a lead at `stage` has reached or passed; a stage that is in no order counts alone."""
    passed = stages.names[: stages.rank(stage) + 1]
    return frozenset((*passed, stage)) if stage else frozenset(passed)


def _knowing(persona: Persona | None, contact_id: str, scope: Scope) -> Scope:
    """The scope with the contact's persona and role, and with the contact in its buying group."""
    name, role = (None, None) if persona is None else (persona.id, persona.role)
    facts = replace(scope.facts, group=_joined(scope.facts, contact_id, role))
    return replace(scope, facts=facts, persona=name, role=role)


def _joined(facts: Facts, contact_id: str, role: str | None) -> tuple[GroupMember, ...] | None:
    """The buying group with the contact in the role of its persona, else in those that it was given by hand."""
    if facts.group is None:
        return None
    roles = roles_in(facts.contact.get(BUYING_ROLE)) if role is None else (role,)
    others = (member for member in facts.group if member.contact_id != contact_id)
    return (*others, *(GroupMember(contact_id, one) for one in roles))


def _gains(agreement: Agreement, scored: Mapping[str, Scored]) -> dict[str, tuple[Gain, ...]]:
    """What single rows would have added to each score; to interest, whatever adds to one of its parts."""
    parts = {_part(name): gains(card, scored[_part(name)]) for name, card in agreement.interest.items()}
    whole = tuple(gain for found in parts.values() for gain in found)
    return {FIT: gains(agreement.fit, scored[FIT]), INTEREST: whole, **parts}


def _part(name: str) -> str:
    return name if name.startswith("interest.") else f"interest.{name}"
