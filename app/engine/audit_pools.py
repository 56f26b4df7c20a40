"""The ledgers of the pools, computed again line by line: whose turn it was, what it cost, how far from fair it got.

A line is computed from the line before it, the agreement version that decided it and the inputs that were kept with
the decision. Where a person asked to be forgotten, the inputs are gone: then who could take the lead is read from
the line, as those who earned.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from app.agreement.model import Agreement
from app.engine.recheck import readable_book
from app.engine.rulebook import Rulebook
from app.errors import BatonError
from app.handoff.ledger import Fault, Line, Standing, Tally, faults_at_end, faults_of
from app.handoff.owners import members_in_turn
from app.handoff.rotation import Shares
from app.handoff.search import search_again
from app.handoff.state import Roster
from app.records.ids import PoolId, PortalId
from app.storage import pools, portals
from app.storage.database import Database
from app.storage.pools import Kept, Ledger

_PAGE = 500


class NoSuchPool(BatonError):
    """No lead was ever routed through a pool of that name."""

    code: ClassVar[str] = "no_such_pool"


@dataclass(frozen=True, slots=True)
class Audited:
    """A ledger read from its first line to its last. `erased` lines were computed without their inputs."""

    pool: PoolId
    shadow: bool
    lines: int
    erased: int
    faults: tuple[Fault, ...]
    standings: tuple[Standing, ...]


async def audit(database: Database, portal_id: PortalId, pool: str | None = None) -> list[Audited]:
    """Compute every line of one pool's ledgers, or of all, again. Changes nothing. Raises NoSuchPool."""
    async with database.begin() as connection:
        kept = await pools.ledgers(connection, portal_id)
        roster = Roster(owners=await portals.owners(connection, portal_id))
    wanted = [one for one in kept if pool in {None, one.pool}]
    if pool is not None and not wanted:
        raise NoSuchPool(f"no lead was routed through pool {pool!r} yet; `baton pool list` shows the pools")
    books: dict[int, Rulebook | None] = {}
    return [await _audit(database, portal_id, ledger, roster, books) for ledger in wanted]


async def _audit(
    database: Database, portal_id: PortalId, ledger: Ledger, roster: Roster, books: dict[int, Rulebook | None]
) -> Audited:
    reading = _Reading(ledger, roster)
    while True:
        async with database.begin() as connection:
            page = await pools.page(connection, portal_id, ledger, after=reading.number, limit=_PAGE)
        if not page:
            return reading.result()
        for number in {one.version for one in page if one.version is not None} - books.keys():
            books[number] = await readable_book(database, portal_id, number)
        await asyncio.to_thread(reading.read, page, books)


@dataclass(slots=True)
class _Reading:
    """Where the reading of a ledger stands."""

    ledger: Ledger
    roster: Roster
    before: Line | None = None
    erased: int = 0
    faults: list[Fault] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)

    @property
    def number(self) -> int:
        return 0 if self.before is None else self.before.number

    def read(self, page: Sequence[Kept], books: Mapping[int, Rulebook | None]) -> None:
        for kept in page:
            book = None if kept.version is None else books[kept.version]
            self.erased += kept.inputs is None
            if book is None or self.ledger.pool not in book.agreement.pools:
                self.faults.append(Fault(kept.line.number, "was decided by a version that cannot be read"))
            else:
                shares = self._shares(kept, book.agreement)
                self.faults += faults_of(kept.line, shares, self._line_before(kept.line))
                self.tally.add(kept.line, shares)
            self.before = kept.line

    def _shares(self, kept: Kept, agreement: Agreement) -> Shares:
        """The members who could take the lead."""
        pool = agreement.pools[self.ledger.pool]
        if kept.inputs is not None:
            return members_in_turn(search_again(agreement, kept.inputs), pool)[0]
        owners = ((self.roster.by_email(member.owner), member.share) for member in pool.members)
        return [(owner.id, share) for owner, share in owners if owner and owner.id in _earned(kept.line)]

    def _line_before(self, line: Line) -> Line | None:
        """The line before; in shadow without its credits where shadow mode had ended and begun anew."""
        anew = self.ledger.shadow and self.before is not None and not line.credits_before
        return replace(self.before, credits_after={}) if anew and self.before else self.before

    def _at_end(self) -> list[Fault]:
        """What is wrong with the end; the credits of a shadow mode that has ended are none."""
        forgotten = self.ledger.shadow and not self.ledger.credits
        last = replace(self.before, credits_after={}) if forgotten and self.before else self.before
        return faults_at_end(last, self.ledger.lines, self.ledger.credits)

    def result(self) -> Audited:
        return Audited(
            pool=self.ledger.pool,
            shadow=self.ledger.shadow,
            lines=self.number,
            erased=self.erased,
            faults=(*self.faults, *self._at_end()),
            standings=self.tally.standings(),
        )


def _earned(line: Line) -> set[str]:
    """Whose credit moved; whoever got the lead among them, whose share may be all that it cost."""
    moved = {owner for owner, credit in line.credits_after.items() if credit != line.credits_before.get(owner, 0)}
    return {*moved, line.owner_id}
