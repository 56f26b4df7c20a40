"""The courses a look at a lead can take, once it is known where the lead stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from app.agreement.model import Route
from app.handoff.decision import Closing, Kind
from app.handoff.state import Handoff, HandoffState, StageMove
from app.handoff.timing import Timing


@dataclass(frozen=True, slots=True)
class Stop:
    """No handoff, and why. The stage may rise all the same where `may_rise`."""

    kind: Kind
    because: str
    may_rise: bool = False
    waiting_since: datetime | None = None
    look_again_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hand:
    """Hand the lead over along `route`. `mention` is a further sentence for the reason."""

    route: Route
    mention: str = ""


@dataclass(frozen=True, slots=True)
class Hold:
    """A handoff is open and stays so. `state` is set where the rep said something new."""

    handoff: Handoff
    state: HandoffState | None = None
    mention: str = ""
    look_again_at: datetime | None = None
    timing: Timing = field(default_factory=Timing)


@dataclass(frozen=True, slots=True)
class Close:
    """The rep ended the handoff, or time did. `back` is the earlier stage that the lead goes back to."""

    handoff: Handoff
    closing: Closing
    because: str
    back: StageMove | None = None
    timing: Timing = field(default_factory=Timing)


Course: TypeAlias = Stop | Hand | Hold | Close
