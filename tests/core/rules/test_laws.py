"""What holds for any lead and any condition."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from app.rules.condition import All, Any_, Condition, None_, PropertyTest, ScoreTest, SignalTest
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts
from app.rules.names import DEFAULT_PROPERTIES
from app.rules.operators import OPERATORS
from app.rules.trace import nearest_misses, render
from app.rules.truth import Truth
from app.rules.wording import describe
from tests.core.rules.leads import KINDS, NOW, VOCABULARY, form

often = settings(max_examples=200, deadline=None)

names = st.sampled_from(
    [*VOCABULARY.properties, *DEFAULT_PROPERTIES, "contact.email_domain", "contact.free_mail", "contact.days_since_x"]
)
hard = st.sampled_from(
    [
        "0",
        "-1",
        "1e999",
        "NaN",
        "9" * 40,
        "true",
        "2026-02-30",
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
    ]
)
words = hard | st.text(max_size=4)
operands = st.lists(words, max_size=2).map(tuple)
properties = st.builds(
    PropertyTest, names, st.sampled_from([*OPERATORS, "made_up"]), operands, st.sampled_from([None, *Truth])
)
leaves = st.one_of(
    properties,
    st.builds(ScoreTest, st.sampled_from(["fit", "interest"]), st.sampled_from([*OPERATORS]), operands),
    st.builds(SignalTest, st.just("form"), st.sampled_from([None, *OPERATORS]), operands),
)
conditions: st.SearchStrategy[Condition] = st.recursive(
    leaves,
    lambda inner: (
        st.lists(inner, max_size=2)
        .map(tuple)
        .flatmap(lambda parts: st.sampled_from([All(parts), Any_(parts), None_(parts)]))
    ),
    max_leaves=3,
)
values = st.dictionaries(
    st.sampled_from([*(f"a_{kind}" for kind in KINDS), "email", "jobtitle", "x", "createdate"]),
    st.none() | words,
    max_size=3,
)
scores = st.dictionaries(st.sampled_from(["fit", "interest"]), st.floats(allow_nan=False, allow_infinity=False))


def scope_of(contact: Mapping[str, str | None], points: Mapping[str, float], title: str) -> Scope:
    signals = (form(title), form(title, NOW - timedelta(days=3)))
    return Scope(Facts(NOW, contact, contact, signals), VOCABULARY, scores=points)


scopes = st.builds(scope_of, values, scores, words)


@often
@given(conditions, scopes)
def test_any_lead_can_be_judged_and_explained_until_it_turns(condition: Condition, scope: Scope) -> None:
    trace = evaluate(condition, scope)
    assert trace.changes_at is None or trace.changes_at > NOW
    assert render(trace)
    assert describe(condition)
    assert trace.truth is not Truth.MET or nearest_misses(trace) == []
    until = trace.changes_at or NOW + timedelta(days=400)
    halfway = evaluate(condition, scope.at(NOW + (until - NOW) / 2))
    assert halfway.truth is trace.truth  # by time alone nothing turns before it says so


@often
@given(st.lists(leaves, max_size=3).map(tuple), scopes)
def test_all_any_and_none_agree_and_order_does_not_matter(parts: tuple[Condition, ...], scope: Scope) -> None:
    some, every = evaluate(Any_(parts), scope).truth, evaluate(All(parts), scope).truth
    assert evaluate(None_(parts), scope).truth is some.opposite
    assert every is evaluate(None_(tuple(None_((part,)) for part in parts)), scope).truth
    turned = tuple(reversed(parts))
    assert (evaluate(Any_(turned), scope).truth, evaluate(All(turned), scope).truth) == (some, every)
