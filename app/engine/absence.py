"""Absence: somebody is away, or back. It takes nobody's approval; each is a line in the audit.

Leads pass over who is away. Handoffs that they have already stay with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from app.engine.local_time import instant_of
from app.engine.refusals import NothingThere
from app.errors import BatonError
from app.handoff.state import Roster
from app.records.crm import Owner
from app.records.ids import ObjectType, OwnerId, PoolId, PortalId
from app.storage import absences, audit, handoff_pages, handoffs, lanes, portals
from app.storage.absences import Absence
from app.storage.database import Connection, Database
from app.storage.lanes import Priority


class AbsenceRefused(BatonError):
    """The absence cannot be kept or ended so; the message says what would do."""

    code: ClassVar[str] = "absence_refused"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An absence in [from_at, until_at) of the owner with this address; without `from_at` it begins now.

    A time without an offset is one in the time zone of the agreement.
    """

    email: str
    from_at: datetime | None
    until_at: datetime
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """An owner with the absences that run or are planned, and the open handoffs in each pool, in the portal's mode."""

    owner: Owner
    absences: tuple[Absence, ...]
    open_handoffs: Mapping[PoolId, int]

    def away_until(self, now: datetime) -> datetime | None:
        """When whoever is away at `now` is back; None for one who is there."""
        return max((one.until_at for one in self.absences if one.from_at <= now), default=None)


async def leave(database: Database, portal_id: PortalId, wanted: Wanted, *, by: str, now: datetime) -> Absence:
    """Keep an absence. Raises AbsenceRefused for an unknown owner and for one that is over before it begins.

    Raises as `instant_of` besides.
    """
    from_at = await instant_of(database, portal_id, wanted.from_at or now)
    until_at = await instant_of(database, portal_id, wanted.until_at)
    if until_at <= max(now, from_at):
        raise AbsenceRefused(
            f"until {until_at.isoformat()} is not after {max(now, from_at).isoformat()}; say a later instant"
        )

    async def work(connection: Connection) -> Absence:
        owner = await _owner(connection, portal_id, wanted.email)
        made = Absence(uuid4(), owner.id, from_at, until_at, wanted.reason, by, now)
        await absences.add(connection, portal_id, made)
        await audit.note(connection, portal_id, by, "owner away", _detail(owner, made), now=now)
        await _wake(connection, portal_id, owner.id, now)
        return made

    return await database.transact(work)


async def come_back(database: Database, portal_id: PortalId, email: str, *, by: str, now: datetime) -> list[Absence]:
    """End the absences that run; where none does, call off those that are planned. Returns which.

    Raises AbsenceRefused for an unknown owner and for one without any.
    """

    async def work(connection: Connection) -> list[Absence]:
        owner = await _owner(connection, portal_id, email)
        kept = await absences.to_come(connection, portal_id, now=now, owner_id=owner.id)
        ended = [one for one in kept if one.from_at <= now] or kept
        if not ended:
            raise AbsenceRefused(f"{owner.email} is not away and plans no absence; `baton owner list` shows who is")
        await _end(connection, portal_id, owner, ended, by=by, now=now)
        return ended

    return await database.transact(work)


async def call_off(database: Database, portal_id: PortalId, absence_id: UUID, *, by: str, now: datetime) -> None:
    """End one absence that runs, or call it off where it is planned. Raises NothingThere."""

    async def work(connection: Connection) -> None:
        kept = await absences.to_come(connection, portal_id, now=now)
        ended = [one for one in kept if one.id == absence_id]
        if not ended:
            raise NothingThere(f"no absence {absence_id} runs or is planned; the list of absences shows those that do")
        owner = Roster(owners=await portals.owners(connection, portal_id)).by_id(ended[0].owner_id)
        await _end(connection, portal_id, owner, ended, by=by, now=now)

    await database.transact(work)


async def seen(database: Database, portal_id: PortalId, *, now: datetime) -> list[Seen]:
    """Every owner, by address."""
    async with database.begin() as connection:
        owners = await portals.owners(connection, portal_id)
        kept = await absences.to_come(connection, portal_id, now=now)
        portal = await portals.get(connection, portal_id)
        counts = await handoffs.open_counts(connection, portal_id, shadow=portal is None or portal.is_shadow)
    return [
        Seen(owner, tuple(one for one in kept if one.owner_id == owner.id), _by_pool(counts, owner.id))
        for owner in sorted(owners, key=lambda one: (one.email, one.id))
    ]


def _by_pool(counts: Mapping[PoolId, Mapping[OwnerId, int]], owner_id: OwnerId) -> dict[PoolId, int]:
    return {pool: held[owner_id] for pool, held in sorted(counts.items()) if owner_id in held}


async def _end(
    connection: Connection,
    portal_id: PortalId,
    owner: Owner | None,
    ended: Sequence[Absence],
    *,
    by: str,
    now: datetime,
) -> None:
    await absences.end(connection, portal_id, [one.id for one in ended], now=now)
    for one in ended:
        await audit.note(connection, portal_id, by, "owner back", _detail(owner, one), now=now)
    await _wake(connection, portal_id, ended[0].owner_id, now)


async def _wake(connection: Connection, portal_id: PortalId, owner_id: OwnerId, now: datetime) -> None:
    """Ask for a look at the owner's leads: by some promises an absence moves what is due."""
    leads = [(ObjectType.CONTACT, one) for one in await handoff_pages.contacts_of(connection, portal_id, owner_id)]
    await lanes.mark(connection, portal_id, leads, wake_at=now, now=now, priority=Priority.BACKGROUND)


async def _owner(connection: Connection, portal_id: PortalId, email: str) -> Owner:
    owners: Sequence[Owner] = await portals.owners(connection, portal_id)
    owner = Roster(owners=tuple(owners)).by_email(email.strip())
    if owner is None:
        raise AbsenceRefused(f"HubSpot has no owner with the address {email}; `baton owner list` shows them all")
    return owner


def _detail(owner: Owner | None, one: Absence) -> dict[str, object]:
    """What the audit keeps; the reason stays with the absence, since it may be personal."""
    return {
        "owner": owner.email if owner else one.owner_id,
        "from": one.from_at.isoformat(),
        "until": one.until_at.isoformat(),
    }
