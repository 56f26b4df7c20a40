"""What reps say of the briefs they were given."""

from __future__ import annotations

from collections.abc import Iterable

from app.handoff.properties import BRIEF_USED, STATUS
from app.handoff.state import Lead


def words_on(leads: Iterable[Lead]) -> dict[str, str]:
    """By handoff, the word on the record of each lead that has one: `used`, `partly` or `not_used`."""
    said = ((_handoff_id(lead), lead.contact.properties.get(BRIEF_USED)) for lead in leads)
    return {handoff_id: word for handoff_id, word in said if handoff_id and word}


def _handoff_id(lead: Lead) -> str | None:
    """The handoff that a word is about: the open one, else the last.

    Until an opening stands, nobody knows: the record may still have the word about the handoff before.
    """
    history = lead.history
    if history.handoff is not None:
        return history.handoff.id if STATUS in history.applied else None
    return None if history.last is None else history.last.id
