"""A pool's ledger read again: does each line follow from the one before, and how fair were the turns?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from fractions import Fraction

from app.handoff.rotation import Shares, take_turn
from app.records.ids import OwnerId


@dataclass(frozen=True, slots=True)
class Line:
    """One line as kept. Lines of a pool are numbered from 1, without a gap."""

    number: int
    at: datetime
    owner_id: OwnerId
    charged: bool
    credits_before: Mapping[OwnerId, int]
    credits_after: Mapping[OwnerId, int]


@dataclass(frozen=True, slots=True)
class Fault:
    """A line that does not follow, and why not."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Standing:
    """How somebody fared in a pool's turns.

    `leads` came by turns, `beside` came outside them (preferred, standing in). `fair` is the part of all turns that
    the shares gave, counting only turns that the member could have taken. `strayed` is the largest difference between
    fair and leads after any line, in leads: above zero is owed, below zero is ahead. `strayed_at` is when.
    """

    owner_id: OwnerId
    leads: int = 0
    beside: int = 0
    fair: Fraction = Fraction(0)
    strayed: Fraction = Fraction(0)
    strayed_at: datetime | None = None


def faults_of(line: Line, shares: Shares, before: Line | None) -> list[Fault]:
    """Why a line does not follow from the one before it; nothing when it does.

    `shares` are those of the members who could take the lead, in the pool's order. `before` is None where a ledger
    begins.
    """
    return [Fault(line.number, why) for why in (*_breaks(line, before), *_turn_faults(line, shares))]


def faults_at_end(last: Line | None, lines: int, credits_now: Mapping[OwnerId, int]) -> list[Fault]:
    """Why the pool, which counts so many lines and stands at these credits, does not follow from its last line.

    A ledger that has grown since the pool was read is taken as it is: the lines after it tell.
    """
    number, credits_then = (0, {}) if last is None else (last.number, last.credits_after)
    if number < lines:
        return [Fault(number + 1, f"is missing: the pool counts {lines} lines")]
    if number == lines and credits_now != credits_then:
        return [Fault(number, "is the last, and ends with other credits than the pool stands at")]
    return []


def _breaks(line: Line, before: Line | None) -> list[str]:
    number, credits_then = (0, {}) if before is None else (before.number, before.credits_after)
    broken = []
    if line.number != number + 1:
        broken.append(f"comes after line {number}: lines are missing in between")
    if line.credits_before != credits_then:
        broken.append(f"begins with other credits than line {number} ended with")
    return broken


def _turn_faults(line: Line, shares: Shares) -> list[str]:
    if not line.charged:
        return [] if line.credits_after == line.credits_before else ["is not charged, but credits changed"]
    turn = take_turn(shares, line.credits_before)
    if turn is None:
        return ["is charged, but no member could take the lead"]
    if turn.owner_id != line.owner_id:
        return [f"went to owner {line.owner_id}; it was the turn of owner {turn.owner_id}"]
    return [] if turn.credits == line.credits_after else ["charges other credits than the shares give"]


@dataclass(slots=True)
class Tally:
    """Adds up lines in their order."""

    _standings: dict[OwnerId, Standing] = field(default_factory=dict)

    def add(self, line: Line, shares: Shares) -> None:
        """Count a line. `shares` are those of the members who could take the lead."""
        if not line.charged:
            was = self._of(line.owner_id)
            self._standings[line.owner_id] = replace(was, beside=was.beside + 1)
            return
        parts = {line.owner_id: 0, **dict(shares)}
        whole = sum(parts.values()) or 1
        for owner, part in parts.items():
            self._standings[owner] = _turned(self._of(owner), Fraction(part, whole), line)

    def standings(self) -> tuple[Standing, ...]:
        """Everybody who got a lead or could have got one, by owner."""
        return tuple(standing for _, standing in sorted(self._standings.items()))

    def _of(self, owner_id: OwnerId) -> Standing:
        return self._standings.get(owner_id, Standing(owner_id))


def _turned(was: Standing, part: Fraction, line: Line) -> Standing:
    """The standing after one more turn, of which `part` was theirs by right."""
    now = replace(was, leads=was.leads + (was.owner_id == line.owner_id), fair=was.fair + part)
    owed = now.fair - now.leads
    return replace(now, strayed=owed, strayed_at=line.at) if abs(owed) > abs(now.strayed) else now
