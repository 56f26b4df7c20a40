"""Small edits to the content of an agreement, for tests: each makes a changed copy."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TypeAlias

Steps: TypeAlias = tuple[str | int, ...]
ContentEdit: TypeAlias = Callable[[dict[str, Any]], None]


def put(path: str, value: object) -> ContentEdit:
    """Write a value at a path like `pools/0/members/1/share`."""

    def edit(content: dict[str, Any]) -> None:
        *above, last = steps(path)
        at(content, tuple(above))[last] = value

    return edit


def insert(path: str, value: object) -> ContentEdit:
    """Put an item into a list, before the one that the path names."""

    def edit(content: dict[str, Any]) -> None:
        *above, last = steps(path)
        at(content, tuple(above)).insert(last, value)

    return edit


def drop(path: str) -> ContentEdit:
    """Take away a field or an item."""

    def edit(content: dict[str, Any]) -> None:
        *above, last = steps(path)
        del at(content, tuple(above))[last]

    return edit


def move(path: str, was: int, to: int) -> ContentEdit:
    """Take an item of a list to another place in it."""

    def edit(content: dict[str, Any]) -> None:
        items = at(content, steps(path))
        items.insert(to, items.pop(was))

    return edit


def edited(content: Mapping[str, object], *edits: ContentEdit) -> dict[str, Any]:
    """A copy of the content with the edits made."""
    copy: dict[str, Any] = json.loads(json.dumps(content))
    for edit in edits:
        edit(copy)
    return copy


def steps(path: str) -> Steps:
    return tuple(int(step) if step.isdigit() else step for step in path.split("/"))


def at(content: Any, path: Steps) -> Any:
    for step in path:
        content = content[step]
    return content


def scalars(node: object, path: Steps = ()) -> Iterator[Steps]:
    """The paths of all single values."""
    if not isinstance(node, dict | list):
        yield path
        return
    for step, below in node.items() if isinstance(node, dict) else enumerate(node):
        yield from scalars(below, (*path, step))
