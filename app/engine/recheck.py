"""Every stored decision, computed again from its inputs and its version: each must give the same value.

This is the proof behind every explanation: what Baton says of a decision is what it decided.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.agreement.faults import AgreementError
from app.engine.explain import differences
from app.engine.rulebook import Rulebook, rulebook_of
from app.handoff.decide import decide
from app.records.ids import PortalId
from app.storage import agreements, decisions
from app.storage.database import Database
from app.storage.decisions import StoredDecision

_PAGE = 500


@dataclass(frozen=True, slots=True)
class Differing:
    """A decision that comes out otherwise today; `names` are the parts that do."""

    id: UUID
    contact_id: str
    version: int
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Rechecked:
    """`same` decisions gave the value that was stored, `erased` ones cannot be computed by anybody."""

    same: int
    erased: int
    differing: tuple[Differing, ...]


async def recheck(database: Database, portal_id: PortalId) -> Rechecked:
    """Compute every stored decision again, page by page, off the event loop. Changes nothing."""
    books: dict[int, Rulebook | None] = {}
    same, erased = 0, 0
    differing: list[Differing] = []
    after: UUID | None = None
    while True:
        async with database.begin() as connection:
            page = await decisions.page(connection, portal_id, after=after, limit=_PAGE)
        if not page:
            return Rechecked(same, erased, tuple(differing))
        for number in {one.version for one in page} - books.keys():
            books[number] = await readable_book(database, portal_id, number)
        readable = [one for one in page if not one.erased]
        found = await asyncio.to_thread(_differing, readable, books)
        same, erased = same + len(readable) - len(found), erased + len(page) - len(readable)
        differing += found
        after = page[-1].id


def _differing(page: Sequence[StoredDecision], books: dict[int, Rulebook | None]) -> list[Differing]:
    found = [(one, _names(one, books[one.version])) for one in page]
    return [Differing(one.id, one.contact_id, one.version, names) for one, names in found if names]


def _names(stored: StoredDecision, book: Rulebook | None) -> tuple[str, ...]:
    if book is None:
        return ("version",)
    return differences(stored, decide(book.agreement, stored.inputs(), book.vocabulary))


async def readable_book(database: Database, portal_id: PortalId, number: int) -> Rulebook | None:
    """The version's rulebook; None where it is gone or cannot be read any more."""
    async with database.begin() as connection:
        version = await agreements.get(connection, portal_id, number)
    try:
        return None if version is None else await rulebook_of(version)
    except AgreementError:
        return None
