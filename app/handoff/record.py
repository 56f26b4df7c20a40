"""What the record is to say of an open handoff: whatever does not stand yet, and what its owner is to be told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from app.handoff.course import Hold
from app.handoff.decision import AddNote, AddTask, Decision, Kind, Opening, Write
from app.handoff.draft import Aims, stage_properties, with_writes
from app.handoff.escalation import former_tasks, further_tasks, task_of
from app.handoff.opening import handoff_properties, leftovers
from app.handoff.promise import due_of
from app.handoff.properties import DUE_AT, OWN_PROPERTIES, OWNER, REP_OWNED, STAGE, STATUS, in_crm_time
from app.handoff.qualify import Qualification
from app.handoff.second import brief_for, second_note
from app.handoff.signals import read_instant
from app.handoff.stage import finish_move
from app.handoff.state import Handoff, HandoffState, Lead
from app.handoff.timing import shown_due
from app.records.ids import OwnerId
from app.sla.clock import ClockState

_NEAR = timedelta(minutes=1)
"""The owner stands some seconds after the due time was written; that is worth no further write."""
_OWN = tuple(definition.name for definition in OWN_PROPERTIES if definition.name not in REP_OWNED)


def written(decision: Decision, qualification: Qualification, course: Hold, owner: OwnerId | None = None) -> Decision:
    """The writes of the handoff that do not stand yet; `owner` None leaves the owner as it is."""
    lead, handoff = qualification.lead, course.handoff
    opening = _as_opened(qualification, handoff, decision)
    tell = _tell(decision, qualification, handoff)
    if tell:
        decision = replace(decision, brief=brief_for(qualification, opening, tell))
    aims = _aims(decision, qualification, course, opening)
    assigned = {} if owner is None else {OWNER: owner}
    forced = {**aims.forced, **(assigned if decision.kind is Kind.REASSIGNED else {})}
    wanted = {**aims.wanted, **({} if forced.get(OWNER) else assigned), **_due(decision, qualification, handoff)}
    return with_writes(
        decision, qualification, replace(aims, wanted=wanted, forced=forced), finish_move(lead), tell=tell
    )


def _tell(decision: Decision, qualification: Qualification, handoff: Handoff) -> tuple[Write, ...]:
    """The notes and the tasks that do not stand yet, and the tasks of former owners that still do."""
    number = max(1, len(handoff.tenures)) if decision.tenure is None else decision.tenure.number
    notes = (*(() if handoff.noted else (AddNote(),)), *second_note(qualification, handoff))
    stands = handoff.tasked if decision.tenure is None else False
    task = () if stands else (AddTask(name=task_of(number)),)
    tenures = handoff.tenures if decision.tenure is None else (*handoff.tenures, decision.tenure)
    former = former_tasks(replace(handoff, tenures=tenures), number)
    return (*notes, *task, *further_tasks(qualification.agreement, handoff, decision.clocks), *former)


def _aims(decision: Decision, qualification: Qualification, course: Hold, opening: Opening) -> Aims:
    """What the opening wrote, until it stands, for a new owner anew; from then on only the stage is new."""
    lead = qualification.lead
    applied = lead.history.applied
    stage = stage_properties(qualification) or _applied(lead, (STAGE,))
    state = course.state or course.handoff.state
    if decision.kind is Kind.REASSIGNED:
        stated = {**handoff_properties(qualification, opening), **stage}
        return Aims(stated, leftovers(lead), {STATUS: (decision.handoff_state or HandoffState.OPEN).value})
    if STATUS in applied:
        done = course.timing.touch is not None and course.state is HandoffState.ACCEPTED
        return Aims({**_applied(lead, _OWN), **stage}, {STATUS: state.value} if done else {})
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
    """When the promise falls due, once the owner's clock runs and nothing holds it."""
    if handoff.owner_confirmed_at is None or decision.kind is Kind.REASSIGNED:
        return {}
    if any(clock.state(qualification.now) is ClockState.PAUSED for clock in decision.clocks):
        return {}
    due_at = shown_due(decision.clocks) or due_of(
        qualification.agreement, handoff.pool, handoff.promise, handoff.owner_confirmed_at
    )
    said = read_instant(qualification.lead.history.applied.get(DUE_AT))
    if due_at is None or (said is not None and abs(due_at - said) < _NEAR):
        return {}
    return {DUE_AT: in_crm_time(due_at)}


def _as_opened(qualification: Qualification, handoff: Handoff, decision: Decision) -> Opening:
    """The opening that the handoff came from, as far as today's agreement still knows its route."""
    route = next((route for route in qualification.agreement.routes if route.id == handoff.route), None)
    because = f"Route {handoff.route}" if route is None else route.because
    tenure, owner_id = decision.tenure or handoff.tenure, decision.handoff_owner or handoff.owner_id
    email = "" if tenure is None else tenure.owner_email
    return Opening(
        handoff.route, because, handoff.promise, handoff.pool, owner_id, owner_stands=True, owner_email=email
    )
