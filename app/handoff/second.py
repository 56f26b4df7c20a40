"""The second brief: what the owner is told when the lead reaches a further stage while its handoff is open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from app.handoff.brief import make_brief
from app.handoff.decision import AddNote, Brief, Opening, Write
from app.handoff.plain import clean
from app.handoff.properties import STAGE, STATUS
from app.handoff.qualify import Qualification
from app.handoff.state import Handoff
from app.rules.facts import Vocabulary

_STAGE = f"contact.{STAGE}"
_NEXT_STEP = "Set Handoff status to Qualified when Sales has confirmed the lead, or to Rejected with a reason."


def second_note(qualification: Qualification, handoff: Handoff) -> tuple[AddNote, ...]:
    """The note for the stage that the lead is about to reach, one for each; none before the opening stands."""
    stage = qualification.stage.wanted
    if stage is None or STATUS not in qualification.lead.history.applied:
        return ()
    note = AddNote(part=stage)
    return () if note.name in handoff.told else (note,)


def brief_for(qualification: Qualification, opening: Opening, tell: Iterable[Write]) -> Brief:
    """The brief that is still to be told: the one for a further stage where there is such a note, else the first."""
    brief = make_brief(qualification.agreement, qualification, opening)
    stage = next((one.part for one in tell if isinstance(one, AddNote) and one.part), None)
    if stage is None:
        return brief
    name = _stage_name(stage, qualification.scope.vocabulary)
    return replace(brief, heading=f"Second brief: now {name}", next_step=_NEXT_STEP)


def _stage_name(stage: str, vocabulary: Vocabulary) -> str:
    """The stage as people of the portal call it; as it is written where they call it nothing."""
    defined = vocabulary.properties.get(_STAGE)
    options = () if defined is None else defined.options
    return next((clean(option.label) for option in options if option.value == stage and option.label), stage)
