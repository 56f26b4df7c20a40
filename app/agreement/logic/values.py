"""The few values of a property at which tests can turn: what they say there they say everywhere.

A test for at least 50 says the same of 51 and of 5,000, so a handful of values stands for all values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from decimal import Decimal
from itertools import combinations, pairwise
from typing import TypeAlias, assert_never

from app.rules.condition import PropertyTest, ScoreTest
from app.rules.moments import Moment
from app.rules.operators import KNOWN, UNKNOWN
from app.rules.truth import Truth
from app.rules.values import Kind, read

Comparison: TypeAlias = PropertyTest | ScoreTest

_OTHER = "(another)"  # stands for every text and choice that no test names
_A_MOMENT = timedelta(seconds=1)
_MOST_CHOICES = 6
_PRESENCE = frozenset({KNOWN, UNKNOWN})
_SAME = _PRESENCE | {"equals", "not_equals", "one_of", "none_of"}
_SIZE = _SAME | {"at_least", "at_most", "above", "below", "between"}
_OVERLAP = _PRESENCE | {"one_of", "none_of", "has_any"}
_TIME = _PRESENCE | {"equals", "not_equals", "before", "after", "between"}


def values(kind: Kind, tests: Sequence[Comparison], *, single: bool) -> tuple[str, ...] | None:
    """Texts that stand for all values of the kind; None where a few cannot.

    With `single`, a value of an enumeration is one choice, else it may be several.
    """
    match kind:
        case Kind.NUMBER:
            return tuple(_sizes(_operands(tests))) if _only(tests, _SIZE) else None
        case Kind.STRING:
            return (*_operands(tests), _OTHER) if _only(tests, _SAME) else None
        case Kind.BOOL:
            return ("true", "false") if _only(tests, _SAME) else None
        case Kind.DATE | Kind.DATETIME:
            return _instants(_operands(tests)) if _only(tests, _TIME) else None
        case Kind.ENUMERATION:
            return _choices(tests, single=single)
        case _:
            assert_never(kind)


def picked(kind: Kind, tests: Iterable[PropertyTest], *, single: bool) -> tuple[str, ...] | None:
    """The only values at which the tests can all be met: those that one of them lists. None if none of them does."""
    lists = {"equals"} if kind is Kind.ENUMERATION and not single else {"equals", "one_of"}
    if kind in {Kind.DATE, Kind.DATETIME}:  # a date stands for all of its instants
        return None
    listed = (test.wanted for test in tests if test.operator in lists and test.if_missing is not Truth.MET)
    return next(listed, None)


def _sizes(operands: Iterable[str]) -> Iterator[str]:
    """Every number that is named, one between each two, one below all and one above."""
    found = sorted({number for text in operands if isinstance(number := read(Kind.NUMBER, text), Decimal)})
    yield from map(str, found or [Decimal(0)])
    yield from (str((low + high) / 2) for low, high in pairwise(found))
    if found:
        yield from (str(found[0] - 1), str(found[-1] + 1))


def _instants(operands: Iterable[str]) -> tuple[str, ...] | None:
    """Right before, at, and right after every moment that is named; a day lasts until the next.

    None where one moves with the clock, as `30 days ago` does.
    """
    found = ["2026-01-01T00:00:00Z"]
    for text in operands:
        moment = read(Kind.DATETIME, text)
        if not isinstance(moment, Moment):
            return None
        turns = (moment.start - _A_MOMENT, moment.start, moment.end - _A_MOMENT, moment.end)
        found += (instant.isoformat() for instant in turns)
    return tuple(found)


def _choices(tests: Sequence[Comparison], *, single: bool) -> tuple[str, ...] | None:
    if not _only(tests, _SAME if single else _OVERLAP):
        return None
    alone = (*_alike(tests), _OTHER)
    if single:
        return alone
    if len(alone) > _MOST_CHOICES:
        return None
    return tuple(";".join(some) for count in range(1, len(alone) + 1) for some in combinations(alone, count))


def _alike(tests: Sequence[Comparison]) -> Iterable[str]:
    """One choice for all those that the same tests name: no test tells them apart."""
    lists = [_named(test) for test in tests]
    return {tuple(choice in listed for listed in lists): choice for choice in frozenset().union(*lists)}.values()


def _named(test: Comparison) -> frozenset[str]:
    found = (read(Kind.ENUMERATION, text) for text in test.wanted if test.operator not in _PRESENCE)
    return frozenset(choice for choices in found if isinstance(choices, frozenset) for choice in choices)


def _operands(tests: Iterable[Comparison]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text for test in tests if test.operator not in _PRESENCE for text in test.wanted))


def _only(tests: Iterable[Comparison], operators: frozenset[str]) -> bool:
    return all(test.operator in operators for test in tests)
