"""Up to 100 records at a time, with HubSpot's rules for what happens when some of them fail."""

from collections.abc import Callable

from app.crm.simulator.api.calls import MOST_INPUTS, Answer, Call, inputs_of, properties_of
from app.crm.simulator.api.objects import by_id, ends_of
from app.crm.simulator.api.shapes import batch_json, records_json, written_json
from app.crm.simulator.api_writes import Claims, Plan, carry_out, plan_create, plan_update
from app.crm.simulator.object_types import ObjectType
from app.crm.simulator.people import delete
from app.crm.simulator.portal import Portal
from app.crm.simulator.refusals import Json, RefusedError, invalid

MOST_INPUTS_WITH_HISTORY = 50

Planner = Callable[[Portal, Call, Json], Plan | None]


def batch_read(portal: Portal, call: Call) -> Answer:
    """207 with OBJECT_NOT_FOUND when ids are missing. Merged ids answer under the new id, once."""
    kind = call.kind()
    properties, histories = call.body.get("properties") or [], call.body.get("propertiesWithHistory") or []
    if histories:
        inputs = inputs_of(call, MOST_INPUTS_WITH_HISTORY, "property histories")
    else:
        inputs = inputs_of(call, MOST_INPUTS, kind.name)
    ids = _unique_ids(inputs)
    id_property, archived = call.body.get("idProperty") or "", call.flag("archived")
    found = {wanted: by_id(portal, kind, wanted, id_property, archived=archived) for wanted in ids}
    records = {record.id: record for record in found.values() if record is not None}
    results = records_json(portal, kind, records.values(), properties, histories)
    missing = [wanted for wanted, record in found.items() if record is None]
    errors = [_missing(kind, missing).entry()] if missing else []
    return Answer(207 if errors else 200, batch_json(portal, results, errors))


def batch_update(portal: Portal, call: Call) -> Answer:
    """An id that was merged away is left out of the results without a word, and nothing is written to it."""
    _unique_ids(inputs_of(call, MOST_INPUTS, call.kind().name))
    return _batch_write(portal, call, _plan_update, 200)


def batch_create(portal: Portal, call: Call) -> Answer:
    inputs_of(call, MOST_INPUTS, call.kind().name)
    return _batch_write(portal, call, _plan_create, 201)


def batch_upsert(portal: Portal, call: Call) -> Answer:
    """Update by a unique property, or create. Results say which in `new`."""
    inputs_of(call, MOST_INPUTS, call.kind().name)
    return _batch_write(portal, call, _plan_upsert, 200)


def batch_archive(portal: Portal, call: Call) -> Answer:
    """204; ids that are not there do not matter."""
    kind = call.kind()
    for wanted in _unique_ids(inputs_of(call, MOST_INPUTS, kind.name)):
        record = portal.records.find(kind, wanted)
        if record is not None:
            delete(portal, record, portal.app_source)
    return Answer(204)


def _plan_update(portal: Portal, call: Call, wanted: Json) -> Plan | None:
    kind, record_id = call.kind(), str(wanted.get("id", ""))
    if portal.records.was_merged(record_id):
        return None
    record = by_id(portal, kind, record_id, wanted.get("idProperty") or "")
    if record is None:
        raise _missing(kind, [record_id])
    return plan_update(portal, record, properties_of(wanted), rules=call.rules_apply)


def _plan_create(portal: Portal, call: Call, wanted: Json) -> Plan:
    kind = call.kind()
    return plan_create(portal, kind, properties_of(wanted), ends_of(portal, kind, wanted), rules=call.rules_apply)


def _plan_upsert(portal: Portal, call: Call, wanted: Json) -> Plan:
    kind, id_property = call.kind(), wanted.get("idProperty") or ""
    properties = properties_of(wanted)
    record = by_id(portal, kind, str(wanted.get("id", "")), id_property)
    if record is not None:
        return plan_update(portal, record, properties, rules=call.rules_apply)
    if id_property in {"", "hs_object_id"}:
        raise _missing(kind, [str(wanted.get("id", ""))])
    properties = {id_property: str(wanted["id"]), **properties}
    return plan_create(portal, kind, properties, (), rules=call.rules_apply)


def _batch_write(portal: Portal, call: Call, planner: Planner, status: int) -> Answer:
    """All or nothing, unless every input carries an objectWriteTraceId of its own."""
    inputs = call.body["inputs"]
    if not _all_traced(inputs) or portal.faults.refuse_whole_batch:
        claims, plans = Claims(), []
        for wanted in inputs:
            plan = planner(portal, call, wanted)
            if plan is not None:
                claims.take(portal, plan)
                plans.append((wanted, plan))
        return Answer(status, batch_json(portal, [_done(portal, wanted, plan) for wanted, plan in plans], []))
    results, errors = _each_alone(portal, call, planner, inputs)
    if errors:
        status = call.partial_status or status
    return Answer(status, batch_json(portal, results, errors))


def _each_alone(portal: Portal, call: Call, planner: Planner, inputs: list[Json]) -> tuple[list[Json], list[Json]]:
    results, errors = [], []
    for wanted in inputs:
        try:
            plan = planner(portal, call, wanted)
        except RefusedError as error:
            errors.append(error.entry(wanted["objectWriteTraceId"]))
        else:
            if plan is not None:
                results.append(_done(portal, wanted, plan))
    return results, errors


def _done(portal: Portal, wanted: Json, plan: Plan) -> Json:
    new = {"new": plan.record is None} if "idProperty" in wanted else {}
    return {**written_json(carry_out(portal, plan), wanted.get("objectWriteTraceId") or ""), **new}


def _all_traced(inputs: list[Json]) -> bool:
    traces = [wanted.get("objectWriteTraceId") for wanted in inputs]
    return all(traces) and len(set(traces)) == len(traces)


def _unique_ids(inputs: list[Json]) -> list[str]:
    ids = [str(wanted.get("id", "")) for wanted in inputs]
    repeated = list(dict.fromkeys(each for each in ids if ids.count(each) > 1))
    if repeated:
        message = f"Duplicate IDs found in batch input: [{', '.join(repeated)}]. IDs must be unique"
        raise invalid(message, ids=repeated)
    return ids


def _missing(kind: ObjectType, ids: list[str]) -> RefusedError:
    message = (
        f"Could not get some {kind.singular.upper()} objects, they may be deleted or not exist. "
        "Check that ids are valid."
    )
    return RefusedError(400, "OBJECT_NOT_FOUND", message, context={"ids": ids})
