"""Scores add up, decay, and stop at their cap."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.records.span import Span
from app.rules.condition import All, Any_, None_, PersonaTest, ScoreTest, SignalTest
from app.rules.score import ScoreCard, Scored, ScoreRow, score, totals
from app.rules.watch import watched_scores
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


def test_no_row_gives_or_takes_more_than_its_own_most() -> None:
    given, taken = (ScoreRow(f"a{points}", points, each=SignalTest("form"), cap=20) for points in (15, -15))
    scored = score(card(given, taken), scope(lead(form("a"), form("b"))))
    assert [(row.points, row.possible, row.capped) for row in scored.rows] == [(20, 20, True), (-20, -20, True)]


def test_signals_count_only_while_their_test_is_met() -> None:
    row = ScoreRow("twice", 5, each=SignalTest("form", at_least=2))
    assert [score(card(row), scope(lead(*found))).points for found in ((form("a"),), (form("a"), form("b")))] == [0, 10]


def test_interest_is_the_sum_of_its_parts() -> None:
    cards = {"fit": 7.0, "interest.urgency": 40.0, "interest.knowledge": 2.5}
    scored = {name: Scored(points, (), capped=False) for name, points in cards.items()}
    assert totals(scored) == {**cards, "interest": 42.5}


def test_a_score_says_when_a_row_switches_off() -> None:
    row = ScoreRow("demo", 40, when=SignalTest("form", within=Span.parse("7 days")))
    assert score(card(row), scope(lead(form("Demo")))).changes_at == NOW + timedelta(days=7)


def fading(points: float, *, watched: bool = False, age: timedelta = timedelta(0)) -> datetime | None:
    """When to look again at points that halve every day."""
    row = ScoreRow("reads", points, each=READS, half_life=Span.parse("1 day"))
    return score(ScoreCard(None, (row,), watched), scope(lead(form("Guide", NOW - age)))).changes_at


def test_points_that_fade_are_looked_at_daily_where_fewer_could_matter() -> None:
    tomorrow = NOW + timedelta(days=1)
    assert fading(8) is None
    assert fading(8, watched=True) == tomorrow
    assert fading(-8) == tomorrow
    assert fading(-8, age=timedelta(days=30)) is None  # nothing is left to fade


def test_each_signal_that_leaves_its_window_is_a_change() -> None:
    row = ScoreRow("reads", 8, each=SignalTest("form", within=Span.parse("7 days")))
    facts = lead(form("a"), form("b", NOW - timedelta(days=2)))
    assert score(card(row), scope(facts)).changes_at == NOW + timedelta(days=5)


def test_a_score_is_watched_where_fewer_points_could_meet_a_test() -> None:
    wants_more, wants_less = ScoreTest("fit", "at_least", ("4",)), ScoreTest("fit", "below", ("4",))
    assert watched_scores([All((wants_more,)), None_((wants_less,))], ()) == frozenset()
    assert watched_scores([Any_((wants_less,))], ()) == {"fit"}
    assert watched_scores([None_((wants_more,))], ()) == {"fit"}
    assert watched_scores([None_((None_((wants_more,)),))], ()) == frozenset()
    assert watched_scores([], [wants_more]) == {"fit"}
    assert watched_scores([], [], barring=[wants_more]) == {"fit"}
