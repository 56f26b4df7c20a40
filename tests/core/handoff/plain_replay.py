"""The definition of right for a backtest: one whole replay, step by step, without a short cut."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush

from app.agreement.model import Reads
from app.handoff.backtest.timeline import Subject, timeline_of
from app.handoff.backtest.trial import Trial
from app.handoff.backtest.walk import Walk, set_out
from app.handoff.decide import decide
from app.handoff.decision import Decision, Seat
from app.handoff.state import Inputs, PoolState, Roster
from app.records.ids import ContactId, OwnerId, PoolId


@dataclass
class Sitting:
    """One open handoff, as a plain ledger would note it."""

    seat: Seat
    until: datetime


@dataclass
class Plain:
    """One whole replay, step by step, that knows no short cut."""

    trial: Trial
    walks: list[Walk]
    credits: dict[PoolId, dict[OwnerId, int]] = field(default_factory=dict)
    sitting: dict[ContactId, Sitting] = field(default_factory=dict)
    owners: list[tuple[datetime, ContactId, OwnerId]] = field(default_factory=list)

    def run(self) -> None:
        until = self.trial.period.end_at
        steps = [(at, walk.contact_id, place) for place, walk in enumerate(self.walks) if (at := walk.next_at(until))]
        heapify(steps)
        while steps:
            at, contact_id, place = heappop(steps)
            self._step(self.walks[place], at)
            following = self.walks[place].next_at(until)
            if following is not None:
                heappush(steps, (following, contact_id, place))

    def _step(self, walk: Walk, at: datetime) -> None:
        walk.arrive(at)
        qualification = walk.weigh(self.trial)
        roster = Roster({pool: self._state(pool, at) for pool in self.trial.agreement.pools}, self.trial.owners)
        decision = decide(self.trial.agreement, Inputs(qualification.lead, roster, at), self.trial.vocabulary)
        walk.settle(qualification, decision, self.trial)
        self._note(walk, decision, at)

    def leads_by_address(self) -> dict[str, int]:
        """How many leads each owner got."""
        address = {one.id: one.email for one in self.trial.owners}
        return dict(Counter(address[owner_id] for _, _, owner_id in self.owners))

    def _state(self, pool: PoolId, at: datetime) -> PoolState:
        counts: dict[OwnerId, int] = {}
        for one in self.sitting.values():
            if one.seat.pool == pool and one.until > at:
                counts[one.seat.owner_id] = counts.get(one.seat.owner_id, 0) + 1
        return PoolState(self.credits.get(pool, {}), counts)

    def _note(self, walk: Walk, decision: Decision, at: datetime) -> None:
        handoff, line = walk.history.handoff, decision.assignment
        held = self.sitting.get(walk.contact_id)
        if line is not None:
            until = held.until if held and held.until > at else at + self.trial.handoffs_last
            self.sitting[walk.contact_id] = Sitting(Seat(line.pool, line.owner_id), until)
            self.credits[line.pool] = dict(line.credits_after)
            self.owners.append((at, walk.contact_id, line.owner_id))
        elif handoff is None:
            self.sitting.pop(walk.contact_id, None)
        elif held is not None:
            self.sitting[walk.contact_id] = Sitting(Seat(held.seat.pool, handoff.owner_id), held.until)


def plain(by: Trial, names: Reads, subjects: Sequence[Subject]) -> Plain:
    replay = Plain(by, [set_out(timeline_of(one, names, by.period)) for one in subjects])
    replay.run()
    return replay
