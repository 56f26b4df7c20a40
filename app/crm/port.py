"""What Baton asks of a CRM. Two protocols: the Inbox that tells of changes, and the Crm that is read and written.

Words of one CRM's API end here: behind the port stand HubSpot's paths, batches, headers and quirks;
before it, records and errors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Protocol

from app.crm.errors import CrmError
from app.records.changes import Changed, Place
from app.records.crm import Company, Contact, Deal, Owner, PastValue, PropertyDefinition
from app.records.engagement import Engagement, EngagementKind
from app.records.event import Event, Unreadable
from app.records.ids import CompanyId, ContactId, ObjectType, OwnerId, PortalId

BATCH = 100
"""How many records one call reads or writes at most."""

HISTORY_BATCH = 50
"""How many records one call reads the past of at most."""


SEARCH_PAGE = 200
"""How many records one page of a search holds at most."""


@dataclass(frozen=True, slots=True)
class SignedRequest:
    """A webhook request as it came. `target` is the path with its query, undecoded; `headers` in order,
    names in lower case, repeated ones repeated.
    """

    method: str
    target: str
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


@dataclass(frozen=True, slots=True)
class Secrets:
    """The client secrets of one source: the one in use and, while rotating, the one before it."""

    current: str
    previous: str | None = None

    def __repr__(self) -> str:
        return "Secrets(…)"


Headers = tuple[tuple[bytes, bytes], ...]


class Verdict(StrEnum):
    """Why a request was let in, or was not. Shown to ops; the caller gets the same 401 for each refusal."""

    VALID = "valid"
    NO_SIGNATURE = "no signature"
    BAD_HEADER = "signature header repeated, empty or not ASCII"
    BAD_TIMESTAMP = "timestamp missing or not a number"
    TOO_OLD = "timestamp too old"
    IN_FUTURE = "timestamp in the future"
    MISMATCH = "signature does not match"


class Inbox(Protocol):
    """The side of a CRM that posts changes."""

    def verify(self, request: SignedRequest, secrets: Secrets, *, now: datetime) -> Verdict:
        """Judge a request on its raw bytes, before anything is parsed. Never raises."""

    def sign(self, method: str, target: str, body: bytes, secret: str, *, now: datetime) -> Headers:
        """The headers that make the request one of this CRM's, for trying out the way here."""

    def parse(self, body: bytes) -> list[Event | Unreadable]:
        """Read every event of a body. Never raises: what cannot be read comes back as Unreadable, alone."""


@dataclass(frozen=True, slots=True)
class Account:
    """Whose token it is. `clock_ahead` is how far this machine's clock is ahead of the CRM's, to the second; None where
    the answer told no time.
    """

    portal_id: PortalId
    time_zone: str
    clock_ahead: timedelta | None


@dataclass(frozen=True, slots=True)
class ContactsRead:
    """The answer to a read. `found` is keyed by the id asked for, also where a merged record answered
    under another id; `missing` are ids that no record answers to.
    """

    found: Mapping[ContactId, Contact]
    missing: frozenset[ContactId]


@dataclass(frozen=True, slots=True)
class ChangedPage:
    """Contacts that changed, in the order of their last changes, and where to go on; None at the end."""

    contacts: tuple[Changed, ...]
    next: Place | None


@dataclass(frozen=True, slots=True)
class PropertyChange:
    """Set these properties on a contact; an empty text clears one. `key` names the write in the answer."""

    key: str
    contact_id: ContactId
    properties: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class NoteDraft:
    """A note to put on a contact. `body` is HTML and carries the marker by which it is found again."""

    key: str
    contact_id: ContactId
    owner_id: OwnerId | None
    at: datetime
    body: str


@dataclass(frozen=True, slots=True)
class TaskDraft:
    """A task for an owner. `body` is HTML and carries the marker by which it is found again."""

    key: str
    contact_id: ContactId
    owner_id: OwnerId
    due_at: datetime
    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class TaskClosing:
    """Mark a task as completed, though its work was not done; `because` takes the place of its subject."""

    key: str
    task_id: str
    because: str


