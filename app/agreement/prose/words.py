"""Small words in good English: places, counts, dates, lengths of time, lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date

from app.records.span import Span, Unit
from app.rules.wording import amount

_TEENS = range(11, 14)
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_UNITS = {Unit.SECOND: "second", Unit.MINUTE: "minute"}


def one_line(text: str) -> str:
    """The whole text on one line, without control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `11th`."""
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"


def counted(number: float, noun: str) -> str:
    """`1 point`, `2 points`, `12.5 points`."""
    return f"{amount(number)} {noun}{'' if number == 1 else 's'}"


def listed(texts: Sequence[str]) -> str:
    """`a`, `a and b`, `a, b and c`; empty for none."""
    if len(texts) < 2:  # noqa: PLR2004  one needs no glue
        return "".join(texts)
    return f"{', '.join(texts[:-1])} and {texts[-1]}"


def length(span: Span) -> str:
    """`15 business minutes`, `1 hour`."""
    return counted(span.amount, f"{'business ' if span.business else ''}{_UNITS.get(span.unit, span.unit.value)}")


def often(span: Span) -> str:
    """`every month`, `every 3 months`."""
    return f"every {length(span).removeprefix('1 ')}"


def day(on: date) -> str:
    """`1 October 2026`."""
    return f"{on.day} {on:%B} {on.year}"


def money(sum_: float, currency: str) -> str:
    """`20,000 USD`, `19.5 USD`."""
    return f"{sum_:,.0f} {currency}" if sum_ == int(sum_) else f"{sum_:,} {currency}"


def lowered(text: str) -> str:
    """The text as it goes on within a sentence: `Company size` becomes `company size`, `URL` stays."""
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def capital(text: str) -> str:
    """The text as it begins a sentence; the rest stays as it is."""
    return text[:1].upper() + text[1:]


def plain(value: object) -> str:
    """Any value of a document on one line: `true`, `a, b`, `name Dana, size 50`."""
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "nothing"
        case Mapping():
            return ", ".join(f"{one_line(str(name))} {plain(inner)}" for name, inner in value.items()) or "nothing"
        case list():
            return ", ".join(plain(inner) for inner in value) or "nothing"
        case _:
            return one_line(str(value)) or "nothing"
