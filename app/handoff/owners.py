"""Who gets a ready lead: who has it already, whom the pool prefers, whose turn it is, who stands in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.agreement.model import Agreement, Member, Pool
from app.handoff.decision import Assignment, Skipped
from app.handoff.preferences import Wish, name_of, wishes
from app.handoff.properties import OWNER
from app.handoff.rotation import Shares, take_turn
from app.handoff.search import NO_OWNER, Obstacle, Passed, Search, absent, barred, off_work
from app.handoff.state import PoolState
from app.records.crm import Owner
from app.records.ids import OwnerId, PoolId


@dataclass(frozen=True, slots=True)
class Nobody:
    """No one in reach can take the lead."""

    pool: PoolId
    passed: tuple[Passed, ...]

    @property
    def back_at(self) -> datetime | None:
        """When the first of those who are away or off work is back, if any is."""
        return min((one.until for one in self.passed if one.until is not None), default=None)

    @property
    def because(self) -> str:
        tried = "; ".join(f"{one.who}: {one.why}" for one in self.passed)
        remedy = "add an active member, raise a cap or name a fallback under if_nobody"
        return f"nobody can take it in pool {self.pool}{f' ({tried})' if tried else ''}; {remedy}"


Pick = tuple[Assignment | None, tuple[Passed, ...]]


def chain_of(agreement: Agreement, pool_id: PoolId) -> tuple[PoolId, ...]:
    """The pool and those that `if_nobody` leads to, in order, each once; unknown pools end it."""
    chain: list[PoolId] = []
    following: PoolId | None = pool_id
    while following is not None and following in agreement.pools and following not in chain:
        chain.append(following)
        following = agreement.pools[following].if_nobody
    return tuple(chain)


def keep_owner(search: Search, pool_id: PoolId) -> Pick:
    """The active owner who is already on the record, uncharged; away or not, since somebody chose them."""
    owner_id = search.lead.contact.properties.get(OWNER) or None
    if owner_id is None:
        return None, ()
    owner = search.roster.by_id(owner_id)
    obstacle = _unable(search, owner)
    if owner is None or obstacle is not None:
        clause = (obstacle or NO_OWNER).clause
        return None, (Passed(name_of(search, owner_id), f"owns the record, but {clause}"),)
    return _uncharged(search, pool_id, owner, "already owns the lead and is kept", ()), ()


def named_owner(search: Search, pool_id: PoolId, owner_id: OwnerId) -> Assignment | Nobody:
    """The owner whom a person named, uncharged; away or not, since somebody chose them."""
    owner = search.roster.by_id(owner_id)
    if owner is None or not owner.active:
        return Nobody(pool_id, (Passed(name_of(search, owner_id), NO_OWNER.why),))
    return _uncharged(search, pool_id, owner, "was named for it", ())


def find_owner(search: Search, pool_id: PoolId, passed: tuple[Passed, ...] = ()) -> Assignment | Nobody:
    """The next owner in the pool or, when it has nobody, in those after it."""
    for pool in (search.agreement.pools[each] for each in chain_of(search.agreement, pool_id)):
        for pick in (_preferred, _in_rotation, _fallback):
            found, more = pick(search, pool, passed)
            passed = tuple(dict.fromkeys((*passed, *more)))
            if found is not None:
                return found
    return Nobody(pool_id, passed)


def members_in_turn(search: Search, pool: Pool) -> tuple[Shares, tuple[Passed, ...]]:
    """The members who can take this lead, with their shares and in the pool's order; and the others, with why."""
    found = {member: search.roster.by_email(member.owner) for member in pool.members}
    obstacles = {member: _obstacle(search, pool, member, owner) for member, owner in found.items()}
    obstacles |= _off_work(search, pool, [member for member, why in obstacles.items() if why is None])
    shares: dict[OwnerId, int] = {}
    for member, owner in found.items():
        if owner is not None and obstacles[member] is None:
            shares.setdefault(owner.id, member.share)
    passed = (Passed(member.owner, why.why, why.until) for member, why in obstacles.items() if why is not None)
    return tuple(shares.items()), tuple(passed)


def _off_work(search: Search, pool: Pool, able: Sequence[Member]) -> dict[Member, Obstacle | None]:
    """Who of the able is passed over for the hour. Where hours are only preferred and all are off, nobody is."""
    if pool.working_hours is None:
        return {}
    off = {member: off_work(search, pool, member.owner) for member in able}
    return {} if pool.working_hours == "prefer" and all(off.values()) else off


