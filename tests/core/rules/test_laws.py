"""What holds for any lead and any condition."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given

from app.records.span import Span
from app.rules.condition import All, Any_, Condition, None_
from app.rules.evaluate import Scope, evaluate
from app.rules.grammar import ConditionFault
from app.rules.operators import OPERATORS
from app.rules.parse import NOTHING, parse_condition
from app.rules.parse_leaf import DOTTED, LEAVES
from app.rules.score import ScoreCard, ScoreRow, score
from app.rules.trace import nearest_misses, render
from app.rules.truth import Truth
from app.rules.wording import describe
from tests.core.made import json_value, made, picked
from tests.core.rules.any_lead import HARD, leaves, scope, signal_test, tree
from tests.core.rules.leads import KINDS, NAMES, NOW

VALUES = (*HARD, None, True, 3, "buyer", "champion", "lead", "our_market", "open", "2 times", "any", ["A", "champion"])
HALF_LIVES = (None, None, Span.parse("1 s"), Span.parse("14 days"))
LIMITS = ("within", "not_within", "at_least", "at_most", "has")


def written(rng: Random, depth: int = 2) -> object:
    """What might be written for a condition: right, nearly right, or anything."""
    match rng.randint(0 if depth else 2, 7):
        case 0:
            return [written(rng, depth - 1) for _ in range(rng.randint(0, 2))]
        case 1:
            return {rng.choice(("all", "any", "none")): written(rng, depth - 1)}
        case 2:
            return json_value(rng, VALUES, (*LEAVES, *LIMITS), 2)
        case 3:
            return {rng.choice(tuple(LEAVES)): rng.choice((rng.choice(VALUES), limits(rng)))}
        case 4:
            return {"signal": {"form": rng.choice(("any", compared(rng))), **limits(rng)}}
        case _:
            return {rng.choice((*(f"{head}.a_{rng.choice(KINDS)}" for head in DOTTED), "score.fit")): compared(rng)}


def compared(rng: Random) -> dict[str, object]:
    return {rng.choice(tuple(OPERATORS)): rng.choice(VALUES) for _ in range(rng.randint(1, 2))}


def limits(rng: Random) -> dict[str, object]:
    return {name: rng.choice(VALUES) for name in picked(rng, LIMITS, 2)}


@given(made(lambda rng: (tree(rng), scope(rng))))
def test_any_lead_can_be_judged_and_explained_until_it_turns(judged: tuple[Condition, Scope]) -> None:
    condition, scope = judged
    trace = evaluate(condition, scope)
    assert trace.changes_at is None or trace.changes_at > NOW
    assert render(trace)
    assert describe(condition)
    assert trace.truth is not Truth.MET or nearest_misses(trace) == []
    until = trace.changes_at or NOW + timedelta(days=400)
    halfway = evaluate(condition, scope.at(NOW + (until - NOW) / 2))
    assert halfway.truth is trace.truth  # by time alone nothing turns before it says so


@given(made(lambda rng: (leaves(rng), scope(rng))))
def test_all_any_and_none_agree_and_order_does_not_matter(judged: tuple[tuple[Condition, ...], Scope]) -> None:
    parts, scope = judged
    some, every = evaluate(Any_(parts), scope).truth, evaluate(All(parts), scope).truth
    assert evaluate(None_(parts), scope).truth is some.opposite
    assert every is evaluate(None_(tuple(None_((part,)) for part in parts)), scope).truth
    turned = tuple(reversed(parts))
    assert (evaluate(Any_(turned), scope).truth, evaluate(All(turned), scope).truth) == (some, every)


@given(made(lambda rng: (tree(rng), scope(rng))))
def test_the_opposite_of_a_condition_is_its_opposite(judged: tuple[Condition, Scope]) -> None:
    condition, scope = judged
    truth = evaluate(condition, scope).truth
    assert evaluate(None_((condition,)), scope).truth is truth.opposite
    assert evaluate(None_((None_((condition,)),)), scope).truth is truth


def row(rng: Random) -> ScoreRow:
    points, cap = rng.choice((8, -8, 0.5)), rng.choice((None, 10.0))
    if rng.random() < 0.5:
        return ScoreRow("when", points, when=tree(rng))
    each = signal_test(rng, rng.choice(tuple(OPERATORS)))
    return ScoreRow("each", points, each=each, half_life=rng.choice(HALF_LIVES), cap=cap)


@given(made(lambda rng: (tuple(row(rng) for _ in range(3)), scope(rng))))
def test_any_lead_can_be_scored_and_keeps_its_points_until_it_is_to_be_looked_at(
    judged: tuple[tuple[ScoreRow, ...], Scope],
) -> None:
    rows, scope = judged
    scored = score(ScoreCard(9, rows, watched=True), scope)
    assert scored.points <= 9
    assert [one for one, row in zip(scored.rows, rows, strict=True) if row.cap and abs(one.points) > row.cap] == []
    assert scored.changes_at is None or scored.changes_at > NOW
    if not any(row.half_life for row in rows):
        until = scored.changes_at or NOW + timedelta(days=400)
        assert score(ScoreCard(9, rows), scope.at(NOW + (until - NOW) / 2)).points == scored.points


@given(made(lambda rng: (written(rng), scope(rng))))
def test_whatever_is_written_is_a_condition_or_a_fault(judged: tuple[object, Scope]) -> None:
    node, scope = judged
    faults: list[ConditionFault] = []
    condition = parse_condition(node, (), NAMES, faults)
    assert faults or condition is not NOTHING
    assert all(fault.message and fault.fix for fault in faults)
    assert evaluate(condition, scope).truth in Truth
