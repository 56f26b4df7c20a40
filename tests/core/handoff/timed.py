"""Builders for what is timed: promises with ladders, tenures, clocks, touches, and a handoff kept step by step.

The owner eve stands on the record since 09:00 in New York, a Friday; NOW is 10:00. The office closes at 17:00.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from app.agreement.model import Agreement, Attempts, Promise, Step, Target
from app.handoff.state import Act, ActKind, Handoff, HandoffState, Lead, Tenure
from app.handoff.timing import Timing, keep_time, marked
from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import OwnerId
from app.records.span import Span
from app.sla.clock import Clock, ClockKind
from app.sla.pauses import Pause
from tests.core.handoff.parts import HOUR, NOW, agreement, handoff, open_lead

START = NOW - HOUR
MINUTE = timedelta(minutes=1)
ACCEPT, FIRST_TOUCH = ClockKind.ACCEPT, ClockKind.FIRST_TOUCH
ATTEMPTS, QUALIFY = ClockKind.ATTEMPTS, ClockKind.QUALIFY


def target(within: str, *steps: tuple[str, str]) -> Target:
    """`target("1 h", ("breach", "notify manager"))`."""
    return Target(Span.parse(within), tuple(Step(at, do) for at, do in steps))


def attempts(count: int, within: str) -> Attempts:
    return Attempts(count, Span.parse(within))


def promised(by: Agreement | None = None, **changes: Any) -> Agreement:
    """The usual agreement, whose promise has only the parts that are given. Time counts around the clock in `1 h`."""
    base = by or agreement()
    parts: dict[str, Any] = {"accept": None, "first_touch": None, **changes}
    return replace(base, promises={"fast": Promise("fast", **{"hours_of": "pool", **parts})})


def tenure(number: int = 1, name: str = "eve", at: datetime = START, **changes: Any) -> Tenure:
    """A tenure of an owner who stands on the record at once."""
    stands = Tenure(number, OwnerId(name), f"{name}@example.com", at, at, because=f"{name} was next")
    return replace(stands, **changes)


def timed(*tenures: Tenure, **changes: Any) -> Handoff:
    """A handoff with these tenures; with eve's where none is given."""
    held = tenures or (tenure(),)
    newest = held[-1]
    stands = handoff(opened_at=START, owner_confirmed_at=newest.confirmed_at, told=("note", "task"), tenures=held)
    return replace(stands, **{"owner_id": newest.owner_id, **changes})


def clock(kind: ClockKind = FIRST_TOUCH, within: str = "1 h", **changes: Any) -> Clock:
    """Eve's clock, begun at START on New York's wall."""
    begun = Clock(kind, 1, "eve", "us", "America/New_York", within, START, START + Span.parse(within).fixed)
    return replace(begun, **changes)


def call(at: datetime, by: str = "eve", **changes: Any) -> Engagement:
    """A call that a person made."""
    made = Engagement(f"call-{at}", EngagementKind.CALL, at, OwnerId(by), Maker.HUMAN, Direction.OUTBOUND)
    return replace(made, **changes)


def act(kind: ActKind, at: datetime, **changes: Any) -> Act:
    return replace(Act(kind, "mia@example.com", at, "she asked for it"), **changes)


def held(at: datetime, until: datetime | None = None) -> Act:
    return act(ActKind.HOLD, at, until=until)


def more(at: datetime, span: str) -> Act:
    return act(ActKind.EXTEND, at, more=span)


def away(name: str, from_at: datetime, until_at: datetime) -> Pause:
    return Pause(from_at, until_at, f"{name} is away", OwnerId(name))


def lead_of(
    handed: Handoff, made: Iterable[Engagement] = (), history: Mapping[str, Any] | None = None, **properties: Any
) -> Lead:
    return replace(open_lead(history, handed=handed, **properties), engagements=tuple(made))


@dataclass
class Kept:
    """A handoff whose time is kept, look by look, as the engine does: clocks and steps done are remembered."""

    by: Agreement
    handed: Handoff = field(default_factory=timed)
    made: list[Engagement] = field(default_factory=list)
    properties: dict[str, Any] = field(default_factory=dict)
    history: dict[str, Any] = field(default_factory=dict)

    def look(self, now: datetime, said: HandoffState | None = None) -> Timing:
        """Keep time at `now`; what is due is done."""
        lead = lead_of(self.handed, self.made, self.history, **self.properties)
        timing = keep_time(self.by, lead, self.handed, said, now)
        self.handed = replace(self.handed, clocks=marked(timing.clocks, timing.due))
        return timing

    def acts(self, *acts: Act) -> None:
        self.handed = replace(self.handed, acts=(*self.handed.acts, *acts))

    def clock(self, kind: ClockKind = FIRST_TOUCH, number: int = 1) -> Clock:
        [found] = [one for one in self.handed.clocks if one.key == (kind, number)]
        return found


def breached(clocks: Iterable[Clock]) -> list[ClockKind]:
    return [one.kind for one in clocks if one.is_breached]


def done(timing: Timing) -> Sequence[str]:
    """What the due steps do."""
    return [step.rung.do for step in timing.due]
