"""What goes on around contacts: whatever is due of engagements, companies and deals, passed on to the contacts."""

from __future__ import annotations

from app.engine import companies, deals, engagements
from app.engine.look import Bench
from app.engine.rulebook import Rulebook
from app.records.engagement import EngagementKind
from app.records.ids import ObjectType
from app.storage import lanes

_AROUND = tuple(each for each in ObjectType if each is not ObjectType.CONTACT)


async def take_hints(bench: Bench, rulebook: Rulebook) -> int:
    """Take one pass over each type of record of which something is due; return how many lanes were held."""
    async with bench.database.begin() as connection:
        waiting = await lanes.waiting_types(connection, bench.portal_id, _AROUND, now=bench.clock.now())
    return sum([await _take(bench, rulebook, each) for each in waiting])


async def _take(bench: Bench, rulebook: Rulebook, object_type: ObjectType) -> int:
    if object_type is ObjectType.COMPANY:
        return await companies.take(bench, rulebook)
    if object_type is ObjectType.DEAL:
        return await deals.take(bench, rulebook)
    return await engagements.take(bench, EngagementKind(object_type.value))
