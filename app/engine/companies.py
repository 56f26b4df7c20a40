"""Companies: a change that the agreement reads is news to every known contact of the company.

Behind everything else, a slice at a time: a company may have thousands of people.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from app.engine.hints import UNREAD, Held, matters, pass_on, tell
from app.engine.look import Bench
from app.engine.rulebook import Rulebook
from app.records.ids import CompanyId, ContactId, ObjectType
from app.storage import events, groups
from app.storage.database import Connection
from app.storage.lanes import Priority, Release

SLICE = 500
"""How many contacts one transaction marks."""


async def take(bench: Bench, rulebook: Rulebook, *, at_once: int = SLICE) -> int:
    """Pass on what is due, to so many contacts at once; return how many lanes were held."""
    return await pass_on(bench, ObjectType.COMPANY, partial(_take, bench, rulebook, at_once))


async def _take(bench: Bench, rulebook: Rulebook, at_once: int, held: Held) -> Sequence[Release]:
    async with bench.database.begin() as connection:
        hints = await events.hints(connection, bench.portal_id, ObjectType.COMPANY, held.ids)
    told = {hint.object_id for hint in hints if matters(hint, rulebook.company_properties)} | held.unhinted(hints)
    await _tell_people(bench, [CompanyId(each) for each in sorted(told)], at_once)
    async with bench.database.begin() as connection:
        await held.cover(connection, bench.portal_id, told)
        await held.cover(connection, bench.portal_id, held.lanes.keys() - told, UNREAD)
    return held.settled(held.ids)


async def _tell_people(bench: Bench, companies: Sequence[CompanyId], at_once: int) -> None:
    after = ""
    while people := await bench.database.transact(partial(_tell_slice, bench, companies, after, at_once)):
        after = people[-1]


async def _tell_slice(
    bench: Bench, companies: Sequence[CompanyId], after: str, at_once: int, connection: Connection
) -> list[ContactId]:
    people = await groups.people_at(connection, bench.portal_id, companies, after=after, limit=at_once)
    await tell(connection, bench.portal_id, people, now=bench.clock.now(), priority=Priority.BACKGROUND)
    return people
