"""What each leaf sees: its truth, and the trace that shows why. One pair of functions a kind, total on any facts."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.rules.condition import (
    BuyingGroupTest,
    DealTest,
    HandoffTest,
    PersonaTest,
    PropertyTest,
    RoleTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.names import known_kind, raw, since, value_text
from app.rules.operators import OPERATORS
from app.rules.scope import Scope
from app.rules.signals import about, counted, suffices, turns
from app.rules.trace import Join, Trace, joined, nearest_misses
from app.rules.truth import Truth
from app.rules.turns import first_turn, of_days_since, of_value
from app.rules.values import Kind, read
from app.rules.wording import Leaf, amount, describe, is_final, shown, subject, wish

HANDOFF_ROAD = ("open", "accepted", "working", "qualified")
"""Handoff states in order; a test for one of them includes the later ones."""

HANDOFF_ENDS = ("rejected", "recycled", "expired")
"""States off that road; a test for one of them means only itself."""

_TIMES = (Kind.DATE, Kind.DATETIME)
_SHOWN_DEALS = 3


def trace_property(test: PropertyTest, scope: Scope) -> Trace:
    """Shows the value as the CRM holds it where nothing can be derived from it."""
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
    operator, text = OPERATORS.get(test.operator), value_text(test.name, scope.facts, scope.vocabulary)
    if operator is not None and operator.asks_presence:
        return operator.presence(test.wanted, there=text is not None)
    truth = Truth.NO_DATA if text is None else _compare(test, _kind(test, scope), text, scope.facts.now)
    return test.if_missing if truth is Truth.NO_DATA and test.if_missing else truth


def trace_deal(test: DealTest, scope: Scope) -> Trace:
    """Shows what the deals hold, the first few of them."""
    traces = [joined(Join.ALL, [trace_property(one, deal) for one in test.tests]) for deal in scope.each_deal()]
    whole = joined(Join.ANY, traces)
    values = dict.fromkeys(part.seen for trace in traces for part in trace.children if part.seen)
    more = " and more" if len(values) > _SHOWN_DEALS else ""
    seen = f"{', '.join([*values][:_SHOWN_DEALS])}{more}" if values else None
    return _leaf(test, scope, truth=whole.truth, seen=seen, changes_at=whole.changes_at)


def trace_signal(test: SignalTest, scope: Scope) -> Trace:
    """Shows how many signals count, and the latest."""
    matching, now = about(test, scope.facts), scope.facts.now
    found = counted(test, matching, now)
    times = f"{len(found)} times, last " if len(found) > 1 else ""
    seen = f"{times}{shown(found[0].detail)} at {found[0].occurred_at:%Y-%m-%d %H:%M} UTC" if found else "none"

    def truth_at(instant: datetime) -> Truth:
        return Truth.of(suffices(test, matching, instant))

    wanted = describe(test, scope.vocabulary)
    is_limited = test.at_most is not None or test.not_within is not None
    needed = "This would be needed" if is_limited else "A signal would be needed"
    return _leaf(
        test,
        scope,
        truth=truth_at(now),
        seen=seen,
        miss=f"{needed}: {wanted}; there is {seen}",
        changes_at=first_turn(turns(test, matching), now, truth_at),
    )


def trace_score(test: ScoreTest, scope: Scope) -> Trace:
    """Shows the points; a miss names the row that would have been enough."""
    points = scope.scores.get(test.name)
    trace = _leaf(test, scope, truth=_score_truth(test, scope), seen=None if points is None else amount(points))
    return replace(trace, miss=trace.miss + _enough(test, scope)) if trace.miss else trace


def _score_truth(test: ScoreTest, scope: Scope) -> Truth:
    """No data for a score that does not exist, or is not known yet."""
    return _truth_at(test, scope.scores.get(test.name), scope)


def _truth_at(test: ScoreTest, points: float | None, scope: Scope) -> Truth:
    """What the test says of so many points."""
    operator = OPERATORS.get(test.operator)
    if operator is not None and operator.asks_presence:
        return operator.presence(test.wanted, there=points is not None)
    return Truth.NO_DATA if points is None else _compare(test, Kind.NUMBER, str(points), scope.facts.now)


def _enough(test: ScoreTest, scope: Scope) -> str:
    """The row that alone would have made the score enough, and what it takes; of several, what takes least."""
    points = scope.scores.get(test.name, 0)
    found = [
        gain for gain in scope.gains.get(test.name, ()) if _truth_at(test, points + gain.points, scope) is Truth.MET
    ]
    ways = [(misses, gain) for gain in found if (misses := nearest_misses(gain.trace))]
    if not ways:
        return ""
    misses, gain = min(ways, key=lambda way: len(way[0]))
    return f" ({gain.row} would add {amount(gain.points)}: {', and '.join(misses)})"


def trace_persona(test: PersonaTest, scope: Scope) -> Trace:
    """Shows the persona."""
    return _leaf(test, scope, truth=_persona_truth(test, scope), seen=scope.persona or "none")


def _persona_truth(test: PersonaTest, scope: Scope) -> Truth:
    """Whether the persona is one of those wanted."""
    return Truth.of(scope.persona in test.ids)


def trace_role(test: RoleTest, scope: Scope) -> Trace:
    """Shows the buying role."""
    return _leaf(test, scope, truth=_role_truth(test, scope), seen=scope.role or "none")


def _role_truth(test: RoleTest, scope: Scope) -> Truth:
    """Whether the role of the persona is one of those wanted."""
    return Truth.of(scope.role in test.roles)


def trace_group(test: BuyingGroupTest, scope: Scope) -> Trace:
    """Shows how many people are known, and their roles."""
    group = scope.facts.group
    seen = None if group is None else _in_group([(member.contact_id, member.role) for member in group])
    return _leaf(test, scope, truth=_group_truth(test, scope), seen=seen)


def _group_truth(test: BuyingGroupTest, scope: Scope) -> Truth:
    """No data without a company, since nobody can be told to belong to one."""
    group = scope.facts.group
    if group is None:
        return Truth.NO_DATA
    is_filled = set(test.has) <= {member.role for member in group}
    return Truth.of(is_filled and len({member.contact_id for member in group}) >= test.at_least)


def _in_group(members: list[tuple[str, str]]) -> str:
    """`2 people: champion, decision maker`."""
    people = len({contact_id for contact_id, _ in members})
    roles = sorted({role.replace("_", " ") for _, role in members})
    return shown(f"{people} {'person' if people == 1 else 'people'}: {', '.join(roles)}") if people else "nobody"


def trace_stage(test: StageTest, scope: Scope) -> Trace:
    """Shows nothing: that a stage is reached says all."""
    miss = f"Stage {test.reaches} would have to be reached; it is not"
    return _leaf(test, scope, truth=_stage_truth(test, scope), seen=None, miss=miss)


def _stage_truth(test: StageTest, scope: Scope) -> Truth:
    """Whether the stage is reached or passed."""
    return Truth.of(test.reaches in scope.reached)


def trace_handoff(test: HandoffTest, scope: Scope) -> Trace:
    """Shows the state."""
    return _leaf(test, scope, truth=_handoff_truth(test, scope), seen=scope.facts.handoff or "none")


def _handoff_truth(test: HandoffTest, scope: Scope) -> Truth:
    """Whether the handoff is in the state, or further down the road."""
    return Truth.of(scope.facts.handoff in _states(test.state))


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
