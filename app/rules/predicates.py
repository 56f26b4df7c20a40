"""What comparisons mean: values and operands already read, and the instant they are compared at."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, TypeAlias

from app.records.span import Span
from app.rules import text
from app.rules.moments import Moment, Offset, Period, earlier, later, period_start
from app.rules.values import Value

Operand: TypeAlias = Value | Span | Offset | Period | text.Pattern
"""What the words of an operand say, read as the operator reads them."""

Predicate: TypeAlias = Callable[[Any, Sequence[Any], datetime], bool]
"""(value, operands, now) -> whether it holds. Operands are of the kind the operator promises, hence Any."""

Changes: TypeAlias = Callable[[Any, Sequence[Any]], tuple[datetime, ...]]
"""(value, operands) -> the instants at which the truth can change without news."""


def not_(holds: Predicate) -> Predicate:
    """The predicate that holds where the given one does not."""
    return lambda value, wanted, now: not holds(value, wanted, now)


def is_known(_value: Value | None, wanted: Sequence[bool], _now: datetime) -> bool:
    """Of a value that is there: whether that is what is wanted."""
    return wanted[0]


def equals(value: Value, wanted: Sequence[Value], _now: datetime) -> bool:
    """The same, whatever the case of text; of a date written as a day, any time of that day."""
    if isinstance(value, Moment):
        return any(isinstance(want, Moment) and want.start <= value.start < want.end for want in wanted)
    return value in wanted


def overlaps(value: Value, wanted: Sequence[Value], now: datetime) -> bool:
    """Of a value with several choices one is enough."""
    if isinstance(value, frozenset):
        return any(isinstance(want, frozenset) and value & want for want in wanted)
    return equals(value, wanted, now)


def is_exactly(value: frozenset[str], wanted: Sequence[frozenset[str]], _now: datetime) -> bool:
    """All of the choices, and no other."""
    return value == frozenset().union(*wanted)


def has_any(value: str | frozenset[str], wanted: Sequence[Any], now: datetime) -> bool:
    """Of a text at least one of the phrases, in whole words; of choices at least one."""
    if isinstance(value, str):
        return any(text.has_words(value, want) for want in wanted)
    return overlaps(value, wanted, now)


def has_all(value: str | frozenset[str], wanted: Sequence[Any], _now: datetime) -> bool:
    """Of a text every phrase, in whole words; of choices every one."""
    if isinstance(value, str):
        return all(text.has_words(value, want) for want in wanted)
    return frozenset().union(*wanted) <= value


def contains(value: str, wanted: Sequence[str], _now: datetime) -> bool:
    """At least one of the parts stands in the text."""
    return any(want in value for want in wanted)


def starts_with(value: str, wanted: Sequence[str], _now: datetime) -> bool:
    """The text starts with at least one of the parts."""
    return value.startswith(tuple(wanted))


def ends_with(value: str, wanted: Sequence[str], _now: datetime) -> bool:
    """The text ends with at least one of the parts."""
    return value.endswith(tuple(wanted))


def matches(value: str, wanted: Sequence[text.Pattern], _now: datetime) -> bool:
    """The pattern is found somewhere in the text."""
    return wanted[0].found_in(value)


def between(value: Any, wanted: Sequence[Any], _now: datetime) -> bool:  # noqa: ANN401  see Predicate
    """Both ends are in."""
    low, high = wanted
    if isinstance(value, Moment):
        return bool(low.start <= value.start < high.end)
    return bool(low <= value <= high)


def is_before(value: Moment, wanted: Sequence[Moment | Offset], now: datetime) -> bool:
    """Before the day or instant; before an instant that moves as well as on it."""
    want = wanted[0]
    return want.passes(value.start) <= now if isinstance(want, Offset) else value.start < want.start


def is_after(value: Moment, wanted: Sequence[Moment | Offset], now: datetime) -> bool:
    """After the whole day or the instant."""
    want = wanted[0]
    return now < want.passes(value.start) if isinstance(want, Offset) else value.start >= want.end


def passings(value: Moment, wanted: Sequence[Moment | Offset]) -> tuple[datetime, ...]:
    """When an instant that moves with the clock comes by."""
    return tuple(want.passes(value.start) for want in wanted if isinstance(want, Offset))


def in_last(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    """Not in the future, and less than the span ago."""
    return value.start <= now < later(value.start, wanted[0])


def more_than_ago(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    """The span ago, or longer."""
    return later(value.start, wanted[0]) <= now


def in_next(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    """In the future, and not further off than the span."""
    return earlier(value.start, wanted[0]) <= now < value.start


def more_than_from_now(value: Moment, wanted: Sequence[Span], now: datetime) -> bool:
    """Further off than the span."""
    return now < earlier(value.start, wanted[0])


def lapses(value: Moment, wanted: Sequence[Span]) -> tuple[datetime, ...]:
    """When a span before the value begins, the value itself, and when a span after it is over."""
    return (earlier(value.start, wanted[0]), value.start, later(value.start, wanted[0]))


def in_period(shift: int) -> Predicate:
    """Whether the value lies in the period that is `shift` periods from the present one."""

    def holds(value: Moment, wanted: Sequence[Period], now: datetime) -> bool:
        start, end = _while_in(value, wanted[0], shift)
        return start <= now < end

    return holds


def periods(shift: int) -> Changes:
    """When the value comes into such a period, and when it leaves it."""
    return lambda value, wanted: _while_in(value, wanted[0], shift)


def _while_in(value: Moment, period: Period, shift: int) -> tuple[datetime, datetime]:
    return period_start(value.start, period, -shift), period_start(value.start, period, 1 - shift)
