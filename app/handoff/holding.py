"""An open handoff: what does not stand yet, what another hand changed, whether it needs a new owner."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from app.handoff.brief import make_brief
from app.handoff.course import Hold
from app.handoff.decision import AddNote, AddTask, Assignment, Decision, Kind, Opening, Seat, Write
from app.handoff.draft import Aims, draft, stage_properties, stage_sentence, with_writes
from app.handoff.opening import NOBODY_YET, handoff_properties, leftovers
from app.handoff.owners import Nobody, find_owner, search_for
from app.handoff.promise import due_of
from app.handoff.properties import DUE_AT, OWN_PROPERTIES, OWNER, REP_OWNED, STAGE, STATUS, in_crm_time
from app.handoff.qualify import Qualification
from app.handoff.reconcile import other_hand, override_of
from app.handoff.signals import read_instant
from app.handoff.stage import finish_move
from app.handoff.state import Handoff, Lead, Override, Roster
from app.records.ids import OwnerId, PoolId

_NEAR = timedelta(minutes=1)
"""The owner stands some seconds after the due time was written; that is worth no further write."""
_OWN = tuple(definition.name for definition in OWN_PROPERTIES if definition.name not in REP_OWNED)


def hold(qualification: Qualification, course: Hold, roster: Roster) -> Decision:
    """Keep the handoff as it is on its way; give it a new owner where its own can own no longer."""
    handoff = course.handoff
    claim = claim_on_owner(qualification, handoff, roster)
    if claim is not None:
        return _write(_claimed(_keep(qualification, course), qualification, claim, roster), qualification, course)
    owner = roster.by_id(handoff.owner_id)
    if owner is not None and owner.active:
        return _write(_keep(qualification, course), qualification, course, handoff.owner_id)
    search = search_for(qualification.agreement, qualification.lead, roster)
    found = find_owner(search, pool_of(qualification, handoff))
    if isinstance(found, Nobody):
        return _write(_nobody(qualification, course, found), qualification, course, handoff.owner_id)
    return _write(_reassign(qualification, course, found, roster), qualification, course, found.owner_id)


def pool_of(qualification: Qualification, handoff: Handoff) -> PoolId:
    """The handoff's pool in today's agreement; the last route's where that pool is no more."""
    agreement = qualification.agreement
    return handoff.pool if handoff.pool in agreement.pools else agreement.routes[-1].to


def claim_on_owner(qualification: Qualification, handoff: Handoff, roster: Roster) -> Override | None:
    """The override by which another hand chose the owner.

    As long as the first owner write is not known to stand, an active owner on the record is a person's
    choice too: the opening would have kept them, had they been there.
    """
    lead, now = qualification.lead, qualification.now
    override = other_hand(OWNER, handoff.owner_id, lead, now)
    seen = lead.contact.properties.get(OWNER) or None
    if override is not None or OWNER in lead.history.applied or seen in {None, handoff.owner_id}:
        return override
    last, owner = lead.history.last, roster.by_id(seen)
    declined = last is not None and last.to_different_owner and last.owner_id == seen
    if owner is None or not owner.active or declined:
        return None
    return override_of(OWNER, seen, None, lead.history, now)


def _keep(qualification: Qualification, course: Hold) -> Decision:
    """The decision so far: the rep's word and the stage."""
    stands = STATUS in qualification.lead.history.applied
    kind = Kind.STAGED if stands and qualification.stage.wanted else Kind.KEPT
    answered = f"The owner set the handoff to {course.state.value}." if course.state else ""
    late = "" if stands else "What the handoff writes does not all stand yet."
    said = (answered, course.mention, stage_sentence(qualification), late)
    kept = "" if any(said) else f"A handoff is {course.handoff.state.value}; nothing about it changes."
    return replace(draft(qualification, kind, *said, kept), handoff_state=course.state)


