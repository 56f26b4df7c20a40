"""Reading calls, e-mails, meetings, notes, tasks and communications, each kind by properties of its own.

Source: HubSpot developer documentation, "Activities" and "Communications".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.crm.hubspot.kinds import PLURALS
from app.crm.hubspot.makers import told_by
from app.crm.hubspot.objects import Record, RecordReader
from app.crm.hubspot.wire import instant
from app.crm.port import EngagementRead
from app.records.engagement import Engagement, EngagementKind
from app.records.ids import ObjectType, OwnerId


@dataclass(frozen=True, slots=True)
class _Shape:
    """What is read of a kind: what it is called, when it took place (the first that is set), and what tells more."""

    title: str
    times: tuple[str, ...] = ("hs_timestamp", "hs_createdate")
    more: tuple[str, ...] = ()

    @property
    def properties(self) -> tuple[str, ...]:
        return (*_COMMON, *self.times, *filter(None, [self.title]), *self.more)


_COMMON = ("hubspot_owner_id", "hs_object_source", "hs_engagement_source")
_SENDER = "hs_email_from_email"
_SHAPES = {
    EngagementKind.CALL: _Shape(
        "hs_call_title", more=("hs_call_direction", "hs_call_status", "hs_call_disposition", "hs_call_source")
    ),
    EngagementKind.EMAIL: _Shape(
        "hs_email_subject",
        more=(
            "hs_email_direction",
            "hs_email_status",
            "hs_sequence_id",
            "hs_incoming_email_is_out_of_office",
            _SENDER,
        ),
    ),
    EngagementKind.MEETING: _Shape(
        "hs_meeting_title",
        ("hs_meeting_start_time", "hs_timestamp", "hs_createdate"),
        more=("hs_meeting_outcome", "hs_meeting_source"),
    ),
    EngagementKind.NOTE: _Shape(""),
    # The timestamp of a task is when it is due.
    EngagementKind.TASK: _Shape("hs_task_subject", ("hs_createdate",)),
    EngagementKind.COMMUNICATION: _Shape("", more=("hs_communication_channel_type", "hs_communication_logged_from")),
}


class EngagementReader:
    def __init__(self, reader: RecordReader) -> None:
        self._reader = reader

    async def read(self, kind: EngagementKind, ids: Sequence[str]) -> dict[str, EngagementRead]:
        """A hundred a call, by the id asked for. Those that are gone, or say no time, are absent. Raises CrmError."""
        shape = _SHAPES[kind]
        answer = await self._reader.read(PLURALS[ObjectType(kind)], ids, shape.properties, follow_merges=False)
        read = {asked: _read(kind, shape, record) for asked, record in answer.found.items()}
        return {asked: one for asked, one in read.items() if one is not None}


def _read(kind: EngagementKind, shape: _Shape, record: Record) -> EngagementRead | None:
    values = record.properties
    at = next((time for name in shape.times if (time := instant(values.get(name)))), None)
    if at is None:
        return None
    owner, told = values.get("hubspot_owner_id"), told_by(kind, values)
    engagement = Engagement(
        id=record.id,
        kind=kind,
        occurred_at=at,
        owner_id=OwnerId(owner) if owner else None,
        maker=told.maker,
        direction=told.direction,
        because=told.because,
        title=values.get(shape.title) or "",
    )
    return EngagementRead(engagement, (values.get(_SENDER) or "").casefold())
