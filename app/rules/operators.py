"""Every operator, one row each: the kinds it takes, how many operands, what it compares, how it reads.

To add one, add its row (and its predicate, if it compares in a new way). Parsing, evaluation, wording
and the table-driven test read the rows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeAlias

from app.records.span import Span
from app.rules import text
from app.rules.moments import Moment, later
from app.rules.truth import Truth
from app.rules.values import Kind, Value, read

Operand: TypeAlias = Value | Span | text.Pattern
Predicate: TypeAlias = Callable[[Any, Sequence[Any], datetime], bool]
"""(value, operands, now) -> whether it holds. Operands are of the kind the row promises, hence Any."""

Changes: TypeAlias = Callable[[Any, Sequence[Any]], tuple[datetime, ...]]
"""(value, operands) -> the instants at which the truth can change without news."""


class Reads(Enum):
    """How the words of an operand are read."""

    AS_VALUE = "as the value"
    AS_SPAN = "as a length of time"
    AS_WORDS = "as whole words"
    AS_PATTERN = "as a pattern"


class Takes(Enum):
    """How many operands a test has."""

    ONE = "one value"
    TWO = "a list of two values, lowest first"
    MANY = "a value or a list of values"

    def accepts(self, count: int) -> bool:
        """Whether a test may have that many."""
        return count >= 1 if self is Takes.MANY else count == (1 if self is Takes.ONE else 2)


@dataclass(frozen=True, slots=True)
class Operator:
    """`says` completes "Company size ..."; `would` completes "Company size would have to ..."."""

    name: str
    kinds: tuple[Kind, ...]
    """Accepted kinds; the first is assumed where the property's type is not known."""
    takes: Takes
    holds: Predicate
    says: str
    would: str
    reads: Reads = Reads.AS_VALUE
    changes: Changes = lambda _value, _wanted: ()

    def compare(self, kind: Kind, text: str, written: Sequence[str], now: datetime) -> Truth:
        """Whether a value of a kind meets the test; no data for what cannot be read or compared."""
        value, wanted = read(kind, text), self.read_operands(kind, written)
        if kind not in self.kinds or value is None or None in wanted or not self.takes.accepts(len(wanted)):
            return Truth.NO_DATA
        return Truth.of(self.holds(value, wanted, now))

    def read_operands(self, kind: Kind, written: Sequence[str]) -> tuple[Operand | None, ...]:
        """Each operand, as `read_operand` reads it."""
        return _read_operands(self.reads, kind, tuple(written))

    def read_operand(self, kind: Kind, written: str) -> Operand | None:
        """The operand as the predicate takes it, or None where the words cannot be read so."""
        return self.read_operands(kind, (written,))[0]

    def in_words(self, wanted: Sequence[str], *, would: bool = False) -> str:
        """The test in plain English."""
        glue = " and " if self.takes is Takes.TWO else ", "
        return (self.would if would else self.says).format(glue.join(wanted))


KNOWN = "known"
"""The one operator that asks whether there is a value at all, and so is never without data."""


@lru_cache(maxsize=1024)
def _read_operands(reads: Reads, kind: Kind, written: tuple[str, ...]) -> tuple[Operand | None, ...]:
    """Kept, since a rule's operands stay the same from lead to lead."""
    return tuple(_read_operand(reads, kind, one) for one in written)


def _read_operand(reads: Reads, kind: Kind, written: str) -> Operand | None:
    match reads:
        case Reads.AS_SPAN:
            return read_span(written)
        case Reads.AS_PATTERN:
            return text.compiled(written)
        case Reads.AS_WORDS if kind is Kind.STRING:
            return " ".join(text.words(written)) or None
        case _:
            return read(kind, written)


@lru_cache(maxsize=1024)
def read_span(written: str) -> Span | None:
    """A length of ordinary time; None for other text and for business time, which conditions do not count."""
    try:
        span = Span.parse(written)
    except ValueError:
        return None
    return None if span.business else span


def _equals(value: Value, wanted: Sequence[Value], _now: datetime) -> bool:
    if isinstance(value, Moment):
        return any(isinstance(want, Moment) and want.start <= value.start < want.end for want in wanted)
    return value in wanted


def _overlaps(value: Value, wanted: Sequence[Value], now: datetime) -> bool:
    """Of a value with several choices one is enough."""
    if isinstance(value, frozenset):
        return any(isinstance(want, frozenset) and value & want for want in wanted)
    return _equals(value, wanted, now)


def _has_any(value: str | frozenset[str], wanted: Sequence[Any], now: datetime) -> bool:
    return any(_has(value, want, now) for want in wanted)


