"""When the clocks of a handoff begin and cease to count: at opening and closing, in pauses and after them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from app.handoff.timeline.story import Timed
from app.handoff.timeline.wording import length
from app.sla.account import Piece, Spent


def running_of(clocks: Iterable[Timed], now: datetime) -> list[tuple[datetime, str]]:
    """Each change with how much of every clock that it concerns has been counted by then, in order."""
    found: dict[tuple[datetime, str], list[str]] = {}
    for timed in clocks:
        for at, what, counted in _changes(timed.pieces(now)):
            found.setdefault((at, what), []).append(
                f"{timed.clock.kind.words}: {length(counted)} counted of {timed.clock.target}"
            )
    return [(at, f"{what} ({', '.join(counts)})") for (at, what), counts in sorted(found.items())]


def _changes(pieces: tuple[Piece, ...]) -> Iterator[tuple[datetime, str, timedelta]]:
    """Where a piece begins, but for one that counts from the very start."""
    counted, before = timedelta(), Spent.COUNTED
    for piece in pieces:
        if (piece.spent, before) != (Spent.COUNTED, Spent.COUNTED):
            yield piece.from_at, _change(piece, before), counted
        if piece.spent is Spent.COUNTED:
            counted += piece.length
        before = piece.spent


def _change(piece: Piece, before: Spent) -> str:
    match piece.spent:
        case Spent.CLOSED:
            return f"closed: {piece.because}"
        case Spent.PAUSED:
            return f"stands still: {piece.because}"
        case Spent.COUNTED:
            return "opens" if before is Spent.CLOSED else "runs on"
