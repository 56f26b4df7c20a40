"""Scores add up, decay, and stop at their cap."""

from __future__ import annotations

from datetime import timedelta

from app.records.span import Span
from app.rules.condition import PersonaTest, SignalTest
from app.rules.score import ScoreCard, Scored, ScoreRow, score, totals
from tests.core.rules.leads import NOW, form, lead, scope

READS = SignalTest("form", "contains", ("guide",))


def card(*rows: ScoreRow, cap: int | None = None) -> ScoreCard:
    return ScoreCard(cap, rows)


def test_a_row_gives_its_points_when_its_condition_is_met() -> None:
    rows = (ScoreRow("a", 30, when=READS), ScoreRow("b", 20, when=PersonaTest(("buyer",))))
    scored = score(card(*rows), scope(lead(form("Guide"))))
    assert [(row.id, row.points, row.possible) for row in scored.rows] == [("a", 30, 30), ("b", 0, 20)]
    assert (scored.points, scored.capped) == (30, False)


def test_each_signal_counts_half_after_its_half_life() -> None:
    month = timedelta(days=30)
    row = ScoreRow("reads", 8, each=READS, half_life=Span.parse("30 days"))
    facts = lead(form("Guide"), form("Guide 2", NOW - month), form("Guide 3", NOW - 2 * month), form("Demo"))
    scored = score(card(row), scope(facts))
    assert (scored.points, scored.rows[0].possible) == (14, 24)


def test_no_card_gives_more_than_its_cap() -> None:
    scored = score(card(ScoreRow("a", 30, when=READS), cap=20), scope(lead(form("Guide"))))
    assert (scored.points, scored.capped) == (20, True)


def test_interest_is_the_sum_of_its_parts() -> None:
    cards = {"fit": 7.0, "interest.urgency": 40.0, "interest.knowledge": 2.5}
    scored = {name: Scored(points, (), capped=False) for name, points in cards.items()}
    assert totals(scored) == {**cards, "interest": 42.5}


def test_a_score_says_when_a_row_switches_off() -> None:
    row = ScoreRow("demo", 40, when=SignalTest("form", within=Span.parse("7 days")))
    assert score(card(row), scope(lead(form("Demo")))).changes_at == NOW + timedelta(days=7)
