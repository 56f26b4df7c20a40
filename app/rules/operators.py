"""Every operator, one row each: the kinds it takes, how many operands, what it compares, how it reads.

To add one, add its row (and its predicate, if it compares in a new way). Parsing, evaluation, wording,
the table of the tests and the page about the language read the rows.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, StrEnum
from functools import lru_cache

from app.records.span import Span
from app.rules import predicates, text
from app.rules.moments import Offset, Period
from app.rules.predicates import Changes, Operand, Predicate, not_
from app.rules.truth import Truth
from app.rules.values import Kind, read

_OFFSET = re.compile(r"(.+) (ago|from now)")


class Reads(StrEnum):
    """How the words of an operand are read."""

    AS_VALUE = "as the value"
    AS_BOOL = "as true or false"
    AS_SPAN = "as a length of time"
    AS_INSTANT = "as a date, or a length of time ago or from now"
    AS_PERIOD = "as day, week, month, quarter or year"
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
    """`says` completes "Company size ..."; `would` completes "Company size would have to ...".

    `kinds` are the types it takes; the first is assumed where the property's type is not known. `glue`
    stands between its operands in a sentence.
    """

    name: str
    kinds: tuple[Kind, ...]
    takes: Takes
    holds: Predicate
    says: str
    would: str
    reads: Reads = Reads.AS_VALUE
    changes: Changes = lambda _value, _wanted: ()
    glue: str = ", "

    @property
    def asks_presence(self) -> bool:
        """Whether it asks only if there is a value, and so is never without data."""
        return self.reads is Reads.AS_BOOL

    def compare(self, kind: Kind, text: str, written: Sequence[str], now: datetime) -> Truth:
        """Whether a value of a kind meets the test; no data for what cannot be read or compared."""
        value, wanted = read(kind, text), self.read_operands(kind, written)
        if kind not in self.kinds or value is None or None in wanted or not self.takes.accepts(len(wanted)):
            return Truth.NO_DATA
        return Truth.of(self.holds(value, wanted, now))

    def presence(self, written: Sequence[str], *, there: bool) -> Truth:
        """What an operator that asks for presence says of a value that is there, or is not."""
        wanted = self.read_operands(Kind.BOOL, written)
        if len(wanted) != 1 or not isinstance(wanted[0], bool):
            return Truth.NO_DATA
        return Truth.of((self.name == KNOWN) == (wanted[0] == there))

    def read_operands(self, kind: Kind, written: Sequence[str]) -> tuple[Operand | None, ...]:
        """Each operand, as `read_operand` reads it."""
        return _read_operands(self.reads, kind, tuple(written))

    def read_operand(self, kind: Kind, written: str) -> Operand | None:
        """The operand as the predicate takes it, or None where the words cannot be read so."""
        return self.read_operands(kind, (written,))[0]

    def in_words(self, wanted: Sequence[str], *, would: bool = False) -> str:
        """The test in plain English."""
        if self.asks_presence:
            is_wanted = self.presence(wanted, there=True) is Truth.MET
            return f"{'be' if would else 'is'} {'known' if is_wanted else 'unknown'}"
        return (self.would if would else self.says).format(self.glue.join(wanted))


KNOWN, UNKNOWN = "known", "unknown"


@lru_cache(maxsize=1024)
def _read_operands(reads: Reads, kind: Kind, written: tuple[str, ...]) -> tuple[Operand | None, ...]:
    """Kept, since a rule's operands stay the same from lead to lead."""
    return tuple(_read_operand(reads, kind, one) for one in written)


def _read_operand(reads: Reads, kind: Kind, written: str) -> Operand | None:  # noqa: PLR0911  one line a way
    match reads:
        case Reads.AS_BOOL:
            return read(Kind.BOOL, written)
        case Reads.AS_SPAN:
            return read_span(written)
        case Reads.AS_INSTANT:
            return _read_offset(written) or read(kind, written)
        case Reads.AS_PERIOD:
            return _PERIODS.get(written.strip().lower())
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


def _read_offset(written: str) -> Offset | None:
    match = _OFFSET.fullmatch(written.strip().lower())
    span = read_span(match[1]) if match else None
    return None if match is None or span is None else Offset(span, ahead=match[2] != "ago")


_PERIODS: Mapping[str, Period] = {period.value: period for period in Period}
_EVERY = tuple(Kind)
_CHOSEN = (Kind.STRING, Kind.NUMBER, Kind.ENUMERATION)
_TIMES = (Kind.DATETIME, Kind.DATE)
_STRING = (Kind.STRING,)
_NUMBER = (Kind.NUMBER,)
_CHOICES = (Kind.ENUMERATION,)
_WORDS = (Kind.STRING, Kind.ENUMERATION)
_RANGED = (*_NUMBER, *_TIMES)


