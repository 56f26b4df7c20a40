"""What people sign: whose promise a section is, and what follows when a promise is broken."""

from __future__ import annotations

from collections.abc import Iterator

from app.agreement.accountability import CONSEQUENCES, MEASURES, read_breach
from app.agreement.findings.whole import Whole
from app.rules.grammar import ConditionFault, Path, nearest

_EXAMPLE = "Write it like `first_touch_met below 90 % for 2 weeks`"


def signing_faults(whole: Whole) -> Iterator[ConditionFault]:
    """Sections that are listed twice, and accountability that nobody could hold anybody to."""
    yield from _listed_twice(whole)
    for at, one in enumerate(whole.document.agreement.accountability):
        path: Path = ("agreement", "accountability", at)
        yield from _breach((*path, "when"), one.when)
        for place, phrase in enumerate(one.then):
            if phrase not in CONSEQUENCES:
                message = f"`{phrase[:60]}` is nothing that can follow"
                yield ConditionFault((*path, "then", place), "bad_consequence", message, nearest(phrase, CONSEQUENCES))


def _listed_twice(whole: Whole) -> Iterator[ConditionFault]:
    sides = whole.document.agreement.sides
    seen: dict[str, str] = {}
    for name, side in (("marketing", sides.marketing), ("sales", sides.sales)):
        for at, section in enumerate(side.sections):
            if section in seen:
                message = f"`{section}` is listed by {seen[section]} already, and a section is one side's promise"
                path: Path = ("agreement", "sides", name, "sections", at)
                yield ConditionFault(path, "section_listed_twice", message, "Keep it with the side that promises it")
            seen.setdefault(section, name)


def _breach(path: Path, text: str) -> Iterator[ConditionFault]:
    breach = read_breach(text)
    if breach is None:
        yield ConditionFault(path, "bad_breach", f"`{text[:60]}` says not what is measured", _EXAMPLE)
    elif breach.measure not in MEASURES:
        message = f"`{breach.measure[:60]}` is not measured"
        yield ConditionFault(path, "unknown_measure", message, nearest(breach.measure, MEASURES))
