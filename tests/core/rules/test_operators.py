"""Every operator on every type it takes: met, not met, missing, unreadable. One table says it all."""

from __future__ import annotations

import pytest

from app.rules.evaluate import evaluate
from app.rules.operators import OPERATORS
from app.rules.truth import Truth
from tests.core.rules.leads import KINDS, condition, faults_of, having

# operator, type, operand, values that meet it, values that do not
TABLE: tuple[tuple[str, str, object, tuple[str, ...], tuple[str, ...]], ...] = (
    ("known", "string", True, ("x", " 0 "), ()),
    ("known", "number", True, ("0", "twelve"), ()),
    ("known", "bool", True, ("false",), ()),
    ("known", "date", True, ("2026-01-01",), ()),
    ("known", "datetime", True, ("2026-01-01T00:00:00Z",), ()),
    ("known", "enumeration", False, (), ("A",)),
    ("equals", "string", "Ann", ("ann", " ANN "), ("Anna", "Bob")),
    ("equals", "number", 50, ("50", "50.0", "5E1"), ("51", "-50")),
    ("equals", "bool", True, ("true", "TRUE"), ("false",)),
    ("equals", "date", "2026-10-01", ("2026-10-01", "1790812800000"), ("2026-10-02",)),
    ("equals", "datetime", "2026-10-01", ("2026-10-01T23:59:59Z",), ("2026-10-02T00:00:00Z",)),
    ("equals", "enumeration", "A;B", ("B;A", ";A;B"), ("A", "a;b", "A;B;C")),
    ("not_equals", "string", "Ann", ("Bob",), ("ANN",)),
    ("not_equals", "number", 50, ("51",), ("50.00",)),
    ("not_equals", "bool", True, ("false",), ("true",)),
    ("not_equals", "date", "2026-10-01", ("2026-10-02",), ("2026-10-01",)),
    ("not_equals", "datetime", "2026-10-01", ("2026-10-02T00:00:00Z",), ("2026-10-01T12:00:00Z",)),
    ("not_equals", "enumeration", "A", ("B", "A;B"), ("A",)),
    ("one_of", "string", ["Ann", "Bob"], ("BOB",), ("Cy",)),
    ("one_of", "number", [1, 2], ("2.0",), ("3",)),
    ("one_of", "enumeration", ["A", "B"], ("B", "C;A"), ("b", "C")),
    ("none_of", "string", ["Ann", "Bob"], ("Cy",), ("ann",)),
    ("none_of", "number", [1, 2], ("3",), ("1",)),
    ("none_of", "enumeration", ["A", "B"], ("C",), ("C;A",)),
    ("at_least", "number", 50, ("50", "50.01", "1e3"), ("49.99", "-1e3")),
    ("at_most", "number", 50, ("50", "-1"), ("50.01",)),
    ("above", "number", 50, ("50.01",), ("50",)),
    ("below", "number", 50, ("49.99",), ("50",)),
    ("between", "number", [10, 20], ("10", "20"), ("9.9", "20.1")),
    ("between", "date", ["2026-10-01", "2026-10-31"], ("2026-10-01", "2026-10-31"), ("2026-11-01",)),
    ("between", "datetime", ["2026-10-01", "2026-10-31"], ("2026-10-31T23:59:00Z",), ("2026-11-01T00:00:00Z",)),
    ("contains", "string", "demo", ("Request a DEMO now",), ("dem o",)),
    ("starts_with", "string", "VP", ("vp of sales",), ("the VP",)),
    ("ends_with", "string", ".EDU", ("Uni.edu",), ("edu.com",)),
    ("has_any", "string", ["vp", "Head of"], ("VP, Sales", "the head  of"), ("vpn", "head chef", "overhead of")),
    ("has_any", "enumeration", ["A", "B"], ("C;B",), ("AB",)),
    ("has_all", "string", ["vp", "sales"], ("Sales VP",), ("VP",)),
    ("has_all", "enumeration", ["A", "B"], ("A;B;C",), ("A",)),
    ("matches", "string", "^v[ip]p?$", ("VP", "vip"), ("vice",)),
    ("before", "date", "2026-10-01", ("2026-09-30",), ("2026-10-01",)),
    ("before", "datetime", "2026-10-01", ("2026-09-30T23:59:59Z",), ("2026-10-01T00:00:00Z",)),
    ("after", "date", "2026-10-01", ("2026-10-02",), ("2026-10-01",)),
    ("after", "datetime", "2026-10-01", ("2026-10-02T00:00:00Z",), ("2026-10-01T23:59:59Z",)),
    ("in_last", "date", "7 days", ("2026-11-14",), ("2026-11-13", "2026-11-21")),
    ("in_last", "datetime", "2 h", ("2026-11-20T13:00:01Z",), ("2026-11-20T13:00:00Z", "2026-11-20T15:00:01Z")),
    ("more_than_ago", "date", "1 month", ("2026-10-20",), ("2026-10-21",)),
    ("more_than_ago", "datetime", "1 year", ("2025-11-20T15:00:00Z",), ("2025-11-20T15:00:01Z",)),
)
UNREADABLE = {"number": "twelve", "bool": "maybe", "date": "soon", "datetime": "2026-13-45T00:00:00Z"}
TYPED = [row[:3] for row in TABLE if row[0] != "known"]


