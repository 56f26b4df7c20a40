"""How records look in answers."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import ObjectType
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Version
from app.crm.simulator.refusals import Json

_DEFAULT_PROPERTIES = {
    "contacts": ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname"),
    "companies": ("createdate", "domain", "hs_lastmodifieddate", "hs_object_id", "name"),
    "deals": (
        "amount",
        "closedate",
        "createdate",
        "dealname",
        "dealstage",
        "hs_lastmodifieddate",
        "hs_object_id",
    ),
}
_ACTIVITY_PROPERTIES = ("hs_createdate", "hs_lastmodifieddate", "hs_object_id")
_ALWAYS = ("createdate", "hs_createdate", "hs_object_id", "lastmodifieddate", "hs_lastmodifieddate")


def correlation_id(portal: Portal) -> str:
    return str(UUID(int=portal.rng.getrandbits(128), version=4))


def selected(portal: Portal, kind: ObjectType, wanted: Sequence[str]) -> list[str]:
    """The property names to answer with: those asked for that exist, and those that always come."""
    known = portal.schema(kind).properties
    if not wanted:
        return list(_DEFAULT_PROPERTIES.get(kind.name, _ACTIVITY_PROPERTIES))
    return list(dict.fromkeys(name for name in (*wanted, *_ALWAYS) if name in known))


def records_json(
    portal: Portal,
    kind: ObjectType,
    records: Iterable[Record],
    properties: Sequence[str] = (),
    with_history: Sequence[str] = (),
) -> list[Json]:
    """Records with the properties asked for; an empty one is null."""
    names = selected(portal, kind, properties)
    return [
        {**_frame(record, {name: record.values.get(name) for name in names}), **_histories(record, with_history)}
        for record in records
    ]


def written_json(record: Record, trace_id: str = "") -> Json:
    """A record as writes answer it: all that is set on it."""
    traced = {"objectWriteTraceId": trace_id} if trace_id else {}
    return {**_frame(record, dict(record.values)), **traced}


def _frame(record: Record, properties: dict[str, str | None] | dict[str, str]) -> Json:
    frame: Json = {
        "id": record.id,
        "properties": properties,
        "createdAt": iso(record.created_at),
        "updatedAt": iso(record.updated_at),
        "archived": record.archived_at is not None,
    }
    if record.archived_at is not None:
        frame["archivedAt"] = iso(record.archived_at)
    return frame


def _histories(record: Record, names: Sequence[str]) -> Json:
    if not names:
        return {}
    shown = {name: history_json(record.histories.get(name, [])) for name in names}
    return {"propertiesWithHistory": shown}


def history_json(versions: Sequence[Version]) -> list[Json]:
    """Newest first."""
    return [
        {
            "value": version.value,
            "timestamp": iso(version.at),
            "sourceType": version.source.kind,
            "sourceId": version.source.id,
            **({"updatedByUserId": version.source.user_id} if version.source.user_id is not None else {}),
        }
        for version in reversed(versions)
    ]


def batch_json(portal: Portal, results: list[Json], errors: list[Json]) -> Json:
    """The answer to a batch; `numErrors` and `errors` only where something failed."""
    at = iso(portal.now())
    body: Json = {"status": "COMPLETE", "results": results, "startedAt": at, "completedAt": at}
    if errors:
        body |= {"numErrors": len(errors), "errors": errors}
    return body
