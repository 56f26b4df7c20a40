"""One event as HubSpot posts it, to an Event.

Every field may be missing or of another type than documented; ids and times come as numbers and are
taken as digits in a text too. Source: HubSpot developer documentation, "Webhooks API", and deliveries
seen in public captures, which call `subscriptionType` what the documentation's table calls `eventType`.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from app.crm.hubspot.associations import Ends, known_ends
from app.crm.hubspot.kinds import BY_NOUN, BY_TYPE_ID, KINDS, OBJECT_NOUN
from app.records.event import Event, EventKind
from app.records.ids import ObjectType, PortalId

Payload = Mapping[str, object]

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MS = 253_402_300_799_999  # the end of the year 9999
_LAST_ID = 2**63 - 1
_LONGEST_ID = 19
_TEST_EVENT_IDS = (1, 100)
_TEST_OBJECT_ID = "123"


class WrongPayload(Exception):
    """The event cannot be read; the message says which field is wrong, without its value."""


class _Subject(NamedTuple):
    """Which records an event is about."""

    kind: EventKind
    object_type: ObjectType | None
    object_id: str | None
    also: Ends = ()


def read_event(payload: Payload, *, key: str) -> Event:
    """The event that `payload` describes. Raises WrongPayload."""
    type_name = _text(payload, "subscriptionType") or _text(payload, "eventType")
    if not type_name:
        raise WrongPayload("subscriptionType is missing")
    subject = _subject(payload, type_name)
    return Event(
        key=key,
        portal_id=PortalId(_required_number(payload, "portalId", _LAST_ID)),
        kind=subject.kind,
        type_name=type_name,
        object_type=subject.object_type,
        object_id=subject.object_id,
        occurred_at=_occurred_at(payload),
        property_name=_text(payload, "propertyName"),
        property_value=_text(payload, "propertyValue"),
        change_source=_text(payload, "changeSource"),
        source_id=_text_or_id(payload, "sourceId"),
        app_id=_id(payload, "appId"),
        is_test=_is_test(payload, subject.object_id),
        also=subject.also,
    )


def _occurred_at(payload: Payload) -> datetime | None:
    """A hint without a time is a hint all the same; a time that cannot be one makes the event doubtful."""
    if payload.get("occurredAt") is None:
        return None
    return _EPOCH + timedelta(milliseconds=_required_number(payload, "occurredAt", _LAST_MS))


def _subject(payload: Payload, type_name: str) -> _Subject:
    noun, _, verb = type_name.partition(".")
    kind = KINDS.get(verb, EventKind.OTHER)
    object_type = _object_type(payload, noun)
    if kind is EventKind.ASSOCIATED:
        return _associated(payload)
    if kind is EventKind.OTHER or object_type is None:
        return _Subject(EventKind.OTHER, object_type, _id(payload, "objectId"))
    if kind is EventKind.MERGED:
        return _merged(payload, object_type)
    return _Subject(kind, object_type, _required_id(payload, "objectId"))


def _object_type(payload: Payload, noun: str) -> ObjectType | None:
    if noun == OBJECT_NOUN:
        return BY_TYPE_ID.get(_text(payload, "objectTypeId") or "")
    return BY_NOUN.get(noun)


def _merged(payload: Payload, object_type: ObjectType) -> _Subject:
    """A merge makes a record with an id of its own; where no such id is named, the primary survives."""
    candidates = [_id(payload, name) for name in ("newObjectId", "primaryObjectId", "objectId")]
    ids = [record_id for record_id in candidates if record_id is not None]
    if not ids:
        raise WrongPayload("newObjectId and primaryObjectId are missing")
    merged = payload.get("mergedObjectIds") or []
    if not isinstance(merged, list):
        raise WrongPayload("mergedObjectIds is no list")
    ids += [_as_id(record_id, "mergedObjectIds") for record_id in merged]
    survivor, *others = dict.fromkeys(ids)
    return _Subject(EventKind.MERGED, object_type, survivor, tuple((object_type, other) for other in others))


def _associated(payload: Payload) -> _Subject:
    association_type = _text(payload, "associationType") or ""
    from_id, to_id = _id(payload, "fromObjectId"), _id(payload, "toObjectId")
    ends = known_ends(association_type, from_id or "", to_id or "")
    if not ends:
        return _Subject(EventKind.OTHER, None, _id(payload, "objectId"))
    if from_id is None or to_id is None:
        raise WrongPayload("fromObjectId or toObjectId is missing")
    (object_type, object_id), *also = ends
    return _Subject(EventKind.ASSOCIATED, object_type, object_id, tuple(also))


def _is_test(payload: Payload, object_id: str | None) -> bool:
    """Whether somebody pressed the test button of HubSpot's webhook settings: no such record exists."""
    by_ids = payload.get("eventId") in _TEST_EVENT_IDS and object_id == _TEST_OBJECT_ID
    return by_ids or (payload.get("changeSource") == "CRM" and payload.get("changeFlag") == "NEW")


def _text(payload: Payload, name: str) -> str | None:
    value = payload.get(name)
    if value is None or isinstance(value, str):
        return value
    raise WrongPayload(f"{name} is no text")


def _text_or_id(payload: Payload, name: str) -> str | None:
    value = payload.get(name)
    return value if isinstance(value, str) else _id(payload, name)


def _id(payload: Payload, name: str) -> str | None:
    value = payload.get(name)
    return None if value is None else _as_id(value, name)


def _required_id(payload: Payload, name: str) -> str:
    value = _id(payload, name)
    if value is None:
        raise WrongPayload(f"{name} is missing")
    return value


def _required_number(payload: Payload, name: str, largest: int) -> int:
    if payload.get(name) is None:
        raise WrongPayload(f"{name} is missing")
    return _as_number(payload[name], name, largest)


def _as_id(value: object, name: str) -> str:
    return str(_as_number(value, name, _LAST_ID))


def _as_number(value: object, name: str, largest: int) -> int:
    # A bool is an int to Python; a text of any other digits than ASCII ones is not to be trusted.
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= _LONGEST_ID:
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool):
        raise WrongPayload(f"{name} is no number")
    if not 0 <= value <= largest:
        raise WrongPayload(f"{name} is out of range")
    return value
