"""What follows when a promise is broken: `first_touch_met below 90 % for 2 weeks`, then `notify both sides`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from app.records.span import Span

MEASURES: Mapping[str, str] = {
    "accept_met": "handoffs accepted in time",
    "first_touch_met": "first touches in time",
    "attempts_met": "handoffs with all the attempts that were promised",
    "qualify_met": "handoffs qualified in time",
    "accepted": "handoffs that Sales accepted",
    "rejected": "handoffs that Sales returned",
    "mql_rate": "new leads that became marketing qualified",
    "sql_rate": "handoffs that became sales qualified",
}
"""Each is a share of the handoffs, or of the leads, that ended in the span."""

CONSEQUENCES = ("notify both sides", "notify marketing", "notify sales", "open review")

_BREACH = re.compile(r"(?P<measure>\S+) +(?P<side>below|above) +(?P<percent>[0-9]{1,3}) ?% +for +(?P<span>.+)")
_WHOLE = 100


@dataclass(frozen=True, slots=True)
class Breach:
    """A measure that stays below (or above) a share, in per cent, for a span."""

    measure: str
    below: bool
    percent: int
    span: Span


def read_breach(text: str) -> Breach | None:
    """What the words say; None when they do not follow the pattern. The measure need not be a known one."""
    match = _BREACH.fullmatch(text.strip())
    if match is None or int(match["percent"]) > _WHOLE:
        return None
    try:
        span = Span.parse(match["span"])
    except ValueError:
        return None
    return Breach(match["measure"], match["side"] == "below", int(match["percent"]), span) if span.amount else None
