"""Who must agree to a change: whoever speaks for a side whose promise it touches, by the version in force.

The version in force names both the contacts and whose section is whose, so that no draft can appoint the
person who is to approve it.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from app.agreement.model import Agreement
from app.records.people import Side

_SERVING = frozenset({"definitions", "calendars", "free_mail"})


@dataclass(frozen=True, slots=True)
class Consent:
    """That `contact` speaks for `sides` and has to agree, because of these sections; sorted."""

    contact: str
    sides: tuple[Side, ...]
    sections: tuple[str, ...]


def consents_needed(in_force: Agreement, touched: Collection[str], author_side: Side | None) -> tuple[Consent, ...]:
    """Whose consent a change of the `touched` sections takes; nobody's when nothing that runs changes.

    A section is its side's promise; one that no side lists is both sides'. What only serves other sections
    (definitions, calendars, free mail) counts as those that use it, which are touched as well. The author's
    own side agrees to every change that somebody of it asks for.
    """
    promised = frozenset(touched) - _SERVING or touched
    sections = {side: tuple(sorted(_of(in_force, side, promised))) for side in Side}
    wanted = [side for side in Side if sections[side] or (touched and side is author_side)]
    contacts = {one.name: one.contact.casefold() for one in in_force.sides}
    found: dict[str, Consent] = {}
    for side in wanted:
        contact = contacts[side.value]
        before = found.get(contact, Consent(contact, (), ()))
        together = tuple(sorted({*before.sections, *sections[side]}))
        found[contact] = Consent(contact, (*before.sides, side), together)
    return tuple(found.values())


def _of(in_force: Agreement, side: Side, touched: Collection[str]) -> set[str]:
    """The touched sections that are the side's promise, or nobody's and so both sides'."""
    listed = {one.name: frozenset(one.sections) for one in in_force.sides}
    everyone = frozenset().union(*listed.values())
    return {section for section in touched if section in listed[side.value] or section not in everyone}
