"""What a contact did, read from its properties, and the facts that conditions look at."""

from __future__ import annotations

from datetime import UTC, datetime

from app.handoff.state import HandoffState, History, Lead
from app.records.crm import Contact, Properties
from app.rules.facts import Facts, Signal
from app.rules.moments import read_moment
from app.rules.signals import SIGNALS, Trail

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)


def read_instant(text: str | None) -> datetime | None:
    """The instant that a CRM wrote as ISO 8601 or as milliseconds since 1970; None when it is neither.

    Years before 1970 or after 2199 are slips of the pen and read as nothing.
    """
    moment = read_moment(text or "")
    return moment.start if moment is not None and _EARLIEST <= moment.start < _LATEST else None


def signals_of(contact: Contact) -> tuple[Signal, ...]:
    """What the contact's properties tell that it did, each thing once. What is not asked for is not told."""
    found = (signal_on(kind, trail, contact.properties) for kind, source in SIGNALS.items() for trail in source.trails)
    return tuple(signal for signal in dict.fromkeys(found) if signal is not None)


def facts_of(lead: Lead, now: datetime, *, handoff: HandoffState | None = None) -> Facts:
    """The lead as conditions see it. `handoff` overrules the state that the history tells of."""
    return Facts(
        now=now,
        contact=lead.contact.properties,
        company=None if lead.company is None else lead.company.properties,
        signals=signals_of(lead.contact),
        handoff=handoff or handoff_state_of(lead.history),
        deals=tuple(deal.properties for deal in lead.deals),
        group=lead.group,
    )


def handoff_state_of(history: History) -> HandoffState | None:
    """The state of the open handoff, else how the last one closed; None when Sales had no part in its end."""
    if history.handoff is not None:
        return history.handoff.state
    if history.last is None or history.last.state is HandoffState.ENDED:
        return None
    return history.last.state


def signal_on(kind: str, trail: Trail, properties: Properties) -> Signal | None:
    """The signal that the properties of one trail tell of; None where they tell of none."""
    at, detail = read_instant(properties.get(trail.at)), _detail(trail, properties)
    return None if at is None or (trail.named and not detail) else Signal(kind, detail, at)


def _detail(trail: Trail, properties: Properties) -> str:
    """What the detail property says, unless it came to say so only after the signal."""
    at, since = (read_instant(properties.get(name)) for name in (trail.at, trail.since))
    is_later = at is not None and since is not None and at < since
    detail = (properties.get(trail.detail) or "").strip()
    return trail.words if is_later or not detail else detail
