"""Setting out: a batch of contacts under both agreements, as far as each gets alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from app.agreement.model import Reads
from app.handoff.backtest.compare import Tally
from app.handoff.backtest.result import ChangedContact
from app.handoff.backtest.tale import Tale
from app.handoff.backtest.timeline import Subject, Timeline, timeline_of
from app.handoff.backtest.trial import CREATED, Trial
from app.handoff.backtest.walk import Packed, go_alone, pack, set_out
from app.handoff.properties import OWN_PROPERTIES
from app.handoff.state import Handoff
from app.records.ids import ContactId

_UNCOUNTED = frozenset({f"contact.{name}" for name in (CREATED, *(own.name for own in OWN_PROPERTIES))})
"""Baton's own properties are empty until it writes them, so that not knowing them is no gap."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A walk that goes on among the others, from `at`."""

    at: datetime
    packed: Packed


@dataclass(frozen=True, slots=True)
class Underway:
    """A contact that is not through under one of the agreements at least."""

    contact_id: ContactId
    before: Tale | Waiting
    after: Tale | Waiting


@dataclass(slots=True)
class Batch:
    """What became of the contacts that set out. `open_before` are the handoffs that the period found open."""

    contacts: int = 0
    tally: Tally = field(default_factory=Tally)
    changed: list[ChangedContact] = field(default_factory=list)
    underway: list[Underway] = field(default_factory=list)
    open_before: list[tuple[ContactId, Handoff]] = field(default_factory=list)


def start(trials: tuple[Trial, Trial], names: Reads, subjects: Sequence[Subject]) -> Batch:
    """Let each contact walk alone under both agreements, as far as it gets."""
    batch = Batch(len(subjects))
    for subject in subjects:
        timeline = timeline_of(subject, names, trials[0].period)
        batch.tally.note_unknown(_not_known(timeline, trials[0].period.end_at))
        if timeline.history.handoff is not None:
            batch.open_before.append((subject.contact_id, timeline.history.handoff))
        before, after = (_walked(timeline, trial) for trial in trials)
        if isinstance(before, Tale) and isinstance(after, Tale):
            changed = batch.tally.compare(subject.contact_id, before, after)
            batch.changed += [changed] if changed else []
        else:
            batch.underway.append(Underway(subject.contact_id, before, after))
    return batch


def _walked(timeline: Timeline, trial: Trial) -> Tale | Waiting:
    walk = set_out(timeline)
    if go_alone(walk, trial) or walk.at is None:
        return walk.tale
    return Waiting(walk.at, pack(walk))


def _not_known(timeline: Timeline, until: datetime) -> list[str]:
    """The names whose value was not known when the contact was first decided; none for one that never is."""
    first = set_out(timeline).next_at(until)
    if first is None:
        return []
    return [name for name, since in timeline.known_since.items() if since > first and name not in _UNCOUNTED]
