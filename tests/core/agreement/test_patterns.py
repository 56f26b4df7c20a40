"""What a document says is matched by RE2, whose time grows with the text and not with the pattern."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from app.rules import text
from tests.core.agreement.documents import broken, faults

ROOT = Path(__file__).parents[3]
BEYOND_RE2 = {
    "a backreference": r"(a+)\\1",
    "a look ahead": r"a(?=b)",
    "a look behind": r"(?<=a)b",
    "an atomic group": r"(?>a+)b",
    "a named reference": r"(?P<x>a)(?P=x)",
    "an open group": r"(a",
    "too much when it unfolds": "a[ab]{900}" * 40,
    "too long": "a" * (text.PATTERN_LIMIT + 1),
}


def matching(pattern: str) -> str:
    return broken("{has_any: [head]}", f'{{matches: "{pattern}"}}')


@pytest.mark.parametrize("pattern", BEYOND_RE2.values(), ids=BEYOND_RE2)
def test_a_pattern_that_re2_does_not_take_is_refused(pattern: str) -> None:
    assert [fault.code for fault in faults(matching(pattern))] == ["operand_type"]


def test_a_pattern_that_explodes_elsewhere_is_compiled_and_run_by_re2() -> None:
    assert faults(matching("(a+)+$")) == ()
    pattern = text.compiled("^(a+)+$")
    assert pattern is not None
    assert type(pattern.machine).__module__.startswith("re2")
    assert not pattern.found_in("a" * 20_000 + "!")


def patterns(file: Path) -> Iterator[tuple[str, ast.expr]]:
    """What a module hands to the regular expressions of the standard library, as it is written."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            if isinstance(owner, ast.Name) and owner.id == "re":
                yield f"{file.name}:{node.lineno}", node.args[0]


def is_written_out(pattern: ast.expr) -> bool:
    """Whether the pattern stands in the code, with nothing in it but constants of the module."""
    if isinstance(pattern, ast.JoinedStr):
        return all(_is_constant(part.value) for part in pattern.values if isinstance(part, ast.FormattedValue))
    return isinstance(pattern, ast.Constant)


def _is_constant(name: ast.expr) -> bool:
    return isinstance(name, ast.Name) and name.id.isupper()


def test_no_value_of_a_document_reaches_the_regular_expressions_of_the_standard_library() -> None:
    files = [
        file for floor in ("agreement", "rules", "records", "handoff") for file in (ROOT / "app" / floor).rglob("*.py")
    ]
    handed = [(place, pattern) for file in files for place, pattern in patterns(file)]
    assert len(handed) > 10
    assert [place for place, pattern in handed if not is_written_out(pattern)] == []
