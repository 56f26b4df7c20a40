"""Whom a pool prefers before turns are taken: who has the account, the territory, the company, or had the lead."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from app.agreement.model import Pool
from app.handoff.accounts import account_of
from app.handoff.properties import OWNER
from app.handoff.search import Passed, Search
from app.handoff.territory import territory_of
from app.records.crm import Owner


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody whom the pool would give the lead to. `owner` is None for one whom the roster does not know."""

    who: str
    owner: Owner | None
    because: str


def wishes(search: Search, pool: Pool) -> Iterator[Wish | Passed]:
    """The pool's preferences in its order, and the accounts that the lead's company nearly is, as passed over.

    Before them goes whoever returned the lead, where the agreement gives it back to the same owner.
    """
    yield from _by_return(search)
    for preference in pool.prefer:
        match preference:
            case "named_account":
                yield from _by_account(search)
            case "territory":
                yield from _by_territory(search)
            case "company_owner":
                company = search.lead.company
                yield from _by_id(search, company.properties.get(OWNER) if company else None, "owns the company")
            case "previous_owner":
                last = search.lead.history.last
                yield from _by_id(search, last.owner_id if last else None, "had the lead before")
            case _:
                raise ValueError(f"`{preference}` is no preference; parsing lets none pass that is not listed")


def name_of(search: Search, owner_id: str) -> str:
    """The owner's address, or the id of one whom the roster does not know."""
    owner = search.roster.by_id(owner_id)
    return f"owner {owner_id}" if owner is None else owner.email


def _by_return(search: Search) -> Iterator[Wish]:
    last = search.lead.history.last
    reason = None if last is None or not search.is_first else last.reason
    rule = next((rule for rule in search.agreement.recycle if rule.reason == reason), None)
    if last is not None and rule is not None and rule.to == "same_owner":
        yield from _by_id(search, last.owner_id, "had the lead before and gets it back")


def _by_account(search: Search) -> Iterator[Wish | Passed]:
    matched = account_of(search.agreement, search.lead)
    unsure = ", and so may be others" if len(matched.missed) > 1 else ""
    for one in matched.missed:
        why = f"has the named account {one.account.company}, but {one.because}{unsure}"
        yield Passed(one.account.owner, why)
    if matched.found is not None:
        account = matched.found.account
        because = f"has the named account {account.company} ({matched.found.because})"
        yield _by_email(search, account.owner, because)


def _by_territory(search: Search) -> Iterator[Wish]:
    """Everybody who covers the lead's territory, in the order in which they are listed."""
    if search.scope is None:
        return
    territory, _ = territory_of(search.agreement, search.scope)
    if territory is not None:
        because = f"covers territory {territory.id} ({territory.because})"
        yield from (_by_email(search, email, because) for email in territory.owners)


def _by_id(search: Search, owner_id: str | None, because: str) -> Iterator[Wish]:
    if owner_id:
        yield Wish(name_of(search, owner_id), search.roster.by_id(owner_id), because)


def _by_email(search: Search, email: str, because: str) -> Wish:
    return Wish(email, search.roster.by_email(email), because)
