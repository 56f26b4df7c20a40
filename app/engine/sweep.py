"""One page of a walk: contacts that changed are asked for, and those that no look knows of get one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from app.engine.look import Bench
from app.metrics import SWEPT
from app.records.changes import Changed
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import lanes, sweeps
from app.storage.database import Connection
from app.storage.lanes import Priority
from app.storage.sweeps import Claimed, Page, Sweep

LAG = timedelta(minutes=5)
"""How far the CRM's index may be behind, and how long a webhook may be on its way.

HubSpot documents no bound for either; others who poll it hold back as long.
"""
SLACK = timedelta(minutes=1)
"""How much later than it read a look may stamp what it read, and how far two clocks may differ."""


@dataclass(frozen=True, slots=True)
class Judged:
    """The contacts of one page of whose last change no look knows, and how many webhooks about them were missed."""

    unknown: tuple[ContactId, ...]
    missed: int


async def judge(connection: Connection, portal_id: PortalId, changed: Sequence[Changed]) -> Judged:
    """Tell known changes from unknown ones. Changes nothing."""
    missed = await sweeps.unknown(connection, portal_id, changed, lag=LAG, slack=SLACK)
    return Judged(tuple(sorted(missed)), sum(missed.values()))


async def walk_on(bench: Bench, claimed: Claimed) -> Sweep | None:
    """Walk one page and mark the lanes of whoever is unknown, in one transaction; returns how the walk stands then.

    None where another worker has taken it over meanwhile: nothing is marked or counted. Raises CrmError.
    """
    found = await bench.crm.search_changed(claimed.sweep.place, claimed.sweep.until_at)

    async def work(connection: Connection) -> tuple[Sweep | None, Page]:
        now = bench.clock.now()
        judged = await judge(connection, bench.portal_id, found.contacts)
        page = Page(len(found.contacts), len(judged.unknown), judged.missed, found.next)
        kept = await sweeps.keep(connection, bench.portal_id, claimed, page, now=now)
        if kept is not None:
            records = [(ObjectType.CONTACT, contact_id) for contact_id in judged.unknown]
            await lanes.mark(connection, bench.portal_id, records, wake_at=now, now=now, priority=Priority.BACKGROUND)
        return kept, page

    walked, page = await bench.database.transact(work)
    if walked is not None:
        _count(page)
    return walked


def _count(page: Page) -> None:
    SWEPT.labels("known").inc(page.seen - page.marked)
    SWEPT.labels("unknown").inc(page.marked - page.missed)
    SWEPT.labels("missed").inc(page.missed)
