"""What the rep answered on the record, and what follows for the open handoff."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from app.agreement.model import EXPIRED, Agreement, RecycleRule
from app.handoff.course import Close, Hold
from app.handoff.decision import Closing
from app.handoff.promise import calendar_of, lay
from app.handoff.properties import REASON, STAGE, STATUS
from app.handoff.reconcile import other_hand
from app.handoff.state import Handoff, HandoffState, Lead, StageMove
from app.handoff.timing import Timing, keep_time
from app.handoff.touch import next_touch_at
from app.sla.clock import ClockKind

_ROAD = (HandoffState.OPEN, HandoffState.ACCEPTED, HandoffState.WORKING)
_ENDS = (HandoffState.QUALIFIED, HandoffState.REJECTED)
_REASON_WITHIN = timedelta(minutes=10)
"""How long the reason may follow the rejection: people set one property after the other."""


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
    """The course that the rep's answer, what the rep did and the time that has passed give the open handoff."""
    said = answer_to(handoff, lead)
    timing = keep_time(agreement, lead, handoff, said, now)
    if said is HandoffState.QUALIFIED:
        return Close(handoff, Closing(said, None), "Sales qualified the lead.", timing=timing)
    if said is HandoffState.REJECTED:
        return _reject(agreement, handoff, lead, timing, now)
    if timing.expires is not None:
        return _expire(agreement, handoff, lead, timing, now)
    if said is None and timing.touch is not None and handoff.state is HandoffState.OPEN:
        said, mention = HandoffState.ACCEPTED, f"The owner reached out, which accepts the lead: {timing.touch.because}."
    else:
        mention = ""
    return Hold(handoff, said, mention, look_again_at=next_touch_at(handoff, lead, now), timing=timing)


def _reject(agreement: Agreement, handoff: Handoff, lead: Lead, timing: Timing, now: datetime) -> Hold | Close:
    reason = (lead.contact.properties.get(REASON) or "").strip() or None
    until = _waits_for_reason(lead) if reason is None else None
    if until is not None and now < until:
        mention = "Rejected; the reason is waited for."
        return Hold(handoff, None, mention, look_again_at=until, timing=_not_over(handoff, timing))
    why = f"Sales rejected the lead: {reason}." if reason else "Sales rejected the lead without a reason."
    return _return(agreement, lead, _Ending(handoff, HandoffState.REJECTED, reason, why, timing), now)


def _not_over(handoff: Handoff, timing: Timing) -> Timing:
    """The timing of a handoff that its owner rejects and may still go on with: qualification waits for its end."""
    before = {clock.key: replace(clock, next_at=None) for clock in handoff.clocks if clock.kind is ClockKind.QUALIFY}
    rescinded = tuple(clock for clock in timing.rescinded if clock.key not in before)
    return replace(timing, clocks=tuple(before.get(clock.key, clock) for clock in timing.clocks), rescinded=rescinded)


def _expire(agreement: Agreement, handoff: Handoff, lead: Lead, timing: Timing, now: datetime) -> Close:
    """Nobody acted, and the ladder ends here."""
    step = timing.expires
    what = "" if step is None else f": {step.clock.kind.words} within {step.clock.target} was not kept"
    ending = _Ending(handoff, HandoffState.EXPIRED, EXPIRED, f"Nobody acted{what}.", timing)
    return _return(agreement, lead, ending, now)


@dataclass(frozen=True, slots=True)
class _Ending:
    """How a handoff ends that returns the lead to Marketing."""

    handoff: Handoff
    state: HandoffState
    reason: str | None
    why: str
    timing: Timing


def _return(agreement: Agreement, lead: Lead, ending: _Ending, now: datetime) -> Close:
    """Back by the rule for the reason; a lead that Sales declined for another reason never returns."""
    rule = next((rule for rule in agreement.recycle if rule.reason == ending.reason), None)
    returns_at = None if _often_enough(rule, lead) else _returns_at(agreement, ending, rule, now)
    different = rule is not None and rule.to == "different_owner"
    back = None if rule is None else _back(rule, lead, now)
    closing = Closing(ending.state, ending.reason, returns_at, different)
    when = f"It may come back after {returns_at:%Y-%m-%d}." if returns_at else "It does not come back."
    return Close(ending.handoff, closing, f"{ending.why} {when}", back, ending.timing)


def _waits_for_reason(lead: Lead) -> datetime | None:
    """Until when the reason may follow the rejection; None where it is not known when that came."""
    change = lead.history.changes.get(STATUS)
    return None if change is None else change.at + _REASON_WITHIN


def _often_enough(rule: RecycleRule | None, lead: Lead) -> bool:
    """Whether the lead has come back as often as it may."""
    last = lead.history.last
    came_back = 0 if last is None else last.returns + 1
    return rule is not None and rule.at_most is not None and came_back >= rule.at_most


def _returns_at(agreement: Agreement, ending: _Ending, rule: RecycleRule | None, now: datetime) -> datetime | None:
    """From when on the lead may return. A lead that merely nobody worked may at once, unless a rule says otherwise."""
    if rule is None:
        return now if ending.state is HandoffState.EXPIRED else None
    if rule.return_after is None:
        return None
    return lay(now, rule.return_after, calendar_of(agreement, ending.handoff.pool))


def _back(rule: RecycleRule, lead: Lead, now: datetime) -> StageMove | None:
    """The move to the rule's stage, when that is behind the one seen and no other hand set that."""
    seen = lead.contact.properties.get(STAGE) or None
    if rule.back_to is None or not 0 <= lead.stages.rank(rule.back_to) < lead.stages.rank(seen):
        return None
    if other_hand(STAGE, lead.history.applied.get(STAGE, seen or ""), lead, now) is not None:
        return None
    because = "Expired" if rule.reason == EXPIRED else f"Rejected: {rule.reason}"
    return StageMove(rule.back_to, because, was=seen)


def _is_heard(handoff: Handoff, lead: Lead) -> bool:
    """Whether what is on the record was written after whoever has the lead got it."""
    change, tenure = lead.history.changes.get(STATUS), handoff.tenure
    since = handoff.opened_at if tenure is None else tenure.assigned_at
    return STATUS in lead.history.applied or (change is not None and change.at > since)


def _state(text: str | None) -> HandoffState | None:
    try:
        return HandoffState((text or "").strip())
    except ValueError:
        return None
