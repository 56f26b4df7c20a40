"""What happened to a handoff, in order: one entry for each thing that happened."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from typing import assert_never

from app.handoff.state import Act, ActKind, HandoffState
from app.handoff.timeline.running import running_of
from app.handoff.timeline.story import Story, Timed
from app.handoff.timeline.wording import length, moment
from app.records.engagement import Engagement, Maker
from app.sla.clock import Clock, ClockState, Stop, rung_at
from app.sla.ladder import After, Rung


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that happened at an instant, in one sentence."""

    at: datetime
    text: str


def entries_of(story: Story, now: datetime) -> tuple[Entry, ...]:
    """All that is known to have happened up to `now`, the earliest first; within a second, causes go first."""
    told = chain(
        _beginning(story),
        (Entry(act.at, _act(story, act)) for act in story.acts),
        _tenures(story),
        chain.from_iterable(_clock_begins(story, timed) for timed in story.clocks),
        (Entry(at, text) for at, text in running_of(story.clocks, now)),
        (Entry(one.occurred_at, _engagement(story, one)) for one in story.engagements),
        chain.from_iterable(_clock_ends(timed, now) for timed in story.clocks),
        _end(story),
    )
    return tuple(sorted((one for one in told if one.at <= now), key=lambda one: one.at.replace(microsecond=0)))


def _beginning(story: Story) -> Iterator[Entry]:
    if story.signalled_at is not None:
        yield Entry(story.signalled_at, "the latest sign of the lead before it was found ready")
    where = f"route {story.route}, pool {story.pool}, promise {story.promise}"
    yield Entry(story.opened_at, f"ready: {story.because} ({where})")


def _tenures(story: Story) -> Iterator[Entry]:
    for tenure in story.tenures:
        because = f": {tenure.because}" if tenure.because else ""
        yield Entry(tenure.assigned_at, f"assigned to {tenure.owner_email}{because}")
        if tenure.confirmed_at is not None:
            yield Entry(tenure.confirmed_at, f"{tenure.owner_email} stands on the record")


def _clock_begins(story: Story, timed: Timed) -> Iterator[Entry]:
    """With the deadline that it began with; pauses and extensions move it later. And where an earlier one was set."""
    clock, at = timed.clock, timed.first_due_at
    due = "never due" if at is None else f"due {moment(at, story.time_zone)}"
    yield Entry(clock.started_at, f"{clock.kind.words}: begins, {clock.target}, {due}")
    if clock.limited_at is not None and clock.no_later_than is not None:
        sooner = moment(clock.no_later_than, story.time_zone)
        yield Entry(clock.limited_at, f"{clock.kind.words}: due sooner from now on, {sooner}")


def _clock_ends(timed: Timed, now: datetime) -> Iterator[Entry]:
    """Steps, breach and stop. A breach stands at its deadline, whenever it was noticed."""
    clock, name = timed.clock, timed.clock.kind.words
    done = (rung for rung in timed.ladder if rung.number in clock.rungs)
    steps = [(rung, at) for rung in done if (at := rung_at(rung, clock, timed.calendar, now)) is not None]
    yield from (Entry(at, _step(clock, rung)) for rung, at in steps if rung.is_warning)
    if clock.breached_at is not None:
        yield Entry(clock.breached_at, f"{name}: overdue")
    yield from (Entry(at, _step(clock, rung)) for rung, at in steps if not rung.is_warning)
    if clock.stopped_at is not None:
        yield Entry(clock.stopped_at, f"{name}: {_stopped(clock, now)}")
    if clock.rescinded_at is not None:
        yield Entry(clock.rescinded_at, f"{name}: breach taken back, since {_why_back(clock)}")


def _why_back(clock: Clock) -> str:
    """What was over by the deadline was not missed then; else the deadline was moved on."""
    missed, stopped = clock.breached_at, clock.stopped_at
    if missed is None or stopped is None or missed < stopped:
        return "it is due later"
    what = "kept in time" if clock.stop is Stop.MET else "over by then"
    return f"it was {what} and that learnt of late"


def _step(clock: Clock, rung: Rung) -> str:
    return f"{clock.kind.words}: {_when(rung)}, {rung.do}"


def _when(rung: Rung) -> str:
    match rung.at:
        case After(None):
            return "at the breach"
        case After(span):
            return f"{span} after the breach"
        case share:
            return f"{share.percent} % used up"


def _stopped(clock: Clock, now: datetime) -> str:
    match clock.stop:
        case Stop.MET:
            kept = f"kept{_late(clock)}" if clock.state(now) is ClockState.MET_LATE else "kept in time"
            return f"{kept}, {clock.because}".removesuffix(", ")
        case Stop.PASSED_ON:
            return "passed on"
        case Stop.CLOSED | None:
            return "over"
        case _:
            assert_never(clock.stop)


def _late(clock: Clock) -> str:
    if clock.stopped_at is None or clock.due_at is None:
        return " late"
    return f" {length(clock.stopped_at - clock.due_at)} late"


def _engagement(story: Story, one: Engagement) -> str:
    made = "by hand" if one.maker is Maker.HUMAN else f"{one.maker.value}, not counted as by hand"
    because = f" ({one.because})" if one.because else ""
    direction = f", {one.direction.value}" if one.direction.value != "none" else ""
    return f"{one.kind.value} by {story.who(one.owner_id)}{direction}, {made}{because}"


def _act(story: Story, act: Act) -> str:
    return f"{_done(story, act)} by {act.by}: {act.because}"


def _done(story: Story, act: Act) -> str:
    match act.kind:
        case ActKind.HOLD:
            return "held" if act.until is None else f"held until {moment(act.until, story.time_zone)}"
        case ActKind.RELEASE:
            return "released"
        case ActKind.REASSIGN:
            return "given to whoever is next" if act.to is None else f"given to {story.who(act.to)}"
        case ActKind.EXTEND:
            return f"extended by {act.more}"
        case ActKind.REAPPLY:
            return "timed anew by the newest agreement"
        case _:
            assert_never(act.kind)


def _end(story: Story) -> Iterator[Entry]:
    if story.closed_at is None:
        return
    reason = f": {story.reason}" if story.reason else ""
    yield Entry(story.closed_at, f"{story.state.value}{reason}{_return(story)}")


def _return(story: Story) -> str:
    if story.returns_at is not None:
        return f"; may return from {moment(story.returns_at, story.time_zone)}"
    return "; never returns" if story.state is HandoffState.REJECTED else ""
