"""Reading JSON that may be anything: what is not as documented raises Unreadable."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import NoReturn

import orjson

from app.crm.errors import Unreadable

Fields = Mapping[str, object]
NO_FIELDS: Fields = {}

_UNFIT = re.compile("[\0\ud800-\udfff]")
"""What PostgreSQL cannot store: a NUL, half a surrogate pair."""


def decode(content: bytes) -> object:
    """Parse an answer. Half a surrogate pair in one value does not cost the whole answer."""
    try:
        return orjson.loads(content)
    except orjson.JSONDecodeError:
        return _decode_leniently(content)


def _decode_leniently(content: bytes) -> object:
    try:
        return json.loads(content.decode("utf-8", "replace"), parse_constant=_refuse_constant)
    except (ValueError, RecursionError):
        reason = "HubSpot's answer is no JSON"
    raise Unreadable(reason)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def fields(value: object, what: str) -> Fields:
    if isinstance(value, dict):
        return value
    raise Unreadable(f"{what} in HubSpot's answer is no object")


def items(value: object, what: str) -> Sequence[object]:
    """A list; a missing one is empty."""
    if value is None:
        return ()
    if isinstance(value, list):
        return value
    raise Unreadable(f"{what} in HubSpot's answer is no list")


def identifier(value: object, what: str) -> str:
    """An id as text: HubSpot sends numbers in some answers and text in others."""
    if isinstance(value, str) and value:
        return clean(value)
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    raise Unreadable(f"{what} in HubSpot's answer is no id")


def text(value: object) -> str:
    """A text that may be missing, as "" then."""
    return clean(value) if isinstance(value, str) else ""


def property_value(value: object) -> str | None:
    """HubSpot documents every value as text; what comes as a number or a truth value is spelt its way."""
    match value:
        case None:
            return None
        case str():
            return clean(value)
        case bool():
            return "true" if value else "false"
        case int() | float():
            return str(value)
        case _:
            raise Unreadable("a property in HubSpot's answer is no text")


def instant(value: object) -> datetime | None:
    """A point in time as HubSpot writes one; None where there is none that can be read."""
    if not isinstance(value, str):
        return None
    try:
        parsed = datetime.fromisoformat(value)
        return parsed.astimezone(UTC) if parsed.tzinfo else parsed.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def clean(value: str) -> str:
    """The text without what a database cannot store."""
    return _UNFIT.sub("\ufffd", value)
