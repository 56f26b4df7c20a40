"""The digest: once a day each pool's manager is told which promises are broken and not made good yet.

It names leads by their ids in HubSpot and not by their names: it is about many people, and outlives the asking of
one of them to be forgotten.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, tzinfo

from app.agreement.model import Agreement
from app.handoff.decision import Notice
from app.records.ids import PortalId
from app.storage import notices, portals
from app.storage.breaches import OpenBreach, open_breaches
from app.storage.database import Connection, Database
from app.storage.notices import NewNotice

KIND = "digest"
_LINES_MOST = 100


async def make_digests(database: Database, portal_id: PortalId, agreement: Agreement, local: datetime) -> None:
    """Keep one digest for each manager with an open breach. `local` is now, in the zone whose day it is.

    Its key names manager and day, so that there is one however many workers make it.
    """

    async def work(connection: Connection) -> None:
        portal = await portals.get(connection, portal_id)
        shadow = portal is None or portal.is_shadow
        breaches = await open_breaches(connection, portal_id, shadow=shadow)
        made = [digest_of(manager, mine, local) for manager, mine in _by_manager(agreement, breaches).items()]
        new = [NewNotice(one.key, None, None, one) for one in made]
        await notices.add(connection, portal_id, new, shadow=shadow, now=local)

    await database.transact(work)


def _by_manager(agreement: Agreement, breaches: Sequence[OpenBreach]) -> Mapping[str, list[OpenBreach]]:
    """Whose pools the breaches are in; a pool that the version in force no longer has is nobody's."""
    mine: dict[str, list[OpenBreach]] = {}
    for one in breaches:
        if pool := agreement.pools.get(one.pool):
            mine.setdefault(pool.manager, []).append(one)
    return mine


def digest_of(manager: str, breaches: Sequence[OpenBreach], local: datetime) -> Notice:
    """What a manager is told: a line for each breach, in the order given, as far as a mail should be long."""
    many = "1 open breach" if len(breaches) == 1 else f"{len(breaches)} open breaches"
    lines = [_line(one, local.tzinfo) for one in breaches[:_LINES_MOST]]
    if len(breaches) > _LINES_MOST:
        lines.append(f"and {len(breaches) - _LINES_MOST} more")
    return Notice(
        key=f"{KIND}:{manager}:{local.date().isoformat()}",
        to=manager,
        kind=KIND,
        subject=f"{many} on {local:%Y-%m-%d}",
        lines=tuple(lines),
    )


def _line(one: OpenBreach, zone: tzinfo | None) -> str:
    promised, due = one.kind.replace("_", " "), one.due_at.astimezone(zone)
    return f"{one.pool}: {promised} of contact {one.contact_id} by {one.owner} was due {due:%Y-%m-%d %H:%M %Z}"
