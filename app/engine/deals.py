"""Deals: a change that the agreement reads is news to the contacts of the deal, who are asked for in one call.

That a deal and a contact were joined is told of the contact, too: nothing has to be waited for.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import chain

from app.engine.hints import UNREAD, Held, matters, pass_on, tell
from app.engine.look import Bench
from app.engine.rulebook import Rulebook
from app.records.ids import ObjectType
from app.storage import events
from app.storage.lanes import Release


async def take(bench: Bench, rulebook: Rulebook) -> int:
    """Pass on what is due; return how many lanes were held. An agreement that reads no deal costs no call."""
    return await pass_on(bench, ObjectType.DEAL, partial(_take, bench, rulebook))


async def _take(bench: Bench, rulebook: Rulebook, held: Held) -> Sequence[Release]:
    told = await _that_matter(bench, rulebook, held)
    contacts = await bench.crm.read_contacts_of(ObjectType.DEAL, sorted(told)) if told else {}
    async with bench.database.begin() as connection:
        people = set(chain.from_iterable(contacts.values()))
        await tell(connection, bench.portal_id, people, now=bench.clock.now())
        await held.cover(connection, bench.portal_id, told)
        await held.cover(connection, bench.portal_id, held.lanes.keys() - told, UNREAD)
    return held.settled(held.ids)


async def _that_matter(bench: Bench, rulebook: Rulebook, held: Held) -> set[str]:
    reads = rulebook.agreement.reads.deal
    if not reads:
        return set()
    async with bench.database.begin() as connection:
        hints = await events.hints(connection, bench.portal_id, ObjectType.DEAL, held.ids)
    return {hint.object_id for hint in hints if matters(hint, reads)} | held.unhinted(hints)
