"""Scores against what their rows can give: thresholds out of reach, and caps that nothing comes near."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from math import inf

from app.agreement.findings.whole import Whole
from app.agreement.logic.formula import Literal
from app.agreement.logic.points import holds, score_points
from app.rules.condition import ScoreTest
from app.rules.grammar import ConditionFault, Path
from app.rules.score import FIT, INTEREST, ScoreCard, ScoreRow


@dataclass(frozen=True, slots=True)
class Reach:
    """The least and the most that a score can come to."""

    least: float
    most: float


def score_faults(whole: Whole) -> Iterator[ConditionFault]:
    """Caps and thresholds that the rows do not go with."""
    cards = _cards(whole)
    yield from (fault for name, card in cards.items() for fault in _cap(name, card))
    reaches = _reaches(cards)
    for place in whole.places:
        for path, leaf in place.leaves(whole.names):
            if isinstance(leaf, ScoreTest) and leaf.name in reaches:
                yield from _threshold(path, leaf, reaches[leaf.name])


def _cards(whole: Whole) -> dict[str, ScoreCard]:
    parts = {f"{INTEREST}.{name}": card for name, card in whole.agreement.interest.items()}
    return {FIT: whole.agreement.fit, **parts}


def _reaches(cards: Mapping[str, ScoreCard]) -> dict[str, Reach]:
    """The reach of each score; interest is the sum of its parts."""
    found = {name: _capped(card) for name, card in cards.items()}
    parts = [reach for name, reach in found.items() if name != FIT]
    return {**found, INTEREST: Reach(sum(one.least for one in parts), sum(one.most for one in parts))}


def _capped(card: ScoreCard) -> Reach:
    """Points are rounded to hundredths before anything compares them."""
    cap = inf if card.cap is None else card.cap
    return Reach(round(min(_least(card.rows), cap), 2), round(min(_most(card.rows), cap), 2))


def _most(rows: Iterable[ScoreRow]) -> float:
    return sum(_row(row) for row in rows if row.points > 0)


def _least(rows: Iterable[ScoreRow]) -> float:
    return sum(_row(row) for row in rows if row.points < 0)


def _row(row: ScoreRow) -> float:
    """The furthest from nothing that a row can come: signals have no number to end at, but a row may."""
    size = min(abs(row.points) if row.each is None else inf, inf if row.cap is None else row.cap)
    return size if row.points > 0 else -size


def _cap(name: str, card: ScoreCard) -> Iterator[ConditionFault]:
    most = _most(card.rows)
    if card.cap is not None and most < card.cap:
        message = f"the rows of `{name}` come to {most:g} at most, so the cap of {card.cap} does nothing"
        fix = f"Set the cap to {most:g} or less, or add a row" if most >= 1 else "Remove the cap, or add a row"
        yield ConditionFault(("score", name, "cap"), "cap_out_of_reach", message, fix)


def _threshold(path: Path, test: ScoreTest, reach: Reach) -> Iterator[ConditionFault]:
    truths = {holds(Literal(test, met=True), point) for point in score_points(test, reach.least, reach.most)}
    wanted = f"`score.{test.name}` lies between {reach.least:g} and {reach.most:g}"
    if truths == {False}:
        fix = "Move the number into that range, or let the rows give more"
        yield ConditionFault(path, "threshold_out_of_reach", f"{wanted}, so this is never met", fix, at_key=True)
    elif truths == {True}:
        fix = "Move the number into that range, or remove the test"
        yield ConditionFault(path, "threshold_always_met", f"{wanted}, so this is always met", fix, at_key=True)
