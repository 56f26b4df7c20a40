"""The simulator as its users hold it: an ASGI app, and what people and HubSpot do around it."""

import time
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from starlette.applications import Starlette

from app.crm.simulator import people, world
from app.crm.simulator.api.control import control_routes
from app.crm.simulator.api.gate import Gate, OnEcho
from app.crm.simulator.api.pages import page_routes
from app.crm.simulator.api.routes import api_routes
from app.crm.simulator.counters import Counters
from app.crm.simulator.definitions import Option, PropertyDefinition, PropertyGroup
from app.crm.simulator.events import Event, Subscription
from app.crm.simulator.faults import Faults
from app.crm.simulator.instants import Now, wall_clock
from app.crm.simulator.object_types import COMPANIES, CONTACTS, DEALS, NOTES, ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.quota import Quota
from app.crm.simulator.records import Record, Source
from app.crm.simulator.selling import PERSON, Selling, kind_named, record_of
from app.crm.simulator.sender import WebhookSender


class Simulator(Selling):
    """A stateful HubSpot account in memory, with its API as the ASGI app `app`.

    The methods are what happens in HubSpot by other hands than the app's: they report webhook events, which
    wait until a WebhookSender delivers them. Records that are not there raise KeyError; values that HubSpot
    would not take raise RefusedError.
    """

    def __init__(
        self,
        *,
        portal_id: int = 62515,
        app_id: int = 54321,
        access_token: str = "sim-token",  # noqa: S107  # made up, and good for nothing else
        client_secret: str = "sim-secret",  # noqa: S107  # made up, and good for nothing else
        now: Now = wall_clock,
        seed: int = 0,
        monotonic: Callable[[], float] = time.monotonic,
        time_zone: str = "UTC",
    ) -> None:
        self.client_secret = client_secret
        self.access_token = access_token
        self.seed = seed
        self.sender: WebhookSender | None = None
        self.portal = Portal(portal_id=portal_id, app_id=app_id, now=now, seed=seed, time_zone=time_zone)
        self.quota = Quota(monotonic, lambda: self.now().date())
        self.gate = Gate(self.portal, self.quota, access_token)
        routes = [*api_routes(self.gate), *control_routes(self), *page_routes(self.portal)]
        self.app = Starlette(routes=routes)

    # What is held elsewhere and set here.

    @property
    def now(self) -> Now:
        """The clock; it may be replaced."""
        return self.portal.now

    @now.setter
    def now(self, now: Now) -> None:
        self.portal.now = now

    @property
    def on_echo(self) -> OnEcho | None:
        """Awaited before a write is answered while `faults.echo_before_answer` is on: `sender.flush`, say."""
        return self.gate.on_echo

    @on_echo.setter
    def on_echo(self, on_echo: OnEcho | None) -> None:
        self.gate.on_echo = on_echo

    @property
    def subscriptions(self) -> list[Subscription]:
        return self.portal.outbox.subscriptions

    @subscriptions.setter
    def subscriptions(self, subscriptions: Iterable[Subscription]) -> None:
        self.portal.outbox.subscriptions = list(subscriptions)

    @property
    def stages(self) -> list[str]:
        """Lifecycle stages in pipeline order. Assign a list to replace them; labels follow the values."""
        return [stage.value for stage in self.portal.stages]

    @stages.setter
    def stages(self, values: Iterable[str]) -> None:
        known = {stage.value: stage for stage in self.portal.stages}
        self.portal.set_stages([known.get(value, Option(value, value)) for value in values])

    @property
    def faults(self) -> Faults:
        return self.portal.faults

    @property
    def counters(self) -> Counters:
        return self.portal.counters

    # What people do.

    def create_contact(
        self,
        properties: Mapping[str, str],
        *,
        company_id: str | None = None,
        source: str = "CRM_UI",
        by: str = PERSON,
    ) -> str:
        contact = people.add_record(self.portal, CONTACTS, properties, Source(source, by))
        if company_id is not None:
            company = self._record(COMPANIES, company_id)
            people.associate(self.portal, contact, company, Source(source, by), primary=True)
        return contact.id

    def edit_contact(
        self, contact_id: str, properties: Mapping[str, str], *, source: str = "CRM_UI", by: str = PERSON
    ) -> None:
        """Any stage may be set, also an earlier one: the UI clears for people."""
        people.edit_record(self.portal, self._record(CONTACTS, contact_id), properties, Source(source, by))

    def submit_form(self, contact_id: str, form_name: str) -> None:
        people.submit_form(self.portal, self._record(CONTACTS, contact_id), form_name)

    def create_company(self, properties: Mapping[str, str], *, source: str = "CRM_UI", by: str = PERSON) -> str:
        return people.add_record(self.portal, COMPANIES, properties, Source(source, by)).id

    def edit_company(
        self, company_id: str, properties: Mapping[str, str], *, source: str = "CRM_UI", by: str = PERSON
    ) -> None:
        people.edit_record(self.portal, self._record(COMPANIES, company_id), properties, Source(source, by))

    def create_deal(
        self, properties: Mapping[str, str], *, contact_id: str, source: str = "CRM_UI", by: str = PERSON
    ) -> str:
        """A deal with a contact; its id."""
        contact = self._record(CONTACTS, contact_id)
        deal = people.add_record(self.portal, DEALS, properties, Source(source, by))
        people.associate(self.portal, deal, contact, Source(source, by), primary=False)
        return deal.id

    def edit_deal(
        self, deal_id: str, properties: Mapping[str, str], *, source: str = "CRM_UI", by: str = PERSON
    ) -> None:
        """Change a deal; moving its stage opens or closes it."""
        people.edit_record(self.portal, self._record(DEALS, deal_id), properties, Source(source, by))

    def associate(self, contact_id: str, company_id: str, *, primary: bool = True, by: str = PERSON) -> None:
        contact, company = self._record(CONTACTS, contact_id), self._record(COMPANIES, company_id)
        people.associate(self.portal, contact, company, Source("USER", by), primary=primary)

    def merge_contacts(self, primary_id: str, other_id: str, *, by: str = PERSON) -> str:
        """The id of the record that both became; the old ids lead to it."""
        primary, other = self._record(CONTACTS, primary_id), self._record(CONTACTS, other_id)
        return people.merge(self.portal, primary, other, Source("CRM_UI", by)).id

    def delete_contact(self, contact_id: str, *, by: str = PERSON) -> None:
        people.delete(self.portal, self._record(CONTACTS, contact_id), Source("CRM_UI", by))

    def restore_contact(self, contact_id: str, *, by: str = PERSON) -> None:
        record = self.portal.records.find(CONTACTS, contact_id, archived=True)
        if record is None:
            raise KeyError(contact_id)
        people.restore(self.portal, record, Source("CRM_UI", by))

    def erase_contact(self, contact_id: str, *, by: str = PERSON) -> None:
        """Delete for privacy, for good."""
        people.erase(self.portal, self._record(CONTACTS, contact_id), Source("CRM_UI", by))

    # Owners and definitions.

    def create_owner(self, email: str, first_name: str = "", last_name: str = "", *, archived: bool = False) -> str:
        owner = self.portal.owners.add(email, first_name, last_name, self.now())
        if archived:
            self.portal.owners.archive(owner.id, self.now())
        return owner.id

    def archive_owner(self, owner_id: str) -> None:
        """Deactivate a person. Records keep them as their owner."""
        self.portal.owners.archive(owner_id, self.now())

    def define_property(  # the fields of a property
        self,
        object_type: str,
        name: str,
        type: str,  # noqa: A002  # HubSpot's word
        field_type: str,
        label: str = "",
        group: str = "contactinformation",
        options: Iterable[str | Option] = (),
        *,
        read_only: bool = False,
        unique: bool = False,
    ) -> None:
        """Define a property, or replace the one of that name."""
        given = tuple(each if isinstance(each, Option) else Option(each, each) for each in options)
        if type == "bool" and not given:
            given = (Option("true", "Yes"), Option("false", "No"))
        schema = self.portal.schema(kind_named(object_type))
        schema.groups.setdefault(group, PropertyGroup(group, group))
        schema.add(
            [
                PropertyDefinition(
                    name,
                    label or name,
                    type,
                    field_type,
                    group=group,
                    options=given,
                    read_only=read_only,
                    unique=unique,
                )
            ]
        )

    def property_names(self, object_type: str) -> set[str]:
        return set(self.portal.schema(kind_named(object_type)).properties)

    def seed_world(
        self,
        contacts: int,
        *,
        companies: int | None = None,
        owners: Iterable[tuple[str, str, str]] = world.OWNERS,
        emit: bool = False,
    ) -> list[str]:
        """Plausible companies, contacts and form fills, the same for one seed; the ids of the contacts."""
        return world.populate(self.portal, contacts, companies=companies, owners=owners, emit=emit)

    # Looking on.

    def contact(self, contact_id: str) -> dict[str, str]:
        """What is set on a contact now. KeyError when it is gone."""
        return dict(self._record(CONTACTS, contact_id).values)

    def history(self, contact_id: str, property_name: str) -> list[tuple[str, datetime, str, str]]:
        """(value, at, source type, source id), newest first."""
        versions = self._record(CONTACTS, contact_id).histories.get(property_name, [])
        return [(v.value, v.at, v.source.kind, v.source.id) for v in reversed(versions)]

    def notes_of(self, contact_id: str) -> list[dict[str, str]]:
        return self.activities_of(contact_id, "notes")

    def tasks_of(self, contact_id: str) -> list[dict[str, str]]:
        return self.activities_of(contact_id, "tasks")

    def activities_of(self, contact_id: str, object_type: str) -> list[dict[str, str]]:
        """The activities of one kind on a contact, oldest first."""
        kind = NOTES if object_type == "notes" else kind_named(object_type)
        links = self.portal.links.of(CONTACTS, self._record(CONTACTS, contact_id).id, kind)
        found = (self.portal.records.find(kind, link.to_id) for link in links)
        return [dict(record.values) for record in found if record is not None]

    def contact_ids(self) -> list[str]:
        return [record.id for record in self.portal.records.all(CONTACTS)]

    def pending_events(self) -> int:
        """Events not delivered yet, those a sender holds for a retry included."""
        return len(self.portal.outbox.waiting) + (self.sender.waiting if self.sender else 0)

    def waiting_events(self) -> list[Event]:
        """Copies of the events that no sender has taken yet."""
        return [dict(event) for event in self.portal.outbox.waiting]

    def _record(self, kind: ObjectType, record_id: str) -> Record:
        return record_of(self.portal, kind, record_id)
