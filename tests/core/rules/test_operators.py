"""Every operator on every type it takes, as the table says; and what HubSpot's operators become."""

from __future__ import annotations

import pytest

from app.agreement.source import as_mapping, read_source
from app.rules.evaluate import evaluate
from app.rules.operators import OPERATORS
from app.rules.truth import Truth
from tests.core.rules.leads import KINDS, condition, faults_of, having
from tests.core.rules.operator_table import HUBSPOT, OPERATOR_TABLE, UNREADABLE, Counterpart, Row


def judged(row: Row, value: str | None) -> tuple[str, str | None]:
    """What comes of a value, and what is shown of it."""
    name = f"a_{row.kind}"
    trace = evaluate(condition({f"contact.{name}": {row.operator: row.operand}}), having(name, value))
    return str(trace.truth), trace.seen


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_value_meets_the_test_or_does_not(operator: str) -> None:
    rows = [row for row in OPERATOR_TABLE if row.operator == operator]
    told = [(row, value, judged(row, value)) for row in rows for value in (*row.met, *row.not_met)]
    wrong = [
        (row.kind, row.operand, value, came)
        for row, value, came in told
        if came != ("met" if value in row.met else "not met", " ".join(value.split()))
    ]
    assert wrong == []


@pytest.mark.parametrize("missing", [None, "", "  "])
def test_a_missing_value_gives_what_the_table_says(missing: str | None) -> None:
    wrong = [row for row in OPERATOR_TABLE if judged(row, missing) != (row.missing, None)]
    assert wrong == []


def test_a_value_that_cannot_be_read_gives_what_the_table_says_and_is_shown() -> None:
    rows = [row for row in OPERATOR_TABLE if row.kind in UNREADABLE]
    wrong = [row for row in rows if judged(row, UNREADABLE[row.kind]) != (row.unreadable, UNREADABLE[row.kind])]
    assert wrong == []


def test_the_table_covers_every_operator_on_every_type_it_takes() -> None:
    promised = {(row.name, str(kind)) for row in OPERATORS.values() for kind in row.kinds}
    assert {(row.operator, row.kind) for row in OPERATOR_TABLE} == promised


def test_the_table_shows_what_meets_each_operator_and_what_does_not() -> None:
    pairs = {(row.operator, row.kind) for row in OPERATOR_TABLE}
    met = {(row.operator, row.kind) for row in OPERATOR_TABLE if row.met}
    not_met = {(row.operator, row.kind) for row in OPERATOR_TABLE if row.not_met}
    assert met == not_met == pairs


def test_an_operator_on_a_type_it_does_not_take_is_a_fault() -> None:
    foreign = [(name, kind) for name, row in OPERATORS.items() for kind in KINDS if kind not in row.kinds]
    told = {(name, kind): faults_of({f"contact.a_{kind}": {name: "7 days"}}) for name, kind in foreign}
    codes = {row: [(fault.code, fault.path[-1]) for fault in faults] for row, faults in told.items()}
    assert codes == {(name, kind): [("operator_type", name)] for name, kind in foreign}


def test_a_pattern_can_be_looked_for_in_any_text() -> None:
    row = Row("matches", "string", "vp", (), ())
    assert [judged(row, value)[0] for value in ("\ud800 vp", "\ud800", "\x00vp")] == ["met", "not met", "met"]


@pytest.mark.parametrize("row", [row for row in HUBSPOT if row.ours], ids=lambda row: f"{row.kind} {row.hubspot}")
def test_what_stands_for_an_operator_of_hubspot_can_be_written(row: Counterpart) -> None:
    kind = {"text": "string", "every": "string", "date and time": "datetime"}.get(row.kind, row.kind)
    written = as_mapping(read_source(f"{{{row.ours}}}").content)
    body = written if "if_missing" not in written else {"equals": "x", **written}
    assert faults_of({f"contact.a_{kind}": body}) == []


def test_every_operator_of_hubspot_without_a_counterpart_says_why() -> None:
    assert [row for row in HUBSPOT if not row.ours and not row.note] == []


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
