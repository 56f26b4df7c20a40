"""Reading records in batches, so that each id asked for gets its record, also where a merge moved it.

Since 2025 a merge makes a record with an id of its own; old ids answer to a single read with that new
record, and in a batch they may answer, be missing or be left out without a word.
Source: HubSpot developer documentation, "Contacts", merging, and community reports on batch endpoints.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.crm.errors import Gone, Outage, Throttled, Unauthorized
from app.crm.hubspot.calls import Call, Caller, Effect
from app.crm.hubspot.faults import entry_fault, has_code, named_in_context
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import Fields, fields, identifier, instant, items, property_value
from app.crm.port import BATCH

_MERGE_PROPERTIES = ("hs_merged_object_ids", "hs_calculated_merged_vids")
_MISSING = "OBJECT_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read, with the properties asked for and the ids it answers to besides its own."""

    id: str
    properties: dict[str, str | None]
    updated_at: datetime | None
    former_ids: tuple[str, ...]


@dataclass(slots=True)
class RecordsRead:
    """`found` is keyed by the id asked for; `missing` are ids that no record answers to."""

    found: dict[str, Record] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def unaccounted(self, ids: Iterable[str]) -> list[str]:
        return [each for each in ids if each not in self.found and each not in self.missing]


class RecordReader:
    """Reads records of any object; `objects` is the plural that paths use."""

    def __init__(self, caller: Caller, paths: Paths) -> None:
        self._caller = caller
        self._paths = paths

    async def read(
        self, objects: str, ids: Iterable[str], properties: Sequence[str], *, follow_merges: bool = True
    ) -> RecordsRead:
        """Read each id once, a hundred a call.

        With `follow_merges`, ids that no answer accounts for are read singly; without, they are left out.
        """
        answer = RecordsRead()
        for chunk in chunks(list(dict.fromkeys(ids)), BATCH):
            await self._read_chunk(objects, chunk, properties, answer)
            if follow_merges:
                for record_id in answer.unaccounted(chunk):
                    await self._read_single(objects, record_id, properties, answer)
        return answer

    async def _read_chunk(
        self, objects: str, ids: Sequence[str], properties: Sequence[str], answer: RecordsRead
    ) -> None:
        body = {
            "inputs": [{"id": record_id} for record_id in ids],
            "properties": _wanted(properties),
            "propertiesWithHistory": [],
        }
        content = await self._caller.send(Call("POST", self._paths.batch(objects, "read"), Effect.READ, body=body))
        records = [_record(entry, properties) for entry in items(content.get("results"), "results")]
        answer.found.update(_by_id_asked_for(ids, records))
        for entry in items(content.get("errors"), "errors"):
            if has_code(entry, _MISSING):
                named = set(ids).intersection(named_in_context(entry, "ids", "id"))
                answer.missing.update(answer.unaccounted(named))
            elif isinstance(fault := entry_fault(entry), Throttled | Unauthorized | Outage):
                # Reading singly what was left out would meet the same, a hundred times over.
                raise fault

    async def _read_single(self, objects: str, record_id: str, properties: Sequence[str], answer: RecordsRead) -> None:
        params = {"properties": ",".join(_wanted(properties))}
        call = Call("GET", self._paths.record(objects, record_id), Effect.READ, params=params)
        try:
            answer.found[record_id] = _record(await self._caller.send(call), properties)
        except Gone:
            answer.missing.add(record_id)


def chunks(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _wanted(properties: Sequence[str]) -> list[str]:
    return list(dict.fromkeys((*properties, *_MERGE_PROPERTIES)))


def _by_id_asked_for(ids: Sequence[str], records: Sequence[Record]) -> dict[str, Record]:
    asked = set(ids)
    found: dict[str, Record] = {}
    for record in records:
        found.update({former: record for former in record.former_ids if former in asked})
    # Own ids last: a record that was asked for by its own id is never hidden by one that absorbed it.
    return found | {record.id: record for record in records if record.id in asked}


def _record(value: object, properties: Sequence[str]) -> Record:
    entry = fields(value, "a record")
    record_id = identifier(entry.get("id"), "a record's id")
    values = fields(entry.get("properties") or {}, "properties")
    return Record(
        id=record_id,
        # HubSpot adds properties of its own choice; nothing is kept that was not asked for.
        properties={name: property_value(values[name]) for name in properties if name in values},
        updated_at=instant(entry.get("updatedAt")),
        former_ids=_former_ids(record_id, values),
    )


def _former_ids(record_id: str, values: Fields) -> tuple[str, ...]:
    """Ids of merged records: `101;102`, or for contacts with the time: `101:1700000000000;…`."""
    lists = [property_value(values.get(name)) or "" for name in _MERGE_PROPERTIES]
    ids = (part.partition(":")[0].strip() for part in ";".join(lists).split(";"))
    return tuple(dict.fromkeys(former for former in ids if former and former != record_id))
