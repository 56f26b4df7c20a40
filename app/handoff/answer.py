"""What the rep answered on the record, and what follows for the open handoff."""

from __future__ import annotations

from datetime import datetime

from app.agreement.model import Agreement, RecycleRule
from app.handoff.course import Close, Hold
from app.handoff.decision import Closing
from app.handoff.promise import calendar_of, lay
from app.handoff.properties import REASON, STAGE, STATUS
from app.handoff.reconcile import other_hand
from app.handoff.state import Handoff, HandoffState, Lead, StageMove

_ROAD = (HandoffState.OPEN, HandoffState.ACCEPTED, HandoffState.WORKING)
_ENDS = (HandoffState.QUALIFIED, HandoffState.REJECTED)


def answer_to(handoff: Handoff, lead: Lead) -> HandoffState | None:
    """The state that the rep set, when it is news: further down the road, or an end to it.

    A text that was on the record before the handoff opened is no answer to it.
    """
    said = _state(lead.contact.properties.get(STATUS))
    if said is None or not _is_heard(handoff, lead):
        return None
    if said in _ENDS:
        return said
    return said if said in _ROAD and _ROAD.index(said) > _ROAD.index(handoff.state) else None


def follow(agreement: Agreement, handoff: Handoff, lead: Lead, now: datetime) -> Hold | Close:
    """The course that the rep's answer gives the open handoff."""
    said = answer_to(handoff, lead)
    if said is HandoffState.QUALIFIED:
        return Close(handoff, Closing(said, None), "Sales qualified the lead.")
    if said is not HandoffState.REJECTED:
        return Hold(handoff, said)
    reason = (lead.contact.properties.get(REASON) or "").strip() or None
    return _reject(agreement, handoff, lead, reason, now)


def _reject(agreement: Agreement, handoff: Handoff, lead: Lead, reason: str | None, now: datetime) -> Close:
    rule = next((rule for rule in agreement.recycle if rule.reason == reason), None)
    returns_at = _returns_at(agreement, handoff, rule, now)
    different = rule is not None and rule.to == "different_owner"
    back = None if rule is None else _back(rule, lead, now)
    closing = Closing(HandoffState.REJECTED, reason, returns_at, different)
    why = f"Sales rejected the lead: {reason}." if reason else "Sales rejected the lead without a reason."
    when = f"It may come back after {returns_at:%Y-%m-%d}." if returns_at else "It does not come back."
    return Close(handoff, closing, f"{why} {when}", back)


def _returns_at(agreement: Agreement, handoff: Handoff, rule: RecycleRule | None, now: datetime) -> datetime | None:
    if rule is None or rule.return_after is None:
        return None
    return lay(now, rule.return_after, calendar_of(agreement, handoff.pool))


def _back(rule: RecycleRule, lead: Lead, now: datetime) -> StageMove | None:
    """The move to the rule's stage, when that is behind the one seen and no other hand set that."""
    seen = lead.contact.properties.get(STAGE) or None
    if rule.back_to is None or not 0 <= lead.stages.rank(rule.back_to) < lead.stages.rank(seen):
        return None
    if other_hand(STAGE, lead.history.applied.get(STAGE, seen or ""), lead, now) is not None:
        return None
    return StageMove(rule.back_to, f"Rejected: {rule.reason}", was=seen)


def _is_heard(handoff: Handoff, lead: Lead) -> bool:
    """Whether what is on the record was written after the handoff opened."""
    change = lead.history.changes.get(STATUS)
    return STATUS in lead.history.applied or (change is not None and change.at > handoff.opened_at)


def _state(text: str | None) -> HandoffState | None:
    try:
        return HandoffState((text or "").strip())
    except ValueError:
        return None
