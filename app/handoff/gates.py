"""The gates before a lead is looked at for readiness: each may end it, with a reason."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from app.agreement.model import Agreement, Disqualifier
from app.handoff.course import Stop
from app.handoff.decision import Kind
from app.handoff.signals import read_instant, signals_of
from app.handoff.stage import stage_seen
from app.handoff.state import HandoffState, Lead, PastHandoff
from app.rules.values import Kind as Reading
from app.rules.values import read

_OPPORTUNITY = "opportunity"
_UNMEANT = frozenset({"email_open"})
"""Signals that bring no lead back: mail programs open mails by themselves."""
_OLDER = (
    ("hubspot_owner_assigneddate", "Owned"),
    ("hs_lifecyclestage_marketingqualifiedlead_date", "A marketing qualified lead"),
)


def gate(agreement: Agreement, lead: Lead, disqualified: Disqualifier | None, now: datetime) -> Stop | None:
    """The first gate that holds the lead, or None: it is to be looked at for readiness."""
    stop = _out_of_term(agreement, now)
    if stop is None and disqualified is not None:
        stop = Stop(Kind.DISQUALIFIED, f"Disqualified: {disqualified.because}.")
    return stop or _left_alone(agreement, lead) or _after_last(agreement, lead, now)


def day_of(agreement: Agreement, at: datetime) -> date:
    """The calendar day of an instant where the agreement is at home."""
    return at.astimezone(ZoneInfo(agreement.time_zone)).date()


def _out_of_term(agreement: Agreement, now: datetime) -> Stop | None:
    today = day_of(agreement, now)
    if today < agreement.starts_on:
        opens_at = datetime.combine(agreement.starts_on, time(), ZoneInfo(agreement.time_zone)).astimezone(UTC)
        because = f"The agreement starts on {agreement.starts_on}."
        return Stop(Kind.LEFT_ALONE, because, look_again_at=opens_at)
    if agreement.ends_on is not None and today > agreement.ends_on:
        return Stop(Kind.LEFT_ALONE, f"The agreement ended on {agreement.ends_on}: no new handoffs.")
    return None


def _left_alone(agreement: Agreement, lead: Lead) -> Stop | None:
    seen, rank = stage_seen(lead), lead.stages.rank
    if 0 <= rank(_OPPORTUNITY) <= rank(seen):
        return Stop(Kind.LEFT_ALONE, f"Left alone: already at stage {seen}.")
    if _count(lead.contact.properties.get("num_associated_deals")) > 0:
        return Stop(Kind.LEFT_ALONE, "Left alone: already in a deal.")
    if lead.history.last is not None or lead.history.applied:
        return None  # what was owned or qualified before is Baton's own doing
    for name, what in _OLDER:
        at = read_instant(lead.contact.properties.get(name))
        if at is not None and day_of(agreement, at) < agreement.starts_on:
            return Stop(Kind.LEFT_ALONE, f"Left alone: {what.lower()} before {agreement.starts_on}.")
    return None


def _after_last(agreement: Agreement, lead: Lead, now: datetime) -> Stop | None:
    last = lead.history.last
    if last is None or last.state is HandoffState.ENDED:
        return None
    closed_on = day_of(agreement, last.closed_at)
    if last.state is HandoffState.QUALIFIED:
        because = f"Sales qualified this lead on {closed_on}; it is not handed over again."
        return Stop(Kind.LEFT_ALONE, because, may_rise=True)
    return _resting(agreement, lead, last, now)


def _resting(agreement: Agreement, lead: Lead, last: PastHandoff, now: datetime) -> Stop | None:
    """A lead that Sales declined rests until its time has come and it does something new."""
    reason = f" ({last.reason})" if last.reason else ""
    ended = f"{last.state.value.capitalize()} on {day_of(agreement, last.closed_at)}{reason}"
    if last.returns_at is None:
        return Stop(Kind.NOT_READY, f"{ended}: it does not come back.")
    if now < last.returns_at:
        because = f"{ended}: rests until {day_of(agreement, last.returns_at)}."
        return Stop(Kind.NOT_READY, because, look_again_at=last.returns_at)
    if not any(one.occurred_at > last.closed_at and one.kind not in _UNMEANT for one in signals_of(lead.contact)):
        return Stop(Kind.NOT_READY, f"{ended}: waits until the lead does something new.")
    return None


def _count(text: str | None) -> Decimal:
    found = read(Reading.NUMBER, text or "")
    return found if isinstance(found, Decimal) else Decimal(0)
