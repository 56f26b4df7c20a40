"""The pools as they stand: whose turn weighs what, who is full or away."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.agreement.model import Agreement, Member
from app.engine.refusals import NothingThere
from app.engine.rulebook import rulebook_of
from app.handoff.state import PoolState, Roster
from app.records.ids import PoolId, PortalId
from app.storage import absences, agreements, handoffs, pools, portals
from app.storage.database import Connection, Database


@dataclass(frozen=True, slots=True)
class Place:
    """A member's place in a pool of the version in force.

    `active` is False for one whom HubSpot does not know or has retired. `at_most` None is no cap.
    """

    pool: PoolId
    member: str
    active: bool
    share: int
    at_most: int | None
    open_handoffs: int
    credit: int
    away_until: datetime | None


async def places(database: Database, portal_id: PortalId, *, now: datetime) -> list[Place]:
    """Every member of every pool, with credits and open handoffs in the portal's mode. Raises NothingThere."""
    agreement = await _agreement(database, portal_id)
    async with database.begin() as connection:
        return _places(agreement, await roster_of(connection, portal_id, now))


async def time_zone(database: Database, portal_id: PortalId) -> str:
    """The agreement's time zone, in which a day of absence begins. Raises NothingThere."""
    return (await _agreement(database, portal_id)).time_zone


async def _agreement(database: Database, portal_id: PortalId) -> Agreement:
    """The version in force."""
    async with database.begin() as connection:
        version = await agreements.newest(connection, portal_id)
    if version is None:
        raise NothingThere("there is no agreement yet; `baton run` publishes the first")
    return (await rulebook_of(version)).agreement


async def roster_of(connection: Connection, portal_id: PortalId, now: datetime) -> Roster:
    """Every pool's ledger in the portal's mode, every owner, and who is away: as they stand, nothing locked."""
    portal = await portals.get(connection, portal_id)
    shadow = portal is None or portal.is_shadow
    counts = await handoffs.open_counts(connection, portal_id, shadow=shadow)
    states = {
        one.pool: PoolState(one.credits, counts.get(one.pool, {}))
        for one in await pools.ledgers(connection, portal_id)
        if one.shadow is shadow
    }
    owners = await portals.owners(connection, portal_id)
    return Roster(states, owners, await absences.away(connection, portal_id, now=now))


def _places(agreement: Agreement, roster: Roster) -> list[Place]:
    return [_place(pool.id, member, roster) for pool in agreement.pools.values() for member in pool.members]


def _place(pool_id: PoolId, member: Member, roster: Roster) -> Place:
    owner, state = roster.by_email(member.owner), roster.pools.get(pool_id, PoolState())
    return Place(
        pool=pool_id,
        member=member.owner,
        active=owner is not None and owner.active,
        share=member.share,
        at_most=member.at_most,
        open_handoffs=state.open_handoffs.get(owner.id, 0) if owner else 0,
        credit=state.credits.get(owner.id, 0) if owner else 0,
        away_until=roster.away.get(owner.id) if owner else None,
    )