def _claimed(decision: Decision, qualification: Qualification, claim: Override, roster: Roster) -> Decision:
    """Another hand gave the lead to somebody, or took the owner off: the handoff follows the former."""
    history = qualification.lead.history
    known = history.overrides.get(OWNER) == claim
    handoff = history.handoff
    moved = handoff is not None and claim.value and claim.value != handoff.owner_id
    owner = roster.by_id(claim.value)
    whom = "nobody" if not claim.value else f"owner {claim.value}" if owner is None else owner.email
    return replace(
        decision,
        because=decision.because if known else f"The lead was given to {whom} by {claim.by}; that is kept.",
        handoff_owner=OwnerId(claim.value) if moved and claim.value else None,
        vacated=Seat(handoff.pool, handoff.owner_id) if moved and handoff else None,
        new_overrides=() if known else (claim,),
    )


def _nobody(qualification: Qualification, course: Hold, nobody: Nobody) -> Decision:
    decision = _keep(qualification, course)
    soon = qualification.now + NOBODY_YET
    return replace(
        decision,
        because=f"The owner is no longer active, and {nobody.because}.",
        look_again_at=min(filter(None, (soon, nobody.back_at, decision.look_again_at))),
    )


def _reassign(qualification: Qualification, course: Hold, assignment: Assignment, roster: Roster) -> Decision:
    handoff = course.handoff
    owner = roster.by_id(handoff.owner_id)
    former = f"Owner {handoff.owner_id}" if owner is None else owner.email
    because = f"{former} is no active HubSpot owner: {assignment.owner_email} {assignment.because}."
    return replace(
        _keep(qualification, course),
        kind=Kind.REASSIGNED,
        because=because,
        assignment=assignment,
        handoff_owner=assignment.owner_id,
        vacated=Seat(handoff.pool, handoff.owner_id),
    )


def _write(decision: Decision, qualification: Qualification, course: Hold, owner: OwnerId | None = None) -> Decision:
    """The writes of the handoff that do not stand yet; `owner` None leaves the owner as it is."""
    lead, handoff = qualification.lead, course.handoff
    opening = _as_opened(qualification, handoff, decision.handoff_owner or handoff.owner_id)
    tell: tuple[Write, ...] = () if handoff.noted else (AddNote(),)
    tell = tell if handoff.tasked else (*tell, AddTask())
    if tell:
        decision = replace(decision, brief=make_brief(qualification.agreement, qualification, opening))
    aims = _aims(qualification, course, opening)
    assigned = {} if owner is None else {OWNER: owner}
    aims = replace(aims, wanted={**aims.wanted, **assigned, **_due(decision, qualification, handoff)})
    return with_writes(decision, qualification, aims, finish_move(lead), tell=tell)


def _aims(qualification: Qualification, course: Hold, opening: Opening) -> Aims:
    """What the opening wrote, until it stands; from then on only the stage is new."""
    lead = qualification.lead
    applied = lead.history.applied
    stage = stage_properties(qualification) or _applied(lead, (STAGE,))
    if STATUS in applied:
        return Aims({**_applied(lead, _OWN), **stage})
    state = course.state or course.handoff.state
    heard = state is not course.handoff.state
    return Aims(
        {**handoff_properties(qualification, opening), **stage},
        {} if heard else leftovers(lead),
        {STATUS: state.value},
    )


def _applied(lead: Lead, names: tuple[str, ...]) -> Mapping[str, str]:
    """What was applied, as still wanted: so that a change by another hand is noticed, and kept."""
    return {name: lead.history.applied[name] for name in names if name in lead.history.applied}


def _due(decision: Decision, qualification: Qualification, handoff: Handoff) -> dict[str, str]:
    """When the promise falls due, once the owner's clock runs."""
    if handoff.owner_confirmed_at is None or decision.kind is Kind.REASSIGNED:
        return {}
    due_at = due_of(qualification.agreement, handoff.pool, handoff.promise, handoff.owner_confirmed_at)
    said = read_instant(qualification.lead.history.applied.get(DUE_AT))
    if due_at is None or (said is not None and abs(due_at - said) < _NEAR):
        return {}
    return {DUE_AT: in_crm_time(due_at)}


def _as_opened(qualification: Qualification, handoff: Handoff, owner_id: OwnerId) -> Opening:
    """The opening that the handoff came from, as far as today's agreement still knows its route."""
    route = next((route for route in qualification.agreement.routes if route.id == handoff.route), None)
    because = f"Route {handoff.route}" if route is None else route.because
    return Opening(handoff.route, because, handoff.promise, handoff.pool, owner_id, owner_stands=True)
