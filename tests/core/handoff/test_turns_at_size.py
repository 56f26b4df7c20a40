"""A year of leads through one pool, in which people come and go, fill up, close for the night and get other shares."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random

import pytest

from app.agreement.model import Agreement, Member
from app.handoff.decision import Assignment
from app.handoff.ledger import Line, Tally, faults_of
from app.handoff.owners import Nobody, find_owner, members_in_turn
from app.handoff.rotation import Shares, is_even
from app.handoff.search import Search
from app.handoff.state import Lead, PoolState, Roster
from app.records.ids import OwnerId
from app.sla.calendar import Calendar
from app.sla.hours import Interval
from tests.core.handoff.parts import DAY, INBOUND, NOW, agreement, lead, owner

MANY = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 1_000
"""All of them where laws are tried at full length, a part of them in every run."""
POOL = INBOUND
NAMES = tuple(f"o{number}" for number in range(6))
OWNERS = tuple(owner(name) for name in NAMES)
WEST = Calendar("west", "America/Los_Angeles", {day: (Interval.parse("08:00-18:00"),) for day in range(6)})
LEAD: Lead = lead()


@dataclass
class Desk:
    """One pool and what changes about it, drawn at random."""

    rng: Random
    now: datetime = NOW
    word: str | None = "prefer"
    shares: dict[str, int] = field(default_factory=lambda: dict(zip(NAMES, (1, 1, 2, 3, 5, 8), strict=True)))
    away: set[str] = field(default_factory=set)
    seats: list[OwnerId] = field(default_factory=list)
    credits: Mapping[OwnerId, int] = field(default_factory=dict)

    def search(self) -> Search:
        """A search as the next lead makes it."""
        away = {OwnerId(name): self.now + DAY for name in self.away}
        counts = {OwnerId(name): self.seats.count(OwnerId(name)) for name in NAMES}
        roster = Roster({POOL: PoolState(self.credits, counts)}, OWNERS, away)
        return Search(self._agreement(), LEAD, roster, self.now)

    def change(self) -> None:
        """Time passes, handoffs close, and now and then something else changes."""
        rng = self.rng
        self.now += timedelta(minutes=rng.randint(1, 90))
        self.seats = [seat for seat in self.seats if rng.random() > 0.06]
        if rng.random() < 0.03:
            self.away ^= {rng.choice(NAMES)}
        if rng.random() < 0.01:
            self.shares[rng.choice(NAMES)] = rng.randint(1, 9)
        if rng.random() < 0.01:
            self.word = rng.choice((None, "prefer", "require"))

    def take(self, found: Assignment) -> None:
        self.credits = found.credits_after
        self.seats.append(found.owner_id)

    def _agreement(self) -> Agreement:
        usual = agreement()
        members = tuple(
            Member(f"{name}@example.com", share, at_most=6, calendar="west" if number % 2 else None)
            for number, (name, share) in enumerate(self.shares.items())
        )
        pool = replace(usual.pools[POOL], members=members, working_hours=self.word, if_nobody=None)
        return replace(usual, pools={POOL: pool}, calendars={**usual.calendars, WEST.id: WEST})


def lines(desk: Desk, many: int) -> Iterator[tuple[Line, Shares]]:
    """The lines that so many leads leave in the ledger, with the members who could take each."""
    number = 0
    for _ in range(many):
        desk.change()
        search = desk.search()
        shares, _ = members_in_turn(search, search.agreement.pools[POOL])
        found = find_owner(search, POOL)
        if isinstance(found, Nobody):
            assert shares == ()
            continue
        number += 1
        yield Line(number, desk.now, found.owner_id, found.charged, found.credits_before, found.credits_after), shares
        desk.take(found)


def assert_sound(line: Line, shares: Shares) -> None:
    """Whoever got it could take it and had earned the most, and what one gained the others paid."""
    earned = {owner_id: line.credits_before.get(owner_id, 0) + share for owner_id, share in shares}
    assert line.owner_id in earned
    assert is_even(shares, line.credits_before) or earned[line.owner_id] == max(earned.values())
    assert sum(line.credits_after.values()) == 0


@pytest.mark.parametrize("seed", [1, 2])
def test_leave_caps_hours_and_other_shares_leave_every_turn_fair_and_the_ledger_sound(seed: int) -> None:
    tally, before, thinned = Tally(), None, 0
    for line, shares in lines(Desk(Random(seed)), MANY):  # noqa: S311  a repeatable run, no secret
        assert_sound(line, shares)
        assert faults_of(line, shares, before) == []
        tally.add(line, shares)
        before, thinned = line, thinned + (len(shares) < len(NAMES))
    assert before is not None
    standings = tally.standings()
    assert sum(one.leads for one in standings) == before.number > MANY // 2
    assert thinned > MANY // 4
    strayed = max(standings, key=lambda one: abs(one.strayed))
    print(f"{before.number} leads: {strayed.owner_id} strayed the most, by {float(strayed.strayed):+.2f} leads")  # noqa: T201  the figure is wanted
