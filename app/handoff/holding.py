"""An open handoff: what another hand changed, and whether it needs a new owner."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from app.handoff.course import Hold
from app.handoff.decision import Assignment, Decision, Kind, Seat
from app.handoff.draft import draft, stage_sentence
from app.handoff.escalation import REASSIGN, kept_time, wants_another
from app.handoff.opening import NOBODY_YET
from app.handoff.owners import Nobody, find_owner, named_owner
from app.handoff.properties import OWNER, STATUS
from app.handoff.qualify import Qualification
from app.handoff.reconcile import other_hand, override_of
from app.handoff.record import written
from app.handoff.search import search_for
from app.handoff.state import Act, Change, Handoff, HandoffState, Lead, Override, Roster, Tenure
from app.handoff.telling import not_reassigned, reassigned
from app.handoff.timing import DueStep, cut_off, marked, missing, passed_on, zone_of
from app.records.ids import OwnerId, PoolId
from app.sla.clock import Clock


def hold(qualification: Qualification, course: Hold, roster: Roster) -> Decision:
    """Keep the handoff as it is; give it to somebody else where a person, a step or its owner's leaving asks."""
    handoff, wish = course.handoff, wants_another(course)
    if isinstance(wish, Act):
        return _pass_on(qualification, course, roster, f"{wish.by} gave it on: {wish.because}", wish)
    claim = claim_on_owner(qualification, handoff, roster)
    if claim is not None:
        return _followed(qualification, course, claim, roster)
    owner = roster.by_id(handoff.owner_id)
    if owner is None or not owner.active:
        former = f"Owner {handoff.owner_id}" if owner is None else owner.email
        return _pass_on(qualification, course, roster, f"{former} is no active HubSpot owner", wish)
    if wish is None:
        return written(_keep(qualification, course), qualification, course, handoff.owner_id)
    most = _hops(qualification, handoff)
    if len(handoff.tenures) > most:
        decision = _refused(_keep(qualification, course), qualification, course, wish, _often(most))
        return written(decision, qualification, course, handoff.owner_id)
    clock = wish.clock
    because = f"{owner.email} did not act: {clock.kind.words} within {clock.target} was not kept"
    return _pass_on(qualification, course, roster, because, wish)


def pool_of(qualification: Qualification, handoff: Handoff) -> PoolId:
    """The handoff's pool in today's agreement; the last route's where that pool is no more."""
    agreement = qualification.agreement
    return handoff.pool if handoff.pool in agreement.pools else agreement.routes[-1].to


def claim_on_owner(qualification: Qualification, handoff: Handoff, roster: Roster) -> Override | None:
    """The override by which another hand chose the owner.

    As long as the owner write is not known to stand, an active owner on the record is a person's choice too: the
    opening would have kept them, had they been there. The one before, who still stands there, is nobody's choice.
    """
    lead, now = qualification.lead, qualification.now
    override = other_hand(OWNER, handoff.owner_id, lead, now)
    seen = lead.contact.properties.get(OWNER) or None
    if override is not None or OWNER in lead.history.applied or seen in {None, handoff.owner_id}:
        return override
    last, owner = lead.history.last, roster.by_id(seen)
    declined = last is not None and last.to_different_owner and last.owner_id == seen
    left_over = seen == handoff.former_owner_id and _given_since(lead, handoff) is None
    if owner is None or not owner.active or declined or left_over:
        return None
    return override_of(OWNER, seen, None, lead.history, now)


def _keep(qualification: Qualification, course: Hold) -> Decision:
    """The decision so far: the rep's word, the stage, and what the passing of time asks for."""
    stands = STATUS in qualification.lead.history.applied
    kind = Kind.STAGED if stands and qualification.stage.wanted else Kind.KEPT
    answered = f"The owner set the handoff to {course.state.value}." if course.state else ""
    late = "" if stands else "What the handoff writes does not all stand yet."
    said = (answered, course.mention, stage_sentence(qualification), late)
    time_tells = course.timing.due or course.timing.rescinded
    kept = "" if any(said) or time_tells else f"A handoff is {course.handoff.state.value}; nothing about it changes."
    decision = replace(draft(qualification, kind, *said, kept), handoff_state=course.state)
    return kept_time(decision, qualification, course)


def _followed(qualification: Qualification, course: Hold, claim: Override, roster: Roster) -> Decision:
    """Keep the handoff with whom another hand gave it to; no step takes it from them."""
    if _is_given(claim, course.handoff):
        since = _since(qualification, course.handoff)
        course = replace(course, timing=cut_off(course.timing, course.handoff.clocks, since))
    decision = _claimed(_keep(qualification, course), qualification, claim, roster)
    why = f"it was given to its owner by {claim.by}"
    return written(_refused(decision, qualification, course, wants_another(course), why), qualification, course)


def _is_given(claim: Override, handoff: Handoff) -> bool:
    """Whether the claim is news of another owner, and not of nobody."""
    return bool(claim.value) and claim.value != handoff.owner_id


def _claimed(decision: Decision, qualification: Qualification, claim: Override, roster: Roster) -> Decision:
    """Another hand gave the lead to somebody, or took the owner off: the handoff follows the former."""
    history = qualification.lead.history
    known = history.overrides.get(OWNER) == claim
    handoff = history.handoff
    owner = roster.by_id(claim.value)
    whom = "nobody" if not claim.value else f"owner {claim.value}" if owner is None else owner.email
    decision = replace(
        decision,
        because=decision.because if known else f"The lead was given to {whom} by {claim.by}; that is kept.",
        new_overrides=() if known else (claim,),
    )
    if handoff is None or not _is_given(claim, handoff):
        return decision
    tenure = _given(qualification, handoff, claim, whom)
    return replace(
        decision,
        handoff_owner=tenure.owner_id,
        vacated=Seat(handoff.pool, handoff.owner_id),
        tenure=tenure,
        clocks=_clocks_of(qualification, handoff, decision, tenure),
    )


