"""Breaches that are taken back: each is a line in the audit, so that nobody need take a mended figure on trust."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from app.records.ids import ContactId, PortalId
from app.storage import audit, clocks
from app.storage.clocks import KeptClock
from app.storage.database import Connection

BY = "baton"


async def note(connection: Connection, portal_id: PortalId, taken_back: Iterable[KeptClock], *, now: datetime) -> None:
    """Say in the audit which clocks were kept in time after all, and by what."""
    for one in taken_back:
        detail = {"handoff": str(one.handoff_id), "clock": one.clock.kind.value, "tenure": one.clock.tenure}
        await audit.note(connection, portal_id, BY, "breach taken back", detail, now=now)


async def of_closed(
    connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId], *, now: datetime
) -> None:
    """Take back breaches of handoffs that ended before a touch in time came to be known."""
    await note(connection, portal_id, await clocks.rescind_late(connection, portal_id, contact_ids, now=now), now=now)