def judged(operator: str, kind: str, operand: object, value: str | None) -> tuple[Truth, str | None]:
    """What comes of a value, and what is shown of it."""
    name = f"a_{kind}"
    trace = evaluate(condition({f"contact.{name}": {operator: operand}}), having(name, value))
    return trace.truth, trace.seen


def test_a_value_meets_the_test_or_does_not() -> None:
    expected = {
        (operator, kind, value): (truth, " ".join(value.split()))
        for operator, kind, _, met, not_met in TABLE
        for values, truth in ((met, Truth.MET), (not_met, Truth.NOT_MET))
        for value in values
    }
    assert expected == {
        (operator, kind, value): judged(operator, kind, operand, value)
        for operator, kind, operand, met, not_met in TABLE
        for value in (*met, *not_met)
    }


def test_a_missing_value_is_no_data() -> None:
    told = {(*row[:2], missing): judged(*row, missing) for row in TYPED for missing in (None, "", "  ")}
    assert told == dict.fromkeys(told, (Truth.NO_DATA, None))


def test_a_value_that_cannot_be_read_is_no_data_and_is_shown() -> None:
    rows = [row for row in TYPED if row[1] in UNREADABLE]
    told = {row[:2]: judged(*row, UNREADABLE[row[1]]) for row in rows}
    assert told == {row[:2]: (Truth.NO_DATA, UNREADABLE[row[1]]) for row in rows}


def test_the_table_covers_every_operator_on_every_type_it_takes() -> None:
    promised = {(row.name, str(kind)) for row in OPERATORS.values() for kind in row.kinds}
    assert {(operator, kind) for operator, kind, *_ in TABLE} == promised


def test_an_operator_on_a_type_it_does_not_take_is_a_fault() -> None:
    foreign = [(name, kind) for name, row in OPERATORS.items() for kind in KINDS if kind not in row.kinds]
    told = {(name, kind): faults_of({f"contact.a_{kind}": {name: "7 days"}}) for name, kind in foreign}
    codes = {row: [(fault.code, fault.path[-1]) for fault in faults] for row, faults in told.items()}
    assert codes == {(name, kind): [("operator_type", name)] for name, kind in foreign}


@pytest.mark.parametrize(
    ("known", "value", "truth"), [(True, None, "not met"), (False, "", "met"), (False, "x", "not met")]
)
def test_known_is_never_without_data(known: bool, value: str | None, truth: str) -> None:  # noqa: FBT001
    trace = evaluate(condition({"contact.a_string": {"known": known}}), having("a_string", value))
    assert str(trace.truth) == truth


@pytest.mark.parametrize(
    ("test", "value"),
    [
        ({"at_least": 5}, "7"),
        ({"in_last": "2 days"}, "2026-11-20"),
        ({"equals": True}, "true"),
        ({"has_any": ["x"]}, "X"),
    ],
)
def test_a_property_nobody_defined_is_read_as_its_operator_needs(test: object, value: str) -> None:
    trace = evaluate(condition({"contact.custom": test}), having("custom", value))
    assert trace.truth is Truth.MET
