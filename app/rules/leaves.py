"""What each leaf sees: one function a kind, each total on any facts."""

from __future__ import annotations

from datetime import datetime

from app.rules.condition import HandoffTest, PersonaTest, PropertyTest, ScoreTest, SignalTest, StageTest
from app.rules.names import known_kind, raw, since, value_text
from app.rules.operators import KNOWN, OPERATORS
from app.rules.scope import Scope
from app.rules.signals import about, counted, turns
from app.rules.trace import Trace
from app.rules.truth import Truth
from app.rules.turns import first_turn, of_days_since, of_value
from app.rules.values import Kind, read
from app.rules.wording import Leaf, amount, describe, is_final, shown, subject, wish

HANDOFF_ROAD = ("open", "accepted", "working", "qualified")
"""Handoff states in order; a test for one of them includes the later ones."""

HANDOFF_ENDS = ("rejected", "recycled", "expired")
"""States off that road; a test for one of them means only itself."""

_TIMES = (Kind.DATE, Kind.DATETIME)


def trace_property(test: PropertyTest, scope: Scope) -> Trace:
    text = value_text(test.name, scope.facts, scope.vocabulary) or raw(test.name, scope.facts)
    instants = _property_turns(test, scope)
    return _leaf(
        test,
        scope,
        truth=_property_truth(test, scope),
        seen=None if text is None else shown(text),
        changes_at=first_turn(instants, scope.facts.now, lambda at: _property_truth(test, scope.at(at))),
    )


def _property_truth(test: PropertyTest, scope: Scope) -> Truth:
    """What the test says; `if_missing` speaks where there is no value."""
    if test.operator == KNOWN:
        is_known = raw(test.name, scope.facts) is not None
        return Truth.of(is_known == (test.wanted == ("true",)))
    text = value_text(test.name, scope.facts, scope.vocabulary)
    truth = Truth.NO_DATA if text is None else _compare(test, _kind(test, scope), text, scope.facts.now)
    return test.if_missing if truth is Truth.NO_DATA and test.if_missing else truth


def trace_signal(test: SignalTest, scope: Scope) -> Trace:
    matching, now = about(test, scope.facts), scope.facts.now
    found = counted(test, matching, now)
    times = f"{len(found)} times, last " if len(found) > 1 else ""
    seen = f"{times}{shown(found[0].detail)} at {found[0].occurred_at:%Y-%m-%d %H:%M} UTC" if found else "none"

    def truth_at(instant: datetime) -> Truth:
        return Truth.of(len(counted(test, matching, instant)) >= test.at_least)

    truth = truth_at(now)
    return _leaf(
        test,
        scope,
        truth=truth,
        seen=seen,
        miss=""
        if truth is Truth.MET
        else f"A signal would be needed: {describe(test, scope.vocabulary)}; there is {seen}",
        changes_at=first_turn(turns(test, matching), now, truth_at),
    )


def trace_score(test: ScoreTest, scope: Scope) -> Trace:
    points = scope.scores.get(test.name)
    truth = Truth.NO_DATA if points is None else _compare(test, Kind.NUMBER, str(points), scope.facts.now)
    return _leaf(test, scope, truth=truth, seen=None if points is None else amount(points))


def trace_persona(test: PersonaTest, scope: Scope) -> Trace:
    return _leaf(test, scope, truth=Truth.of(scope.persona in test.ids), seen=scope.persona or "none")


def trace_stage(test: StageTest, scope: Scope) -> Trace:
    miss = f"Stage {test.reaches} would have to be reached; it is not"
    return _leaf(test, scope, truth=Truth.of(test.reaches in scope.reached), seen=None, miss=miss)


def trace_handoff(test: HandoffTest, scope: Scope) -> Trace:
    state = scope.facts.handoff
    return _leaf(test, scope, truth=Truth.of(state in _states(test.state)), seen=state or "none")


def _states(state: str) -> tuple[str, ...]:
    """The states that a test for `state` accepts."""
    return (state,) if is_final(state) or state not in HANDOFF_ROAD else HANDOFF_ROAD[HANDOFF_ROAD.index(state) :]


def _compare(test: PropertyTest | ScoreTest, kind: Kind, text: str, now: datetime) -> Truth:
    operator = OPERATORS.get(test.operator)
    return Truth.NO_DATA if operator is None else operator.compare(kind, text, test.wanted, now)


def _kind(test: PropertyTest, scope: Scope) -> Kind:
    """The kind to read in: the property's, or where the operator cannot take that, the operator's own."""
    operator, kind = OPERATORS.get(test.operator), known_kind(test.name, scope.vocabulary)
    if operator is None:
        return kind or Kind.STRING
    return operator.kinds[0] if kind is None or kind not in operator.kinds else kind


def _property_turns(test: PropertyTest, scope: Scope) -> tuple[datetime, ...]:
    """The instants at which the test could turn by time alone."""
    operator, kind = OPERATORS.get(test.operator), _kind(test, scope)
    if operator is None or not operator.takes.accepts(len(test.wanted)):
        return ()
    wanted = operator.read_operands(kind, test.wanted)
    start = since(test.name, scope.facts)
    if start is not None:
        return of_days_since(start, wanted)
    text = raw(test.name, scope.facts) if kind in _TIMES else None
    return () if text is None else of_value(operator, read(kind, text), wanted)


def _leaf(
    test: Leaf,
    scope: Scope,
    *,
    truth: Truth,
    seen: str | None,
    miss: str = "",
    changes_at: datetime | None = None,
) -> Trace:
    name = subject(test, scope.vocabulary)
    known = "it is not known" if seen is None else f"it is {seen}"
    return Trace(
        label=name,
        truth=truth,
        seen=seen,
        wanted=wish(test),
        changes_at=changes_at,
        miss="" if truth is Truth.MET else miss or f"{name} would have to {wish(test, would=True)}; {known}",
    )
