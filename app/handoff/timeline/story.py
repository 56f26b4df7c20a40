"""What a timeline is told from: one handoff as it is known at an instant."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from app.handoff.state import Act, HandoffState, Tenure
from app.records.engagement import Engagement
from app.records.ids import OwnerId
from app.records.span import Span
from app.sla.account import Piece, account
from app.sla.calendar import ALWAYS, Calendar
from app.sla.clock import Clock
from app.sla.ladder import Rung
from app.sla.lay import lay_out


@dataclass(frozen=True, slots=True)
class Timed:
    """A clock with the hours it is counted in and the ladder that follows from its deadline."""

    clock: Clock
    calendar: Calendar
    ladder: tuple[Rung, ...] = ()

    def pieces(self, now: datetime) -> tuple[Piece, ...]:
        """Where its time went, from its start to its stop, or to `now` while it runs; in whole seconds."""
        until = self.clock.stopped_at or now
        held = [(*_whole(pause.up_to(until)), pause.because or "held") for pause in self.clock.pauses]
        return tuple(account(self._measure, *_whole((self.clock.started_at, until)), held))

    @property
    def first_due_at(self) -> datetime | None:
        """The deadline as it stood when the clock began."""
        laid = lay_out(self.clock.started_at, Span.parse(self.clock.target), self.calendar)
        return None if laid is None else laid.due_at

    @property
    def _measure(self) -> Calendar:
        """Time that is not business time counts around the clock."""
        is_business = Span.parse(self.clock.target).business
        return self.calendar if is_business else replace(ALWAYS, time_zone=self.calendar.time_zone)


@dataclass(frozen=True, slots=True)
class Story:
    """A handoff from first to last. Times are told in `time_zone`.

    `signalled_at` is when the lead did what it was found ready for, as far as events told. `owners` are addresses by
    id. `closed_at` None: it is open.
    """

    time_zone: str
    route: str
    promise: str
    pool: str
    because: str
    opened_at: datetime
    state: HandoffState
    signalled_at: datetime | None = None
    tenures: tuple[Tenure, ...] = ()
    clocks: tuple[Timed, ...] = ()
    acts: tuple[Act, ...] = ()
    engagements: tuple[Engagement, ...] = ()
    owners: Mapping[OwnerId, str] = field(default_factory=dict)
    closed_at: datetime | None = None
    reason: str | None = None
    returns_at: datetime | None = None

    def who(self, owner_id: str | None) -> str:
        """The owner's address, else the id; `nobody` for None."""
        return "nobody" if owner_id is None else self.owners.get(OwnerId(owner_id), f"owner {owner_id}")


def _whole(stretch: tuple[datetime, datetime]) -> tuple[datetime, datetime]:
    start, end = stretch
    return start.replace(microsecond=0), end.replace(microsecond=0)
