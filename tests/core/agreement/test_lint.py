"""Linting finds every fault that it lists, lists all that it finds, and finds none in the committed agreement."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from copy import deepcopy
from functools import reduce
from math import inf
from operator import getitem
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from app.agreement.codes import CODES
from app.agreement.faults import AgreementError, Fault, Severity
from app.agreement.lint import lint
from app.agreement.parse import build_agreement, parse_agreement
from app.agreement.portal import PortalWords
from app.agreement.vocabulary import default_vocabulary
from app.handoff.lint import check_document
from app.records.crm import Owner
from app.records.ids import OwnerId
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from tests.core.agreement.documents import SMALL, WHOLE, broken
from tests.core.agreement.one_of_each import ONE_OF_EACH, PORTAL
from tests.core.made import SOME, made, text

ROOT = Path(__file__).parents[3]
FULL_PORTAL = PortalWords(
    default_vocabulary(),
    tuple(
        Owner(OwnerId(name), f"{name}@example.com", name, active=True) for name in ("ann", "bob", "cy", "eve", "sam")
    ),
    HUBSPOT_DEFAULT_STAGES,
)
TESTED_APART = {"not_usable", "too_many"}
CODE_STANDS = {"refusal": 0, "ConditionFault": 1, "Unreadable": 0, "fault": 0, "refuse": 0}
"""The functions that make faults, and which of their arguments is the code."""


def found(text: str | bytes) -> list[Fault]:
    return check_document(text, file="a.yaml", portal=PORTAL)


def test_the_committed_agreement_has_no_fault_and_no_warning() -> None:
    assert check_document(WHOLE, file="agreement.yaml") == []
    assert check_document(WHOLE, file="agreement.yaml", portal=FULL_PORTAL) == []


def test_the_small_document_has_no_fault_and_no_warning() -> None:
    assert check_document(SMALL, file="a.yaml") == []
    assert found(SMALL) == []


@pytest.mark.parametrize("code", ONE_OF_EACH)
def test_a_document_has_this_fault_and_no_other(code: str) -> None:
    faults = found(ONE_OF_EACH[code])
    assert {fault.code for fault in faults} == {code}
    assert all(fault.severity is CODES[code].severity for fault in faults)
    assert all(fault.line >= 1 and fault.column >= 1 for fault in faults)


def test_every_code_that_is_listed_has_a_document_that_triggers_it() -> None:
    assert set(CODES) - set(ONE_OF_EACH) == TESTED_APART
    assert set(ONE_OF_EACH) <= set(CODES)


def codes_written(code: str) -> Iterator[str]:
    """The codes that a module writes out where it makes a fault."""
    for node in ast.walk(ast.parse(code)) if any(f"{name}(" in code for name in CODE_STANDS) else ():
        name = getattr(getattr(node, "func", None), "id", "") or getattr(getattr(node, "func", None), "attr", "")
        if isinstance(node, ast.Call) and name in CODE_STANDS and len(node.args) > CODE_STANDS[name]:
            stands = node.args[CODE_STANDS[name]]
            if isinstance(stands, ast.Constant):
                yield str(stands.value)


def test_every_code_that_is_written_in_the_code_is_listed() -> None:
    folders = (ROOT / "app" / "agreement", ROOT / "app" / "rules", ROOT / "app" / "handoff")
    modules = [file.read_text(encoding="utf-8") for folder in folders for file in folder.rglob("*.py")]
    written = {code for module in modules for code in codes_written(module)}
    assert {"alias", "shadowed", "operand_type", "talk_name"} <= written
    assert written - set(CODES) == set()


def places(node: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    steps = node.items() if isinstance(node, dict) else enumerate(node) if isinstance(node, list) else ()
    for step, below in steps:
        yield (*path, step)
        yield from places(below, (*path, step))


CONTENT = dict(parse_agreement(SMALL, file="x").document)
PLACES = tuple(places(CONTENT))
JUNK: tuple[object, ...] = (None, 3, -1.5, 10**6, True, "x", "x" * 99, [], {}, [None], {"id": {"z": 1}}, {"role": []})


@SOME
@given(made(lambda rng: (rng.choice(PLACES), rng.choice(JUNK))))
def test_whatever_is_wrong_anywhere_has_a_code_that_is_listed(put: tuple[tuple[str | int, ...], object]) -> None:
    content: Any = deepcopy(CONTENT)
    path, junk = put
    reduce(getitem, path[:-1], content)[path[-1]] = junk
    assert {fault.code for fault in faults_of_stored(content)} <= set(CODES)


def faults_of_stored(content: Mapping[str, object]) -> tuple[Fault, ...]:
    try:
        build_agreement(content)
    except AgreementError as error:
        return error.faults
    return ()


def test_what_no_text_can_hold_is_told_too() -> None:
    with pytest.raises(AgreementError) as caught:
        build_agreement({**CONTENT, "targets": {"period": "year", "revenue": inf, "deal_size": 1, "cycle": "9 days"}})
    assert [(fault.code, fault.path) for fault in caught.value.faults] == [("not_usable", "/targets/revenue")]


@SOME
@given(made(lambda rng: text(rng, 60, "ab: -[]{}\n'\"&*!|>#?,~%")))
def test_linting_never_raises(written: str) -> None:
    assert lint(written, file="a.yaml", portal=PORTAL)


def test_a_definition_may_be_large_or_named_often_but_not_both() -> None:
    many = "{any: [" + ", ".join(f"{{contact.city: c{at}}}" for at in range(600)) + "]}"
    often = "[" + ", ".join(["{meets: big}"] * 100) + "]"
    big, row = "big: {company.numberofemployees: {at_least: 50}}", "when: {meets: big}"
    assert _codes(broken(big, f"big: {many}")) == []
    assert _codes(broken(row, f"when: {often}")) == []
    assert _codes(broken(big, f"big: {many}").replace(row, f"when: {often}")) == ["too_involved"]


def test_many_definitions_that_name_one_another_are_told_by_their_own_faults() -> None:
    chain = "".join(f"\n  d{at}: {{meets: d{at + 1}}}" for at in range(50))
    big = "big: {company.numberofemployees: {at_least: 50}}"
    assert set(_codes(broken(big, f"{big}{chain}\n  d50: {{meets: big}}"))) == {"too_involved"}
    assert _codes(broken(big, f"{big}{chain}\n  d50: {{meets: d0}}")) == ["definition_circle"]


def _codes(text: str) -> list[str]:
    return [fault.code for fault in lint(text, file="a.yaml") if fault.severity is Severity.ERROR]


def test_a_warning_is_told_as_one_and_is_never_raised() -> None:
    (warning,) = found(ONE_OF_EACH["cap_out_of_reach"])
    assert warning.severity is Severity.WARNING
    assert str(warning) == (
        "a.yaml:24:14: warning: the rows of `fit` come to 40 at most, so the cap of 50 does nothing. "
        "Set the cap to 40 or less, or add a row"
    )
    assert parse_agreement(ONE_OF_EACH["cap_out_of_reach"], file="a.yaml").fit.cap == 50


def test_faults_are_told_from_the_top_down_whoever_found_them() -> None:
    document = broken("playbooks: []", "playbooks: [{id: a, say: '{{ company.nmae }}'}]").replace(
        "points: 40", "points: 30"
    )
    told = found(document.replace("ann@example.com", "bob@example.com"))
    assert [(fault.line, fault.code) for fault in told] == [
        (27, "threshold_out_of_reach"),
        (32, "inactive_owner"),
        (36, "talk_name"),
    ]


def test_what_a_portal_lacks_hides_nothing_else() -> None:
    document = broken("contact.jobtitle", "contact.job").replace("fit: {rows", "fit: {cap: 50, rows")
    assert [fault.code for fault in found(document)] == ["unknown_property", "cap_out_of_reach"]
