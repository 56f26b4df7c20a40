"""Associations: read in batches of up to 1,000, and made by default type."""

from datetime import timedelta

from app.crm.simulator.api.calls import Answer, Call, inputs_of
from app.crm.simulator.api.shapes import batch_json
from app.crm.simulator.api_writes import join
from app.crm.simulator.links import Link, association_types
from app.crm.simulator.object_types import DEFAULT_TYPE_IDS, ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record
from app.crm.simulator.refusals import Json, RefusedError, invalid, not_found

MOST_READ = 1_000
MOST_MADE = 2_000
PAGE = 500


def batch_read(portal: Portal, call: Call) -> Answer:
    """Results come in their own order, without those that have none: these are errors under a 207."""
    start, end = _kinds(call)
    results, errors = [], []
    for wanted in inputs_of(call, MOST_READ, "associations"):
        record_id = str(wanted.get("id", ""))
        links = _visible(portal, start, record_id, end)
        if links:
            results.append(_result(start, end, (record_id, int(wanted.get("after") or 0)), links))
        else:
            errors.append(_none_found(start, end, record_id).entry())
    results.reverse()  # so that nobody relies on the order of the inputs
    return Answer(207 if errors else 200, batch_json(portal, results, errors))


def put_default(portal: Portal, call: Call) -> Answer:
    """Associate two records by the default type."""
    start, end = _record(portal, call, "object_type", "record_id"), _record(portal, call, "to_type", "to_id")
    return Answer(200, batch_json(portal, _associate(portal, start, end), []))


def batch_default(portal: Portal, call: Call) -> Answer:
    start, end = _kinds(call)
    results: list[Json] = []
    for wanted in inputs_of(call, MOST_MADE, "associations"):
        first = portal.records.find(start, str(wanted["from"]["id"]))
        second = portal.records.find(end, str(wanted["to"]["id"]))
        if first is None or second is None:
            raise not_found("One or more of the records to associate do not exist")
        results += _associate(portal, first, second)
    return Answer(200, batch_json(portal, results, []))


def _associate(portal: Portal, start: Record, end: Record) -> list[Json]:
    join(portal, start, end)
    spec = {
        "associationCategory": "HUBSPOT_DEFINED",
        "associationTypeId": DEFAULT_TYPE_IDS[(start.kind.name, end.kind.name)],
    }
    return [{"from": {"id": start.id}, "to": {"id": end.id}, "associationSpec": spec}]


def _kinds(call: Call) -> tuple[ObjectType, ObjectType]:
    start, end = call.kind("from_type"), call.kind("to_type")
    if (start.name, end.name) not in DEFAULT_TYPE_IDS:
        raise invalid(f"No default association exists between {start.singular} and {end.singular}")
    return start, end


def _visible(portal: Portal, start: ObjectType, record_id: str, end: ObjectType) -> list[Link]:
    """Associations with records that are there, made before the association lag began."""
    before = portal.now() - timedelta(seconds=portal.faults.association_lag)
    links = portal.links.of(start, portal.records.current_id(record_id), end)
    return [link for link in links if link.at <= before and portal.records.find(end, link.to_id)]


def _result(start: ObjectType, end: ObjectType, page: tuple[str, int], links: list[Link]) -> Json:
    """`toObjectId` is a number on the wire, whatever the specification says."""
    record_id, after = page
    result: Json = {
        "from": {"id": record_id},
        "to": [
            {
                "toObjectId": int(link.to_id),
                "associationTypes": association_types(start, end, primary=link.primary),
            }
            for link in links[after : after + PAGE]
        ],
    }
    if after + PAGE < len(links):
        result["paging"] = {"next": {"after": str(after + PAGE), "link": f"?after={after + PAGE}"}}
    return result


def _none_found(start: ObjectType, end: ObjectType, record_id: str) -> RefusedError:
    return RefusedError(
        404,
        "OBJECT_NOT_FOUND",
        f"No {end.singular} is associated with {start.singular} {record_id}.",
        context={
            "fromObjectId": [record_id],
            "fromObjectType": [start.type_id],
            "toObjectType": [end.type_id],
        },
        sub_category="crm.associations.NO_ASSOCIATIONS_FOUND",
    )


def _record(portal: Portal, call: Call, type_name: str, id_name: str) -> Record:
    record = portal.records.find(call.kind(type_name), call.path[id_name])
    if record is None:
        raise not_found()
    return record
