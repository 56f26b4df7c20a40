"""Which records an associationChange touches, and which of them is the one to look at first."""

from __future__ import annotations

from app.crm.hubspot.kinds import ASSOCIATED_NOUNS
from app.records.ids import ObjectType

Ends = tuple[tuple[ObjectType, str], ...]


def known_ends(association_type: str, from_id: str, to_id: str) -> Ends:
    """The ends of `CONTACT_TO_COMPANY` and its like that Baton knows, the one to look at first in front.

    Empty where no contact, deal or engagement takes part: a company tied to a ticket says nothing of a lead.
    """
    from_noun, _, to_noun = association_type.partition("_TO_")
    ends = [
        (ASSOCIATED_NOUNS[noun], record_id)
        for noun, record_id in ((from_noun, from_id), (to_noun, to_id))
        if noun in ASSOCIATED_NOUNS
    ]
    ranked = sorted(ends, key=lambda end: _rank(end[0]))
    return () if not ranked or ranked[0][0] is ObjectType.COMPANY else tuple(ranked)


def _rank(object_type: ObjectType) -> int:
    match object_type:
        case ObjectType.CONTACT:
            return 0
        case ObjectType.COMPANY:
            return 2
        case _:
            return 1
