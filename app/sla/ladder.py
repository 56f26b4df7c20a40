"""The escalation ladder: steps that follow from a clock's deadline, as an agreement writes them."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.records.span import Span
from app.sla.calendar import Calendar
from app.sla.lay import Laid, push_on
from app.sla.pauses import Stretch

_SHARE = re.compile(r"([1-9][0-9]?) ?%")
_AFTER = re.compile(r"breach(?: \+ (.+))?")


@dataclass(frozen=True, slots=True)
class Share:
    """Once so many percent of the time promised have been used up: a warning."""

    percent: int


@dataclass(frozen=True, slots=True)
class After:
    """At the breach, or so long after it."""

    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Rung:
    """One step. `number` is its place in the ladder, from 1; `do` is what is done, in the agreement's words."""

    number: int
    at: Share | After
    do: str

    @property
    def is_warning(self) -> bool:
        return isinstance(self.at, Share)

    def falls_at(self, laid: Laid, calendar: Calendar, pauses: Iterable[Stretch]) -> datetime | None:
        """When the step is due; None when it lies beyond all calendars."""
        if isinstance(self.at, Share):
            return laid.share(self.at.percent, pauses)
        return laid.due_at if self.at.span is None else push_on(laid.due_at, self.at.span, calendar, pauses)


def read_rung(number: int, at: str, do: str) -> Rung:
    """Read `75 %`, `breach`, `breach + 1 business hour`. Raises ValueError that says what is accepted."""
    share, after = _SHARE.fullmatch(at), _AFTER.fullmatch(at)
    if share is not None:
        return Rung(number, Share(int(share[1])), do)
    if after is not None:
        return Rung(number, After(Span.parse(after[1]) if after[1] else None), do)
    raise ValueError(f"{at!r} is no moment of a clock; write `75 %`, `breach` or `breach + 1 business hour`")
