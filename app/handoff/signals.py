"""What a contact did, read from its properties, and the facts that conditions look at."""

from __future__ import annotations

from datetime import UTC, datetime

from app.handoff.state import HandoffState, History, Lead
from app.records.crm import Contact
from app.rules.facts import Facts, Signal
from app.rules.moments import read_moment

_EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
_LATEST = datetime(2200, 1, 1, tzinfo=UTC)
_FORM = "form"


def read_instant(text: str | None) -> datetime | None:
    """The instant that a CRM wrote as ISO 8601 or as milliseconds since 1970; None when it is neither.

    Years before 1970 or after 2199 are slips of the pen and read as nothing.
    """
    moment = read_moment(text or "")
    return moment.start if moment is not None and _EARLIEST <= moment.start < _LATEST else None


def signals_of(contact: Contact) -> tuple[Signal, ...]:
    """The form submissions that the properties tell of: the latest, and the first if that is another."""
    latest = _submission(contact, "recent")
    first = _submission(contact, "first")
    return tuple(signal for signal in dict.fromkeys((latest, first)) if signal is not None)


def facts_of(lead: Lead, now: datetime, *, handoff: HandoffState | None = None) -> Facts:
    """The lead as conditions see it. `handoff` overrules the state that the history tells of."""
    return Facts(
        now=now,
        contact=lead.contact.properties,
        company=None if lead.company is None else lead.company.properties,
        signals=signals_of(lead.contact),
        handoff=handoff or handoff_state_of(lead.history),
    )


def handoff_state_of(history: History) -> HandoffState | None:
    """The state of the open handoff, else how the last one closed; None when Sales had no part in its end."""
    if history.handoff is not None:
        return history.handoff.state
    if history.last is None or history.last.state is HandoffState.ENDED:
        return None
    return history.last.state


def _submission(contact: Contact, which: str) -> Signal | None:
    name = (contact.properties.get(f"{which}_conversion_event_name") or "").strip()
    at = read_instant(contact.properties.get(f"{which}_conversion_date"))
    return Signal(_FORM, name, at) if name and at is not None else None
