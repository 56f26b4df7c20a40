"""Webhook events: which changes are subscribed to, and what HubSpot writes about each."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any

from app.crm.simulator.definitions import PropertyDefinition
from app.crm.simulator.instants import epoch_ms, instant
from app.crm.simulator.object_types import ObjectType
from app.crm.simulator.records import Record, Source

Event = dict[str, Any]

_FIRST_SUBSCRIPTION_ID = 3_855_040
_EVENT_IDS = 2**32


@dataclass(frozen=True, slots=True)
class Subscription:
    """One subscription of the app, in the terms of HubSpot's own settings.

    `contact.*`, `company.*` and `deal.*` are meant for these kinds; `object.*` needs an `object_type_id`.
    One property change is reported once for every subscription that wants it.
    """

    subscription_type: str
    property_name: str = ""
    object_type_id: str = ""
    id: int = 0
    active: bool = True


_CONTACT_PROPERTIES = (
    "email",
    "firstname",
    "lastname",
    "jobtitle",
    "company",
    "phone",
    "lifecyclestage",
    "hubspot_owner_id",
    "hs_lead_status",
    "recent_conversion_event_name",
    "recent_conversion_date",
    "baton_handoff_status",
    "baton_rejection_reason",
    "baton_need_confirmed",
    "baton_brief_used",
)
_COMPANY_PROPERTIES = ("numberofemployees", "industry", "domain", "hubspot_owner_id")
_CONTACT_EVENTS = ("creation", "deletion", "merge", "privacyDeletion", "restore", "associationChange")
_ACTIVITY_TYPES = ("0-48", "0-49", "0-47", "0-46", "0-27", "0-18")
_ACTIVITY_PROPERTIES = (("0-48", "hs_call_status"), ("0-49", "hs_email_status"), ("0-47", "hs_meeting_outcome"))


def default_subscriptions() -> list[Subscription]:
    """What a service that hands leads over would subscribe to."""
    wanted = [
        *(Subscription(f"contact.{what}") for what in _CONTACT_EVENTS),
        *(Subscription("contact.propertyChange", name) for name in _CONTACT_PROPERTIES),
        Subscription("company.creation"),
        *(Subscription("company.propertyChange", name) for name in _COMPANY_PROPERTIES),
        *(Subscription("object.creation", object_type_id=type_id) for type_id in _ACTIVITY_TYPES),
        *(Subscription("object.deletion", object_type_id=type_id) for type_id in _ACTIVITY_TYPES),
        *(Subscription("object.propertyChange", name, type_id) for type_id, name in _ACTIVITY_PROPERTIES),
    ]
    return [
        Subscription(each.subscription_type, each.property_name, each.object_type_id, _FIRST_SUBSCRIPTION_ID + n)
        for n, each in enumerate(wanted)
    ]


def wire_value(definition: PropertyDefinition | None, value: str) -> str:
    """A value as webhooks write it: dates and datetimes as epoch milliseconds, the rest as it is kept."""
    if value and definition is not None and definition.type in {"datetime", "date"}:
        return str(epoch_ms(instant(value)))
    return value


class Outbox:
    """Events that are waiting to be sent. `subscriptions` may be changed at any time."""

    def __init__(self, portal_id: int, app_id: int, rng: Random) -> None:
        self.subscriptions = default_subscriptions()
        self.waiting: list[Event] = []
        self.muted = False  # while a world is made that was there before the app came
        self._portal_id = portal_id
        self._app_id = app_id
        self._rng = rng

    def take(self) -> list[Event]:
        """All that is waiting; the outbox is empty afterwards."""
        taken, self.waiting = self.waiting, []
        return taken

    def created(self, record: Record, changes: list[tuple[str, str]], at: datetime, source: Source) -> None:
        """One event a subscribed property and one for the creation, which HubSpot does not put first."""
        events = self._property_events(record, changes, at, source)
        creation = self._record_events(record, "creation", at, source, changeFlag="CREATED")
        place = self._rng.randint(1, len(events)) if events else 0
        self._put([*events[:place], *creation, *events[place:]])

    def changed(self, record: Record, changes: list[tuple[str, str]], at: datetime, source: Source) -> None:
        self._put(self._property_events(record, changes, at, source))

    def happened(self, record: Record, what: str, at: datetime, source: Source, flag: str) -> None:
        """A deletion, privacyDeletion or restore."""
        self._put(self._record_events(record, what, at, source, changeFlag=flag))

    def merged(self, primary: Record, other_id: str, new_id: str, moved: int, at: datetime, source: Source) -> None:
        for subscription in self._wanting(primary.kind, "merge"):
            event = self._envelope(subscription, at, source)
            event["primaryObjectId"] = int(primary.id)
            event["mergedObjectIds"] = [int(other_id)]
            event["newObjectId"] = int(new_id)
            event["numberOfPropertiesMoved"] = moved
            self._put([event])

    def associated(
        self,
        start: tuple[ObjectType, str],
        end: tuple[ObjectType, str],
        at: datetime,
        source: Source,
        *,
        primary: bool,
    ) -> None:
        """Both directions, and both once more for a primary association; activities are not reported."""
        if not (start[0].own_events and end[0].own_events):
            return
        for subscription in [each for kind, _ in (start, end) for each in self._wanting(kind, "associationChange")]:
            for is_primary in (False, True) if primary else (False,):
                self._put([self._association(subscription, (start, end), at, source, primary=is_primary)])
                self._put([self._association(subscription, (end, start), at, source, primary=is_primary)])

    def _association(
        self,
        subscription: Subscription,
        ends: tuple[tuple[ObjectType, str], tuple[ObjectType, str]],
        at: datetime,
        source: Source,
        *,
        primary: bool,
    ) -> Event:
        """One direction. Recorded deliveries of this kind name no subscription, so this one does not either."""
        (kind, record_id), (to, to_id) = ends
        event = self._envelope(subscription, at, source)
        del event["subscriptionId"]
        event["associationType"] = f"{kind.singular}_TO_{to.singular}".upper()
        event["fromObjectId"] = int(record_id)
        event["toObjectId"] = int(to_id)
        event["associationRemoved"] = False
        event["isPrimaryAssociation"] = primary
        return event

    def _put(self, events: Iterable[Event]) -> None:
        self.waiting.extend(events)

    def _wanting(self, kind: ObjectType, what: str, property_name: str = "") -> list[Subscription]:
        if self.muted:
            return []
        own = f"{kind.singular}.{what}" if kind.own_events else ""
        return [
            each
            for each in self.subscriptions
            if each.active
            and each.property_name == property_name
            and (
                each.subscription_type == own
                or (each.subscription_type == f"object.{what}" and each.object_type_id == kind.type_id)
            )
        ]

    def _property_events(
        self, record: Record, changes: list[tuple[str, str]], at: datetime, source: Source
    ) -> list[Event]:
        events = []
        for name, value in changes:
            for subscription in self._wanting(record.kind, "propertyChange", name):
                event = self._envelope(subscription, at, source, record)
                event["propertyName"], event["propertyValue"] = name, value
                if subscription.object_type_id:
                    event["isSensitive"] = False
                events.append(event)
        return events

    def _record_events(self, record: Record, what: str, at: datetime, source: Source, **facts: str) -> list[Event]:
        wanting = self._wanting(record.kind, what)
        return [{**self._envelope(each, at, source, record), **facts} for each in wanting]

    def _envelope(
        self, subscription: Subscription, at: datetime, source: Source, record: Record | None = None
    ) -> Event:
        event: Event = {
            "eventId": self._rng.randrange(1, _EVENT_IDS),
            "subscriptionId": subscription.id or _FIRST_SUBSCRIPTION_ID - 1,
            "portalId": self._portal_id,
            "appId": self._app_id,
            "occurredAt": epoch_ms(at),
            "subscriptionType": subscription.subscription_type,
            "attemptNumber": 0,
            "changeSource": source.kind,
            "sourceId": source.id,
        }
        if record is not None:
            event["objectId"] = int(record.id)
            if subscription.object_type_id:
                event["objectTypeId"] = record.kind.type_id
        return event
