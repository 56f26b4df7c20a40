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
from app.crm.hubspot.pasts import Pasts, read_pasts
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import Fields, fields, identifier, instant, items, property_value
from app.crm.port import BATCH, HISTORY_BATCH

_MERGE_PROPERTIES = ("hs_merged_object_ids", "hs_calculated_merged_vids")
_MISSING = "OBJECT_NOT_FOUND"


@dataclass(frozen=True, slots=True)
class Record:
    """A record as read, with what was asked for: properties, and the past of some, newest first.

    `former_ids` are the ids it answers to besides its own.
    """

    id: str
    properties: dict[str, str | None]
    pasts: Pasts
    updated_at: datetime | None
    former_ids: tuple[str, ...]


@dataclass(slots=True)
class RecordsRead:
    """`found` is keyed by the id asked for; `missing` are ids that no record answers to."""

    found: dict[str, Record] = field(default_factory=dict)
    missing: set[str] = field(default_factory=set)

    def unaccounted(self, ids: Iterable[str]) -> list[str]:
        return [each for each in ids if each not in self.found and each not in self.missing]


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked of every record; `histories` are the properties whose past is asked for too."""

    objects: str
    properties: Sequence[str]
    histories: Sequence[str]

    @property
    def most(self) -> int:
        """How many records one call may ask this of.

        Source for the past: HubSpot's refusal of more, "The maximum number of inputs supported in a batch
        request for property histories is 50".
        """
        return HISTORY_BATCH if self.histories else BATCH

    @property
    def names(self) -> list[str]:
        return list(dict.fromkeys((*self.properties, *_MERGE_PROPERTIES)))

    def as_json(self, ids: Sequence[str]) -> Fields:
        return {
            "inputs": [{"id": record_id} for record_id in ids],
            "properties": self.names,
            "propertiesWithHistory": list(self.histories),
        }

    def as_params(self) -> dict[str, str]:
        asked = {"properties": self.names, "propertiesWithHistory": self.histories}
        return {name: ",".join(names) for name, names in asked.items() if names}


class RecordReader:
    """Reads records of any object; `objects` is the plural that paths use."""

    def __init__(self, caller: Caller, paths: Paths) -> None:
        self._caller = caller
        self._paths = paths

    async def read(
        self,
        objects: str,
        ids: Iterable[str],
        properties: Sequence[str],
        *,
        histories: Sequence[str] = (),
        follow_merges: bool = True,
    ) -> RecordsRead:
        """Read each id once, a hundred a call; fifty where the past of the properties in `histories` is read too.

        With `follow_merges`, ids that no answer accounts for are read singly; without, they are left out.
        """
        question = _Question(objects, properties, tuple(dict.fromkeys(histories)))
        answer = RecordsRead()
        for chunk in chunks(list(dict.fromkeys(ids)), question.most):
            await self._read_chunk(question, chunk, answer)
            if follow_merges:
                for record_id in answer.unaccounted(chunk):
                    await self._read_single(question, record_id, answer)
        return answer

    async def _read_chunk(self, question: _Question, ids: Sequence[str], answer: RecordsRead) -> None:
        path, body = self._paths.batch(question.objects, "read"), question.as_json(ids)
        content = await self._caller.send(Call("POST", path, Effect.READ, body=body))
        records = [_record(entry, question) for entry in items(content.get("results"), "results")]
        answer.found.update(_by_id_asked_for(ids, records))
        for entry in items(content.get("errors"), "errors"):
            if has_code(entry, _MISSING):
                named = set(ids).intersection(named_in_context(entry, "ids", "id"))
                answer.missing.update(answer.unaccounted(named))
            elif isinstance(fault := entry_fault(entry), Throttled | Unauthorized | Outage):
                # Reading singly what was left out would meet the same, a hundred times over.
                raise fault

    async def _read_single(self, question: _Question, record_id: str, answer: RecordsRead) -> None:
        path = self._paths.record(question.objects, record_id)
        call = Call("GET", path, Effect.READ, params=question.as_params())
        try:
            answer.found[record_id] = _record(await self._caller.send(call), question)
        except Gone:
            answer.missing.add(record_id)


def chunks(ids: Sequence[str], size: int) -> Iterable[Sequence[str]]:
    return (ids[start : start + size] for start in range(0, len(ids), size))


def _by_id_asked_for(ids: Sequence[str], records: Sequence[Record]) -> dict[str, Record]:
    asked = set(ids)
    found: dict[str, Record] = {}
    for record in records:
        found.update({former: record for former in record.former_ids if former in asked})
    # Own ids last: a record that was asked for by its own id is never hidden by one that absorbed it.
    return found | {record.id: record for record in records if record.id in asked}


def _record(value: object, question: _Question) -> Record:
    entry = fields(value, "a record")
    record_id = identifier(entry.get("id"), "a record's id")
    values = fields(entry.get("properties") or {}, "properties")
    return Record(
        id=record_id,
        # HubSpot adds properties of its own choice; nothing is kept that was not asked for.
        properties={name: property_value(values[name]) for name in question.properties if name in values},
        pasts=read_pasts(entry.get("propertiesWithHistory"), question.histories),
        updated_at=instant(entry.get("updatedAt")),
        former_ids=_former_ids(record_id, values),
    )


def _former_ids(record_id: str, values: Fields) -> tuple[str, ...]:
    """Ids of merged records: `101;102`, or for contacts with the time: `101:1700000000000;…`."""
    lists = [property_value(values.get(name)) or "" for name in _MERGE_PROPERTIES]
    ids = (part.partition(":")[0].strip() for part in ";".join(lists).split(";"))
    return tuple(dict.fromkeys(former for former in ids if former and former != record_id))
