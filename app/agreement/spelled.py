"""How values are spelled, in the keywords of JSON Schema: for editors, beside the checks that decide."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from pydantic import AfterValidator, GetJsonSchemaHandler
from pydantic_core import CoreSchema

from app.records.span import SPELLINGS, Unit
from app.rules.signals import SIGNAL_KINDS

Schema: TypeAlias = dict[str, Any]

GRAMMAR = "https://baton.invalid/grammar/"
"""Where shapes look for a definition that is not made from a shape; `schema` puts it into the same document."""


@dataclass(frozen=True, slots=True)
class Check(AfterValidator):
    """A check of text, with the keywords that say what they can of it."""

    keywords: Mapping[str, object] = field(default_factory=dict, compare=False)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> Schema:
        return handler(core) | dict(self.keywords)


def defined(name: str) -> Schema:
    """What the grammar of conditions defines under a name."""
    return {"$ref": f"{GRAMMAR}{name}"}


def follows(pattern: str, *examples: str) -> Schema:
    """Text that follows a pattern from end to end."""
    return {"type": "string", "pattern": f"^({pattern})$"} | ({"examples": list(examples)} if examples else {})


def _length(units: Collection[Unit], *, business: str = "") -> str:
    spellings = "|".join(spelling for unit in units for spelling in SPELLINGS[unit])
    return f"[0-9]{{1,6}} *{business}({spellings})"


_LENGTH = _length(SPELLINGS, business="(business +)?")
_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ANY_VALUE: Schema = {"type": ["string", "number", "boolean", "null"]}

LENGTH = follows(_LENGTH, "7 days", "2 h", "15 business min")
ORDINARY_LENGTH = follows(_length(SPELLINGS), "7 days", "2 h")
FIXED_LENGTH = follows(_length([unit for unit in SPELLINGS if unit not in {Unit.MONTH, Unit.YEAR}]), "14 days", "2 min")
RETURN_AFTER = follows(f"never|{_LENGTH}", "90 days", "never")
DAY = follows(_DAY, "2026-10-01") | {"format": "date"}
END_DAY = follows(f"never|{_DAY}", "2027-09-30", "never")
MINUTE = follows(f"{_DAY} [0-9]{{2}}:[0-9]{{2}}", "2026-11-20 10:00")
OPEN_HANDOFFS: Schema = {
    "type": ["string", "integer"],
    "pattern": "^0*[1-9][0-9]{0,5}( open handoffs?)?$",
    "minimum": 1,
    "maximum": 999_999,
    "examples": ["25 open handoffs"],
}
TIMES: Schema = {
    "type": ["string", "integer"],
    "pattern": "^0*[1-9][0-9]{0,5}( times?)?$",
    "minimum": 1,
    "maximum": 999_999,
    "examples": ["2 times"],
}
_HOURS: Schema = {
    "type": "array",
    "items": follows("[0-9]{1,2}:[0-5][0-9] *- *[0-9]{1,2}:[0-5][0-9]", "09:00-17:30"),
}
_WEEKDAY = "(mon|tue|wed|thu|fri|sat|sun)"
OPEN: Schema = {
    "type": "object",
    "propertyNames": {"pattern": f"^{_WEEKDAY}(-{_WEEKDAY})?$"},
    "additionalProperties": _HOURS,
    "examples": [{"mon-fri": ["09:00-17:30"]}],
}
EXTRA_OPEN: Schema = {
    "type": "object",
    "propertyNames": {"pattern": f"^{_DAY}$"},
    "additionalProperties": _HOURS,
    "examples": [{"2026-12-19": ["10:00-14:00"]}],
}

GIVEN_VALUES: Schema = {"type": "object", "additionalProperties": _ANY_VALUE}
GIVEN_SIGNAL: Schema = {
    "type": "object",
    "properties": {kind: {"description": f"{label}: its title.", **_ANY_VALUE} for kind, label in SIGNAL_KINDS.items()}
    | {"ago": {"description": "How long before `at` it happened.", **ORDINARY_LENGTH}},
    "required": ["ago"],
    "additionalProperties": False,
    "minProperties": 2,
    "maxProperties": 2,
}