def _given(qualification: Qualification, handoff: Handoff, claim: Override, whom: str) -> Tenure:
    """The tenure of somebody whom another hand put on the record: it stands since that hand did."""
    since, number = _since(qualification, handoff), len(handoff.tenures) + 1
    return Tenure(number, OwnerId(claim.value or ""), whom, since, since, because=f"given by {claim.by}")


def _since(qualification: Qualification, handoff: Handoff) -> datetime:
    """When another hand gave the lead on: as the event told, else now."""
    change = _given_since(qualification.lead, handoff)
    return qualification.now if change is None else min(change.at, qualification.now)


def _given_since(lead: Lead, handoff: Handoff) -> Change | None:
    """The last change of owner that an event told of, unless it came before whoever has the lead got it."""
    change, tenure = lead.history.changes.get(OWNER), handoff.tenure
    return change if change is not None and (tenure is None or change.at > tenure.assigned_at) else None


def _clocks_of(qualification: Qualification, handoff: Handoff, decision: Decision, tenure: Tenure) -> tuple[Clock, ...]:
    """The clocks once the tenure has begun: those of the owner so far stop, the new owner's start if they stand."""
    stopped, state = passed_on(decision.clocks, tenure.assigned_at, tenure.because), decision.handoff_state
    since = replace(handoff, tenures=(*handoff.tenures, tenure), clocks=stopped, state=state or handoff.state)
    return (*stopped, *missing(qualification.agreement, since, zone_of(qualification.lead)))


def _pass_on(
    qualification: Qualification, course: Hold, roster: Roster, because: str, wish: Act | DueStep | None
) -> Decision:
    """Give the lead to whoever is next, or whom a person named; wait where there is nobody.

    Whoever gets it accepts it anew, but from a person: then it stays as far as it is.
    """
    handoff = course.handoff
    found = _next_owner(qualification, handoff, roster, wish)
    if isinstance(found, Nobody):
        decision = _nobody(qualification, course, found, because)
        return written(decision, qualification, course, handoff.owner_id)
    by_hand = isinstance(wish, Act)
    state = course.state or handoff.state if by_hand else HandoffState.OPEN
    decision = _reassign(qualification, course, found, because, state)
    asked = [step for step in course.timing.due if step.rung.do == REASSIGN]
    decision = replace(decision, clocks=marked(decision.clocks, asked))  # one new owner answers them all
    return written(decision, qualification, course, found.owner_id)


def _next_owner(
    qualification: Qualification, handoff: Handoff, roster: Roster, wish: Act | DueStep | None
) -> Assignment | Nobody:
    search = search_for(qualification, roster)
    pool = pool_of(qualification, handoff)
    if isinstance(wish, Act) and wish.to is not None:
        return named_owner(search, pool, wish.to)
    return find_owner(search, pool)


def _nobody(qualification: Qualification, course: Hold, nobody: Nobody, because: str) -> Decision:
    decision = _keep(qualification, course)
    soon = qualification.now + NOBODY_YET
    return replace(
        decision,
        because=f"{because}, and {nobody.because}.",
        look_again_at=min(filter(None, (soon, nobody.back_at, decision.look_again_at))),
    )


def _reassign(
    qualification: Qualification, course: Hold, assignment: Assignment, because: str, state: HandoffState
) -> Decision:
    """Somebody new has the lead; with `state` open what the one before had said of it no longer counts."""
    handoff, decision = course.handoff, _keep(qualification, course)
    tenure = Tenure(
        len(handoff.tenures) + 1, assignment.owner_id, assignment.owner_email, qualification.now, because=because
    )
    agreement, lead = qualification.agreement, qualification.lead
    return replace(
        decision,
        kind=Kind.REASSIGNED,
        because=f"{because}: {assignment.owner_email} {assignment.because}.",
        assignment=assignment,
        handoff_state=state,
        handoff_owner=assignment.owner_id,
        vacated=Seat(handoff.pool, handoff.owner_id),
        released=tuple(sorted({OWNER, STATUS} & {*lead.history.applied, *lead.history.overrides})),
        tenure=tenure,
        clocks=passed_on(decision.clocks, qualification.now, because),
        notices=(*decision.notices, *reassigned(agreement, lead, handoff, assignment.owner_email, because)),
    )


def _refused(
    decision: Decision, qualification: Qualification, course: Hold, wish: Act | DueStep | None, why: str
) -> Decision:
    """A step asked for another owner and there is to be none: the pool's manager hears of it, once."""
    if not isinstance(wish, DueStep):
        return decision
    told = not_reassigned(qualification.agreement, qualification.lead, course.handoff, wish, why)
    because = f"{decision.because} No other owner, although the agreement asks for one: {why}."
    return replace(
        decision,
        because=because,
        clocks=marked(decision.clocks, [wish]),
        notices=(*decision.notices, *told),
    )


def _hops(qualification: Qualification, handoff: Handoff) -> int:
    """How often the pool lets a lead be given on."""
    pool = qualification.agreement.pools.get(pool_of(qualification, handoff))
    return 0 if pool is None else pool.reassign_at_most


def _often(most: int) -> str:
    return f"it may be given on {most} {'time' if most == 1 else 'times'} at most"
