"""What people and HubSpot itself do to records: edits, imports, forms, activities, merges, deletions."""

from collections.abc import Mapping
from datetime import datetime

from app.crm.simulator.changes import change, check_unique, checked, create, touch
from app.crm.simulator.instants import iso
from app.crm.simulator.links import may_be_primary
from app.crm.simulator.object_types import ACTIVITIES, COMPANIES, CONTACTS, DEALS, OBJECT_TYPES, ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Source, Version

_CALCULATED = Source("CALCULATED", "")
_TOUCHES = {"calls": "CALL", "emails": "EMAIL", "meetings": "MEETING_EVENT"}


def add_record(portal: Portal, kind: ObjectType, properties: Mapping[str, str], source: Source) -> Record:
    values = checked(portal, kind, properties, {}, over_api=False)
    check_unique(portal, kind, values, None)
    return create(portal, kind, values, source)


def edit_record(portal: Portal, record: Record, properties: Mapping[str, str], source: Source) -> list[str]:
    """A person may set any lifecycle stage: the UI clears it first."""
    values = checked(portal, record.kind, properties, record.values, over_api=False)
    check_unique(portal, record.kind, values, record.id)
    return change(portal, record, values, source)


def associate(portal: Portal, start: Record, end: Record, source: Source, *, primary: bool) -> None:
    """Associate two records and report it. Only companies can be the primary one of something."""
    at = portal.now()
    primary = primary and may_be_primary(start.kind, end.kind)
    if not portal.links.connect((start.kind, start.id), (end.kind, end.id), at, primary=primary):
        return
    if start.kind is CONTACTS and primary:
        start.put("associatedcompanyid", end.id, at, source)
        touch(start, at)
    portal.outbox.associated((start.kind, start.id), (end.kind, end.id), at, source, primary=primary)
    for record, other in ((start, end), (end, start)):
        if record.kind is CONTACTS and other.kind is DEALS:
            _count_deals(portal, record)


def _count_deals(portal: Portal, contact: Record) -> None:
    """HubSpot counts a contact's deals by itself, and leaves the number empty until there is one."""
    if links := portal.links.of(CONTACTS, contact.id, DEALS):
        change(portal, contact, {"num_associated_deals": str(len(links))}, _CALCULATED)


def submit_form(portal: Portal, contact: Record, form_name: str) -> None:
    """A form submission, as far as the contact shows it: HubSpot has no webhook for the submission itself."""
    now = iso(portal.now())
    names = [version.value for version in contact.histories.get("recent_conversion_event_name", [])]
    submitted = int(contact.values.get("num_conversion_events", "0")) + 1
    values = {
        "recent_conversion_event_name": form_name,
        "recent_conversion_date": now,
        "num_conversion_events": str(submitted),
        "num_unique_conversion_events": str(len({*names, form_name})),
    }
    if "first_conversion_event_name" not in contact.values:
        values |= {"first_conversion_event_name": form_name, "first_conversion_date": now}
    change(portal, contact, values, Source("FORM", form_name))


def log_activity(
    portal: Portal, kind: ObjectType, contact: Record, properties: Mapping[str, str], source: Source
) -> Record:
    """A call, e-mail, meeting, note or task of a contact. The first three count as having been in touch."""
    now = iso(portal.now())
    activity = add_record(portal, kind, {"hs_timestamp": now, **properties}, source)
    associate(portal, activity, contact, source, primary=False)
    if kind.name in _TOUCHES:
        touched = {
            "notes_last_contacted": now,
            "notes_last_updated": now,
            "hs_last_sales_activity_timestamp": now,
            "num_contacted_notes": str(int(contact.values.get("num_contacted_notes", "0")) + 1),
        }
        if "hs_sa_first_engagement_date" not in contact.values:
            touched |= {
                "hs_sa_first_engagement_date": now,
                "hs_sa_first_engagement_object_type": _TOUCHES[kind.name],
            }
        change(portal, contact, touched, _CALCULATED)
    return activity


