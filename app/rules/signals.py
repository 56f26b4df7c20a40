"""Signals: the kinds there are, and which of a lead's signals a test counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from app.rules.condition import SignalTest
from app.rules.facts import Facts, Signal
from app.rules.moments import later
from app.rules.operators import OPERATORS
from app.rules.truth import Truth
from app.rules.values import Kind

SIGNAL_KINDS: Mapping[str, str] = {
    "form": "Form",
    "email_open": "E-mail opened",
    "email_click": "E-mail clicked",
    "page_view": "Page viewed",
    "visit": "Visit",
    "meeting": "Meeting",
    "call": "Call",
    "reply": "Reply",
}
"""What can be asked for, and what people call it. A kind that nothing supplies is simply never seen."""

SIGNAL_SOURCES: Mapping[str, tuple[str, ...]] = {
    "form": ("recent_conversion_event_name", "recent_conversion_date"),
}
"""The contact properties that a kind of signal is made from."""


def about(test: SignalTest, facts: Facts) -> tuple[Signal, ...]:
    """The signals of the kind and detail that the test is about, whenever they happened, latest first."""
    found = [signal for signal in facts.signals if signal.kind == test.kind and _fits(test, signal, facts)]
    return tuple(sorted(found, key=lambda signal: signal.occurred_at, reverse=True))


def counted(test: SignalTest, signals: Iterable[Signal], now: datetime) -> tuple[Signal, ...]:
    """Of the signals that a test is about, those that lie in its window at `now`."""
    return tuple(signal for signal in signals if _lies_in_window(test, signal, now))


def turns(test: SignalTest, signals: Iterable[Signal]) -> tuple[datetime, ...]:
    """The instants at which the count can change by time alone: the start and end of each one's window."""
    return tuple(instant for signal in signals for instant in _window(test, signal) if instant)


def _fits(test: SignalTest, signal: Signal, facts: Facts) -> bool:
    operator = OPERATORS.get(test.operator or "")
    if operator is None:
        return test.operator is None
    return operator.compare(Kind.STRING, signal.detail, test.wanted, facts.now) is Truth.MET


def _lies_in_window(test: SignalTest, signal: Signal, now: datetime) -> bool:
    start, end = _window(test, signal)
    return start <= now and (end is None or now < end)


def _window(test: SignalTest, signal: Signal) -> tuple[datetime, datetime | None]:
    """While the signal counts; without an end it counts for ever."""
    return signal.occurred_at, None if test.within is None else later(signal.occurred_at, test.within)
