"""Where the time of each clock went in all, and how long Baton and people took, apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.handoff.timeline.story import Story, Timed
from app.sla.account import Spent, sums
from app.sla.clock import ClockKind, ClockState, Stop


@dataclass(frozen=True, slots=True)
class Total:
    """A clock in all, in whole seconds: `counted`, `closed` and `paused` add up to `whole`."""

    kind: ClockKind
    owner: str
    target: str
    state: ClockState
    started_at: datetime
    due_at: datetime | None
    stopped_at: datetime | None
    counted: timedelta
    closed: timedelta
    paused: timedelta

    @property
    def whole(self) -> timedelta:
        return self.counted + self.closed + self.paused


@dataclass(frozen=True, slots=True)
class Delay:
    """How long something took, by the wall. `by_people`: a person took it, not Baton or the CRM."""

    what: str
    length: timedelta
    by_people: bool


def totals_of(story: Story, now: datetime) -> tuple[Total, ...]:
    """One for each clock, in the order of the owners that they ran for."""
    return tuple(_total(story, timed, now) for timed in story.clocks)


def delays_of(story: Story) -> tuple[Delay, ...]:
    """What is known of both: until an owner stood on the record, and from then until they acted."""
    return (*_system(story), *_people(story))


def _total(story: Story, timed: Timed, now: datetime) -> Total:
    clock, spent = timed.clock, sums(timed.pieces(now))
    return Total(
        kind=clock.kind,
        owner=story.who(clock.owner_id),
        target=clock.target,
        state=clock.state(now),
        started_at=clock.started_at,
        due_at=clock.due_at,
        stopped_at=clock.stopped_at,
        counted=spent[Spent.COUNTED],
        closed=spent[Spent.CLOSED],
        paused=spent[Spent.PAUSED],
    )


def _system(story: Story) -> Iterator[Delay]:
    for tenure in story.tenures:
        if tenure.number == 1 and story.signalled_at is not None:
            what = "from the sign of the lead to its assignment"
            yield Delay(what, tenure.assigned_at - story.signalled_at, by_people=False)
        if tenure.confirmed_at is not None:
            what = f"from the assignment until {tenure.owner_email} stood on the record"
            yield Delay(what, tenure.confirmed_at - tenure.assigned_at, by_people=False)


def _people(story: Story) -> Iterator[Delay]:
    for timed in story.clocks:
        clock = timed.clock
        if clock.stop is Stop.MET and clock.stopped_at is not None:
            what = f"from standing on the record to {clock.kind.words} by {story.who(clock.owner_id)}"
            yield Delay(what, clock.stopped_at - clock.started_at, by_people=True)
