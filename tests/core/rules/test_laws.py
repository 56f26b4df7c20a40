"""What holds for any lead and any condition."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from hypothesis import given

from app.records.span import Span
from app.rules.condition import All, Any_, Condition, None_, PropertyTest, ScoreTest, SignalTest
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts
from app.rules.names import DEFAULT_PROPERTIES
from app.rules.operators import OPERATORS
from app.rules.trace import nearest_misses, render
from app.rules.truth import Truth
from app.rules.wording import describe
from tests.core.made import made, picked, text
from tests.core.rules.leads import KINDS, NOW, VOCABULARY, form

NAMES = (
    *VOCABULARY.properties,
    *DEFAULT_PROPERTIES,
    "contact.email_domain",
    "contact.free_mail",
    "contact.days_since_x",
)
HARD = (
    "0",
    "-1",
    "1e999",
    "NaN",
    "9" * 40,
    "true",
    "2026-02-30",
    "2026-11-19",
    "2026-11-20T14:59:00Z",
    "1 month",
    "9999-12-31",
    "0001-01-01T00:00:00+14:00",
    "253402300800000",
    "999999 years",
    "7 days",
    ";",
    "a@",
    "\x00",
    "\ud800",
    "(",
    "x" * 600,
)
TIMED = ("in_last", "more_than_ago", "at_least", "below")
VALUES = (*(f"a_{kind}" for kind in KINDS), "email", "jobtitle", "x", "createdate")
CARDS = ("fit", "interest")
WINDOWS = (None, Span.parse("1 h"), Span.parse("7 days"), Span.parse("1 month"))


def word(rng: Random) -> str:
    return rng.choice(HARD) if rng.random() < 0.5 else text(rng, 4)


def words(rng: Random) -> tuple[str, ...]:
    return tuple(word(rng) for _ in range(rng.randint(0, 2)))


def leaf(rng: Random) -> Condition:
    operator = rng.choice((*OPERATORS, "made_up"))
    match rng.randint(0, 4):
        case 0:
            return ScoreTest(rng.choice(CARDS), operator, words(rng))
        case 1:
            return SignalTest("form", rng.choice((None, operator)), words(rng), rng.choice(WINDOWS), rng.randint(1, 2))
        case 2:
            name = rng.choice(("contact.a_date", "contact.a_datetime", "contact.days_since_createdate"))
            return PropertyTest(name, rng.choice(TIMED), words(rng)[:1] or ("7 days",))
        case _:
            return PropertyTest(rng.choice(NAMES), operator, words(rng), rng.choice((None, *Truth)))


def leaves(rng: Random) -> tuple[Condition, ...]:
    return tuple(leaf(rng) for _ in range(rng.randint(0, 3)))


def tree(rng: Random, depth: int = 2) -> Condition:
    if not depth or rng.random() < 0.4:
        return leaf(rng)
    parts = tuple(tree(rng, depth - 1) for _ in range(rng.randint(0, 2)))
    return rng.choice((All, Any_, None_))(parts)


def scope(rng: Random) -> Scope:
    contact = {name: rng.choice((None, word(rng), word(rng))) for name in picked(rng, VALUES, len(VALUES))}
    points = {name: rng.choice((0.0, -1.5, 40.0, rng.uniform(-1e300, 1e300))) for name in picked(rng, CARDS, 2)}
    title = word(rng)
    signals = (form(title), form(title, NOW - timedelta(days=3)))
    return Scope(Facts(NOW, contact, contact, signals), VOCABULARY, scores=points)


@given(made(lambda rng: (tree(rng), scope(rng))))
def test_any_lead_can_be_judged_and_explained_until_it_turns(judged: tuple[Condition, Scope]) -> None:
    condition, scope = judged
    trace = evaluate(condition, scope)
    assert trace.changes_at is None or trace.changes_at > NOW
    assert render(trace)
    assert describe(condition)
    assert trace.truth is not Truth.MET or nearest_misses(trace) == []
    until = trace.changes_at or NOW + timedelta(days=400)
    halfway = evaluate(condition, scope.at(NOW + (until - NOW) / 2))
    assert halfway.truth is trace.truth  # by time alone nothing turns before it says so


@given(made(lambda rng: (leaves(rng), scope(rng))))
def test_all_any_and_none_agree_and_order_does_not_matter(judged: tuple[tuple[Condition, ...], Scope]) -> None:
    parts, scope = judged
    some, every = evaluate(Any_(parts), scope).truth, evaluate(All(parts), scope).truth
    assert evaluate(None_(parts), scope).truth is some.opposite
    assert every is evaluate(None_(tuple(None_((part,)) for part in parts)), scope).truth
    turned = tuple(reversed(parts))
    assert (evaluate(Any_(turned), scope).truth, evaluate(All(turned), scope).truth) == (some, every)
