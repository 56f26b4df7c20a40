"""The operators and operands of a leaf: `{at_least: 50, below: 500}`, or a plain value, or a list."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

from app.rules.condition import PropertyTest
from app.rules.facts import Vocabulary
from app.rules.grammar import Reading, nearest
from app.rules.names import OWN, derived, known_kind, label, property_of
from app.rules.operators import OPERATORS, Operator, Reads, Takes
from app.rules.truth import Truth
from app.rules.values import Kind, read

Test: TypeAlias = tuple[str, tuple[str, ...]]
"""An operator's name and its operands as text."""

IF_MISSING = "if_missing"
_TIMES = (Kind.DATE, Kind.DATETIME)
_MISSING = {"met": Truth.MET, "not met": Truth.NOT_MET}
_EXAMPLES = {
    Reads.AS_BOOL: "true or false",
    Reads.AS_SPAN: "a length of ordinary time like `7 days`",
    Reads.AS_INSTANT: "a date like `2026-10-01`, or one like `3 days ago` or `7 days from now`",
    Reads.AS_PERIOD: "one of `day`, `week`, `month`, `quarter` and `year`",
    Reads.AS_PATTERN: "a pattern that RE2 accepts, at most 512 characters",
    Reads.AS_WORDS: "words",
}


@dataclass(frozen=True, slots=True)
class Subject:
    """What is compared: what people call it, its kind if anybody knows, its options if it has some."""

    label: str
    kind: Kind | None
    options: frozenset[str] = frozenset()


def property_tests(name: str, wanted: object, reading: Reading) -> tuple[PropertyTest, ...]:
    """The tests of a property leaf; none where there is a fault."""
    _check_exists(name, reading)
    body, if_missing = _split_missing(wanted, reading)
    tests = read_tests(_property(name, reading.known.vocabulary), body, reading)
    return tuple(PropertyTest(name, operator, operands, if_missing) for operator, operands in tests)


def read_tests(subject: Subject, wanted: object, reading: Reading) -> tuple[Test, ...]:
    """The operators with their operands. A plain value means `equals`, a list `one_of`."""
    if not isinstance(wanted, Mapping):
        return _read_test(subject, "one_of" if isinstance(wanted, list) else "equals", wanted, reading)
    if not wanted:
        message = f"{subject.label} is compared with nothing"
        reading.fault("no_operator", message, "Write a comparison, like `at_least: 50`")
    return tuple(
        test
        for operator, operand in wanted.items()
        for test in _read_test(subject, str(operator), operand, reading.at(str(operator)))
    )


def texts(node: object) -> tuple[str, ...]:
    """A scalar, or a list of them, as text; nothing for anything else."""
    listed = node if isinstance(node, list) else [node]
    found = [_text(one) for one in listed]
    return tuple(text for text in found if text) if all(found) else ()


def _property(name: str, vocabulary: Vocabulary) -> Subject:
    definition = None if derived(name) else vocabulary.properties.get(name)
    options = () if definition is None else definition.options
    return Subject(label(name, vocabulary), known_kind(name, vocabulary), frozenset(option.value for option in options))


def _read_test(subject: Subject, name: str, operand: object, reading: Reading) -> tuple[Test, ...]:
    operator = OPERATORS.get(name)
    if operator is None:
        reading.fault("unknown_operator", f"`{name}` is no comparison", nearest(name, OPERATORS), at_key=True)
        return ()
    kind = subject.kind or operator.kinds[0]
    if kind not in operator.kinds:
        fits = ", ".join(f"`{row.name}`" for row in OPERATORS.values() if kind in row.kinds)
        message = f"`{name}` does not compare {kind.in_words}, which {subject.label} is"
        reading.fault("operator_type", message, f"Use one of {fits}", at_key=True)
        return ()
    wanted = texts(operand)
    if not _has_right_number(operator, wanted, operand):
        reading.fault("operand_count", f"`{name}` takes {operator.takes.value}", "Write it so")
        return ()
    bad = [at for at in range(len(wanted)) if _is_bad(operator, subject, wanted[at], _at(reading, operand, at))]
    return () if bad else ((name, wanted),)


def _is_bad(operator: Operator, subject: Subject, text: str, reading: Reading) -> bool:
    """Notes what is wrong with one operand, if anything is.

    A number for a date is milliseconds where a CRM writes it, and a slip where people do: `after: 2026`.
    """
    kind = subject.kind or operator.kinds[0]
    if operator.read_operand(kind, text) is None or (kind in _TIMES and text.lstrip("-").isdigit()):
        expected = _EXAMPLES.get(operator.reads, kind.in_words)
        fix = f"`{operator.name}` takes {expected}"
        reading.fault("operand_type", f"`{text[:60]}` is not {expected}", fix)
        return True
    unknown = _unknown_options(operator, subject, text)
    for option in unknown:
        message = f"{subject.label} has no option `{option[:60]}`"
        reading.fault("unknown_option", message, nearest(option, subject.options))
    return bool(unknown)


def _unknown_options(operator: Operator, subject: Subject, text: str) -> list[str]:
    """The options that an operand picks and the property does not have; several are joined with `;`."""
    chosen = read(Kind.ENUMERATION, text)
    if not subject.options or operator.asks_presence or not isinstance(chosen, frozenset):
        return []
    return sorted(chosen - subject.options)


def _at(reading: Reading, operand: object, at: int) -> Reading:
    """Where one of several operands stands."""
    return reading.at(at) if isinstance(operand, list) else reading


def _has_right_number(operator: Operator, wanted: tuple[str, ...], operand: object) -> bool:
    is_list_for_one = operator.takes is Takes.ONE and isinstance(operand, list)
    return operator.takes.accepts(len(wanted)) and not is_list_for_one


def _split_missing(wanted: object, reading: Reading) -> tuple[object, Truth | None]:
    """The comparisons of a leaf, and what it says when there is no value."""
    if not isinstance(wanted, Mapping) or IF_MISSING not in wanted:
        return wanted, None
    body = {key: value for key, value in wanted.items() if key != IF_MISSING}
    said = _MISSING.get(str(wanted[IF_MISSING]))
    if said is None:
        reading.at(IF_MISSING).fault(
            "bad_if_missing", f"`{wanted[IF_MISSING]}` is no answer", "Write `met` or `not met`"
        )
    return body, said


def _check_exists(name: str, reading: Reading) -> None:
    """A portal's own vocabulary says what exists; names in HubSpot are lower case everywhere."""
    source, properties = property_of(name), reading.known.vocabulary.properties
    is_ours = source.partition(".")[2].startswith(OWN)
    if reading.known.closed and source not in properties and not is_ours:
        fix = nearest(source, properties)
        reading.fault("unknown_property", f"the portal has no property `{source}`", fix, at_key=True)


def _text(node: object) -> str | None:
    """A scalar as a CRM would write it; None for what is no scalar or blank."""
    if isinstance(node, bool):
        return str(node).lower()
    if isinstance(node, int | float):
        return str(node)
    return node if isinstance(node, str) and node.strip() else None
