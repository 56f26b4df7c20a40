"""As much of JSON Schema 2020-12 as the agreement's schema uses; a keyword that is not here is refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, Any]

ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description", "examples", "default", "format"})

_TYPES: Mapping[str, Callable[[Any], bool]] = {
    "object": lambda value: isinstance(value, dict),
    "array": lambda value: isinstance(value, list),
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "null": lambda value: value is None,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "integer": lambda value: isinstance(value, int) and not isinstance(value, bool),
}

Test: TypeAlias = tuple[str, Callable[[Any, Any], bool]]
_TESTS: Mapping[str, Test] = {
    "pattern": ("string", lambda wanted, value: re.search(wanted, value) is not None),
    "minLength": ("string", lambda wanted, value: len(value) >= wanted),
    "maxLength": ("string", lambda wanted, value: len(value) <= wanted),
    "minimum": ("number", lambda wanted, value: value >= wanted),
    "maximum": ("number", lambda wanted, value: value <= wanted),
    "exclusiveMinimum": ("number", lambda wanted, value: value > wanted),
    "minItems": ("array", lambda wanted, value: len(value) >= wanted),
    "maxItems": ("array", lambda wanted, value: len(value) <= wanted),
    "minProperties": ("object", lambda wanted, value: len(value) >= wanted),
    "maxProperties": ("object", lambda wanted, value: len(value) <= wanted),
    "required": ("object", lambda wanted, value: set(wanted) <= set(value)),
}
"""Keywords that hold or not for values of one type, and say nothing of others."""

_WITHIN = frozenset({"properties", "patternProperties", "additionalProperties"})
_NESTED = frozenset({"$ref", "type", "enum", "items", "propertyNames", "anyOf", "oneOf", *_WITHIN})
KEYWORDS = ANNOTATIONS | _TESTS.keys() | _NESTED


def accepts(whole: Schema, value: object, *, by: str = "") -> bool:
    """Whether the schema accepts a value, or the definition that is named."""
    return _accepts(whole, whole["$defs"][by] if by else whole, value)


def subschemas(schema: Schema) -> Iterator[Schema]:
    """The schema and every one inside it."""
    yield schema
    for name in ("$defs", "properties", "patternProperties"):
        for inner in schema.get(name, {}).values():
            yield from subschemas(inner)
    for name in ("items", "propertyNames", "additionalProperties"):
        if schema.get(name):
            yield from subschemas(schema[name])
    for inner in (*schema.get("anyOf", ()), *schema.get("oneOf", ())):
        yield from subschemas(inner)


def target(whole: Schema, reference: str) -> Schema:
    """What a reference leads to. Raises KeyError for one that leads nowhere."""
    found: Schema = whole["$defs"][reference.removeprefix("#/$defs/")]
    return found


def _accepts(whole: Schema, schema: Schema, value: Any) -> bool:
    assert schema.keys() <= KEYWORDS
    listed = [schema["type"]] if isinstance(schema.get("type"), str) else schema.get("type", _TYPES)
    if not any(_TYPES[name](value) for name in listed) or value not in schema.get("enum", (value,)):
        return False
    tests = ((schema[name], *_TESTS[name]) for name in schema.keys() & _TESTS.keys())
    if not all(holds(wanted, value) for wanted, name, holds in tests if _TYPES[name](value)):
        return False
    if "$ref" in schema and not _accepts(whole, target(whole, schema["$ref"]), value):
        return False
    return _is_chosen(whole, schema, value) and _parts_fit(whole, schema, value)


def _is_chosen(whole: Schema, schema: Schema, value: Any) -> bool:
    """Whether it is one of those under `anyOf`, and exactly one under `oneOf`."""
    some = [_accepts(whole, one, value) for one in schema.get("anyOf", ())]
    one = [_accepts(whole, one, value) for one in schema.get("oneOf", ())]
    return (not some or any(some)) and (not one or sum(one) == 1)


def _parts_fit(whole: Schema, schema: Schema, value: Any) -> bool:
    if isinstance(value, list):
        return all(_accepts(whole, schema.get("items", {}), item) for item in value)
    if isinstance(value, dict):
        names = schema.get("propertyNames", {})
        return all(_accepts(whole, names, name) and _fits(whole, schema, name, value[name]) for name in value)
    return True


def _fits(whole: Schema, schema: Schema, name: str, value: Any) -> bool:
    """Whether what stands under a name is what the schema says for it."""
    said = [schema["properties"][name]] if name in schema.get("properties", {}) else []
    said += [inner for pattern, inner in schema.get("patternProperties", {}).items() if re.search(pattern, name)]
    if not said:
        rest = schema.get("additionalProperties", {})
        return rest is not False and _accepts(whole, rest, value)
    return all(_accepts(whole, inner, value) for inner in said)
