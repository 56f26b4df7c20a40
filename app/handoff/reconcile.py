"""The three-way comparison: what Baton last applied, what is seen now, what is wanted.

A value that is neither what Baton applied nor what it wants is another hand's, and stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation

from app.handoff.properties import OWN_PROPERTIES
from app.handoff.signals import read_instant
from app.handoff.state import History, Lead, Override

ANOTHER_HAND = "another hand"
_TYPES = {definition.name: definition.type for definition in OWN_PROPERTIES}


@dataclass(frozen=True, slots=True)
class Reconciled:
    """What to write, what already stands as wanted, what is in another hand, and which of that is news."""

    write: Mapping[str, str] = field(default_factory=dict)
    adopted: Mapping[str, str] = field(default_factory=dict)
    theirs: Mapping[str, Override] = field(default_factory=dict)
    found: tuple[Override, ...] = ()


def same(name: str, one: str | None, other: str | None) -> bool:
    """Whether two texts are one value of the property: `70` and `70.0`, one instant written in two ways."""
    return one == other or _canonical(name, one) == _canonical(name, other)


def other_hand(name: str, wanted: str, lead: Lead, now: datetime) -> Override | None:
    """The override that holds the property, known or found now; None when Baton may write it."""
    history, seen = lead.history, lead.contact.properties.get(name)
    held, applied = history.overrides.get(name), history.applied.get(name)
    if held is not None:
        return held if same(name, held.value, seen) else override_of(name, seen, held.was, history, now)
    if applied is None or same(name, seen, applied) or same(name, seen, wanted):
        return None
    return override_of(name, seen, applied, history, now)


def override_of(name: str, seen: str | None, was: str | None, history: History, now: datetime) -> Override:
    change = history.changes.get(name)
    return Override(name, seen, was, ANOTHER_HAND if change is None else change.by, now)


def reconcile(wanted: Mapping[str, str], lead: Lead, now: datetime) -> Reconciled:
    """Compare each wanted property. What stands as wanted and is known to is in none of the answers."""
    write: dict[str, str] = {}
    adopted: dict[str, str] = {}
    theirs: dict[str, Override] = {}
    for name, value in wanted.items():
        override = other_hand(name, value, lead, now)
        if override is not None:
            theirs[name] = override
        elif not same(name, lead.contact.properties.get(name), value):
            write[name] = value
        elif value and not same(name, lead.history.applied.get(name), value):
            adopted[name] = value
    known = lead.history.overrides
    found = tuple(override for name, override in theirs.items() if known.get(name) != override)
    return Reconciled(write, adopted, theirs, found)


def _canonical(name: str, text: str | None) -> object:
    written = (text or "").strip()
    match _TYPES.get(name):
        case "number":
            return _number(written)
        case "datetime":
            return read_instant(written) or written
        case "bool":
            return written.casefold()
        case _:
            return written


def _number(written: str) -> object:
    try:
        found = Decimal(written)
    except InvalidOperation:
        return written
    return found if found.is_finite() else written