def delete(portal: Portal, record: Record, source: Source) -> None:
    """Move a record to the bin, from where it can be restored for 90 days."""
    record.archived_at = portal.now()
    portal.records.release(record)
    portal.outbox.happened(record, "deletion", portal.now(), source, "DELETED")


def restore(portal: Portal, record: Record, source: Source) -> None:
    record.archived_at = None
    touch(record, portal.now())
    _claim_all(portal, record)
    # The flag of a restore is not documented; nobody should read it.
    portal.outbox.happened(record, "restore", portal.now(), source, "RESTORED")


def erase(portal: Portal, contact: Record, source: Source) -> None:
    """Delete for privacy, for good. A deletion is reported as well, in no particular order."""
    events = [("privacyDeletion", contact), ("deletion", contact)]
    portal.rng.shuffle(events)
    for what, record in events:
        portal.outbox.happened(record, what, portal.now(), source, "DELETED")
    for kind in OBJECT_TYPES:
        for link in portal.links.of(contact.kind, contact.id, kind):
            portal.links.disconnect((contact.kind, contact.id), (kind, link.to_id))
    portal.records.forget(contact)


def merge(portal: Portal, primary: Record, other: Record, source: Source) -> Record:
    """Merge two contacts into a new record, to which both old ids lead from then on.

    The primary's values win, the furthest stage stays, the other's e-mail becomes an additional one. The
    values that moved are not reported, only the merge and the deletion of the contact that lost.
    """
    at = portal.now()
    merged = Record(CONTACTS, portal.records.new_id(), min(primary.created_at, other.created_at), at)
    taken = {name: value for name, value in other.values.items() if name not in primary.values}
    _inherit(portal, merged, primary, other)
    _settle(merged, at, source)
    portal.outbox.merged(primary, other.id, merged.id, len(taken), at, source)
    portal.outbox.happened(other, "deletion", at, source, "DELETED")
    for old in (primary, other):
        portal.records.merge_into(old, merged.id)
        portal.counters.fold(old.id, merged.id)
        for kind in (COMPANIES, DEALS, *ACTIVITIES):
            portal.links.move(CONTACTS, old.id, merged.id, kind)
    portal.records.add(merged)
    _claim_all(portal, merged)
    _count_deals(portal, merged)
    touch(merged, at)
    return merged


def _inherit(portal: Portal, merged: Record, primary: Record, other: Record) -> None:
    """Give the merged record the values and histories of both."""
    merged.values = {**other.values, **primary.values, "hs_object_id": merged.id}
    for name in {**primary.histories, **other.histories}:
        versions = [*primary.histories.get(name, []), *other.histories.get(name, [])]
        merged.histories[name] = sorted(versions, key=lambda version: version.at)
    order = [option.value for option in portal.stages]
    stages = [r.values["lifecyclestage"] for r in (primary, other) if r.values.get("lifecyclestage") in order]
    if stages:
        merged.values["lifecyclestage"] = max(stages, key=order.index)
    earlier = [merged.values.get("hs_merged_object_ids", ""), primary.id, other.id]
    merged.values["hs_merged_object_ids"] = ";".join(part for part in earlier if part)
    emails = (other.values.get("hs_additional_emails", ""), primary.values.get("hs_additional_emails", ""))
    extra = [*";".join(emails).split(";"), other.values.get("email", "")]
    keep = [email for email in extra if email and email != merged.values.get("email")]
    if keep:
        merged.values["hs_additional_emails"] = ";".join(dict.fromkeys(keep))


def _settle(merged: Record, at: datetime, source: Source) -> None:
    """Let each history end in the value that the merge decided on, whichever of the two was set last."""
    for name, versions in merged.histories.items():
        value = merged.values.get(name, "")
        if versions[-1].value != value:
            versions.append(Version(value, at, source))


def _claim_all(portal: Portal, record: Record) -> None:
    for name, definition in portal.schema(record.kind).properties.items():
        if definition.unique and name in record.values:
            portal.records.claim(record, name, record.values[name])
    for email in filter(None, record.values.get("hs_additional_emails", "").split(";")):
        portal.records.claim(record, "email", email)
