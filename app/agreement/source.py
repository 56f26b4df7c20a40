"""YAML as plain content with the position of every name and value, and nothing that surprises.

Built from parser events instead of a loader: no aliases (and so no bombs), no tags, no dates made of
text, no `yes` made true, no key silently written twice. What is too big is refused before it is built.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    DocumentStartEvent,
    MappingStartEvent,
    NodeEvent,
    ScalarEvent,
)
from ruamel.yaml.reader import ReaderError

from app.agreement.faults import Path

Scalar: TypeAlias = str | int | float | bool | None

SIZE_LIMIT = 256 * 1024
NESTING_LIMIT = 32
NODE_LIMIT = 10_000
UNHOLDABLE = re.compile("[\0\ud800-\udfff]")
"""What an escape can write and no database, page or JSON can hold: NUL, and half a surrogate pair."""

_INTEGER = re.compile(r"-?(0|[1-9][0-9]{0,17})")  # 007 and +49 stay text: they are codes, not numbers
_FLOAT = re.compile(r"-?(0|[1-9][0-9]{0,30})(\.[0-9]{1,30})?([eE][-+]?[0-9]{1,3})?")
_CONSTANTS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    spelling: spelling.lower() == "true" for spelling in ("true", "True", "TRUE", "false", "False", "FALSE")
}


@dataclass(frozen=True, slots=True)
class Position:
    """Counted from 1."""

    line: int
    column: int


class Unreadable(Exception):
    """The text is no document; nothing more can be said of it."""

    def __init__(self, code: str, position: Position, message: str, fix: str) -> None:
        super().__init__(message)
        self.code, self.position, self.message, self.fix = code, position, message, fix


@dataclass(slots=True)
class Source:
    """Plain content, and where each value (`values`) and each name (`keys`) stands."""

    content: object = None
    values: dict[Path, Position] = field(default_factory=dict)
    keys: dict[Path, Position] = field(default_factory=dict)

    def position(self, path: Path, *, at_key: bool) -> Position:
        """Where the node stands, or the nearest node above it that does."""
        if at_key and path in self.keys:
            return self.keys[path]
        while path and path not in self.values:
            path = path[:-1]
        return self.values.get(path, Position(0, 0))


def read_source(text: str | bytes, *, node_limit: int = NODE_LIMIT) -> Source:
    """The content of one YAML document. Raises Unreadable at the first thing that is refused."""
    source = Source()
    stack: list[_Open] = []
    try:
        for event in _events(_decoded(text), node_limit):
            _take(event, source, stack)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = Position(1, 1) if mark is None else Position(mark.line + 1, mark.column + 1)
        problem = error.problem or error.context or "this cannot be read"
        raise Unreadable("yaml", at, f"this is no YAML: {problem}", "Mind the indentation and the quotes") from error
    source.values.setdefault((), Position(1, 1))
    return source


@dataclass(slots=True)
class _Open:
    """A list or map that is being filled."""

    path: Path
    node: list[Any] | dict[str, Any]
    key: str | None = None

    @property
    def wants_key(self) -> bool:
        return isinstance(self.node, dict) and self.key is None

    def add(self, value: object) -> None:
        if isinstance(self.node, list):
            self.node.append(value)
        elif self.key is not None:
            self.node[self.key], self.key = value, None

    def next_path(self) -> Path:
        return (*self.path, len(self.node) if isinstance(self.node, list) else self.key or "")


def _decoded(text: str | bytes) -> str:
    if len(text) > SIZE_LIMIT or (isinstance(text, str) and len(text.encode(errors="replace")) > SIZE_LIMIT):
        raise Unreadable("too_big", Position(1, 1), "the document is larger than 256 kB", "Shorten it")
    try:
        return text.decode() if isinstance(text, bytes) else text
    except UnicodeDecodeError as error:
        before = text[: error.start].decode() if isinstance(text, bytes) else ""
        raise Unreadable("encoding", _after(before), "this is not UTF-8", "Save the file as UTF-8") from error


def _events(text: str, node_limit: int) -> Iterator[NodeEvent | CollectionEndEvent]:
    """The events that make nodes, checked one by one for what is not allowed at all."""
    documents, nodes = 0, 0
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            documents += isinstance(event, DocumentStartEvent)
            nodes += isinstance(event, NodeEvent)
            at = Position(event.start_mark.line + 1, event.start_mark.column + 1)
            if documents > 1:
                raise Unreadable("two_documents", at, "a second document starts here", "Keep one document a file")
            if nodes > node_limit:
                raise Unreadable("too_many", at, f"there are more than {node_limit} values", "Shorten it")
            _check_allowed(event, at)
            if isinstance(event, NodeEvent | CollectionEndEvent):
                yield event
    except ReaderError as error:
        at = _after(text[: error.position])
        raise Unreadable("character", at, "this character is not allowed", "Remove it") from error


def _check_allowed(event: Any, at: Position) -> None:  # noqa: ANN401  ruamel's events have no types
    if isinstance(event, DocumentStartEvent) and (event.version or event.tags):
        raise Unreadable("directive", at, "directives are not used here", "Remove the lines that start with %")
    if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
        fix = "Write the value out, or name a condition under `definitions`"
        raise Unreadable("alias", at, "anchors and aliases (& and *) are not used here", fix)
    if isinstance(event, NodeEvent) and getattr(event, "tag", None):
        raise Unreadable("tag", at, "tags (with !) are not used here", "Remove the tag; put quotes around text")
    if isinstance(event, ScalarEvent) and UNHOLDABLE.search(event.value):
        raise Unreadable("character", at, "this text has a character that cannot be kept", "Remove its escape")


def _take(event: Any, source: Source, stack: list[_Open]) -> None:  # noqa: ANN401  ruamel's events have no types
    at = Position(event.start_mark.line + 1, event.start_mark.column + 1)
    if isinstance(event, CollectionEndEvent):
        closed = stack.pop()
        _place(closed.node, source, stack)
        return
    if stack and stack[-1].wants_key:
        _take_key(event, at, source, stack[-1])
        return
    path = stack[-1].next_path() if stack else ()
    source.values[path] = at
    if isinstance(event, ScalarEvent):
        _place(_scalar(event), source, stack)
        return
    if len(stack) >= NESTING_LIMIT:
        raise Unreadable("too_deep", at, f"this is nested more than {NESTING_LIMIT} deep", "Name inner conditions")
    stack.append(_Open(path, {} if isinstance(event, MappingStartEvent) else []))


def _place(value: object, source: Source, stack: list[_Open]) -> None:
    if stack:
        stack[-1].add(value)
    else:
        source.content = value


def _take_key(event: Any, at: Position, source: Source, parent: _Open) -> None:  # noqa: ANN401  as above
    if not isinstance(event, ScalarEvent):
        raise Unreadable("key", at, "a name must be plain text", "Put quotes around text that starts with [ or {")
    if event.value in parent.node:
        message = f"`{event.value[:60]}` is written twice"
        raise Unreadable("duplicate_key", at, message, "Keep one; the other would be lost without a word")
    parent.key = event.value
    source.keys[*parent.path, event.value] = at


def _scalar(event: Any) -> Scalar:  # noqa: ANN401  as above
    text: str = event.value
    return text if event.style else unquoted(text)


def unquoted(text: str) -> Scalar:
    """What a word without quotes means: by YAML 1.2's core schema, but that infinities and numbers with a
    leading zero or plus stay text.
    """
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and isfinite(float(text)):
        return float(text)
    return text


def _after(text: str) -> Position:
    """The position right after a text."""
    return Position(text.count("\n") + 1, len(text) - (text.rfind("\n") + 1) + 1)


def as_mapping(content: object) -> Mapping[str, object]:
    """The content as a map; an empty one for anything else."""
    return content if isinstance(content, dict) else {}
