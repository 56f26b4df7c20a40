"""Scores: cards of rows, each worth points when its condition holds or for each signal it counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.records.span import Span
from app.rules.condition import All, Condition, SignalTest
from app.rules.evaluate import Scope, evaluate
from app.rules.signals import about, counted
from app.rules.trace import Trace
from app.rules.truth import Truth

FIT = "fit"
INTEREST = "interest"
ALWAYS = All(())


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """`points` when `when` is met, or for `each` signal, halved every `half_life`. One of the two is set."""

    id: str
    points: float
    when: Condition | None = None
    each: SignalTest | None = None
    half_life: Span | None = None


@dataclass(frozen=True, slots=True)
class ScoreCard:
    cap: int | None
    rows: tuple[ScoreRow, ...]


@dataclass(frozen=True, slots=True)
class ScoredRow:
    """What a row gave, and what it could give: its points, or for signals their points undecayed."""

    id: str
    points: float
    possible: float
    trace: Trace


@dataclass(frozen=True, slots=True)
class Scored:
    """Points are rounded to hundredths: what is shown is what is compared."""

    points: float
    rows: tuple[ScoredRow, ...]
    capped: bool

    @property
    def changes_at(self) -> datetime | None:
        """The earliest instant at which time alone could switch a row on or off (decay apart)."""
        return min((row.trace.changes_at for row in self.rows if row.trace.changes_at), default=None)


def score(card: ScoreCard, scope: Scope) -> Scored:
    """The points of one card. Never raises, whatever the facts say."""
    rows = tuple(_scored_row(row, scope) for row in card.rows)
    points = sum(row.points for row in rows)
    capped = card.cap is not None and points > card.cap
    return Scored(round(float(card.cap if capped and card.cap is not None else points), 2), rows, capped)


def totals(scored: Mapping[str, Scored]) -> dict[str, float]:
    """Points by name for `Scope.scores`, with `interest` as the sum of its parts."""
    points = {name: one.points for name, one in scored.items()}
    parts = [value for name, value in points.items() if name.startswith(INTEREST + ".")]
    return {**points, INTEREST: round(sum(parts, 0.0), 2)}


def _scored_row(row: ScoreRow, scope: Scope) -> ScoredRow:
    if row.each is not None:
        return _for_each(row, row.each, scope)
    trace = evaluate(row.when or ALWAYS, scope)
    return ScoredRow(row.id, row.points if trace.truth is Truth.MET else 0, row.points, trace)


def _for_each(row: ScoreRow, each: SignalTest, scope: Scope) -> ScoredRow:
    now = scope.facts.now
    found = counted(each, about(each, scope.facts), now)
    points = sum(row.points * _decay(now - signal.occurred_at, row.half_life) for signal in found)
    possible = row.points * max(1, len(found))
    return ScoredRow(row.id, round(points, 2), possible, evaluate(each, scope))


def _decay(age: timedelta, half_life: Span | None) -> float:
    """What is left of a signal's points: half after one half-life, a quarter after two."""
    return 1.0 if half_life is None else float(0.5 ** (age / half_life.fixed))
