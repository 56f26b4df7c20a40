"""Handoffs that a record carries and the store knows nothing of: they came after the backup that was restored.

The notes and tasks of a handoff carry its id. So before a lead is handed over whose record says that it was, they are
looked at; a handoff that is found there is taken up under its own id, and nothing of it is made a second time.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from uuid import UUID, uuid4

from app.crm.port import ActivityKind, Crm
from app.engine.made import Made
from app.engine.weigh import Kept, Weighed
from app.handoff.course import Hand
from app.handoff.decision import Step
from app.handoff.properties import STATUS
from app.handoff.state import Lost
from app.records.ids import ContactId
from app.storage import restored
from app.storage.writes import StoredWrite, WriteKind, WriteState

_CARRIED = frozenset({"open", "accepted", "working", "qualified", "rejected"})
"""What the record says while a handoff goes on, or once a rep ended it. Baton itself writes of one that expired."""
_MARKER = re.compile(r"\b([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})-(note|task)(?![\w-])")
_KINDS = {"note": WriteKind.NOTE, "task": WriteKind.TASK}


async def with_lost(crm: Crm, kept: Kept, weighed: Sequence[Weighed]) -> list[Weighed]:
    """The same, with the lost handoff of each lead that is to be handed over and has one. Raises CrmError.

    Costs calls only for leads whose record says that they were handed over before.
    """
    asked = [one.lead.contact.id for one in weighed if _was_handed_over(one)]
    lost = await _lost(crm, kept, asked) if asked else {}
    return [_knowing(one, lost.get(one.lead.contact.id)) for one in weighed]


def standing_writes(made: Made) -> list[StoredWrite]:
    """The note and the task of a handoff that was taken up, as done."""
    lost = made.decision.opening.lost if made.decision.opening else None
    if lost is None:
        return []
    return [
        StoredWrite(
            uuid4(), f"{lost.id}-{name}", made.contact_id, made.id, made.handoff_id, Step.TELL, _KINDS[name], {},
            WriteState.DONE, crm_id=crm_id,
        )
        for name, crm_id in sorted(lost.told.items())
    ]  # fmt: skip


def _was_handed_over(weighed: Weighed) -> bool:
    said = weighed.lead.contact.properties.get(STATUS)
    return said in _CARRIED and isinstance(weighed.qualification.course, Hand)


def _knowing(weighed: Weighed, lost: Lost | None) -> Weighed:
    if lost is None:
        return weighed
    lead = replace(weighed.lead, history=replace(weighed.lead.history, lost=lost))
    return replace(weighed, qualification=replace(weighed.qualification, lead=lead))


async def _lost(crm: Crm, kept: Kept, ids: Sequence[ContactId]) -> Mapping[ContactId, Lost]:
    """The lost handoff of each contact. One whose note or task is on two of the records is nobody's for certain."""
    told = await _told(crm, ids)
    many = Counter(handoff_id for handoffs in told.values() for handoff_id in handoffs)
    async with kept.database.begin() as connection:
        known = await restored.known_handoffs(connection, kept.portal_id, sorted(many))
    unknown = {
        contact_id: {each: names for each, names in handoffs.items() if each not in known and many[each] == 1}
        for contact_id, handoffs in told.items()
    }
    return {contact_id: _latest(handoffs) for contact_id, handoffs in unknown.items() if handoffs}


async def _told(crm: Crm, ids: Sequence[ContactId]) -> Mapping[ContactId, Mapping[UUID, dict[str, str]]]:
    """By contact and handoff, what stands of it: the CRM's ids of its note and task."""
    told: dict[ContactId, dict[UUID, dict[str, str]]] = {one: {} for one in ids}
    for kind in ActivityKind:
        for contact_id, activities in (await crm.read_activities(kind, ids)).items():
            for one in activities:
                for handoff_id, name in _MARKER.findall(one.body):
                    told[contact_id].setdefault(UUID(handoff_id), {})[name] = one.id
    return told


def _latest(handoffs: Mapping[UUID, Mapping[str, str]]) -> Lost:
    """The one whose note or task came last: the CRM counts its ids upwards."""
    handoff_id, told = max(handoffs.items(), key=lambda each: max((len(one), one) for one in each[1].values()))
    return Lost(str(handoff_id), told)
