"""HubSpot behind the port: the parts of this room, joined."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta, tzinfo

import httpx

from app.clock import Clock, SystemClock
from app.crm.guard import Breaker, Quota
from app.crm.hubspot.activities import Activities
from app.crm.hubspot.batches import BatchWriter
from app.crm.hubspot.calls import Caller, Limits, Sleep
from app.crm.hubspot.changes import ChangeSearch
from app.crm.hubspot.directory import Directory
from app.crm.hubspot.engagements import EngagementReader
from app.crm.hubspot.kinds import PLURALS
from app.crm.hubspot.linked import LinkedReader
from app.crm.hubspot.links import Link, LinkReader
from app.crm.hubspot.objects import Record, RecordReader
from app.crm.hubspot.paths import paths_for
from app.crm.hubspot.updates import ContactUpdates
from app.crm.port import (
    Account,
    Activity,
    ActivityKind,
    ChangedPage,
    ContactsRead,
    EngagementRead,
    NoteDraft,
    Outcome,
    PropertyChange,
    TaskClosing,
    TaskDraft,
)
from app.records.changes import Place
from app.records.crm import Company, Contact, Deal, Owner, PastValue, PropertyDefinition
from app.records.engagement import EngagementKind
from app.records.ids import CompanyId, ContactId, ObjectType

HTTP_TIMEOUT = timedelta(seconds=10)
PATIENCE = timedelta(seconds=5)


class HubspotCrm:
    """One HubSpot account, read and written with one token.

    `http` must have the API's address as its base URL. `http_timeout` bounds each call as a whole;
    `patience` is how long a call may wait for quota; `zone` is the account's, where its days begin.
    Raises ConfigurationError for an unknown `version` or a token that can be none.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        token: str,
        version: str,
        quota: Quota,
        breaker: Breaker,
        *,
        http_timeout: timedelta = HTTP_TIMEOUT,
        patience: timedelta = PATIENCE,
        zone: tzinfo = UTC,
        clock: Clock | None = None,
        sleep: Sleep = asyncio.sleep,
    ) -> None:
        paths = paths_for(version)
        limits = Limits(http_timeout, patience, zone)
        caller = Caller(http, token, quota, breaker, limits=limits, clock=clock or SystemClock(), sleep=sleep)
        writer, links = BatchWriter(caller), LinkReader(caller, paths)
        self._version = version
        self._reader = RecordReader(caller, paths)
        self._changes = ChangeSearch(caller, paths)
        self._links = links
        self._linked = LinkedReader(links, self._reader)
        self._updates = ContactUpdates(writer, self._reader, paths)
        self._activities = Activities(writer, self._linked, paths)
        self._engagements = EngagementReader(self._reader)
        self._directory = Directory(caller, paths, token)

    def __repr__(self) -> str:
        return f"HubspotCrm({self._version!r})"

    async def read_account(self) -> Account:
        """Whose token it is, and what time HubSpot has."""
        return await self._directory.account()

    async def read_scopes(self) -> frozenset[str]:
        """What HubSpot says that the token may do."""
        return await self._directory.scopes()

    async def read_contacts(self, ids: Sequence[ContactId], properties: Sequence[str]) -> ContactsRead:
        read = await self._reader.read("contacts", ids, properties)
        found = {ContactId(asked): _contact(record) for asked, record in read.found.items()}
        return ContactsRead(found, frozenset(ContactId(each) for each in read.missing))

    async def search_changed(self, after: Place, until: datetime) -> ChangedPage:
        """The next contacts last changed after `after` and up to `until`, as far as the search index knows."""
        return await self._changes.page(after, until)

    async def read_company_ids(self, contact_ids: Sequence[ContactId]) -> Mapping[ContactId, CompanyId]:
        """The primary company of each contact that has one; without a primary one, the first."""
        links = await self._links.read("contacts", "companies", contact_ids)
        return {ContactId(contact): _primary(linked) for contact, linked in links.items() if linked}

    async def read_companies(self, ids: Sequence[CompanyId], properties: Sequence[str]) -> Mapping[CompanyId, Company]:
        read = await self._reader.read("companies", ids, properties)
        return {
            CompanyId(asked): Company(CompanyId(record.id), record.properties) for asked, record in read.found.items()
        }

    async def read_deals(
        self, contact_ids: Sequence[ContactId], properties: Sequence[str]
    ) -> Mapping[ContactId, tuple[Deal, ...]]:
        """The deals of every contact asked for, in the order of their ids; those deleted in between are left out."""
        read = await self._linked.read("deals", contact_ids, properties)
        return {
            contact: tuple(Deal(record.id, record.properties) for record in records)
            for contact, records in read.items()
        }

    async def read_histories(
        self, object_type: ObjectType, ids: Sequence[str], properties: Sequence[str]
    ) -> Mapping[str, Mapping[str, tuple[PastValue, ...]]]:
        """The past of each property, newest value first, by the id asked for."""
        read = await self._reader.read(PLURALS[object_type], ids, (), histories=properties)
        return {asked: record.pasts for asked, record in read.found.items()}

    async def read_owners(self) -> tuple[Owner, ...]:
        """All owners, the archived ones included and marked inactive."""
        return await self._directory.owners()

    async def read_definitions(self, object_type: ObjectType) -> tuple[PropertyDefinition, ...]:
        return await self._directory.definitions(object_type)

    async def update_contacts(self, changes: Sequence[PropertyChange]) -> Mapping[str, Outcome]:
        """Write properties. A stage or owner that HubSpot left as it was comes back as NotApplied."""
        return await self._updates.write(changes) if changes else {}

    async def create_notes(self, drafts: Sequence[NoteDraft]) -> Mapping[str, Outcome]:
        return await self._activities.create_notes(drafts) if drafts else {}

    async def create_tasks(self, drafts: Sequence[TaskDraft]) -> Mapping[str, Outcome]:
        return await self._activities.create_tasks(drafts) if drafts else {}

    async def close_tasks(self, closings: Sequence[TaskClosing]) -> Mapping[str, Outcome]:
        """Complete tasks. One that is completed already is Done too; one that was deleted comes back as Gone."""
        return await self._activities.close_tasks(closings) if closings else {}

    async def read_engagements(self, kind: EngagementKind, ids: Sequence[str]) -> Mapping[str, EngagementRead]:
        """Engagements by the id asked for. Those that are gone, or say no time, are absent."""
        return await self._engagements.read(kind, ids)

    async def read_contacts_of(
        self, object_type: ObjectType, ids: Sequence[str]
    ) -> Mapping[str, tuple[ContactId, ...]]:
        """The contacts that engagements or deals are associated with; those with none (yet) are absent."""
        links = await self._links.read(PLURALS[object_type], "contacts", ids)
        return {each: tuple(sorted({ContactId(link.to_id) for link in linked})) for each, linked in links.items()}

    async def read_activities(
        self, kind: ActivityKind, contact_ids: Sequence[ContactId]
    ) -> Mapping[ContactId, tuple[Activity, ...]]:
        return await self._activities.read(kind, contact_ids)

    async def create_property_group(self, object_type: ObjectType, name: str, label: str) -> bool:
        """Make a property group; False when it was there."""
        return await self._directory.create_group(object_type, name, label)

    async def create_properties(self, object_type: ObjectType, definitions: Sequence[PropertyDefinition]) -> None:
        """Make properties; those that are there stay as they are."""
        await self._directory.create_properties(object_type, definitions)


def _contact(record: Record) -> Contact:
    merged = tuple(ContactId(former) for former in record.former_ids)
    return Contact(ContactId(record.id), record.properties, record.updated_at, merged)


def _primary(links: Sequence[Link]) -> CompanyId:
    primary = next((link for link in links if link.is_primary_company), links[0])
    return CompanyId(primary.to_id)
