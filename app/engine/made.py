"""A decision on its way into the store: the rows that it becomes, each derived from what was decided."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never
from uuid import UUID, uuid4

from app.engine.rulebook import Rulebook
from app.engine.send import BECAUSE, CLOSED, TITLE
from app.handoff.decision import AddNote, AddTask, CloseTask, Decision, Kind, SetProperties, Write
from app.handoff.state import Inputs
from app.records.ids import ContactId
from app.storage.clocks import KeptClock
from app.storage.notices import NewNotice
from app.storage.pools import Entry
from app.storage.writes import StoredWrite, WriteKind, WriteState


@dataclass(frozen=True, slots=True)
class Made:
    """A decision with the ids that its rows carry. `handoff_id` is the open handoff's, new or old."""

    id: UUID
    decision: Decision
    inputs: Inputs
    handoff_id: UUID | None
    rulebook: Rulebook
    roles: tuple[str, ...] = ()

    @property
    def contact_id(self) -> ContactId:
        return self.decision.contact_id


def stored_write(made: Made, write: Write, state: WriteState) -> StoredWrite:
    """The row of a write. What is told of a handoff has one key for ever; properties get a new one each time."""
    own_id = uuid4()
    match write:
        case SetProperties():
            kind, key, properties = WriteKind.PROPERTIES, own_id.hex, write.properties
        case AddNote():
            kind, key, properties = WriteKind.NOTE, f"{made.handoff_id}-{write.name}", {}
        case AddTask():
            titled = {TITLE: write.title} if write.title else {}
            kind, key, properties = WriteKind.TASK, f"{made.handoff_id}-{write.name}", titled
        case CloseTask():
            closed = {CLOSED: write.of, BECAUSE: write.because}
            kind, key, properties = WriteKind.CLOSING, f"{made.handoff_id}-{write.name}", closed
        case _:
            assert_never(write)
    return StoredWrite(
        own_id, key, made.contact_id, made.id, made.handoff_id, write.step, kind, properties, state
    )  # fmt: skip


def changed_clocks(made: Made) -> list[KeptClock]:
    """The clocks that the decision left otherwise than it found them."""
    running = made.inputs.lead.history.handoff
    before = frozenset(() if running is None else running.clocks)
    changed = [clock for clock in made.decision.clocks if clock not in before]
    return [KeptClock(made.handoff_id, made.contact_id, clock) for clock in changed] if made.handoff_id else []


def taken_back(made: Made) -> list[KeptClock]:
    """The clocks whose breach the decision takes back."""
    running = made.inputs.lead.history.handoff
    breached = set() if running is None else {clock.key for clock in running.clocks if clock.is_breached}
    return [one for one in changed_clocks(made) if one.clock.key in breached and not one.clock.is_breached]


def notices_of(made: Made) -> list[NewNotice]:
    """The notices of the decision, by keys that are unique in the portal."""
    return [
        NewNotice(f"{made.handoff_id}-{notice.key}", made.handoff_id, made.contact_id, notice)
        for notice in made.decision.notices
    ]


def entries_of(made: Sequence[Made]) -> list[Entry]:
    """The lines that the decisions add to the pools' ledgers, in their order."""
    return [
        Entry(one.decision.assignment, one.id, one.handoff_id, one.contact_id)
        for one in made
        if one.decision.assignment and one.handoff_id and one.decision.kind in {Kind.HANDED_OFF, Kind.REASSIGNED}
    ]
