"""From the content of a `signal:` leaf to its test, or what is wrong with it and where."""

from __future__ import annotations

from collections.abc import Mapping

from app.records.span import Span
from app.rules.condition import SignalTest
from app.rules.grammar import Reading, nearest, quoted
from app.rules.operands import Subject, read_tests
from app.rules.operators import read_span
from app.rules.signals import SIGNAL_KINDS
from app.rules.values import Kind

SIGNAL_LIMITS = frozenset({"within", "not_within", "at_least", "at_most"})
"""What may stand beside the kind."""

_TIMES = ("times", "time")
_DIGITS = 9


def signal_test(node: object, reading: Reading) -> SignalTest | None:
    """The test that the content of a `signal:` writes; None where there is a fault."""
    if not isinstance(node, Mapping) or len(set(node) - SIGNAL_LIMITS) != 1:
        reading.fault(
            "not_a_signal",
            "A signal names one kind of thing that a contact did",
            "Write it like `signal: {form: {contains: demo}, within: 7 days, at_least: 2 times}`",
        )
        return None
    (kind,) = set(node) - SIGNAL_LIMITS
    if kind not in SIGNAL_KINDS:
        fix = nearest(str(kind), SIGNAL_KINDS)
        reading.at(str(kind)).fault("unknown_signal", f"`{kind}` is no kind of signal", fix, at_key=True)
        return None
    before = len(reading.faults)
    test = _limited(kind, node, reading)
    return test if len(reading.faults) == before else None


def read_count(written: object, reading: Reading, units: tuple[str, str], least: int = 1) -> int:
    """The number in words like `2 times` or `2 people`; notes a fault below the least."""
    number = str(written)
    for unit in units:
        number = number.removesuffix(unit)
    number = number.strip()
    if number.isascii() and number.isdigit() and int(number[:_DIGITS]) >= least:
        return int(number[:_DIGITS])
    reading.fault("bad_count", f"{quoted(written)} is no number of {units[0]}", f"Write it like `2 {units[0]}`")
    return least


def _limited(kind: str, node: Mapping[str, object], reading: Reading) -> SignalTest:
    """The test with its limits. `at_most` alone includes none at all."""
    at_most = read_count(node["at_most"], reading.at("at_most"), _TIMES, 0) if "at_most" in node else None
    least = 1 if at_most is None else 0
    at_least = read_count(node["at_least"], reading.at("at_least"), _TIMES) if "at_least" in node else least
    if at_most is not None and at_most < at_least:
        fix = "Write the lower number under `at_least`"
        reading.at("at_most").fault("bad_count", "`at_most` is below `at_least`, which no count meets", fix)
    return SignalTest(
        kind,
        *_detail(kind, node[kind], reading.at(kind)),
        within=_window(node, "within", reading),
        at_least=at_least,
        not_within=_window(node, "not_within", reading),
        at_most=at_most,
    )


def _detail(kind: str, wanted: object, reading: Reading) -> tuple[str | None, tuple[str, ...]]:
    if wanted == "any":
        return None, ()
    tests = read_tests(Subject(kind, Kind.STRING), wanted, reading)
    if len(tests) > 1:
        reading.fault("several_tests", f"`{kind}` takes one test of its title", "Keep one of them")
    return tests[0] if tests else (None, ())


def _window(node: Mapping[str, object], name: str, reading: Reading) -> Span | None:
    if name not in node:
        return None
    written = node[name]
    span = read_span(str(written))
    if span is None or not span.amount:
        message = f"{quoted(written)} is no length of ordinary time"
        reading.at(name).fault("bad_span", message, "Write it like `7 days` or `2 h`")
    return span
