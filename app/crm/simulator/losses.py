"""Contacts of which no webhook is ever posted: one in so many, the same ones for one seed."""

from app.crm.simulator.events import Event
from app.crm.simulator.object_types import CONTACTS
from app.crm.simulator.portal import Portal

_NAMING = ("objectId", "fromObjectId", "toObjectId", "newObjectId")


class Losses:
    """Chooses contacts as their first events come by: of every `drop_events` in a row, one."""

    def __init__(self, portal: Portal, seed: int) -> None:
        self._portal = portal
        self._offset = seed
        self._lost: dict[str, bool] = {}

    @property
    def contact_ids(self) -> frozenset[str]:
        """The contacts chosen so far."""
        return frozenset(contact for contact, lost in self._lost.items() if lost)

    def swallow(self, event: Event) -> bool:
        """Whether this event is about a contact that was chosen, while the fault is on."""
        one_in = self._portal.faults.drop_events
        lost = [self._is_lost(contact, one_in) for contact in self._contacts(event) if one_in > 0]
        return any(lost)

    def _contacts(self, event: Event) -> list[str]:
        named = [str(event[name]) for name in _NAMING if name in event]
        return [each for each in named if self._portal.records.find(CONTACTS, each) is not None]

    def _is_lost(self, contact_id: str, one_in: int) -> bool:
        if contact_id not in self._lost:
            self._lost[contact_id] = (len(self._lost) + self._offset) % one_in == 0
        return self._lost[contact_id]
