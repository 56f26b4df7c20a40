"""Values of the pure floors to JSON and back, exactly: what is read equals what was written."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar, cast

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:  # noqa: ANN401  a type form: a class or a union
    return TypeAdapter(kind)


def to_json(value: object, kind: Any) -> Any:  # noqa: ANN401  JSON
    """The JSON-able form of a value of type `kind`."""
    return _adapter(kind).dump_python(value, mode="json")


def from_json(stored: object, kind: type[T]) -> T:
    """The value that `to_json` was given. Raises pydantic.ValidationError for anything else."""
    return cast("T", _adapter(cast("Any", kind)).validate_python(stored))
