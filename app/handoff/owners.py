"""Who gets a ready lead: who has it already, whom the pool prefers, whose turn it is, who stands in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from app.agreement.model import Agreement, Member, Pool
from app.handoff.decision import Assignment, Skipped
from app.handoff.properties import OWNER
from app.handoff.rotation import Shares, take_turn
from app.handoff.state import HandoffState, Lead, PoolState, Roster
from app.records.crm import Owner
from app.records.ids import OwnerId, PoolId


@dataclass(frozen=True, slots=True)
class Search:
    """A search for an owner. `barred` is who must not get the lead (again), and `barred_because` why.

    A pool's only member is never barred: there is no one else.
    """

    agreement: Agreement
    lead: Lead
    roster: Roster
    barred: OwnerId | None = None
    barred_because: str = ""


@dataclass(frozen=True, slots=True)
class Nobody:
    """No one in reach can take the lead. `back_at` is when the first of those who are away is back, if any is."""

    pool: PoolId
    skipped: tuple[Skipped, ...]
    back_at: datetime | None = None

    @property
    def because(self) -> str:
        tried = "; ".join(f"{passed.who}: {passed.why}" for passed in self.skipped)
        remedy = "add an active member, raise a cap or name a fallback under if_nobody"
        return f"nobody can take it in pool {self.pool}{f' ({tried})' if tried else ''}; {remedy}"


Pick = tuple[Assignment | None, tuple[Skipped, ...]]


def chain_of(agreement: Agreement, pool_id: PoolId) -> tuple[PoolId, ...]:
    """The pool and those that `if_nobody` leads to, in order, each once; unknown pools end it."""
    chain: list[PoolId] = []
    following: PoolId | None = pool_id
    while following is not None and following in agreement.pools and following not in chain:
        chain.append(following)
        following = agreement.pools[following].if_nobody
    return tuple(chain)


def search_for(agreement: Agreement, lead: Lead, roster: Roster) -> Search:
    """The search for an owner: of a new handoff, or of the open one in place of its own.

    The one who has the open handoff is barred; else the one who declined the lead, where the agreement says so.
    """
    handoff, last = lead.history.handoff, lead.history.last
    if handoff is not None:
        return Search(agreement, lead, roster, handoff.owner_id, "had to be replaced")
    if last is not None and last.to_different_owner and last.state is HandoffState.REJECTED:
        return Search(agreement, lead, roster, last.owner_id, "declined this lead before")
    return Search(agreement, lead, roster)


def keep_owner(search: Search, pool_id: PoolId) -> Pick:
    """The active owner who is already on the record, uncharged; away or not, since somebody chose them."""
    owner_id = search.lead.contact.properties.get(OWNER) or None
    if owner_id is None:
        return None, ()
    owner, why = _able(search, owner_id)
    if owner is None:
        return None, (Skipped(_name(search, owner_id), f"owns the record, but {why}"),)
    return _uncharged(search, pool_id, owner, "already owns the lead and is kept", ()), ()


def find_owner(search: Search, pool_id: PoolId, passed: tuple[Skipped, ...] = ()) -> Assignment | Nobody:
    """The next owner in the pool or, when it has nobody, in those after it."""
    for pool in (search.agreement.pools[each] for each in chain_of(search.agreement, pool_id)):
        for pick in (_preferred, _in_rotation, _fallback):
            found, skipped = pick(search, pool, passed)
            passed = tuple(dict.fromkeys((*passed, *skipped)))
            if found is not None:
                return found
    return Nobody(pool_id, passed, min(search.roster.away.values(), default=None))


def members_in_turn(search: Search, pool: Pool) -> tuple[Shares, tuple[Skipped, ...]]:
    """The members who can take this lead, with their shares and in the pool's order; and the others, with why."""
    state = search.roster.pools.get(pool.id, PoolState())
    shares: dict[OwnerId, int] = {}
    skipped = []
    for member in pool.members:
        owner = search.roster.by_email(member.owner)
        why = _why_not(search, pool, member, owner, state)
        if owner is None or why:
            skipped.append(Skipped(member.owner, why))
        else:
            shares.setdefault(owner.id, member.share)
    return tuple(shares.items()), tuple(skipped)


