"""Times that people give: one without an offset is on the clocks of the agreement's time zone."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

from app.engine.pools import time_zone
from app.errors import BatonError
from app.records.ids import PortalId
from app.sla import wall
from app.storage.database import Database


class OutOfCalendar(BatonError):
    """The time lies where no calendar reaches; the message says which."""

    code: ClassVar[str] = "out_of_calendar"


async def instant_of(database: Database, portal_id: PortalId, at: datetime) -> datetime:
    """The instant in UTC. Raises NothingThere without an agreement, and OutOfCalendar."""
    zone = await time_zone(database, portal_id)
    try:
        return wall.utc(at) if at.tzinfo else wall.instant(at, zone)
    except (ValueError, OverflowError):
        raise OutOfCalendar(f"{at.isoformat()} lies beyond the years 1 to 9999; give another instant") from None
