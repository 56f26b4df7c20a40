"""One record at a time: read, create, change, archive, and the plain list."""

from app.crm.simulator.api.calls import Answer, Call, properties_of
from app.crm.simulator.api.shapes import records_json, written_json
from app.crm.simulator.api_writes import Ends, carry_out, plan_create, plan_update
from app.crm.simulator.links import type_of
from app.crm.simulator.object_types import CONTACTS, OBJECT_TYPES, ObjectType, object_type
from app.crm.simulator.people import delete, erase, merge
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record
from app.crm.simulator.refusals import Json, invalid, not_found


def get_one(portal: Portal, call: Call) -> Answer:
    """An id that was merged away answers with the record it became, under that record's id."""
    record = found(portal, call, archived=call.flag("archived"))
    properties, histories = call.words("properties"), call.words("propertiesWithHistory")
    (body,) = records_json(portal, record.kind, [record], properties, histories)
    associations = {}
    for word in call.words("associations"):
        kind = object_type(word)
        if kind is not None and (listed := _associated(portal, record, kind)):
            associations[kind.name] = {"results": listed}
    return Answer(200, {**body, "associations": associations} if associations else body)


def patch_one(portal: Portal, call: Call) -> Answer:
    record = found(portal, call)
    plan = plan_update(portal, record, properties_of(call.body), rules=call.rules_apply)
    return Answer(200, written_json(carry_out(portal, plan)))


def post_one(portal: Portal, call: Call) -> Answer:
    kind = call.kind()
    plan = plan_create(portal, kind, properties_of(call.body), ends_of(portal, kind, call.body), rules=call.rules_apply)
    return Answer(201, written_json(carry_out(portal, plan)))


def delete_one(portal: Portal, call: Call) -> Answer:
    """204 whether or not there was anything to archive."""
    record = portal.records.find(call.kind(), call.path["record_id"])
    if record is not None:
        delete(portal, record, portal.app_source)
    return Answer(204)


def merge_contacts(portal: Portal, call: Call) -> Answer:
    """Both become a new record, which is the answer."""
    wanted = (str(call.body["primaryObjectId"]), str(call.body["objectIdToMerge"]))
    primary, other = (portal.records.find(call.kind(), each) for each in wanted)
    if call.kind() is not CONTACTS or primary is None or other is None or primary is other:
        raise invalid(f"Cannot merge {wanted[0]} and {wanted[1]}", ids=list(wanted))
    return Answer(200, written_json(merge(portal, primary, other, portal.app_source)))


def erase_contact(portal: Portal, call: Call) -> Answer:
    """Delete for privacy, for good."""
    record = by_id(portal, CONTACTS, str(call.body["objectId"]), call.body.get("idProperty") or "")
    if record is not None:
        erase(portal, record, portal.app_source)
    return Answer(204)


def list_page(portal: Portal, call: Call) -> Answer:
    kind, limit = call.kind(), call.limit(10, 100)
    after = int(call.text("after", "0") or 0)
    records = [r for r in portal.records.all(kind, archived=call.flag("archived")) if int(r.id) > after]
    records.sort(key=lambda record: int(record.id))
    page = records[:limit]
    properties, histories = call.words("properties"), call.words("propertiesWithHistory")
    body: Json = {"results": records_json(portal, kind, page, properties, histories)}
    if len(records) > limit:
        body["paging"] = {"next": {"after": page[-1].id, "link": f"?after={page[-1].id}"}}
    return Answer(200, body)


def found(portal: Portal, call: Call, *, archived: bool = False) -> Record:
    """The record named in the path, by id or by `idProperty`. Raises the 404."""
    kind = call.kind()
    record = by_id(portal, kind, call.path["record_id"], call.text("idProperty"), archived=archived)
    if record is None:
        raise not_found()
    return record


def by_id(
    portal: Portal, kind: ObjectType, record_id: str, id_property: str, *, archived: bool = False
) -> Record | None:
    """A record by id, or by a property that holds unique values."""
    if id_property in {"", "hs_object_id"}:
        return portal.records.find(kind, record_id, archived=archived)
    definition = portal.schema(kind).properties.get(id_property)
    if definition is None or not definition.unique:
        raise invalid(f"{id_property} is not a unique identifying property of {kind.name}")
    holder = portal.records.holder(kind, id_property, record_id)
    return portal.records.find(kind, holder, archived=archived) if holder else None


def ends_of(portal: Portal, kind: ObjectType, body: Json) -> list[Ends]:
    """The records that a create body wants associated. Raises for a type id or record that does not fit."""
    return [
        _end(portal, kind, str(wanted["to"]["id"]), int(each["associationTypeId"]))
        for wanted in body.get("associations") or ()
        for each in wanted["types"]
    ]


def _end(portal: Portal, kind: ObjectType, to_id: str, type_id: int) -> Ends:
    for to in OBJECT_TYPES:
        primary = type_of(kind, to, type_id)
        if primary is None:
            continue
        record = portal.records.find(to, to_id)
        if record is None:
            raise not_found(f"No {to.singular} with ID {to_id} exists", id=[to_id])
        return Ends(record, primary)
    raise invalid(f"Association type {type_id} does not start at {kind.singular}", associationTypeId=[str(type_id)])


def _associated(portal: Portal, record: Record, kind: ObjectType) -> list[Json]:
    name = f"{record.kind.singular}_to_{kind.singular}"
    listed = []
    for link in portal.links.of(record.kind, record.id, kind):
        if portal.records.find(kind, link.to_id) is None:
            continue
        listed.append({"id": link.to_id, "type": name})
        if link.primary:
            listed.append({"id": link.to_id, "type": f"{name}_unlabeled"})
    return listed
