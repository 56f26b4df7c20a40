"""Changing contacts, and seeing that the change stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from app.crm.errors import CrmError, Gone, Moved, NotApplied, OutcomeUnknown
from app.crm.hubspot.batches import BatchWriter, Input, Outcomes, write_all
from app.crm.hubspot.calls import Effect
from app.crm.hubspot.objects import Record, RecordReader, RecordsRead
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import clean
from app.crm.port import Done, Outcome, PropertyChange

_CONTACTS = "contacts"
_CHECKED = {
    "lifecyclestage": "HubSpot moves a stage backward only after it was cleared, and an account's settings "
    "may set stages by themselves: clear the stage first, or change it in HubSpot.",
    "hubspot_owner_id": "Check that the owner is active and that no workflow in HubSpot sets the owner back.",
}
"""The properties HubSpot may leave as they were while it answers that all is well, and what to do then.
Source: HubSpot developer documentation, "Contacts", lifecycle stages; HubSpot staff in its community."""


class ContactUpdates:
    def __init__(self, writer: BatchWriter, reader: RecordReader, paths: Paths) -> None:
        self._writer = writer
        self._reader = reader
        self._path = paths.batch(_CONTACTS, "update")

    async def write(self, changes: Sequence[PropertyChange]) -> Outcomes:
        """An outcome for each change. Raises CrmError when the call as a whole failed.

        Two changes of one contact are sent, and checked, one after the other.
        """
        inputs = [
            Input(each.key, each.contact_id, {name: clean(value) for name, value in each.properties.items()})
            for each in changes
        ]
        return await write_all(inputs, self._write_batch)

    async def _write_batch(self, batch: Sequence[Input]) -> Outcomes:
        outcomes = await self._writer.write(self._path, Effect.UPDATE, batch)
        outcomes |= await self._find([each for each in batch if each.key not in outcomes])
        done = [each for each in batch if isinstance(outcomes[each.key], Done)]
        return outcomes | await self._verify(done, outcomes)

    async def _find(self, inputs: Sequence[Input]) -> Outcomes:
        """What became of updates that the answer passes over: HubSpot leaves merged records out of it."""
        if not inputs:
            return {}
        read = await self._read_back(inputs, ())
        return {each.key: _fate(each, read) for each in inputs}

    async def _verify(self, inputs: Sequence[Input], outcomes: Mapping[str, Outcome]) -> Outcomes:
        seen = {each.key: _answered(outcomes[each.key]) for each in inputs}
        unseen = [each for each in inputs if not _checked(each).keys() <= seen[each.key].keys()]
        if unseen:
            read = await self._read_back(unseen, tuple(_CHECKED))
            for each in unseen:
                seen[each.key] = _values_read(each, read)
        return {each.key: error for each in inputs if (error := _unapplied(each, seen[each.key])) is not None}

    async def _read_back(self, inputs: Sequence[Input], properties: Sequence[str]) -> RecordsRead | None:
        try:
            ids = [each.object_id for each in inputs if each.object_id is not None]
            return await self._reader.read(_CONTACTS, ids, properties)
        except CrmError:
            return None


def _fate(each: Input, read: RecordsRead | None) -> CrmError:
    contact_id = each.object_id or ""
    if read is not None and contact_id in read.missing:
        return Gone(f"contact {contact_id} does not exist")
    record = _record(each, read)
    if record is not None and record.id != contact_id:
        return Moved(f"contact {contact_id} was merged into {record.id}")
    return OutcomeUnknown(f"HubSpot's answer says nothing of contact {contact_id}")


def _checked(each: Input) -> dict[str, str]:
    return {name: each.properties[name] for name in _CHECKED if name in each.properties}


def _answered(outcome: Outcome) -> dict[str, str | None]:
    return dict(outcome.properties) if isinstance(outcome, Done) else {}


def _values_read(each: Input, read: RecordsRead | None) -> dict[str, str | None]:
    record = _record(each, read)
    return {} if record is None else dict.fromkeys(_CHECKED) | record.properties


def _record(each: Input, read: RecordsRead | None) -> Record | None:
    return None if read is None or each.object_id is None else read.found.get(each.object_id)


def _unapplied(each: Input, seen: Mapping[str, str | None]) -> CrmError | None:
    for name, wanted in _checked(each).items():
        if name not in seen:
            return OutcomeUnknown(f"{name} of contact {each.object_id} was written and could not be read back")
        if (seen[name] or "") != wanted:
            words = f"contact {each.object_id}: HubSpot left {name} at {seen[name]!r}, wanted was {wanted!r}"
            return NotApplied(words, hint=_CHECKED[name])
    return None
