"""Reading the CRM for a look: contacts, their companies; and putting away what is gone or was merged."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.crm.port import Crm
from app.engine.colleagues import telling_colleagues
from app.engine.lease import Lease
from app.engine.rulebook import Books
from app.records.crm import Company, Contact, Deal
from app.records.ids import CompanyId, ContactId, ObjectType
from app.storage import contacts, events, handoffs, lanes, writes
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Reading:
    """What the CRM said, in three calls for up to 100 contacts, two more where the agreement looks at deals.

    `merged` maps a former id to the one that answers.
    """

    contacts: Mapping[ContactId, Contact]
    company_ids: Mapping[ContactId, CompanyId]
    companies: Mapping[CompanyId, Company]
    missing: frozenset[ContactId]
    merged: Mapping[ContactId, ContactId]
    deals: Mapping[ContactId, tuple[Deal, ...]] = field(default_factory=dict)

    def without(self, contacts: Collection[ContactId]) -> Reading:
        """The same, but for these contacts."""
        return replace(self, contacts={one: read for one, read in self.contacts.items() if one not in contacts})

    def company_of(self, contact_id: ContactId) -> Company | None:
        company_id = self.company_ids.get(contact_id)
        return self.companies.get(company_id) if company_id else None


async def read(crm: Crm, ids: Sequence[ContactId], books: Books) -> Reading:
    """Ask for the contacts, their companies, and their deals where they matter. Raises CrmError."""
    answer = await crm.read_contacts(ids, books.contact_properties)
    merged = {asked: contact.id for asked, contact in answer.found.items() if contact.id != asked}
    found = {asked: contact for asked, contact in answer.found.items() if asked not in merged}
    company_ids = await crm.read_company_ids(sorted(found)) if found else {}
    wanted = sorted(set(company_ids.values()))
    companies = await crm.read_companies(wanted, books.company_properties) if wanted else {}
    deals = await crm.read_deals(sorted(found), books.deal_properties) if found and books.deal_properties else {}
    return Reading(found, company_ids, companies, answer.missing, merged, deals)


async def retire(lease: Lease, reading: Reading, *, asks_for_groups: bool, now: datetime) -> None:
    """Close what is open for records that are gone; let a merged record's handoff go on under the id that answers."""
    if not reading.missing and not reading.merged:
        return

    async def work(connection: Connection) -> None:
        await lease.fence(connection)
        merged = {old: new for old, new in sorted(reading.merged.items()) if lease.holds(old)}
        gone = sorted(one for one in reading.missing if lease.holds(one))
        for old, new in merged.items():
            await handoffs.move(connection, lease.portal_id, old, new, now=now)
            await contacts.inherit(connection, lease.portal_id, old, new)
        await handoffs.end(connection, lease.portal_id, gone, "the record is gone", now=now)
        left = dict.fromkeys(gone) | dict(merged)
        unweighed = dict.fromkeys(left)
        async with telling_colleagues(connection, lease.portal_id, unweighed, asked_for=asks_for_groups, now=now):
            await contacts.mark_gone(connection, lease.portal_id, left, now=now)
        await writes.supersede(connection, lease.portal_id, gone)
        await _forget(connection, lease, gone)
        await _cover(connection, lease, gone, "the record is gone")
        await _cover(connection, lease, list(merged), "the record was merged")
        survivors = [(ObjectType.CONTACT, new) for new in sorted(set(merged.values()))]
        await lanes.mark(connection, lease.portal_id, survivors, wake_at=now, now=now)

    await lease.database.transact(work)


async def _forget(connection: Connection, lease: Lease, gone: Sequence[ContactId]) -> None:
    """Who asked to be forgotten is forgotten once more: a look or a late event may have kept something since."""
    asked = await events.erased_among(connection, lease.portal_id, gone)
    if asked:
        people = await contacts.with_former(connection, lease.portal_id, asked)
        await contacts.erase(connection, lease.portal_id, people)
        await events.erase(connection, lease.portal_id, people)


async def losers_first(lease: Lease, reading: Reading, *, now: datetime) -> list[ContactId]:
    """Contacts that must wait, because a record merged into them still has a handoff or a memory of its own.

    The merged record's lane is marked: its look hands over what it has. Deciding before would start anew.
    """
    into = {
        former: contact.id
        for contact in reading.contacts.values()
        for former in contact.merged_ids
        if former not in lease.lanes
    }
    if not into:
        return []

    async def work(connection: Connection) -> list[ContactId]:
        losers = await contacts.unretired(connection, lease.portal_id, sorted(into))
        records = [(ObjectType.CONTACT, loser) for loser in losers]
        await lanes.mark(connection, lease.portal_id, records, wake_at=now, now=now)
        return sorted({into[loser] for loser in losers})

    return await lease.database.transact(work)


async def _cover(connection: Connection, lease: Lease, ids: Sequence[ContactId], reason: str) -> None:
    covered = [(one, lease.lanes[one].generation, None) for one in ids]
    if covered:
        await events.apply(connection, lease.portal_id, covered, reason=reason)
