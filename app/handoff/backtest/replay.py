"""The ordered part: contacts that need somebody, in the order of time, on the ledgers of their pools."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from typing import assert_never

from app.handoff.backtest.seating import Seating, seating
from app.handoff.backtest.setting import Waiting
from app.handoff.backtest.tale import Tale
from app.handoff.backtest.trial import Trial
from app.handoff.backtest.walk import Packed, Walk, pack, unpack
from app.handoff.course import Close, Hand, Hold, Stop
from app.handoff.decision import Decision, Seat
from app.handoff.holding import pool_of
from app.handoff.opening import NOBODY_YET
from app.handoff.owners import Nobody, find_owner
from app.handoff.promise import due_of
from app.handoff.qualify import Qualification
from app.handoff.route import reachable_pools, route
from app.handoff.search import search_for
from app.handoff.state import Handoff, History, Roster
from app.records.ids import ContactId, PoolId

_FREES, _DECIDES = 0, 1
"""At one instant seats are free before they are asked for."""
_Entry = tuple[datetime, int, ContactId, str | Packed]
"""When, what, whose; then the handoff whose time is over, or the walk that goes on."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A lead that an owner got, by opening or by reassigning. `due_at` None is nothing promised."""

    contact_id: ContactId
    at: datetime
    seat: Seat
    owner_email: str
    promise: str
    due_at: datetime | None


@dataclass(frozen=True, slots=True)
class Stuck:
    """A lead that nobody could take, and whose last look changed nothing.

    Until `until`, or news of it, each further look says the same while the `counts` of the pools stay as they are.
    """

    pools: tuple[PoolId, ...]
    counts: tuple[object, ...]
    until: datetime | None


@dataclass(slots=True)
class Replay:
    """Where an ordered replay stands. It goes on wherever it is sent to, and in the same order.

    `done` are the tales of walks that are over.
    """

    seating: Seating
    agenda: list[_Entry] = field(default_factory=list)
    stuck: dict[ContactId, Stuck] = field(default_factory=dict)
    handed: list[Handed] = field(default_factory=list)
    done: dict[ContactId, Tale] = field(default_factory=dict)

    @property
    def is_over(self) -> bool:
        """Whether nothing is left to do."""
        return not self.agenda

    def drain(self) -> tuple[dict[ContactId, Tale], list[Handed]]:
        """The walks that are over and the leads handed over since last asked, no longer carried along."""
        drained = self.done, self.handed
        self.done, self.handed = {}, []
        return drained


def begin(
    trial: Trial, waiting: Mapping[ContactId, Waiting], open_before: Iterable[tuple[ContactId, Handoff]]
) -> Replay:
    """A replay of these walks. Handoffs that are open already hold their seats."""
    replay = Replay(seating(trial.agreement.pools))
    replay.agenda = [(one.at, _DECIDES, contact_id, one.packed) for contact_id, one in sorted(waiting.items())]
    heapify(replay.agenda)
    for contact_id, handoff in open_before:
        until = handoff.opened_at + trial.handoffs_last
        if until > trial.period.start_at:
            replay.seating.seat(contact_id, handoff)
            heappush(replay.agenda, (until, _FREES, contact_id, handoff.id))
    return replay


def go_on(trial: Trial, replay: Replay, most: int) -> Replay:
    """Take the next `most` steps, or all that are left."""
    for _ in range(most):
        if replay.is_over:
            break
        at, what, contact_id, of = heappop(replay.agenda)
        if what == _FREES:
            replay.seating.free(contact_id, str(of))
        elif isinstance(of, bytes):
            walk = unpack(of)
            if not _is_still_stuck(replay, walk, at):
                _decide(replay, trial, walk, at)
            _put_away(replay, trial, walk)
    return replay


def _decide(replay: Replay, trial: Trial, walk: Walk, at: datetime) -> None:
    walk.arrive(at)
    qualification, before = walk.weigh(trial), (walk.history, len(walk.tale.told))
    decision = route(qualification, Roster(replay.seating.ledgers, trial.owners), at)
    walk.settle(qualification, decision, trial)
    handoff, line = walk.history.handoff, decision.assignment
    if replay.seating.follow(walk.contact_id, handoff, decision) and handoff is not None:
        heappush(replay.agenda, (at + trial.handoffs_last, _FREES, walk.contact_id, handoff.id))
    if handoff is not None and line is not None:
        due_at = due_of(trial.agreement, handoff.pool, handoff.promise, at)
        seat = Seat(line.pool, line.owner_id)
        replay.handed.append(Handed(walk.contact_id, at, seat, line.owner_email, handoff.promise, due_at))
    _note_stuck(replay, trial, walk, (qualification, decision), before)


def _put_away(replay: Replay, trial: Trial, walk: Walk) -> None:
    following = walk.next_at(trial.period.end_at)
    if following is None:
        replay.done[walk.contact_id] = walk.tale
    else:
        heappush(replay.agenda, (following, _DECIDES, walk.contact_id, pack(walk)))


def _note_stuck(
    replay: Replay,
    trial: Trial,
    walk: Walk,
    decided: tuple[Qualification, Decision],
    before: tuple[History, int],
) -> None:
    """Remember that a look changed nothing because nobody is there: only a seat, time or news can change that."""
    qualification, decision = decided
    is_impatient = decision.look_again_at != qualification.look_again_at  # time alone would not change it so soon
    replay.stuck.pop(walk.contact_id, None)
    if is_impatient and before == (walk.history, len(walk.tale.told)):
        pools = reachable_pools(trial.agreement, qualification)
        until = min(filter(None, (qualification.look_again_at, _back_at(replay, trial, qualification))), default=None)
        replay.stuck[walk.contact_id] = Stuck(pools, replay.seating.counts(pools), until)


def _back_at(replay: Replay, trial: Trial, qualification: Qualification) -> datetime | None:
    """When the first of those whom only their working hours keep from the lead is at work."""
    match qualification.course:
        case Hand(route=chosen):
            pool = chosen.to
        case Hold(handoff=handoff):
            pool = pool_of(qualification, handoff)
        case Stop() | Close():
            return None
        case _:
            assert_never(qualification.course)
    found = find_owner(search_for(qualification, Roster(replay.seating.ledgers, trial.owners)), pool)
    return found.back_at if isinstance(found, Nobody) else None


def _is_still_stuck(replay: Replay, walk: Walk, at: datetime) -> bool:
    """Whether a look would say what the last one said; then the walk is put off to the next."""
    stuck = replay.stuck.get(walk.contact_id)
    if stuck is None or walk.has_news(at) or replay.seating.counts(stuck.pools) != stuck.counts:
        return False
    if stuck.until is not None and at >= stuck.until:
        return False
    walk.repeat(at, min(filter(None, (at + NOBODY_YET, stuck.until))))
    return True