@dataclass(frozen=True, slots=True)
class EngagementRead:
    """An engagement as read. `sender` is the address it was sent from, in lower case; "" where none is told."""

    engagement: Engagement
    sender: str = ""


class ActivityKind(StrEnum):
    NOTE = "note"
    TASK = "task"


@dataclass(frozen=True, slots=True)
class Activity:
    """A note or task found on a contact."""

    id: str
    body: str


@dataclass(frozen=True, slots=True)
class Done:
    """The CRM applied the write: the record's id and the properties it answered with."""

    object_id: str
    properties: Mapping[str, str | None]


Outcome = Done | CrmError
"""What became of one write of a batch."""


class Crm(Protocol):
    """The side of a CRM that is read and written. At most BATCH records a call.

    A method raises CrmError when the call as a whole failed; what became of single writes is in the
    mapping it returns, which holds every key that was given.
    """

    async def read_account(self) -> Account: ...

    async def read_scopes(self) -> frozenset[str]:
        """What the token may do, by the CRM's names; a CRM may not tell it of every sort of token, and then raises."""

    async def read_contacts(self, ids: Sequence[ContactId], properties: Sequence[str]) -> ContactsRead: ...

    async def search_changed(self, after: Place, until: datetime) -> ChangedPage:
        """The next contacts last changed after `after` and up to `until`, at most SEARCH_PAGE; a page may be empty.

        The CRM may learn of a change only some minutes after it was made.
        """

    async def read_company_ids(self, contact_ids: Sequence[ContactId]) -> Mapping[ContactId, CompanyId]:
        """The primary company of each contact that has one."""

    async def read_companies(
        self, ids: Sequence[CompanyId], properties: Sequence[str]
    ) -> Mapping[CompanyId, Company]: ...

    async def read_deals(
        self, contact_ids: Sequence[ContactId], properties: Sequence[str]
    ) -> Mapping[ContactId, tuple[Deal, ...]]:
        """The deals of every contact asked for, in the order of their ids; none, where it has none."""

    async def read_histories(
        self, object_type: ObjectType, ids: Sequence[str], properties: Sequence[str]
    ) -> Mapping[str, Mapping[str, tuple[PastValue, ...]]]:
        """The past of each property, newest value first, by the id asked for; HISTORY_BATCH ids a call.

        Every property asked for is there, empty where the CRM tells nothing of it. Ids that no record
        answers to are absent. A CRM may forget: what a property was before its oldest value is not known.
        """

    async def read_owners(self) -> tuple[Owner, ...]:
        """All owners, the archived ones included and marked inactive."""

    async def read_definitions(self, object_type: ObjectType) -> tuple[PropertyDefinition, ...]: ...

    async def update_contacts(self, changes: Sequence[PropertyChange]) -> Mapping[str, Outcome]:
        """Write properties. A value that the CRM silently left as it was comes back as NotApplied."""

    async def create_notes(self, drafts: Sequence[NoteDraft]) -> Mapping[str, Outcome]: ...

    async def create_tasks(self, drafts: Sequence[TaskDraft]) -> Mapping[str, Outcome]: ...

    async def close_tasks(self, closings: Sequence[TaskClosing]) -> Mapping[str, Outcome]:
        """Complete tasks. One that is completed already is Done too; one that was deleted comes back as Gone."""

    async def read_engagements(self, kind: EngagementKind, ids: Sequence[str]) -> Mapping[str, EngagementRead]:
        """Engagements by the id asked for. Those that are gone, or say no time, are absent."""

    async def read_contacts_of(
        self, object_type: ObjectType, ids: Sequence[str]
    ) -> Mapping[str, tuple[ContactId, ...]]:
        """The contacts that engagements or deals are associated with; those with none (yet) are absent.

        An association may land some time after the record it starts from.
        """

    async def read_activities(
        self, kind: ActivityKind, contact_ids: Sequence[ContactId]
    ) -> Mapping[ContactId, tuple[Activity, ...]]:
        """Notes or tasks on each contact, for finding out whether one was created."""

    async def create_property_group(self, object_type: ObjectType, name: str, label: str) -> bool:
        """Make a property group; False when it was there."""

    async def create_properties(self, object_type: ObjectType, definitions: Sequence[PropertyDefinition]) -> None: ...
