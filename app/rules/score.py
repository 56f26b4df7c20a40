"""Scores: cards of rows, each worth points when its condition holds or for each signal it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import inf
from typing import Final

from app.records.span import Span
from app.rules.condition import All, Condition, SignalTest
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Signal
from app.rules.moments import LAST, days_later
from app.rules.signals import about, counted, turns
from app.rules.trace import Gain, Trace
from app.rules.truth import Truth

FIT = "fit"
INTEREST = "interest"
ALWAYS = All(())
_LEAST: Final = 0.005
"""Points below this are shown, and compared, as none."""


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """`points` when `when` is met, or for `each` signal while its test is met, halved every `half_life`.

    One of `when` and `each` is set. `cap` is the most that the row gives; one that takes points away takes
    at most so many.
    """

    id: str
    points: float
    when: Condition | None = None
    each: SignalTest | None = None
    half_life: Span | None = None
    cap: float | None = None


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """`watched`: somewhere a test could come true when the points get fewer (see app.rules.watch)."""

    cap: int | None
    rows: tuple[ScoreRow, ...]
    watched: bool = False


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """What a row gave, and what it could give: its points, or for signals their points undecayed.

    `changes_at` is when time alone could next change the points in a way that matters.
    """

    id: str
    points: float
    possible: float
    trace: Trace
    capped: bool = False
    changes_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Scored:
    """Points are rounded to hundredths: what is shown is what is compared."""

    points: float
    rows: tuple[ScoredRow, ...]
    capped: bool

    @property
    def changes_at(self) -> datetime | None:
        """The earliest instant after now at which time alone could change the points in a way that matters.

        That is when a condition turns or a signal enters or leaves its window, and, while points fade, a day
        from now. Points that are given fade without a look unless the card is watched: fewer of them meet
        nothing. Points that are taken away are always watched, since a lead rises as they fade.
        """
        return min((row.changes_at for row in self.rows if row.changes_at), default=None)


def score(card: ScoreCard, scope: Scope) -> Scored:
    """The points of one card. Never raises, whatever the facts say."""
    rows = tuple(_scored_row(row, scope, watched=card.watched) for row in card.rows)
    points = sum(row.points for row in rows)
    capped = card.cap is not None and points > card.cap
    return Scored(round(float(card.cap if capped and card.cap is not None else points), 2), rows, capped)


def gains(card: ScoreCard, scored: Scored) -> tuple[Gain, ...]:
    """What single rows that were not met would still add to the card's points, as far as its cap lets them."""
    most, whole = inf if card.cap is None else card.cap, sum(row.points for row in scored.rows)
    found = (
        Gain(row.id, round(min(most, whole + row.possible - row.points) - scored.points, 2), row.trace)
        for row in scored.rows
        if row.trace.truth is not Truth.MET
    )
    return tuple(gain for gain in found if gain.points > 0)


def totals(scored: Mapping[str, Scored]) -> dict[str, float]:
    """Points by name for `Scope.scores`, with `interest` as the sum of its parts."""
    points = {name: one.points for name, one in scored.items()}
    parts = [value for name, value in points.items() if name.startswith(INTEREST + ".")]
    return {**points, INTEREST: round(sum(parts, 0.0), 2)}


def _scored_row(row: ScoreRow, scope: Scope, *, watched: bool) -> ScoredRow:
    if row.each is not None:
        return _for_each(row, row.each, scope, watched=watched)
    trace = evaluate(row.when or ALWAYS, scope)
    points = row.points if trace.truth is Truth.MET else 0
    return ScoredRow(row.id, points, row.points, trace, changes_at=trace.changes_at)


def _for_each(row: ScoreRow, each: SignalTest, scope: Scope, *, watched: bool) -> ScoredRow:
    matching, trace, now = about(each, scope.facts), evaluate(each, scope), scope.facts.now
    found = counted(each, matching, now) if trace.truth is Truth.MET else ()
    raw = sum(row.points * _decay(now - signal.occurred_at, row.half_life) for signal in found)
    points, possible = _limited(raw, row.cap), _limited(row.points * max(1, len(found)), row.cap)
    fades = row.half_life is not None and abs(raw) >= _LEAST and (watched or row.points < 0)
    changes_at = _next_turn(each, matching, now, step=fades)
    return ScoredRow(row.id, round(points, 2), possible, trace, points != raw, changes_at)


def _next_turn(each: SignalTest, matching: tuple[Signal, ...], now: datetime, *, step: bool) -> datetime | None:
    """When a signal next enters or leaves a window; with `step`, a day from now at the latest."""
    ahead = [instant for instant in turns(each, matching) if now < instant < LAST]
    return min((*ahead, days_later(now, 1)) if step else ahead, default=None)


def _limited(points: float, cap: float | None) -> float:
    """Points within a row's own most, given or taken away."""
    return points if cap is None else max(-cap, min(cap, points))


def _decay(age: timedelta, half_life: Span | None) -> float:
    """What is left of a signal's points: half after one half-life, a quarter after two."""
    return 1.0 if half_life is None else float(0.5 ** (age / half_life.fixed))