def _preferred(search: Search, pool: Pool, passed: tuple[Passed, ...]) -> Pick:
    """The first preference of the pool that names someone who can take the lead, uncharged."""
    for wish in wishes(search, pool):
        if isinstance(wish, Wish):
            obstacle = _not_now(search, pool, wish.owner)
            if obstacle is None and wish.owner is not None:
                return _uncharged(search, pool.id, wish.owner, wish.because, passed), ()
            passed = (*passed, _passed_wish(wish, obstacle or NO_OWNER))
        else:
            passed = (*passed, wish)
    return None, passed


def _passed_wish(wish: Wish, obstacle: Obstacle) -> Passed:
    return Passed(wish.who, f"{wish.because}, but {obstacle.clause}", obstacle.until)


def _in_rotation(search: Search, pool: Pool, passed: tuple[Passed, ...]) -> Pick:
    credits_now = search.roster.pools.get(pool.id, PoolState()).credits
    shares, others = members_in_turn(search, pool)
    turn = take_turn(shares, credits_now)
    owner = None if turn is None else search.roster.by_id(turn.owner_id)
    if turn is None or owner is None:
        return None, others
    because = f"is next in pool {pool.id}"
    return _assignment(pool.id, owner, because, credits_now, turn.credits, (*passed, *others)), ()


def _fallback(search: Search, pool: Pool, passed: tuple[Passed, ...]) -> Pick:
    """Who stands in, at any hour: they are named so that no lead is left over."""
    if pool.fallback_owner is None:
        return None, ()
    owner = search.roster.by_email(pool.fallback_owner)
    if owner is None or not owner.active:
        return None, (Passed(pool.fallback_owner, f"stands in, but {NO_OWNER.clause}"),)
    obstacle = _kept_from_the_last(search, owner) or absent(search, owner)
    if obstacle is not None:
        return None, (Passed(pool.fallback_owner, f"stands in, but {obstacle.clause}", obstacle.until),)
    return _uncharged(search, pool.id, owner, f"stands in for pool {pool.id}", passed), ()


def _unable(search: Search, owner: Owner | None) -> Obstacle | None:
    """Why the owner cannot have this lead at all, be they there or away."""
    return NO_OWNER if owner is None or not owner.active else barred(search, owner)


def _not_now(search: Search, pool: Pool, owner: Owner | None) -> Obstacle | None:
    """Why somebody whom the pool prefers cannot take this lead now."""
    if owner is None:
        return NO_OWNER
    obstacle = _unable(search, owner) or absent(search, owner)
    if obstacle is None and pool.working_hours == "require":
        return off_work(search, pool, owner.email)
    return obstacle


def _kept_from_the_last(search: Search, owner: Owner) -> Obstacle | None:
    """As `barred`, for one after whom there is nobody: a lead that returns may return to them all the same."""
    return None if search.is_first else barred(search, owner)


def _obstacle(search: Search, pool: Pool, member: Member, owner: Owner | None) -> Obstacle | None:
    """Why a member is passed over, whatever the hour."""
    if owner is None or not owner.active:
        return NO_OWNER
    open_now = search.roster.pools.get(pool.id, PoolState()).open_handoffs.get(owner.id, 0)
    if member.at_most is not None and open_now >= member.at_most:
        return Obstacle(f"at the cap of {member.at_most} open handoffs")
    keeps = _kept_from_the_last if len(pool.members) == 1 else barred
    return keeps(search, owner) or absent(search, owner)


def _uncharged(search: Search, pool_id: PoolId, owner: Owner, because: str, passed: tuple[Passed, ...]) -> Assignment:
    credits_now = search.roster.pools.get(pool_id, PoolState()).credits
    return _assignment(pool_id, owner, because, credits_now, None, passed)


def _assignment(
    pool_id: PoolId,
    owner: Owner,
    because: str,
    before: Mapping[OwnerId, int],
    after: Mapping[OwnerId, int] | None,
    passed: tuple[Passed, ...],
) -> Assignment:
    """One line for the pool's ledger; charged when credits change hands."""
    return Assignment(
        pool=pool_id,
        owner_id=owner.id,
        owner_email=owner.email,
        charged=after is not None,
        because=because,
        credits_before=before,
        credits_after=before if after is None else after,
        skipped=tuple(Skipped(one.who, one.why) for one in passed),
    )
