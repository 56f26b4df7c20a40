"""The lease of one look: what it holds, and whether there is time left to send under it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import lanes
from app.storage.database import Connection, Database
from app.storage.lanes import Claimed, Release


@dataclass(slots=True)
class Lease:
    """Lanes of contacts held under one token. Times are counted on the monotonic clock from before the claim."""

    database: Database
    portal_id: PortalId
    token: UUID
    length: timedelta
    monotonic: Callable[[], float]
    taken_at: float
    lanes: Mapping[ContactId, Claimed]
    lost: set[ContactId] = field(default_factory=set)

    def outlasts(self, span: timedelta) -> bool:
        """Whether the lease runs longer than `span` from now."""
        return self.monotonic() + span.total_seconds() < self.taken_at + self.length.total_seconds()

    async def renew(self) -> None:
        """Lengthen the lease; contacts that another worker took meanwhile count as lost."""
        before = self.monotonic()

        async def work(connection: Connection) -> frozenset[str]:
            return await lanes.renew(connection, self.portal_id, ObjectType.CONTACT, self.token, lease=self.length)

        still = await self.database.transact(work)
        self.taken_at = before
        self._keep(still)

    async def fence(self, connection: Connection) -> None:
        """Lock what is still held until the transaction ends; the rest counts as lost."""
        self._keep(frozenset(await lanes.held(connection, self.portal_id, ObjectType.CONTACT, self.token)))

    def _keep(self, still: frozenset[str]) -> None:
        self.lost |= {contact for contact in self.lanes if contact not in still}

    def holds(self, contact: ContactId) -> bool:
        return contact not in self.lost

    async def release(self, releases: Sequence[Release]) -> None:
        """Let lanes go; those lost are not ours to let go and stay as they are."""

        async def work(connection: Connection) -> None:
            await lanes.release(connection, self.portal_id, ObjectType.CONTACT, self.token, releases)

        await self.database.transact(work)
