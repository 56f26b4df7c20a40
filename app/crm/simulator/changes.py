"""Changing records: values are checked against their definitions, kept with history, and reported."""

import json
from collections.abc import Mapping
from datetime import datetime

from app.crm.simulator.definitions import PropertyDefinition
from app.crm.simulator.events import wire_value
from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import COMPANIES, CONTACTS, ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Source
from app.crm.simulator.refusals import Json, RefusedError, conflict
from app.crm.simulator.values import ValueRefusedError, stored_form

_SOURCE_LABELS = {"CRM_UI": "CRM UI", "INTEGRATION": "Integration", "IMPORT": "Import", "FORM": "Form"}


def checked(
    portal: Portal,
    kind: ObjectType,
    properties: Mapping[str, str],
    current: Mapping[str, str],
    *,
    over_api: bool,
) -> dict[str, str]:
    """The values as they would be kept. Raises RefusedError with one entry for each bad value.

    Over the API read-only properties are refused; the world around the contact (visits, e-mails) sets them.
    """
    values: dict[str, str] = {}
    errors: list[Json] = []
    for name, value in properties.items():
        try:
            values[name] = _checked_value(portal, kind, (name, value), current.get(name, ""), over_api=over_api)
        except ValueRefusedError as error:
            errors.append({"message": error.message, "code": error.code, "context": {"propertyName": [name]}})
    if errors:
        raise _not_valid(portal, errors)
    return values


def _checked_value(portal: Portal, kind: ObjectType, change: tuple[str, str], current: str, *, over_api: bool) -> str:
    name, value = change
    definition = portal.schema(kind).properties.get(name)
    if definition is None:
        raise ValueRefusedError("PROPERTY_DOESNT_EXIST", f'Property "{name}" does not exist')
    if over_api and definition.read_only:
        raise ValueRefusedError("READ_ONLY_VALUE", f'"{name}" is a read only property; its value cannot be set.')
    return stored_form(definition, value, current, portal.owners.is_active)


def _not_valid(portal: Portal, errors: list[Json]) -> RefusedError:
    """HubSpot repeats the errors as JSON inside the message."""
    told = [
        {
            "isValid": False,
            "message": error["message"],
            "error": error["code"],
            "name": error["context"]["propertyName"][0],
            "localizedErrorMessage": error["message"],
            "portalId": portal.id,
        }
        for error in errors
    ]
    message = f"Property values were not valid: {json.dumps(told)}"
    return RefusedError(400, "VALIDATION_ERROR", message, errors=errors)


def check_unique(portal: Portal, kind: ObjectType, values: Mapping[str, str], record_id: str | None) -> None:
    """Raise the 409 for a unique value that another record has."""
    for name, value in values.items():
        if not value or not portal.schema(kind).properties[name].unique:
            continue
        holder = portal.records.holder(kind, name, value)
        if holder is not None and holder != record_id:
            raise already_exists(kind, holder)


def already_exists(kind: ObjectType, holder: str) -> RefusedError:
    """409 in the words that integrations parse the existing id from."""
    return conflict(f"{kind.singular.title()} already exists. Existing ID: {holder}", existingId=[holder])


def create(portal: Portal, kind: ObjectType, values: Mapping[str, str], source: Source) -> Record:
    """Make a record of checked values and report it."""
    at = portal.now()
    record = Record(kind, portal.records.new_id(), at, at)
    portal.records.add(record)
    changes = _put_all(portal, record, values, at, source)
    _put_own(record, at, source)
    portal.outbox.created(record, changes, at, source)
    return record


def change(portal: Portal, record: Record, values: Mapping[str, str], source: Source) -> list[str]:
    """Change a record to checked values and report what really changed: the names are returned."""
    at = portal.now()
    changes = _put_all(portal, record, values, at, source)
    if changes:
        touch(record, at)
        portal.outbox.changed(record, changes, at, source)
    return [name for name, _ in changes]


def touch(record: Record, at: datetime) -> None:
    """Note that a record changed. The last-modified date has no history of its own."""
    record.updated_at = at
    record.values[record.kind.modified_property] = iso(at)


def _put_own(record: Record, at: datetime, source: Source) -> None:
    """The properties that say what a record is and where it came from. All but its id have a history."""
    own = {
        record.kind.created_property: iso(at),
        "hs_object_source": source.kind,
        "hs_object_source_id": source.id,
        "hs_object_source_label": _SOURCE_LABELS.get(source.kind, source.kind),
    }
    if source.user_id is not None and record.kind not in {CONTACTS, COMPANIES}:
        own["hs_created_by"] = own["hs_created_by_user_id"] = str(source.user_id)
    for name, value in own.items():
        record.put(name, value, at, source)
    record.values["hs_object_id"] = record.id
    touch(record, at)


def _put_all(
    portal: Portal, record: Record, values: Mapping[str, str], at: datetime, source: Source
) -> list[tuple[str, str]]:
    """Set values and those that follow from them; what changed, as webhooks would write it."""
    properties = portal.schema(record.kind).properties
    changes = []
    for name, value in {**values, **_following(record, values, at, properties)}.items():
        definition = properties.get(name)
        before = record.values.get(name, "")
        if record.put(name, value, at, source):
            _index(portal, record, definition, before)
            changes.append((name, wire_value(definition, value)))
    return changes


def _index(portal: Portal, record: Record, definition: PropertyDefinition | None, before: str) -> None:
    if definition is None or not definition.unique:
        return
    if before:
        portal.records.unclaim(record, definition.name, before)
    if value := record.values.get(definition.name):
        portal.records.claim(record, definition.name, value)


def _following(
    record: Record, values: Mapping[str, str], at: datetime, properties: Mapping[str, PropertyDefinition]
) -> dict[str, str]:
    """What HubSpot sets by itself because of a change: stage dates, the owner's date, whether a deal is closed."""
    follow: dict[str, str] = {}
    stage, old_stage = values.get("lifecyclestage"), record.values.get("lifecyclestage", "")
    if stage is not None and stage != old_stage:
        follow[f"hs_lifecyclestage_{stage}_date"] = iso(at)
        follow[f"hs_v2_date_entered_{stage}"] = iso(at)
        follow[f"hs_v2_date_exited_{old_stage}"] = iso(at)
    owner = values.get("hubspot_owner_id")
    if owner is not None and owner != record.values.get("hubspot_owner_id", ""):
        follow["hubspot_owner_assigneddate"] = iso(at) if owner else ""
    if "email" in values:
        follow["hs_email_domain"] = values["email"].partition("@")[2]
    if "dealstage" in values:
        follow["hs_is_closed"] = str(values["dealstage"] in {"closedwon", "closedlost"}).lower()
        follow["hs_is_closed_won"] = str(values["dealstage"] == "closedwon").lower()
    if values.get("hs_task_status") == "COMPLETED":
        follow["hs_task_completion_date"] = iso(at)
    return {name: value for name, value in follow.items() if name in properties}
