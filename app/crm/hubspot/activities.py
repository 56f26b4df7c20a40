"""Notes and tasks on contacts: creating them, finding those that are there, completing tasks.

Source: HubSpot developer documentation, "Notes" and "Tasks", and the list of association type ids.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial

from app.crm.errors import OutcomeUnknown
from app.crm.hubspot.batches import BatchWriter, Input, Outcomes, write_all
from app.crm.hubspot.calls import Effect
from app.crm.hubspot.linked import LinkedReader
from app.crm.hubspot.paths import Paths
from app.crm.hubspot.wire import clean
from app.crm.port import Activity, ActivityKind, NoteDraft, TaskClosing, TaskDraft
from app.records.ids import ContactId

_NOTE_TO_CONTACT = 202
_TASK_TO_CONTACT = 204


@dataclass(frozen=True, slots=True)
class _Shape:
    """How HubSpot names a kind of activity."""

    objects: str
    body: str


_SHAPES = {
    ActivityKind.NOTE: _Shape("notes", "hs_note_body"),
    ActivityKind.TASK: _Shape("tasks", "hs_task_body"),
}


class Activities:
    def __init__(self, writer: BatchWriter, linked: LinkedReader, paths: Paths) -> None:
        self._writer = writer
        self._linked = linked
        self._paths = paths

    async def create_notes(self, drafts: Sequence[NoteDraft]) -> Outcomes:
        return await self._create(ActivityKind.NOTE, [_note(draft) for draft in drafts])

    async def create_tasks(self, drafts: Sequence[TaskDraft]) -> Outcomes:
        return await self._create(ActivityKind.TASK, [_task(draft) for draft in drafts])

    async def read(self, kind: ActivityKind, contact_ids: Iterable[ContactId]) -> dict[ContactId, tuple[Activity, ...]]:
        """The activities of each contact; those deleted in between are left out."""
        shape = _SHAPES[kind]
        read = await self._linked.read(shape.objects, contact_ids, (shape.body,))
        return {
            contact: tuple(Activity(record.id, record.properties.get(shape.body) or "") for record in records)
            for contact, records in read.items()
        }

    async def close_tasks(self, closings: Sequence[TaskClosing]) -> Outcomes:
        """Complete tasks; the body stays as it is, marker and all."""
        inputs = [Input(each.key, each.task_id, _closed(each)) for each in closings]
        return await self._write(ActivityKind.TASK, "update", Effect.UPDATE, inputs)

    async def _create(self, kind: ActivityKind, inputs: Sequence[Input]) -> Outcomes:
        return await self._write(kind, "create", Effect.CREATE, inputs)

    async def _write(self, kind: ActivityKind, verb: str, effect: Effect, inputs: Sequence[Input]) -> Outcomes:
        write = partial(self._writer.write, self._paths.batch(_SHAPES[kind].objects, verb), effect)
        outcomes = await write_all(inputs, write)
        silent = OutcomeUnknown(f"HubSpot's answer says nothing of this {kind.value}")
        return {each.key: outcomes.get(each.key, silent) for each in inputs}


def _note(draft: NoteDraft) -> Input:
    properties = {"hs_timestamp": iso(draft.at), "hs_note_body": clean(draft.body)}
    if draft.owner_id is not None:
        properties["hubspot_owner_id"] = draft.owner_id
    return Input(draft.key, None, properties, _on_contact(draft.contact_id, _NOTE_TO_CONTACT))


def _task(draft: TaskDraft) -> Input:
    properties = {
        "hs_timestamp": iso(draft.due_at),  # for a task, when it is due
        "hs_task_subject": clean(draft.subject),
        "hs_task_body": clean(draft.body),
        "hs_task_status": "NOT_STARTED",
        "hs_task_priority": "HIGH",
        "hs_task_type": "TODO",
        "hubspot_owner_id": draft.owner_id,
    }
    return Input(draft.key, None, properties, _on_contact(draft.contact_id, _TASK_TO_CONTACT))


def _closed(closing: TaskClosing) -> dict[str, str]:
    return {"hs_task_status": "COMPLETED", "hs_task_subject": clean(closing.because)}


def _on_contact(contact_id: ContactId, type_id: int) -> tuple[object, ...]:
    kind = {"associationCategory": "HUBSPOT_DEFINED", "associationTypeId": type_id}
    return ({"to": {"id": contact_id}, "types": [kind]},)


def iso(at: datetime) -> str:
    """An instant as HubSpot writes one: `2026-11-20T10:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
