"""Reading text in a property's type. Values and the operands of a document go through the same reader."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum
from functools import lru_cache
from typing import TypeAlias

from app.rules.moments import Moment, read_moment

Value: TypeAlias = str | Decimal | bool | Moment | frozenset[str]
"""What text says in its type. None, beside it, is text that cannot be read in that type."""


class Kind(StrEnum):
    """What a property's value is made of; the names are the CRM's."""

    STRING = "string"
    NUMBER = "number"
    BOOL = "bool"
    DATE = "date"
    DATETIME = "datetime"
    ENUMERATION = "enumeration"

    @property
    def in_words(self) -> str:
        return _IN_WORDS[self]


_IN_WORDS = {
    Kind.STRING: "text",
    Kind.NUMBER: "a number",
    Kind.BOOL: "true or false",
    Kind.DATE: "a date",
    Kind.DATETIME: "a date and time",
    Kind.ENUMERATION: "a choice from a list",
}
_NUMBER = re.compile(r"[+-]?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,3})?")


@lru_cache(maxsize=4096)
def read(kind: Kind, text: str) -> Value | None:
    """What `text` says as a `kind`, or None. Never raises."""
    return _READERS[kind](text)


@lru_cache(maxsize=64)
def kind_of(type_name: str) -> Kind:
    """The kind that a CRM's type name means; a type we do not know is text."""
    return Kind(type_name) if type_name in _NAMES else Kind.STRING


def _number(text: str) -> Decimal | None:
    return Decimal(text.strip()) if _NUMBER.fullmatch(text.strip()) else None


def _bool(text: str) -> bool | None:
    return {"true": True, "false": False}.get(text.strip().casefold())


def _choices(text: str) -> frozenset[str]:
    """The values picked, exactly as the CRM spells them; several are joined with `;`."""
    return frozenset(part.strip() for part in text.split(";") if part.strip())


_READERS: Mapping[Kind, Callable[[str], Value | None]] = {
    Kind.STRING: lambda text: text.strip().casefold(),
    Kind.NUMBER: _number,
    Kind.BOOL: _bool,
    Kind.DATE: read_moment,
    Kind.DATETIME: read_moment,
    Kind.ENUMERATION: _choices,
}
_NAMES = frozenset(Kind)
