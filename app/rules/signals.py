"""Signals: the kinds there are, where they come from, and which of a lead's signals a test counts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.records.span import Span
from app.rules.condition import SignalTest
from app.rules.facts import Facts, Signal
from app.rules.moments import later
from app.rules.operators import OPERATORS
from app.rules.truth import Truth
from app.rules.values import Kind

ANY_TIER = "any"


@dataclass(frozen=True, slots=True)
class Trail:
    """Contact properties that tell of one signal: `at` when it happened, `detail` what it was.

    Without `detail` the signal is told by the fixed `words`. A `detail` that was only true from `since` on is
    left out of an earlier signal. A `named` trail tells of nothing while it has no detail.
    """

    at: str
    detail: str = ""
    words: str = ""
    since: str = ""
    named: bool = False

    @property
    def properties(self) -> tuple[str, ...]:
        return tuple(name for name in (self.detail, self.at, self.since) if name)


@dataclass(frozen=True, slots=True)
class SignalSource:
    """Where a kind of signal comes from, for people: its label, the HubSpot tier it needs, what can be lost.

    Without trails nothing supplies the kind yet: it can be asked for and is never seen.
    """

    label: str
    tier: str
    lost: str
    trails: tuple[Trail, ...] = ()

    @property
    def properties(self) -> tuple[str, ...]:
        """The contact properties that it is made from."""
        return tuple(dict.fromkeys(name for trail in self.trails for name in trail.properties))


def _mail(what: str, sales: str) -> tuple[Trail, ...]:
    """The latest marketing e-mail, whose name HubSpot keeps for the last one sent, and the latest sales e-mail."""
    marketing = Trail(
        f"hs_email_last_{what}_date", "hs_email_last_email_name", "Marketing e-mail", "hs_email_last_send_date"
    )
    return (marketing, Trail(f"hs_sales_email_last_{sales}", words="Sales e-mail"))


_LATEST_ONLY = "every one but the latest, so that counts of more than one are of marketing and sales e-mail together"

SIGNALS: Mapping[str, SignalSource] = {
    "form": SignalSource(
        "Form",
        ANY_TIER,
        "a submission between the first and the latest. HubSpot calculates these properties and is reported not "
        "always to send an event when they change: such a submission is seen at the contact's next look. What is "
        "typed into the form is not read",
        (
            Trail("recent_conversion_date", "recent_conversion_event_name", named=True),
            Trail("first_conversion_date", "first_conversion_event_name", named=True),
        ),
    ),
    "email_open": SignalSource(
        "E-mail opened",
        ANY_TIER,
        f"{_LATEST_ONLY}. Mail programs that load pictures by themselves count as an open, and those that load none "
        "as no open. The name is that of the e-mail sent last, which need not be the one that was opened",
        _mail("open", "opened"),
    ),
    "email_click": SignalSource(
        "E-mail clicked",
        ANY_TIER,
        f"{_LATEST_ONLY}. The name is that of the e-mail sent last, which need not be the one that was clicked",
        _mail("click", "clicked"),
    ),
    "page_view": SignalSource(
        "Page viewed", "enterprise", "all of them: single page views are told by HubSpot's events API only"
    ),
    "visit": SignalSource(
        "Visit",
        ANY_TIER,
        "a visit between the first and the latest, and whoever declined cookies or is not yet known by name. The "
        "detail is the address of the last page seen, or of the first",
        (
            Trail("hs_analytics_last_visit_timestamp", "hs_analytics_last_url"),
            Trail("hs_analytics_first_visit_timestamp", "hs_analytics_first_url"),
        ),
    ),
    "meeting": SignalSource(
        "Meeting",
        ANY_TIER,
        "every meeting but the one booked last, and any that was not booked through HubSpot's meetings tool",
        (Trail("engagements_last_meeting_booked", words="Meeting booked"),),
    ),
    "call": SignalSource("Call", ANY_TIER, "all of them: no contact property tells of a call apart from other contact"),
    "reply": SignalSource("Reply", ANY_TIER, _LATEST_ONLY, _mail("reply", "replied")),
}
"""Every kind that can be asked for. A kind that nothing supplies is simply never seen."""

SIGNAL_KINDS: Mapping[str, str] = {kind: source.label for kind, source in SIGNALS.items()}
"""What can be asked for, and what people call it."""

SIGNAL_SOURCES: Mapping[str, tuple[str, ...]] = {
    kind: source.properties for kind, source in SIGNALS.items() if source.properties
}
"""The contact properties that a kind of signal is made from."""


def about(test: SignalTest, facts: Facts) -> tuple[Signal, ...]:
    """The signals of the kind and detail that the test is about, whenever they happened, latest first."""
    found = [signal for signal in facts.signals if signal.kind == test.kind and _fits(test, signal, facts)]
    return tuple(sorted(found, key=lambda signal: signal.occurred_at, reverse=True))


def counted(test: SignalTest, signals: Iterable[Signal], now: datetime) -> tuple[Signal, ...]:
    """Of the signals that a test is about, those that lie in its window at `now`."""
    return tuple(signal for signal in signals if _lies_in(test.within, signal, now))


def suffices(test: SignalTest, signals: Sequence[Signal], now: datetime) -> bool:
    """Whether the signals that a test is about are as many as it wants, and none of them too recent."""
    if test.not_within is not None and any(_lies_in(test.not_within, signal, now) for signal in signals):
        return False
    count = len(counted(test, signals, now))
    return test.at_least <= count and (test.at_most is None or count <= test.at_most)


def turns(test: SignalTest, signals: Iterable[Signal]) -> tuple[datetime, ...]:
    """The instants at which time alone can change the answer: the start and the end of each one's windows."""
    spans = [span for span in (test.within, test.not_within) if span is not None]
    return tuple(
        instant
        for signal in signals
        for instant in (signal.occurred_at, *(later(signal.occurred_at, span) for span in spans))
    )


def _fits(test: SignalTest, signal: Signal, facts: Facts) -> bool:
    operator = OPERATORS.get(test.operator or "")
    if operator is None:
        return test.operator is None
    if operator.asks_presence:
        return operator.presence(test.wanted, there=bool(signal.detail.strip())) is Truth.MET
    return operator.compare(Kind.STRING, signal.detail, test.wanted, facts.now) is Truth.MET


def _lies_in(window: Span | None, signal: Signal, now: datetime) -> bool:
    """Whether the signal has happened, and lies in the window if there is one."""
    return signal.occurred_at <= now and (window is None or now < later(signal.occurred_at, window))