def _preferred(search: Search, pool: Pool, passed: tuple[Skipped, ...]) -> Pick:
    """The first preference of the pool that names someone who can take the lead, uncharged."""
    for owner_id, because in _preferences(search, pool):
        owner, why = _usable(search, owner_id)
        if owner is not None:
            return _uncharged(search, pool.id, owner, because, passed), ()
        passed = (*passed, Skipped(_name(search, owner_id), f"{because}, but {why}"))
    return None, passed


def _preferences(search: Search, pool: Pool) -> list[tuple[OwnerId, str]]:
    company, last = search.lead.company, search.lead.history.last
    found = {
        "company_owner": (company.properties.get(OWNER) if company else None, "owns the company"),
        "previous_owner": (last.owner_id if last else None, "had the lead before"),
    }
    wanted = (found[name] for name in pool.prefer if name in found)
    return [(OwnerId(owner_id), because) for owner_id, because in wanted if owner_id]


def _in_rotation(search: Search, pool: Pool, passed: tuple[Skipped, ...]) -> Pick:
    credits_now = search.roster.pools.get(pool.id, PoolState()).credits
    shares, skipped = members_in_turn(search, pool)
    turn = take_turn(shares, credits_now)
    owner = None if turn is None else search.roster.by_id(turn.owner_id)
    if turn is None or owner is None:
        return None, skipped
    because = f"is next in pool {pool.id}"
    return _assignment(pool.id, owner, because, credits_now, turn.credits, (*passed, *skipped)), ()


def _why_not(search: Search, pool: Pool, member: Member, owner: Owner | None, state: PoolState) -> str:
    """Why a member is passed over; empty for one who can take the lead."""
    if owner is None or not owner.active:
        return "no active HubSpot owner"
    if member.at_most is not None and state.open_handoffs.get(owner.id, 0) >= member.at_most:
        return f"at the cap of {member.at_most} open handoffs"
    if owner.id == search.barred and len(pool.members) > 1:
        return search.barred_because
    return _absence(search, owner)


def _fallback(search: Search, pool: Pool, passed: tuple[Skipped, ...]) -> Pick:
    if pool.fallback_owner is None:
        return None, ()
    owner = search.roster.by_email(pool.fallback_owner)
    if owner is None or not owner.active:
        return None, (Skipped(pool.fallback_owner, "stands in, but is no active HubSpot owner"),)
    absence = _absence(search, owner)
    if absence:
        return None, (Skipped(pool.fallback_owner, f"stands in, but is {absence}"),)
    return _uncharged(search, pool.id, owner, f"stands in for pool {pool.id}", passed), ()


def _usable(search: Search, owner_id: str) -> tuple[Owner | None, str]:
    """The owner if they can take this lead now; otherwise why not."""
    owner, why = _able(search, owner_id)
    absence = "" if owner is None else _absence(search, owner)
    return (None, f"is {absence}") if absence else (owner, why)


def _absence(search: Search, owner: Owner) -> str:
    """`away until ...`; empty for one who is there."""
    until = search.roster.away.get(owner.id)
    return "" if until is None else f"away until {until.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def _able(search: Search, owner_id: str) -> tuple[Owner | None, str]:
    """The owner if they can have this lead, be they there or away; otherwise why not."""
    owner = search.roster.by_id(owner_id)
    if owner is None or not owner.active:
        return None, "is no active HubSpot owner"
    if owner.id == search.barred:
        return None, search.barred_because
    return owner, ""


def _name(search: Search, owner_id: str) -> str:
    owner = search.roster.by_id(owner_id)
    return f"owner {owner_id}" if owner is None else owner.email


def _uncharged(search: Search, pool_id: PoolId, owner: Owner, because: str, passed: tuple[Skipped, ...]) -> Assignment:
    credits_now = search.roster.pools.get(pool_id, PoolState()).credits
    return _assignment(pool_id, owner, because, credits_now, None, passed)


def _assignment(
    pool_id: PoolId,
    owner: Owner,
    because: str,
    before: Mapping[OwnerId, int],
    after: Mapping[OwnerId, int] | None,
    passed: tuple[Skipped, ...],
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
        skipped=passed,
    )
