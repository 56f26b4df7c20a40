"""Reading the past of contacts and companies from the CRM: only what is missing, and never in a hurry."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import structlog

from app.agreement.model import Reads
from app.clock import Clock
from app.crm.errors import CrmError, Throttled
from app.crm.port import HISTORY_BATCH, Crm
from app.records.ids import ObjectType, PortalId
from app.storage import past
from app.storage.database import Connection, Database

_log = structlog.get_logger(__name__)

_TRIES = 3
"""How often a batch is asked for before the past goes on without the CRM; waits for quota do not count."""
_WAIT_SECONDS = 5.0
_WAIT_MOST_SECONDS = 30.0
"""Longer waits are cut into such pieces, so that the lease is renewed in between."""


@dataclass(frozen=True, slots=True)
class PastReader:
    """Reads what is missing. `pause` waits that many seconds; `report` is told how many of how many are read."""

    database: Database
    crm: Crm
    portal_id: PortalId
    clock: Clock
    pause: Callable[[float], Awaitable[None]]
    report: Callable[[int, int], Awaitable[None]]

    async def read(self, names: Reads, *, since: datetime) -> str:
        """Read the past of every record that was not asked about since. Returns why not all was read, or nothing."""
        wanted = {ObjectType.CONTACT: sorted(names.contact), ObjectType.COMPANY: sorted(names.company)}
        missing = {kind: await self._unread(kind, properties, since) for kind, properties in wanted.items()}
        total = sum(len(ids) for ids in missing.values())
        done = 0
        await self.report(done, total)
        for kind, ids in missing.items():
            for batch in (ids[start : start + HISTORY_BATCH] for start in range(0, len(ids), HISTORY_BATCH)):
                why = await self._read_batch(kind, batch, wanted[kind], (done, total))
                if why:
                    _log.warning("past_not_read", why=why, records=total - done)
                    return why
                done += len(batch)
                await self.report(done, total)
        return ""

    async def _unread(self, kind: ObjectType, properties: Sequence[str], since: datetime) -> list[str]:
        async with self.database.begin() as connection:
            return await past.unread(connection, self.portal_id, kind, properties, since=since)

    async def _read_batch(
        self, kind: ObjectType, ids: Sequence[str], properties: Sequence[str], so_far: tuple[int, int]
    ) -> str:
        """Ask for some records and keep the answer; the CRM's words where it cannot be asked."""
        failed = 0
        while True:
            try:
                pasts = await self.crm.read_histories(kind, ids, properties)
            except CrmError as error:
                failed += not isinstance(error, Throttled)
                if failed == _TRIES:
                    return error.words
                await self._wait(error, so_far)
            else:
                await self._keep(kind, pasts, properties)
                return ""

    async def _wait(self, error: CrmError, so_far: tuple[int, int]) -> None:
        left = error.retry_after.total_seconds() if error.retry_after else _WAIT_SECONDS
        while left > 0:
            await self.pause(min(left, _WAIT_MOST_SECONDS))
            left -= _WAIT_MOST_SECONDS
            await self.report(*so_far)

    async def _keep(self, kind: ObjectType, pasts: past.Pasts, properties: Sequence[str]) -> None:
        now = self.clock.now()

        async def work(connection: Connection) -> None:
            await past.save(connection, self.portal_id, kind, pasts, properties, now=now)

        await self.database.transact(work)
