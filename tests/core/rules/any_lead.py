"""Any condition, and any lead in any scope, for laws: hard values, operators that do not exist, circles."""

from __future__ import annotations

from datetime import timedelta
from random import Random

from app.records.span import Span
from app.rules.condition import (
    All,
    Any_,
    BuyingGroupTest,
    Condition,
    DealTest,
    HandoffTest,
    Meets,
    None_,
    PersonaTest,
    PropertyTest,
    RoleTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.facts import Facts, GroupMember
from app.rules.names import DEFAULT_PROPERTIES
from app.rules.operators import OPERATORS
from app.rules.scope import Scope
from app.rules.truth import Truth
from tests.core.made import picked, text
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
    "3 days ago",
    "999999 years from now",
    "quarter",
    ";",
    "a@",
    "\x00",
    "\ud800",
    "(",
    "x" * 600,
)
TIMED = (
    ("in_last", "7 days"),
    ("in_next", "1 month"),
    ("more_than_ago", "2 h"),
    ("more_than_from_now", "7 days"),
    ("before", "7 days from now"),
    ("after", "1 month ago"),
    ("in_this", "month"),
    ("in_previous", "day"),
    ("in_following", "year"),
    ("at_least", "3"),
    ("below", "3"),
)
VALUES = (*(f"a_{kind}" for kind in KINDS), "email", "jobtitle", "x", "createdate")
CARDS = ("fit", "interest")
PARTS = ("champion", "decision_maker")
SIMPLE: tuple[Condition, ...] = (
    PersonaTest(("buyer",)),
    RoleTest(("champion",)),
    StageTest("lead"),
    HandoffTest("accepted"),
    Meets("a"),
    Meets("b"),
    Meets("nobody_defined"),
)
WINDOWS = (None, Span.parse("1 h"), Span.parse("7 days"), Span.parse("1 month"))


def word(rng: Random) -> str:
    return rng.choice(HARD) if rng.random() < 0.5 else text(rng, 4)


def words(rng: Random) -> tuple[str, ...]:
    return tuple(word(rng) for _ in range(rng.randint(0, 2)))


def leaf(rng: Random) -> Condition:  # noqa: PLR0911  one line a kind
    operator = rng.choice((*OPERATORS, "made_up"))
    match rng.randint(0, 7):
        case 0:
            return ScoreTest(rng.choice(CARDS), operator, words(rng))
        case 1:
            return signal_test(rng, operator)
        case 2:
            name = rng.choice(("contact.a_date", "contact.a_datetime", "contact.days_since_createdate"))
            timed, wanted = rng.choice(TIMED)
            return PropertyTest(name, timed, rng.choice(((wanted,), words(rng)[:1])))
        case 3:
            return DealTest(tuple(property_test(rng, f"deal.{name}") for name in picked(rng, VALUES, 2)))
        case 4:
            return BuyingGroupTest(tuple(picked(rng, PARTS, 2)), rng.randint(0, 3))
        case 5:
            return rng.choice(SIMPLE)
        case _:
            return property_test(rng, rng.choice(NAMES))


def property_test(rng: Random, name: str) -> PropertyTest:
    return PropertyTest(name, rng.choice((*OPERATORS, "made_up")), words(rng), rng.choice((None, *Truth)))


def signal_test(rng: Random, operator: str) -> SignalTest:
    detail = (rng.choice((None, operator)), words(rng))
    within, not_within = rng.choice(WINDOWS), rng.choice(WINDOWS)
    return SignalTest("form", *detail, within, rng.randint(0, 2), not_within, rng.choice((None, 0, 1)))


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
    deals = tuple({name: word(rng) for name in picked(rng, VALUES, 3)} for _ in range(rng.randint(0, 2)))
    group = rng.choice((None, tuple(GroupMember(rng.choice("12"), part) for part in picked(rng, PARTS, 2))))
    facts = Facts(NOW, contact, contact, signals, rng.choice((None, "open", "working")), deals, group)
    return Scope(
        facts,
        VOCABULARY,
        definitions={name: tree(rng, 1) for name in picked(rng, ("a", "b"), 2)},
        persona=rng.choice((None, "buyer")),
        role=rng.choice((None, "champion")),
        scores=points,
        reached=rng.choice((frozenset(), frozenset({"lead"}))),
    )
