"""The clocks of leads whose lane is parked: they ring, from what is stored, while the record waits for a person.

Nothing is read, written or chosen. The steps that need the record wait with it, and nothing that was parked wakes.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from app.engine.keep_clocks import keep_clocks, was_there
from app.engine.look import Bench
from app.engine.made import Made, changed_clocks
from app.engine.rulebook import Rulebook
from app.engine.stored import stored_reading
from app.engine.weigh import Weighed, weigh
from app.handoff.course import Close, Hold
from app.handoff.escalation import heeded
from app.handoff.state import Inputs, Roster
from app.storage import clocks, handoffs, portals
from app.storage.database import Connection
from app.storage.portals import Portal

_LEADS_MOST = 100


async def ring(bench: Bench, portal: Portal, rulebook: Rulebook) -> int:
    """Heed what is due on clocks of parked leads; returns how many leads that changed something for.

    As everywhere, no breach is declared unless the CRM answered at the deadline or after.
    """
    now = bench.clock.now()
    heard_at = bench.heard.lately(now)
    if portal.is_shadow or heard_at is None:
        return 0
    async with bench.database.begin() as connection:
        ids = await clocks.due_while_parked(connection, bench.portal_id, now=now, limit=_LEADS_MOST)
        versions = await handoffs.versions(connection, bench.portal_id, ids, shadow=False)
    if not ids:
        return 0
    books = await bench.shelf.books(rulebook, versions)
    known = await stored_reading(bench.database, bench.portal_id, ids)
    weighed = await weigh(bench, known, portal, books, now=now)
    ringing = _Ringing(bench, portal, heard_at, now)

    async def work(connection: Connection) -> int:
        return await ringing.keep(connection, weighed)

    return await bench.database.transact(work)


@dataclass(frozen=True, slots=True)
class _Ringing:
    """Parked leads in one transaction, at one instant."""

    bench: Bench
    portal: Portal
    heard_at: datetime
    now: datetime

    async def keep(self, connection: Connection, weighed: Sequence[Weighed]) -> int:
        """Keep what is due of those that are still parked, and as they were weighed; returns how many."""
        portal_id = self.bench.portal_id
        current = await portals.get(connection, portal_id, lock=True)
        if current is None or current.mode is not self.portal.mode or current.paused_reason:
            return 0
        parked = await clocks.lock_parked(connection, portal_id, [one.lead.contact.id for one in weighed])
        running = await handoffs.running(connection, portal_id, sorted(parked), shadow=False)
        same = [one for one in weighed if running.get(one.lead.contact.id) == one.lead.history.handoff]
        made = [one for one in self._made(same) if changed_clocks(one) and was_there(one, self.heard_at)]
        await keep_clocks(connection, portal_id, made, shadow=False, now=self.now)
        return len(made)

    def _made(self, weighed: Sequence[Weighed]) -> Iterator[Made]:
        for one in weighed:
            course, handoff = one.qualification.course, one.lead.history.handoff
            if handoff is not None and isinstance(course, Hold | Close):
                decision = heeded(one.qualification, handoff, course.timing)
                inputs = Inputs(one.lead, Roster(), self.now)
                yield Made(uuid4(), decision, inputs, UUID(handoff.id), one.rulebook)
