"""Opening a handoff: the owner found, the brief made, the writes drafted; or nobody there to take it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from app.handoff.brief import make_brief, next_step_of, why_of
from app.handoff.course import Hand
from app.handoff.decision import AddNote, AddTask, Assignment, Decision, Kind, Opening
from app.handoff.draft import Aims, draft, stage_properties, stage_sentence, weight_properties, with_writes
from app.handoff.owners import Nobody, find_owner, keep_owner
from app.handoff.promise import TIME_ZONE, due_of
from app.handoff.properties import BRIEF_USED, DUE_AT, NEXT_STEP, OWNER, REASON, ROUTE, STATUS, WHY, in_crm_time
from app.handoff.qualify import Qualification
from app.handoff.search import search_for
from app.handoff.stage import MoveBack, finish_move
from app.handoff.state import HandoffState, Lead, Lost, Roster, Tenure

NOBODY_YET = timedelta(minutes=15)
"""How soon to look again when nobody could take a lead."""
_ENDED = frozenset({HandoffState.QUALIFIED.value, HandoffState.REJECTED.value})
_TAKEN_UP = "The record carries this handoff already, from after the backup that was restored: nothing is told twice."


def open_handoff(qualification: Qualification, hand: Hand, roster: Roster) -> Decision:
    """Hand the lead over to whoever has it or is next; wait where there is nobody."""
    search = search_for(qualification, roster)
    kept, passed = keep_owner(search, hand.route.to)
    found = kept or find_owner(search, hand.route.to, passed)
    if isinstance(found, Nobody):
        return _wait_for_somebody(qualification, found)
    return _hand_over(qualification, hand, found, _to_take_up(qualification.lead, kept))


def handoff_properties(qualification: Qualification, opening: Opening) -> dict[str, str]:
    """What the record says of a handoff, beside the owner and the status.

    The due time is the one of an owner who stands at once; the task's, made when the owner stands, rules.
    """
    zone = qualification.lead.contact.properties.get(TIME_ZONE)
    due_at = due_of(
        qualification.agreement,
        opening.pool,
        opening.promise,
        qualification.now,
        owner_email=opening.owner_email,
        lead_zone=zone,
    )
    return {
        **({} if due_at is None else {DUE_AT: in_crm_time(due_at)}),
        ROUTE: opening.route,
        WHY: why_of(qualification, opening),
        NEXT_STEP: next_step_of(qualification.agreement, opening),
        **weight_properties(qualification),
    }


def leftovers(lead: Lead) -> dict[str, str]:
    """What an earlier handoff left on the record and this one must not inherit."""
    return {name: "" for name in (REASON, BRIEF_USED) if lead.contact.properties.get(name)}


def _to_take_up(lead: Lead, kept: Assignment | None) -> Lost | None:
    """The lost handoff, where its owner still has the lead, or where it only remains to hear that the rep ended it."""
    return lead.history.lost if kept is not None or lead.contact.properties.get(STATUS) in _ENDED else None


def _hand_over(qualification: Qualification, hand: Hand, assignment: Assignment, lost: Lost | None) -> Decision:
    lead, route = qualification.lead, hand.route
    opening = Opening(
        route=route.id,
        because=route.because,
        promise=route.promise,
        pool=assignment.pool,
        owner_id=assignment.owner_id,
        owner_stands=lead.contact.properties.get(OWNER) == assignment.owner_id,
        owner_email=assignment.owner_email,
        lost=lost,
    )
    move = finish_move(lead)
    sentence = f"{route.because}, so route {route.id}: {assignment.owner_email} {assignment.because}."
    decision = replace(
        draft(qualification, Kind.HANDED_OFF, sentence, hand.mention, move.dropped, "" if lost is None else _TAKEN_UP),
        opening=opening,
        assignment=assignment,
        brief=make_brief(qualification.agreement, qualification, opening),
        tenure=Tenure(1, assignment.owner_id, assignment.owner_email, qualification.now, because=assignment.because),
    )
    if lost is not None:
        return _take_up(decision, qualification, lost, move)
    aims = Aims(
        wanted={**handoff_properties(qualification, opening), **stage_properties(qualification)},
        forced={OWNER: assignment.owner_id, **leftovers(lead)},
        seal={STATUS: HandoffState.OPEN.value},
    )
    return with_writes(decision, qualification, aims, move, tell=(AddNote(), AddTask()))


def _take_up(decision: Decision, qualification: Qualification, lost: Lost, move: MoveBack) -> Decision:
    """Go on with the handoff that the record carries. What the rep answered stays, and is heard by a look at once."""
    said = qualification.lead.contact.properties.get(STATUS) or HandoffState.OPEN.value
    tell = () if said in _ENDED else tuple(one for one in (AddNote(), AddTask()) if one.name not in lost.told)
    aims = Aims({} if said in _ENDED else stage_properties(qualification))
    decision = with_writes(decision, qualification, aims, move, tell=tell)
    again = decision.look_again_at if said == HandoffState.OPEN else qualification.now
    return replace(decision, adopted={**decision.adopted, STATUS: said}, look_again_at=again)


def _wait_for_somebody(qualification: Qualification, nobody: Nobody) -> Decision:
    """The lead is ready and stays so; the stage moves on meanwhile."""
    move = finish_move(qualification.lead)
    soon = qualification.now + NOBODY_YET
    decision = draft(
        qualification,
        Kind.WAITING,
        f"Ready, but {nobody.because}.",
        stage_sentence(qualification),
        move.dropped,
    )
    decision = replace(
        decision,
        waiting_since=qualification.lead.history.waiting_since,
        look_again_at=min(filter(None, (soon, nobody.back_at, decision.look_again_at))),
    )
    return with_writes(decision, qualification, Aims(stage_properties(qualification)), move)
