"""The pools' ledgers in a replay: who holds a seat for which handoff, and whose turn it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from app.handoff.decision import Decision, Seat
from app.handoff.route import charge
from app.handoff.state import Handoff, PoolState
from app.records.ids import ContactId, PoolId


@dataclass(slots=True)
class Seating:
    """Ledgers that start from zero credit.

    `seats` holds each contact's seat and handoff; a handoff that lasted its time keeps none. `peaks` is the most
    that were open at once for an owner in a pool.
    """

    ledgers: dict[PoolId, PoolState]
    seats: dict[ContactId, tuple[Seat, str]] = field(default_factory=dict)
    peaks: dict[Seat, int] = field(default_factory=dict)

    def seat(self, contact_id: ContactId, handoff: Handoff) -> None:
        """A handoff that is open already holds the seat of its owner."""
        seat = Seat(handoff.pool, handoff.owner_id)
        self._count(seat, +1)
        self._sit(contact_id, seat, handoff)

    def follow(self, contact_id: ContactId, handoff: Handoff | None, decision: Decision) -> bool:
        """Charge a decision; `handoff` is the one open after it. True when its handoff has a seat it had not before."""
        before = self.seats.get(contact_id)
        leaves = decision.vacated if before is not None else None
        self.ledgers = dict(charge(self.ledgers, replace(decision, vacated=leaves)))
        if handoff is None:
            self.seats.pop(contact_id, None)
            return False
        line = decision.assignment
        if line is not None:
            self._sit(contact_id, Seat(line.pool, line.owner_id), handoff)
        elif leaves is not None:
            self._sit(contact_id, Seat(leaves.pool, handoff.owner_id), handoff)
        return before is None and line is not None

    def free(self, contact_id: ContactId, handoff_id: str) -> None:
        """The handoff's time is over: it counts against nobody's cap any more, if it still did."""
        seat, held_for = self.seats.get(contact_id, (None, ""))
        if seat is not None and held_for == handoff_id:
            del self.seats[contact_id]
            self._count(seat, -1)

    def counts(self, pools: Iterable[PoolId]) -> tuple[object, ...]:
        """Open handoffs in these pools, to see later whether anything moved."""
        return tuple(self.ledgers[pool].open_handoffs for pool in pools)

    def _sit(self, contact_id: ContactId, seat: Seat, handoff: Handoff) -> None:
        self.seats[contact_id] = (seat, handoff.id)
        state = self.ledgers.get(seat.pool)
        if state is not None:
            self.peaks[seat] = max(self.peaks.get(seat, 0), state.open_handoffs.get(seat.owner_id, 0))

    def _count(self, seat: Seat, change: int) -> None:
        state = self.ledgers.get(seat.pool)
        if state is not None:
            count = max(0, state.open_handoffs.get(seat.owner_id, 0) + change)
            self.ledgers[seat.pool] = replace(state, open_handoffs={**state.open_handoffs, seat.owner_id: count})


def seating(pools: Iterable[PoolId]) -> Seating:
    """Empty seats and no turn taken."""
    return Seating({pool: PoolState() for pool in sorted(pools)})
