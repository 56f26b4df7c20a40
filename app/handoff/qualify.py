"""Where a lead stands, and the course that follows, before anybody is chosen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never

from app.agreement.model import Agreement, Disqualifier, Persona
from app.handoff.answer import follow
from app.handoff.course import Close, Course, Hand, Hold, Stop
from app.handoff.decision import Kind
from app.handoff.gates import gate
from app.handoff.readiness import in_words, not_ready, unknown_names, waiting
from app.handoff.signals import facts_of
from app.handoff.stage import Rise, is_moving, rise, stage_seen
from app.handoff.state import HandoffState, Lead
from app.handoff.weigh import Tried, first_met, reached_by, weigh
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts, Vocabulary
from app.rules.score import Scored
from app.rules.trace import Trace
from app.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class Qualification:
    """A lead weighed against the agreement: all that deciding takes but the people.

    `scope` has everything that conditions may refer to, the stage wanted included. `course` says what is
    to be done. The tuples of rules tried end with the first that was met, stages apart: all are tried.
    """

    agreement: Agreement
    lead: Lead
    now: datetime
    scope: Scope
    persona: Persona | None
    personas: tuple[Tried, ...]
    scored: Mapping[str, Scored]
    scores: Mapping[str, float]
    disqualified: Disqualifier | None
    disqualifiers: tuple[Tried, ...]
    stage: Rise
    ready_trace: Trace
    routes: tuple[Tried, ...]
    course: Course

    @property
    def stage_wanted(self) -> str | None:
        return self.stage.wanted

    @property
    def reached(self) -> frozenset[str]:
        return self.stage.reached

    @property
    def ready(self) -> bool:
        """Whether the lead is to be handed over, now or when what is waited for is known."""
        match self.course:
            case Hand():
                return True
            case Stop(kind=kind):
                return kind is Kind.WAITING
            case _:
                return False

    @property
    def why_not(self) -> str:
        """The sentence that says why there is no handoff; empty when there is to be one."""
        return self.course.because if isinstance(self.course, Stop) else ""

    @property
    def look_again_at(self) -> datetime | None:
        """When time alone could change what is decided; None when only news can."""
        watched = [*self._changes(), getattr(self.course, "look_again_at", None)]
        return min((at for at in watched if at is not None and at > self.now), default=None)

    def _changes(self) -> Iterable[datetime | None]:
        """When what matters to this course changes: a lead that is left alone is not watched."""
        if isinstance(self.course, Stop) and not self.course.may_rise and self.course.kind is not Kind.DISQUALIFIED:
            return ()
        tried = (*self.personas, *self.disqualifiers, *self.stage.tried)
        scored = (card.changes_at for card in self.scored.values())
        return (*(rule.changes_at for rule in tried), *scored, self.ready_trace.changes_at)


def qualify(agreement: Agreement, lead: Lead, now: datetime, vocabulary: Vocabulary) -> Qualification:
    """Weigh the lead as it was read. Total and deterministic."""
    return judge(agreement, lead, facts_of(lead, now), vocabulary)


def judge(agreement: Agreement, lead: Lead, facts: Facts, vocabulary: Vocabulary) -> Qualification:
    """As `qualify`, from facts that may know more of the lead than its properties tell."""
    answered = _answered(agreement, lead, facts.now)
    facts = facts if answered is None else replace(facts, handoff=_state_after(answered))
    weighed = weigh(agreement, lead.contact.id, facts, vocabulary, reached_by(lead.stages, stage_seen(lead)))
    disqualified, disqualifiers = first_met(agreement.disqualify, weighed.scope)
    barred = answered or gate(agreement, lead, disqualified, facts.now)
    risen = rise(agreement, lead, weighed.scope, may_rise=_may_rise(barred, lead))
    scope = replace(weighed.scope, reached=risen.reached)
    ready = evaluate(agreement.ready.when, scope)
    course, routes = (barred, ()) if barred is not None else _course(agreement, lead, scope, ready)
    return Qualification(
        agreement=agreement,
        lead=lead,
        now=facts.now,
        scope=scope,
        persona=weighed.persona,
        personas=weighed.personas,
        scored=weighed.scored,
        scores=weighed.scores,
        disqualified=disqualified,
        disqualifiers=disqualifiers,
        stage=risen,
        ready_trace=ready,
        routes=routes,
        course=course,
    )


def _answered(agreement: Agreement, lead: Lead, now: datetime) -> Hold | Close | None:
    handoff = lead.history.handoff
    return None if handoff is None else follow(agreement, handoff, lead, now)


def _state_after(course: Hold | Close) -> HandoffState:
    return course.closing.state if isinstance(course, Close) else course.state or course.handoff.state


def _may_rise(barred: Hold | Close | Stop | None, lead: Lead) -> bool:
    """A stage rises unless a gate forbids it, Sales just declined, or a move back is not finished."""
    match barred:
        case None | Hold():
            free = True
        case Close(closing=closing):
            free = closing.state is HandoffState.QUALIFIED
        case Stop(may_rise=may_rise):
            free = may_rise
        case _:
            assert_never(barred)
    return free and not is_moving(lead)


def _course(agreement: Agreement, lead: Lead, scope: Scope, ready: Trace) -> tuple[Hand | Stop, tuple[Tried, ...]]:
    """The course of a lead that no gate held, and the routes tried for it."""
    if ready.truth is not Truth.MET:
        return not_ready(agreement, scope), ()
    route, routes = first_met(agreement.routes, scope)
    if route is None:
        return Stop(Kind.NOT_READY, "Ready, but no route of the agreement takes it.", may_rise=True), routes
    unknown = unknown_names(agreement, scope.facts, scope.vocabulary)
    wait = waiting(agreement, lead, unknown, scope)
    mention = f"{in_words(unknown, scope.vocabulary)} is still not known." if unknown else ""
    return wait or Hand(route, mention), routes
