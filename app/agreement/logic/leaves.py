"""What one leaf implies of another where values cannot be tried one by one: words, and signals."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TypeAlias

from app.agreement.logic.formula import Literal
from app.records.span import Span
from app.rules.condition import PropertyTest, SignalTest
from app.rules.facts import Vocabulary
from app.rules.names import known_kind
from app.rules.operators import KNOWN, UNKNOWN
from app.rules.text import has_words
from app.rules.truth import Truth
from app.rules.values import Kind

_Words: TypeAlias = tuple[str, ...]
_OF_EXISTENCE = frozenset({KNOWN, UNKNOWN})


def leaf_implies(stronger: Literal, weaker: Literal, vocabulary: Vocabulary) -> bool:
    """Whether the second holds wherever the first does, by what is written alone."""
    if stronger == weaker:
        return True
    match stronger, weaker:
        case Literal(PropertyTest() as one, met=True), Literal(PropertyTest() as other, met=True):
            return one.name == other.name and _test_implies(one, other, vocabulary)
        case Literal(SignalTest() as one, met=True), Literal(SignalTest() as other, met=True):
            return _signal_implies(one, other)
        case Literal(SignalTest() as one, met=False), Literal(SignalTest() as other, met=False):
            return _signal_implies(other, one)  # a signal is met or not met, it is never without data
        case _:
            return False


def _test_implies(one: PropertyTest, other: PropertyTest, vocabulary: Vocabulary) -> bool:
    if one.if_missing is Truth.MET or one.operator in _OF_EXISTENCE:
        return False
    if other.operator == KNOWN:
        return other.wanted == ("true",)
    is_text = known_kind(one.name, vocabulary) in {Kind.STRING, None}
    return is_text and _words_imply(one.operator, one.wanted, other.operator, other.wanted)


def _words_imply(one: str | None, wanted: _Words, other: str | None, asked: _Words) -> bool:
    if one == other and wanted == asked:
        return True
    rule = _RULES.get((one or "", other or ""))
    return rule is not None and rule(wanted, asked)


def _signal_implies(one: SignalTest, other: SignalTest) -> bool:
    """More of the same in less time, of a title that says more."""
    if _beyond(one) or _beyond(other):
        return False
    titled = other.operator is None or _words_imply(one.operator, one.wanted, other.operator, other.wanted)
    same = one.kind == other.kind and titled and one.at_least >= other.at_least
    return same and _not_longer(one.within, other.within)


def _beyond(test: SignalTest) -> bool:
    """Whether the test asks for more than a count within a window."""
    return test != SignalTest(test.kind, test.operator, test.wanted, test.within, test.at_least)


def _not_longer(one: Span | None, other: Span | None) -> bool:
    if other is None or one == other:
        return True
    try:
        return one is not None and one.fixed <= other.fixed
    except ValueError:
        return False


def _any_any(wanted: _Words, asked: _Words) -> bool:
    return all(any(has_words(one, other) for other in asked) for one in wanted)


def _all_all(wanted: _Words, asked: _Words) -> bool:
    return all(any(has_words(one, other) for one in wanted) for other in asked)


def _all_any(wanted: _Words, asked: _Words) -> bool:
    return any(has_words(one, other) for one in wanted for other in asked)


def _within(wanted: _Words, asked: _Words) -> bool:
    return all(any(other in one for other in _read(asked)) for one in _read(wanted))


def _starts(wanted: _Words, asked: _Words) -> bool:
    return all(one.startswith(_read(asked)) for one in _read(wanted))


def _ends(wanted: _Words, asked: _Words) -> bool:
    return all(one.endswith(_read(asked)) for one in _read(wanted))


def _read(parts: _Words) -> _Words:
    """The parts as they are compared, any of them enough."""
    return tuple(part.strip().casefold() for part in parts)


_RULES: Mapping[tuple[str, str], Callable[[_Words, _Words], bool]] = {
    ("has_any", "has_any"): _any_any,
    ("has_all", "has_all"): _all_all,
    ("has_all", "has_any"): _all_any,
    ("contains", "contains"): _within,
    ("starts_with", "contains"): _within,
    ("ends_with", "contains"): _within,
    ("starts_with", "starts_with"): _starts,
    ("ends_with", "ends_with"): _ends,
}
