"""Confirming owners: whoever now stands on the record begins to answer for the lead, and their clocks start."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.agreement.model import Agreement
from app.handoff.timing import missing, shown_due
from app.records.ids import ContactId, PortalId
from app.storage import clocks, contacts, handoffs, tenures
from app.storage.clocks import KeptClock
from app.storage.database import Connection


async def confirm(
    connection: Connection,
    portal_id: PortalId,
    handoff_ids: Sequence[UUID],
    agreement_of: Callable[[ContactId], Agreement],
    *,
    at: datetime,
) -> None:
    """The newest owner of each of these open handoffs stands on the record since `at`, unless that was known.

    Clocks start then and not when the owner was chosen: an outage in between is nobody's breach.
    """
    if not handoff_ids:
        return
    await tenures.confirm(connection, portal_id, handoff_ids, at=at)
    running = await handoffs.open_by_id(connection, portal_id, handoff_ids)
    zones = await contacts.time_zones(connection, portal_id, [contact for contact, _ in running.values()])
    due: dict[UUID, datetime | None] = {}
    begun: list[KeptClock] = []
    for one, (contact, handoff) in running.items():
        new = missing(agreement_of(contact), handoff, zones.get(contact))
        begun += [KeptClock(one, contact, clock) for clock in new]
        due[one] = shown_due(replace(handoff, clocks=(*handoff.clocks, *new)).clocks)
    await clocks.save(connection, portal_id, begun)
    await handoffs.confirm_owners(connection, portal_id, due, at=at)
