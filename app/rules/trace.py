"""Why a condition came out as it did: for each part the value seen beside the value wanted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from app.rules.truth import Truth, every, some


class Join(Enum):
    """How a trace follows from its children; LEAF looks at a fact itself, NAMED repeats its only child."""

    LEAF = ""
    ALL = "all of"
    ANY = "any of"
    NONE = "none of"
    NAMED = "named"


@dataclass(frozen=True, slots=True)
class Trace:
    """One condition evaluated.

    `changes_at` is the earliest instant after now at which time alone could change the truth; None means
    that only news can. `miss` is, for a leaf, the sentence that says what would have made it met.
    """

    label: str
    truth: Truth
    seen: str | None
    wanted: str
    children: tuple[Trace, ...] = ()
    changes_at: datetime | None = None
    join: Join = Join.LEAF
    miss: str = ""


def joined(join: Join, children: Sequence[Trace]) -> Trace:
    """The trace of the whole: all of the children, any of them, or none of them."""
    truths = [child.truth for child in children]
    settles = Truth.NOT_MET if join is Join.ALL else Truth.MET
    truth = every(truths) if join is Join.ALL else some(truths)
    return Trace(
        label=join.value,
        truth=truth.opposite if join is Join.NONE else truth,
        seen=None,
        wanted="",
        children=tuple(children),
        changes_at=_changes_at(children, settles),
        join=join,
    )


def _changes_at(children: Sequence[Trace], settles: Truth) -> datetime | None:
    """When time alone could change the whole: while one child settles it, not before the last such turns."""
    settling = [child.changes_at for child in children if child.truth is settles]
    if settling:
        turning = [instant for instant in settling if instant]
        return max(turning) if len(turning) == len(settling) else None
    return min((child.changes_at for child in children if child.changes_at), default=None)


@dataclass(frozen=True, slots=True)
class Gain:
    """A row of a score whose condition was not met: `points` is what it alone would add if it were."""

    row: str
    points: float
    trace: Trace


def render(trace: Trace, indent: int = 0) -> list[str]:
    """The trace as lines of plain text: `met      Company size at least 50 (is 120)`."""
    seen = "" if trace.seen is None else f" (is {trace.seen})"
    line = f"{'  ' * indent}{trace.truth!s:<8} {_sentence(trace)}{seen}"
    return [line, *(below for child in trace.children for below in render(child, indent + 1))]


def nearest_misses(trace: Trace) -> list[str]:
    """What would have had to be otherwise, as sentences; nothing for a trace that is met.

    Of alternatives, the one that fewest changes would have met is named.
    """
    if trace.truth is Truth.MET:
        return []
    match trace.join:
        case Join.LEAF:
            return [trace.miss] if trace.miss else []
        case Join.ALL | Join.NAMED:
            return [miss for child in trace.children for miss in nearest_misses(child)]
        case Join.ANY:
            return min((nearest_misses(child) for child in trace.children), key=len, default=[])
        case Join.NONE:
            return [_unwanted(child) for child in trace.children if child.truth is not Truth.NOT_MET]


def _sentence(trace: Trace) -> str:
    return f"{trace.label} {trace.wanted}".rstrip()


def _unwanted(child: Trace) -> str:
    known = "this is so" if child.truth is Truth.MET else "this is not known"
    return f"It would have to be false that {_sentence(child)}; {known}"
