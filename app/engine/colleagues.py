"""People around a contact: that somebody plays a part in a purchase, or no more, is news to the others there."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from datetime import datetime

from app.records.ids import ContactId, ObjectType, PortalId
from app.rules.facts import GroupMember
from app.storage import groups, lanes
from app.storage.database import Connection
from app.storage.lanes import Priority

Group = tuple[GroupMember, ...]
_NOWHERE: groups.Places = frozenset()


@asynccontextmanager
async def telling_colleagues(
    connection: Connection,
    portal_id: PortalId,
    weighed: Mapping[ContactId, Group | None],
    *,
    asked_for: bool,
    now: datetime,
) -> AsyncIterator[None]:
    """Look again at everybody around these contacts when one of them plays another part, or elsewhere, after the block.

    `weighed` has each contact's buying group as it was weighed with it: of these contacts, only those are looked at
    again whose group is another by now. Without `asked_for` no condition looks at groups, and nobody is.
    """
    if not asked_for:
        yield
        return
    before = await groups.places(connection, portal_id, list(weighed))
    yield
    after = await groups.places(connection, portal_id, list(weighed))
    stirred = {company_id for one in weighed for company_id, _ in before.get(one, _NOWHERE) ^ after.get(one, _NOWHERE)}
    around = await groups.of_companies(connection, portal_id, sorted(stirred))
    woken = sorted(one for group in around.values() for one in _surprised(group, weighed))
    records = [(ObjectType.CONTACT, one) for one in woken]
    await lanes.mark(connection, portal_id, records, wake_at=now, now=now, priority=Priority.BACKGROUND)


def _surprised(group: Group, weighed: Mapping[ContactId, Group | None]) -> Iterable[ContactId]:
    """Those of the group who were not weighed with it as it is."""
    for one in {ContactId(member.contact_id) for member in group}:
        if one not in weighed or _others(one, weighed[one] or ()) != _others(one, group):
            yield one


def _others(one: ContactId, group: Group) -> frozenset[GroupMember]:
    return frozenset(member for member in group if member.contact_id != one)
