"""When a test could turn by time alone: windows lapse, days since something grow in number."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from app.rules.moments import LAST, Moment, days_later
from app.rules.operators import Operator
from app.rules.predicates import Operand
from app.rules.truth import Truth
from app.rules.values import Value


def first_turn(instants: Iterable[datetime], now: datetime, truth_at: Callable[[datetime], Truth]) -> datetime | None:
    """The first of the instants after now at which the truth is another than now's."""
    ahead = sorted({instant for instant in instants if now < instant < LAST})
    if not ahead:
        return None
    present = truth_at(now)
    return next((instant for instant in ahead if truth_at(instant) is not present), None)


def of_value(operator: Operator, value: Value | None, wanted: Sequence[Operand | None]) -> tuple[datetime, ...]:
    """The instants at which a comparison of a date with spans may turn."""
    return operator.changes(value, wanted) if isinstance(value, Moment) and None not in wanted else ()


def of_days_since(start: datetime, wanted: Sequence[Operand | None]) -> tuple[datetime, ...]:
    """The instants at which the whole days since `start` come to, or pass, one of the numbers."""
    numbers = [number for number in wanted if isinstance(number, Decimal)]
    return tuple(days_later(start, int(number) + step) for number in numbers for step in (-1, 0, 1))
