"""Keeping what decisions did to clocks, and all that follows: deadlines shown, what is told, what is taken back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from app.engine import rescissions
from app.engine.made import Made, changed_clocks, notices_of, taken_back
from app.handoff.timing import shown_due
from app.records.ids import PortalId
from app.storage import clocks, handoffs, notices
from app.storage.database import Connection


async def keep_clocks(
    connection: Connection, portal_id: PortalId, made: Sequence[Made], *, shadow: bool, now: datetime
) -> None:
    """Keep the clocks that changed, and all that follows from that. The handoffs must be known to be as decided on."""
    await clocks.save(connection, portal_id, [clock for one in made for clock in changed_clocks(one)])
    timed = {one.handoff_id: one for one in made if one.handoff_id and changed_clocks(one)}
    await handoffs.set_due(connection, portal_id, {key: shown_due(one.decision.clocks) for key, one in timed.items()})
    told = [new for one in made for new in notices_of(one)]
    await notices.add(connection, portal_id, told, shadow=shadow, now=now)
    await rescissions.note(connection, portal_id, [one for each in made for one in taken_back(each)], now=now)


def was_there(made: Made, heard_at: datetime) -> bool:
    """Whether the CRM, last heard at `heard_at`, was there at each deadline that the decision says was missed."""
    breached = [one.clock.breached_at for one in changed_clocks(made) if one.clock.is_breached]
    return all(at is not None and at <= heard_at for at in breached)
