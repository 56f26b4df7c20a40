"""What Pydantic found, told in plain words: the field, the value, the remedy."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import UnionType
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from app.agreement.faults import Path
from app.agreement.shape import Document
from app.rules.grammar import ConditionFault, nearest

_TYPES: Mapping[str, tuple[str, str]] = {
    "string_type": ("must be text", "Put quotes around it if it looks like a number"),
    "string_too_short": ("must not be empty", "Write something"),
    "string_too_long": ("is too long", "Use at most 64 characters"),
    "string_pattern_mismatch": ("is no id", "Use letters, digits, `_` and `-`, without spaces"),
    "list_type": ("must be a list", "Put a dash before each item"),
    "dict_type": ("must have names and values", "Write `name: value` pairs below it"),
    "model_type": ("must have names and values", "Write `name: value` pairs below it"),
    "too_short": ("must not be empty", "Write at least one item"),
    "int_type": ("must be a whole number", "Write a number like 2"),
    "float_type": ("must be a number", "Write a number like 10"),
    "greater_than": ("must be more than 0", "Write a larger number"),
    "greater_than_equal": ("is too small", "Write a larger number"),
    "less_than_equal": ("is too large", "Write a smaller number"),
}


def told(errors: Iterable[ErrorDetails], content: object) -> Iterator[ConditionFault]:
    """Each error as a fault, at the path where the document has it."""
    for error in errors:
        yield from _faults(error, _written(error["loc"], content))


def _faults(error: ErrorDetails, path: Path) -> Iterator[ConditionFault]:
    details: Mapping[str, Any] = error.get("ctx", {})
    kind, name = error["type"], str(error["loc"][-1]) if error["loc"] else "the document"
    at_key = name == "[key]"
    if kind == "within":
        for fault in details["faults"]:
            yield ConditionFault((*path, *fault.path), fault.code, fault.message, fault.fix, fault.at_key)
    elif "fix" in details:
        yield ConditionFault(path, kind, details["message"], details["fix"], at_key)
    elif kind == "missing":
        yield ConditionFault(path, "missing", f"`{name}` is missing{_in(path)}", f"Add `{name}:` here")
    elif kind == "extra_forbidden":
        fix = nearest(name, _fields(error["loc"][:-1]))
        yield ConditionFault(path, "unknown_key", f"`{name}` is not known{_in(path[:-1])}", fix, at_key=True)
    else:
        code = kind if kind in _TYPES else "not_usable"
        message, fix = _TYPES.get(kind, ("cannot be used", f"Correct it: {error['msg']}"))
        yield ConditionFault(path, code, f"`{path[-1] if path else name}` {message}", fix, at_key)


def _written(loc: tuple[int | str, ...], content: object) -> Path:
    """The part of an error's location that the document has: shapes add steps that nobody wrote."""
    path: Path = ()
    for step in loc:
        if isinstance(content, Mapping) and step in content:
            path, content = (*path, step), content[str(step)]
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            path, content = (*path, step), content[step]
    return path


def _in(path: Path) -> str:
    names = [str(step) for step in path if isinstance(step, str)]
    return f" in `{names[-1]}`" if names else ""


def _fields(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """The names that are known at a location."""
    shape: Any = Document
    for step in loc:
        if isinstance(shape, type) and issubclass(shape, BaseModel):
            field = shape.model_fields.get(str(step))
            shape = None if field is None else field.annotation
        else:
            shape = get_args(shape)[-1] if get_args(shape) else None
        shape = _plain(shape)
    is_model = isinstance(shape, type) and issubclass(shape, BaseModel)
    return tuple(shape.model_fields) if is_model else ()


def _plain(shape: Any) -> Any:  # noqa: ANN401  an annotation may be anything
    """An annotation without the `None` that makes it optional."""
    if get_origin(shape) in {Union, UnionType}:
        return next((one for one in get_args(shape) if one is not type(None)), None)
    return shape
