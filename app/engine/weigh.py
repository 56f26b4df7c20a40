"""Weighing what was read: each contact by its own version of the agreement, with the people around it."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.engine.read import Reading
from app.engine.rulebook import Books, Rulebook
from app.handoff.properties import OWN_PROPERTIES, OWNER, STAGE
from app.handoff.qualify import Qualification, qualify
from app.handoff.state import History, Lead
from app.records.engagement import Engagement
from app.records.ids import CompanyId, ContactId, PortalId
from app.records.roles import BUYING_ROLE, roles_in
from app.records.stages import StageOrder
from app.rules.facts import GroupMember
from app.storage import contacts, engagements, groups
from app.storage.database import Connection, Database
from app.storage.portals import Portal

_WATCHED = (STAGE, OWNER, *(own.name for own in OWN_PROPERTIES))
"""Properties whose last changer is named where a person's change is kept."""


class Kept(Protocol):
    """Where what is known of the contacts is kept: a lease says so, and whatever else has a database of a portal."""

    @property
    def database(self) -> Database: ...

    @property
    def portal_id(self) -> PortalId: ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """A contact weighed by one version of the agreement."""

    qualification: Qualification
    rulebook: Rulebook

    @property
    def lead(self) -> Lead:
        return self.qualification.lead

    @property
    def roles(self) -> tuple[str, ...]:
        """The contact's buying roles: its persona's, else those that it was given by hand."""
        role = self.qualification.scope.role
        return roles_in(self.lead.contact.properties.get(BUYING_ROLE)) if role is None else (role,)


async def weigh(kept: Kept, reading: Reading, portal: Portal, books: Books, *, now: datetime) -> list[Weighed]:
    """Weigh every contact that was read, letting other work run in between.

    One whose handoff is another by now than when its version was looked up is left out.
    """
    async with kept.database.begin() as connection:
        histories = await contacts.histories(
            connection, kept.portal_id, sorted(reading.contacts), shadow=portal.is_shadow, watched=_watched(books)
        )
        done = await _engagements(connection, kept, histories)
        people = await _groups(connection, kept, reading) if books.asks_for_groups else {}
    stages = StageOrder(portal.stages) if portal.stages else StageOrder()
    weighed = []
    for contact_id, contact in sorted(reading.contacts.items()):
        history, book = histories.get(contact_id, History()), books.of(contact_id)
        if _version_of(history) == books.versions.get(contact_id):
            company, group = reading.company_of(contact_id), people.get(reading.company_ids.get(contact_id))
            deals = reading.deals.get(contact_id, ())
            lead = Lead(contact, company, history, stages, deals, group, done.get(contact_id, ()))
            weighed.append(Weighed(qualify(book.agreement, lead, now, book.vocabulary), book))
        await asyncio.sleep(0)
    return weighed


async def _groups(
    connection: Connection, kept: Kept, reading: Reading
) -> Mapping[CompanyId | None, tuple[GroupMember, ...]]:
    """The known people with a buying role at each company that was read; a company without any has an empty group."""
    companies: Collection[CompanyId] = set(reading.company_ids.values())
    known = await groups.of_companies(connection, kept.portal_id, sorted(companies))
    return {company: known.get(company, ()) for company in companies}


async def _engagements(
    connection: Connection, kept: Kept, histories: Mapping[ContactId, History]
) -> Mapping[ContactId, tuple[Engagement, ...]]:
    """What happened with each contact that has an open handoff, since that opened."""
    opened = {one: history.handoff.opened_at for one, history in histories.items() if history.handoff is not None}
    if not opened:
        return {}
    found = await engagements.of_contacts(connection, kept.portal_id, sorted(opened), since=min(opened.values()))
    return {one: tuple(each for each in many if each.occurred_at >= opened[one]) for one, many in found.items()}


def _watched(books: Books) -> tuple[str, ...]:
    """_WATCHED, and the properties that count as a touch."""
    promises = (promise for book in books.all for promise in book.agreement.promises.values())
    return (*_WATCHED, *sorted({name for promise in promises for name in promise.counts_as_touch}))


def _version_of(history: History) -> int | None:
    return None if history.handoff is None else history.handoff.version
