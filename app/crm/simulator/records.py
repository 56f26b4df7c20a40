"""Records with the history of every property, and the store that finds them, merged ones included."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from random import Random

from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import OBJECT_TYPES, ObjectType

_FIRST_ID = 340_000_000_000
_WIDEST_GAP = 997


@dataclass(frozen=True, slots=True)
class Source:
    """Who changed something, in HubSpot's terms: a change source (`CRM_UI`) and its id (`userId:1001`)."""

    kind: str
    id: str

    @property
    def user_id(self) -> int | None:
        prefix, _, number = self.id.partition(":")
        return int(number) if prefix == "userId" and number.isdigit() else None


@dataclass(frozen=True, slots=True)
class Version:
    """One value that a property had, from `at` on."""

    value: str
    at: datetime
    source: Source


@dataclass(slots=True)
class Record:
    """One CRM record. `values` holds what is not empty; histories are oldest first."""

    kind: ObjectType
    id: str
    created_at: datetime
    updated_at: datetime
    values: dict[str, str] = field(default_factory=dict)
    histories: dict[str, list[Version]] = field(default_factory=dict)
    archived_at: datetime | None = None

    def put(self, name: str, value: str, at: datetime, source: Source) -> bool:
        """Set one property; False when it has that value already, and then nothing is recorded."""
        if self.values.get(name, "") == value:
            return False
        if value:
            self.values[name] = value
        else:
            self.values.pop(name, None)
        self.histories.setdefault(name, []).append(Version(value, at, source))
        return True

    def as_of(self, at: datetime) -> "Record":
        """The record as it was at an instant; itself, if it has not changed since. Histories are left out."""
        if self.updated_at <= at:
            return self
        values = dict(self.values)
        changed_at = self.created_at
        for name, versions in self.histories.items():
            known = [version for version in versions if version.at <= at]
            values[name] = known[-1].value if known else ""
            changed_at = max([changed_at, *(version.at for version in known[-1:])])
        values[self.kind.modified_property] = iso(changed_at)
        filled = {name: value for name, value in values.items() if value}
        return Record(self.kind, self.id, self.created_at, changed_at, filled)


class RecordStore:
    """All records of a portal. Ids are strings of 12 digits, unique across kinds and increasing."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._last_id = _FIRST_ID
        self._records: dict[str, dict[str, Record]] = {kind.name: {} for kind in OBJECT_TYPES}
        self._became: dict[str, str] = {}
        self._unique: dict[tuple[str, str], dict[str, str]] = {}

    def new_id(self) -> str:
        self._last_id += self._rng.randint(1, _WIDEST_GAP)
        return str(self._last_id)

    def add(self, record: Record) -> None:
        self._records[record.kind.name][record.id] = record

    def current_id(self, record_id: str) -> str:
        """The id of the record that this one was merged into, or the id itself."""
        while record_id in self._became:
            record_id = self._became[record_id]
        return record_id

    def was_merged(self, record_id: str) -> bool:
        return record_id in self._became

    def find(self, kind: ObjectType, record_id: str, *, archived: bool = False) -> Record | None:
        """A record by its id or that of one merged into it; archived ones only when asked for."""
        record = self._records[kind.name].get(self.current_id(record_id))
        if record is None or (record.archived_at is not None) is not archived:
            return None
        return record

    def all(self, kind: ObjectType, *, archived: bool = False) -> Iterator[Record]:
        """Records in the order in which they were made."""
        return (r for r in self._records[kind.name].values() if (r.archived_at is not None) is archived)

    def count(self, kind: ObjectType) -> int:
        return len(self._records[kind.name])

    def forget(self, record: Record) -> None:
        """Remove for good, with its unique values."""
        self._records[record.kind.name].pop(record.id, None)
        self.release(record)

    def merge_into(self, record: Record, new_id: str) -> None:
        """Let an id answer for another record from now on."""
        self.forget(record)
        self._became[record.id] = new_id

    # Unique values: one index for each property that HubSpot keeps unique.

    def holder(self, kind: ObjectType, name: str, value: str) -> str | None:
        """The id of the record that has this unique value, case aside."""
        return self._unique.get((kind.name, name), {}).get(value.lower())

    def claim(self, record: Record, name: str, value: str) -> None:
        self._unique.setdefault((record.kind.name, name), {})[value.lower()] = record.id

    def unclaim(self, record: Record, name: str, value: str) -> None:
        index = self._unique.get((record.kind.name, name), {})
        if index.get(value.lower()) == record.id:
            del index[value.lower()]

    def release(self, record: Record) -> None:
        """Free all unique values of a record."""
        for (kind_name, name), index in self._unique.items():
            if kind_name == record.kind.name and name in record.values:
                held = [value for value, holder in index.items() if holder == record.id]
                for value in held:
                    del index[value]
