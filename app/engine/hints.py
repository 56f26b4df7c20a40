"""Hints at other records than contacts: what is due is held, passed on to the contacts it concerns, and let go."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.crm.errors import CrmError, Retry
from app.crm.port import BATCH
from app.engine import fates
from app.engine.look import Bench
from app.records.event import EventKind
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import events, lanes
from app.storage.database import FAILURES, Connection
from app.storage.events import Hint
from app.storage.lanes import Claimed, Priority, Release

_log = structlog.get_logger(__name__)

_REFUSED = timedelta(minutes=5)
"""How long lanes of one type wait where the app lacks the scope for it: looks at contacts go on meanwhile."""
_LIFE = frozenset({EventKind.DELETED, EventKind.ERASED, EventKind.RESTORED, EventKind.MERGED})
UNREAD = "nothing that the agreement reads"
"""Why a hint was not passed on."""


@dataclass(frozen=True, slots=True)
class Held:
    """Lanes of one type of record, held under one token."""

    object_type: ObjectType
    token: UUID
    lanes: Mapping[str, Claimed]

    @property
    def ids(self) -> list[str]:
        return sorted(self.lanes)

    def unhinted(self, hints: Iterable[Hint]) -> set[str]:
        """Those of which nothing came: a replay asks for them, so that they are passed on whatever they say."""
        return self.lanes.keys() - {hint.object_id for hint in hints}

    def settled(self, ids: Iterable[str]) -> list[Release]:
        return [fates.settled(self.lanes[each], None) for each in ids]

    async def cover(
        self, connection: Connection, portal_id: PortalId, ids: Collection[str], reason: str | None = None
    ) -> None:
        """The events behind these lanes need nothing more; `reason` says why, where nobody was told."""
        covered = [(each, self.lanes[each].generation, None) for each in ids]
        if covered:
            await events.apply(connection, portal_id, covered, reason=reason, object_type=self.object_type)


async def pass_on(bench: Bench, object_type: ObjectType, work: Callable[[Held], Awaitable[Sequence[Release]]]) -> int:
    """Hold what is due of one type, do `work`, and let go as it says; return how many lanes were held.

    A failure of the CRM is the fate of the lanes, never an exception. Only reads and marks are made under
    the lease, so that whoever loses it does no harm.
    """
    held = await _hold(bench, object_type)
    if not held.lanes:
        return 0
    releases: Sequence[Release] = []
    try:
        releases = await work(held)
    except CrmError as error:
        releases = [_failed(lane, error, bench.clock.now()) for lane in held.lanes.values()]
        _log.warning("hints_wait", type=object_type.value, lanes=len(held.lanes), code=error.code)
    except Exception:
        releases = _broken(held, bench.clock.now())
        raise
    finally:
        with suppress(*FAILURES):  # what is not let go is found again when the lease runs out
            await _let_go(bench, held, releases)
    return len(held.lanes)


async def tell(
    connection: Connection,
    portal_id: PortalId,
    contacts: Iterable[ContactId],
    *,
    now: datetime,
    priority: Priority = Priority.LIVE,
) -> None:
    """Ask for a look at each of these contacts."""
    records = [(ObjectType.CONTACT, one) for one in sorted(contacts)]
    await lanes.mark(connection, portal_id, records, wake_at=now, now=now, priority=priority)


def matters(hint: Hint, properties: Collection[str]) -> bool:
    """Whether a hint says that a record came, went, or changed in one of these properties."""
    return hint.kind in _LIFE or hint.property_name in properties


async def _hold(bench: Bench, object_type: ObjectType) -> Held:
    async def work(connection: Connection) -> Held:
        token, claimed = await lanes.claim(
            connection, bench.portal_id, object_type, limit=BATCH, lease=bench.pace.lease, now=bench.clock.now()
        )
        return Held(object_type, token, {lane.object_id: lane for lane in claimed})

    return await bench.database.transact(work)


async def _let_go(bench: Bench, held: Held, releases: Sequence[Release]) -> None:
    async def work(connection: Connection) -> None:
        await lanes.release(connection, bench.portal_id, held.object_type, held.token, releases)

    await bench.database.transact(work)


def _failed(lane: Claimed, error: CrmError, now: datetime) -> Release:
    fate = fates.failed(lane, error, now)
    return replace(fate, wake_at=now + _REFUSED) if error.retry is Retry.PERSON else fate


def _broken(held: Held, now: datetime) -> list[Release]:
    alone = len(held.lanes) == 1
    return [fates.broken(held.lanes[each], now, place, alone=alone) for place, each in enumerate(held.ids)]