def _words(name: str, holds: Predicate, says: str, would: str) -> Operator:
    """An operator on whole words, or on the choices of a list."""
    return Operator(name, _WORDS, Takes.MANY, holds, says, would, reads=Reads.AS_WORDS)


def _part(name: str, holds: Predicate, says: str, would: str) -> Operator:
    """An operator on a part of a text; of several parts one is enough."""
    return Operator(name, _STRING, Takes.MANY, holds, says, would, glue=" or ")


def _instant(name: str, holds: Predicate) -> Operator:
    """An operator on a date, with a fixed one or with one that moves with the clock."""
    says = f"{name} {{}}"
    return Operator(name, _TIMES, Takes.ONE, holds, says, f"be {says}", Reads.AS_INSTANT, predicates.passings)


def _span(name: str, holds: Predicate, says: str) -> Operator:
    """An operator on a date that counts from now."""
    return Operator(name, _TIMES, Takes.ONE, holds, says, f"be {says}", Reads.AS_SPAN, predicates.lapses)


def _period(name: str, shift: int, says: str) -> Operator:
    """An operator on a date and the calendar."""
    holds, changes = predicates.in_period(shift), predicates.periods(shift)
    return Operator(name, _TIMES, Takes.ONE, holds, says, f"be {says}", Reads.AS_PERIOD, changes)


_ROWS = (
    Operator(KNOWN, _EVERY, Takes.ONE, predicates.is_known, "", "", Reads.AS_BOOL),
    Operator(UNKNOWN, _EVERY, Takes.ONE, not_(predicates.is_known), "", "", Reads.AS_BOOL),
    Operator("equals", _EVERY, Takes.ONE, predicates.equals, "is {}", "be {}"),
    Operator("not_equals", _EVERY, Takes.ONE, not_(predicates.equals), "is not {}", "be other than {}"),
    Operator("one_of", _CHOSEN, Takes.MANY, predicates.overlaps, "is one of {}", "be one of {}"),
    Operator("none_of", _CHOSEN, Takes.MANY, not_(predicates.overlaps), "is none of {}", "be none of {}"),
    Operator("at_least", _NUMBER, Takes.ONE, lambda v, w, _n: v >= w[0], "at least {}", "be at least {}"),
    Operator("at_most", _NUMBER, Takes.ONE, lambda v, w, _n: v <= w[0], "at most {}", "be at most {}"),
    Operator("above", _NUMBER, Takes.ONE, lambda v, w, _n: v > w[0], "above {}", "be above {}"),
    Operator("below", _NUMBER, Takes.ONE, lambda v, w, _n: v < w[0], "below {}", "be below {}"),
    Operator("between", _RANGED, Takes.TWO, predicates.between, "between {}", "be between {}", glue=" and "),
    Operator(
        "not_between", _RANGED, Takes.TWO, not_(predicates.between), "not between {}", "not be between {}", glue=" and "
    ),
    Operator("exactly", _CHOICES, Takes.MANY, predicates.is_exactly, "is exactly {}", "be exactly {}", glue=" and "),
    Operator(
        "not_exactly",
        _CHOICES,
        Takes.MANY,
        not_(predicates.is_exactly),
        "is not exactly {}",
        "be other than exactly {}",
        glue=" and ",
    ),
    _part("contains", predicates.contains, "contains {}", "contain {}"),
    _part("not_contains", not_(predicates.contains), "does not contain {}", "not contain {}"),
    _part("starts_with", predicates.starts_with, "starts with {}", "start with {}"),
    _part("ends_with", predicates.ends_with, "ends with {}", "end with {}"),
    _words("has_any", predicates.has_any, "has any of the words {}", "have any of the words {}"),
    _words("has_all", predicates.has_all, "has all of the words {}", "have all of the words {}"),
    _words("has_none", not_(predicates.has_any), "has none of the words {}", "have none of the words {}"),
    _words("lacks_one_of", not_(predicates.has_all), "lacks one of the words {}", "lack one of the words {}"),
    Operator("matches", _STRING, Takes.ONE, predicates.matches, "matches {}", "match {}", Reads.AS_PATTERN),
    _instant("before", predicates.is_before),
    _instant("after", predicates.is_after),
    _span("in_last", predicates.in_last, "in the last {}"),
    _span("in_next", predicates.in_next, "in the next {}"),
    _span("more_than_ago", predicates.more_than_ago, "more than {} ago"),
    _span("more_than_from_now", predicates.more_than_from_now, "more than {} from now"),
    _period("in_this", 0, "in this {}"),
    _period("in_previous", -1, "in the previous {}"),
    _period("in_following", 1, "in the following {}"),
)

OPERATORS: Mapping[str, Operator] = {row.name: row for row in _ROWS}