def _has_all(value: str | frozenset[str], wanted: Sequence[Any], now: datetime) -> bool:
    return all(_has(value, want, now) for want in wanted)


def _has(value: str | frozenset[str], want: Any, now: datetime) -> bool:  # noqa: ANN401  see Predicate
    return text.has_words(value, want) if isinstance(value, str) else _overlaps(value, [want], now)


def _between(value: Any, wanted: Sequence[Any], _now: datetime) -> bool:  # noqa: ANN401  see Predicate
    low, high = wanted
    if isinstance(value, Moment):
        return bool(low.start <= value.start < high.end)
    return bool(low <= value <= high)


def _in_last(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    return value.start <= now < later(value.start, wanted[0])


def _more_than_ago(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    return later(value.start, wanted[0]) <= now


def _lapses(value: Moment, wanted: Sequence[Span]) -> tuple[datetime, ...]:
    return (value.start, later(value.start, wanted[0]))


def not_(holds: Predicate) -> Predicate:
    """The predicate that holds where the given one does not."""
    return lambda value, wanted, now: not holds(value, wanted, now)


_EVERY = tuple(Kind)
_CHOSEN = (Kind.STRING, Kind.NUMBER, Kind.ENUMERATION)
_TIMES = (Kind.DATETIME, Kind.DATE)
_STRING = (Kind.STRING,)
_NUMBER = (Kind.NUMBER,)
_WORDS = (Kind.STRING, Kind.ENUMERATION)

_ROWS = (
    Operator(KNOWN, _EVERY, Takes.ONE, lambda _v, _w, _now: True, "known: {}", "be known: {}"),
    Operator("equals", _EVERY, Takes.ONE, _equals, "is {}", "be {}"),
    Operator("not_equals", _EVERY, Takes.ONE, not_(_equals), "is not {}", "be other than {}"),
    Operator("one_of", _CHOSEN, Takes.MANY, _overlaps, "is one of {}", "be one of {}"),
    Operator("none_of", _CHOSEN, Takes.MANY, not_(_overlaps), "is none of {}", "be none of {}"),
    Operator("at_least", _NUMBER, Takes.ONE, lambda v, w, _n: v >= w[0], "at least {}", "be at least {}"),
    Operator("at_most", _NUMBER, Takes.ONE, lambda v, w, _n: v <= w[0], "at most {}", "be at most {}"),
    Operator("above", _NUMBER, Takes.ONE, lambda v, w, _n: v > w[0], "above {}", "be above {}"),
    Operator("below", _NUMBER, Takes.ONE, lambda v, w, _n: v < w[0], "below {}", "be below {}"),
    Operator("between", (*_NUMBER, *_TIMES), Takes.TWO, _between, "between {}", "be between {}"),
    Operator("contains", _STRING, Takes.ONE, lambda v, w, _n: w[0] in v, "contains {}", "contain {}"),
    Operator(
        "starts_with",
        _STRING,
        Takes.ONE,
        lambda v, w, _n: v.startswith(w[0]),
        "starts with {}",
        "start with {}",
    ),
    Operator("ends_with", _STRING, Takes.ONE, lambda v, w, _n: v.endswith(w[0]), "ends with {}", "end with {}"),
    Operator(
        "has_any",
        _WORDS,
        Takes.MANY,
        _has_any,
        "has any of the words {}",
        "have any of the words {}",
        reads=Reads.AS_WORDS,
    ),
    Operator(
        "has_all",
        _WORDS,
        Takes.MANY,
        _has_all,
        "has all of the words {}",
        "have all of the words {}",
        reads=Reads.AS_WORDS,
    ),
    Operator(
        "matches",
        _STRING,
        Takes.ONE,
        lambda v, w, _n: w[0].found_in(v),
        "matches {}",
        "match {}",
        reads=Reads.AS_PATTERN,
    ),
    Operator("before", _TIMES, Takes.ONE, lambda v, w, _n: v.start < w[0].start, "before {}", "be before {}"),
    Operator("after", _TIMES, Takes.ONE, lambda v, w, _n: v.start >= w[0].end, "after {}", "be after {}"),
    Operator(
        "in_last",
        _TIMES,
        Takes.ONE,
        _in_last,
        "in the last {}",
        "be in the last {}",
        reads=Reads.AS_SPAN,
        changes=_lapses,
    ),
    Operator(
        "more_than_ago",
        _TIMES,
        Takes.ONE,
        _more_than_ago,
        "more than {} ago",
        "be more than {} ago",
        reads=Reads.AS_SPAN,
        changes=_lapses,
    ),
)

OPERATORS: Mapping[str, Operator] = {row.name: row for row in _ROWS}
