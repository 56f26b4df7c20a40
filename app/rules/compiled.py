"""The fast path: a condition as one Python function that gives its truth and no trace.

The function is built as a syntax tree, so nothing of a document is ever read as code. `evaluate` defines
what a condition means; this must say the same.

Truth is a number inside: 2 met, 1 no data, 0 not met. Then `all` is the least of its parts, `x and y` stops
at the first 0, and the opposite is 2 less the number; `any` is the opposite of all opposites.
"""

from __future__ import annotations

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias, assert_never

from app.rules import leaves
from app.rules.condition import (
    All,
    Any_,
    BuyingGroupTest,
    Condition,
    DealTest,
    HandoffTest,
    Leaf,
    Meets,
    None_,
    PersonaTest,
    PropertyTest,
    RoleTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.scope import Scope
from app.rules.truth import Truth

Compiled: TypeAlias = Callable[[Scope], Truth]
_Number: TypeAlias = Callable[[Scope], int]

_TRUTHS = (Truth.NOT_MET, Truth.NO_DATA, Truth.MET)
_SCOPE = "scope"


def compile_condition(condition: Condition) -> Compiled:
    """The function that says of a scope what `evaluate(condition, scope).truth` says, sooner."""
    number = _compiled(condition)
    return lambda scope: _TRUTHS[number(scope)]


@dataclass(slots=True)
class _Writing:
    """A function as it is written: what its names stand for, and how many there are so far."""

    names: dict[str, object] = field(default_factory=lambda: {"min": min})
    count: int = 0

    def fresh(self, prefix: str) -> str:
        self.count += 1
        return f"{prefix}{self.count}"


def _compiled(condition: Condition) -> _Number:
    writing = _Writing()
    arguments = ast.arguments(posonlyargs=[], args=[ast.arg(_SCOPE)], kwonlyargs=[], kw_defaults=[], defaults=[])
    tree = ast.Expression(ast.Lambda(arguments, _written(condition, writing)))
    code = compile(ast.fix_missing_locations(tree), "<condition>", "eval")
    made: _Number = eval(code, {"__builtins__": {}, **writing.names})  # noqa: S307  a tree of our own making
    return made


def _written(condition: Condition, writing: _Writing) -> ast.expr:
    """The expression for a condition's number."""
    match condition:
        case All(parts):
            return _least([_written(part, writing) for part in parts], writing)
        case None_(parts):
            return _least([_opposite(_written(part, writing)) for part in parts], writing)
        case Any_(parts):
            return _opposite(_written(None_(parts), writing))
        case _:
            return _call(writing, _number_of(condition))


def _least(parts: list[ast.expr], writing: _Writing) -> ast.expr:
    """`(a := ...) and (b := ...) and min(a, b)`; 2 without parts."""
    if len(parts) < 2:  # noqa: PLR2004  one needs no comparison
        return parts[0] if parts else ast.Constant(2)
    names = [writing.fresh("part") for _ in parts]
    kept = [ast.NamedExpr(ast.Name(name, ast.Store()), part) for name, part in zip(names, parts, strict=True)]
    least = ast.Call(ast.Name("min", ast.Load()), [ast.Name(name, ast.Load()) for name in names], [])
    return ast.BoolOp(ast.And(), [*kept, least])


def _opposite(expression: ast.expr) -> ast.expr:
    return ast.BinOp(ast.Constant(2), ast.Sub(), expression)


def _call(writing: _Writing, number: _Number) -> ast.expr:
    name = writing.fresh("leaf")
    writing.names[name] = number
    return ast.Call(ast.Name(name, ast.Load()), [ast.Name(_SCOPE, ast.Load())], [])


def _number_of(leaf: Leaf) -> _Number:
    truth_of = _truth_of(leaf)

    def number(scope: Scope) -> int:
        truth = truth_of(scope)
        return 2 if truth is Truth.MET else 0 if truth is Truth.NOT_MET else 1

    return number


def _truth_of(leaf: Leaf) -> Compiled:  # noqa: C901, PLR0911  one line a kind
    match leaf:
        case PropertyTest():
            return partial(leaves.property_truth, leaf)
        case DealTest():
            return partial(leaves.deal_truth, leaf)
        case SignalTest():
            return partial(leaves.signal_truth, leaf)
        case ScoreTest():
            return partial(leaves.score_truth, leaf)
        case PersonaTest():
            return partial(leaves.persona_truth, leaf)
        case RoleTest():
            return partial(leaves.role_truth, leaf)
        case BuyingGroupTest():
            return partial(leaves.group_truth, leaf)
        case StageTest():
            return partial(leaves.stage_truth, leaf)
        case HandoffTest():
            return partial(leaves.handoff_truth, leaf)
        case Meets():
            return _named(leaf.name)
        case _:
            assert_never(leaf)


@dataclass(frozen=True, slots=True)
class _Definition:
    meaning: Condition
    compiled: Compiled
    names_others: bool


def _named(name: str) -> Compiled:
    """The definition of that name in the scope, compiled when it is first met and kept while it is the same."""
    kept: _Definition | None = None

    def truth(scope: Scope) -> Truth:
        nonlocal kept
        meaning = scope.definitions.get(name)
        if meaning is None:
            return Truth.NO_DATA
        if kept is None or kept.meaning is not meaning:
            kept = _Definition(meaning, compile_condition(meaning), _names_others(meaning))
        return kept.compiled(scope.without_definition(name) if kept.names_others else scope)

    return truth


def _names_others(condition: Condition) -> bool:
    """Whether a definition is named in it, so that it must not see itself."""
    match condition:
        case All(parts) | Any_(parts) | None_(parts):
            return any(_names_others(part) for part in parts)
        case _:
            return isinstance(condition, Meets)
