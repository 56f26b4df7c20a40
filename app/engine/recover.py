"""Settling what an earlier look left unfinished, before anything new is decided.

A write found as `sending` was sent, or was about to be, by a worker that said no more. Properties are
decided again, never sent again. A note or task is looked up on the record, not before the CRM can have
finished with the request, and becomes due again only if it is not there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from app.crm.port import Activity, ActivityKind, Crm
from app.engine.lease import Lease
from app.records.ids import ContactId
from app.storage import contacts, events, writes
from app.storage.database import Connection
from app.storage.writes import Settled, StoredWrite, WriteKind, WriteState


@dataclass(frozen=True, slots=True)
class Recovery:
    """Contacts that must wait until their in-flight note or task can be looked up, and for how long."""

    wait: Mapping[ContactId, timedelta]


async def recover(crm: Crm, lease: Lease, *, in_flight: timedelta) -> Recovery:
    """Settle writes of the leased contacts whose outcome nobody knows. Raises CrmError when the look-up fails.

    `in_flight`: how long after a send the CRM may still apply it (HTTP time-out plus a margin).
    """
    async with lease.database.begin() as connection:
        sending = await writes.unsettled(connection, lease.portal_id, list(lease.lanes), WriteState.SENDING)
        left = await writes.overdue(connection, lease.portal_id, [one.id for one in sending], after=in_flight)
    if not sending:
        return Recovery({})
    told = [one for one in sending if one.kind in {WriteKind.NOTE, WriteKind.TASK}]
    early = {one.contact_id: left[one.id] for one in told if left[one.id] > timedelta()}
    found = await _look_up(crm, [one for one in told if one.contact_id not in early])
    await _keep(lease, [(one, _settle(one, found)) for one in sending if one.contact_id not in early])
    return Recovery(early)


async def _look_up(crm: Crm, told: Sequence[StoredWrite]) -> Mapping[UUID, str]:
    """The CRM's id of each note and task that is on its record."""
    found: dict[UUID, str] = {}
    for kind, activity in ((WriteKind.NOTE, ActivityKind.NOTE), (WriteKind.TASK, ActivityKind.TASK)):
        wanted = [one for one in told if one.kind is kind]
        if wanted:
            on_record = await crm.read_activities(activity, sorted({one.contact_id for one in wanted}))
            found |= {one.id: there for one in wanted if (there := _marked(one.key, on_record.get(one.contact_id, ())))}
    return found


def _marked(key: str, activities: Sequence[Activity]) -> str | None:
    return next((activity.id for activity in activities if _carries(activity.body, key)), None)


def _carries(body: str, key: str) -> bool:
    """Whether the body has the key as its marker, and not one that merely begins with it: `...-task-2`."""
    _, *rests = body.split(key)
    return any(not rest[:1].isalnum() and not rest.startswith(("-", "_")) for rest in rests)


def _settle(write: StoredWrite, found: Mapping[UUID, str]) -> Settled:
    match write.kind:
        case WriteKind.PROPERTIES:
            return Settled(write.id, WriteState.DONE if write.echoed else WriteState.SUPERSEDED)
        case WriteKind.CLOSING:
            return Settled(write.id, WriteState.DUE)
        case WriteKind.NOTE | WriteKind.TASK:
            there = found.get(write.id)
            return Settled(write.id, WriteState.DONE if there else WriteState.DUE, crm_id=there)
        case _:
            assert_never(write.kind)


async def _keep(lease: Lease, settled: Sequence[tuple[StoredWrite, Settled]]) -> None:
    """Store what became of the writes whose contacts are still held; others may have been sent again meanwhile."""

    async def work(connection: Connection) -> None:
        await lease.fence(connection)
        ours = [pair for pair in settled if lease.holds(pair[0].contact_id)]
        await writes.settle(connection, lease.portal_id, [fate for _, fate in ours])
        done = [(write, fate) for write, fate in ours if fate.state is WriteState.DONE]
        landed = {write.contact_id: write.properties for write, _ in done if write.kind is WriteKind.PROPERTIES}
        await contacts.add_applied(connection, lease.portal_id, landed)
        for kind in (WriteKind.NOTE, WriteKind.TASK):
            made = [fate.crm_id for write, fate in done if write.kind is kind and fate.crm_id]
            if made:
                await events.ignore_echoes_of(connection, lease.portal_id, kind.value, made)

    await lease.database.transact(work)
