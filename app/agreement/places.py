"""Where a document writes conditions, and the leaves of each with their places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from app.agreement.faults import Path
from app.agreement.shape import Document
from app.rules.condition import All, Condition
from app.rules.grammar import Names
from app.rules.parse import parse_condition

WAIT_FOR = "wait_for"
_JOINS = frozenset({"all", "any", "none"})
_WAYS = frozenset({"all", "any", "when"})


@dataclass(frozen=True, slots=True)
class Place:
    """A condition, where it stands, and what was written there."""

    path: Path
    when: Condition
    node: object

    @property
    def section(self) -> str:
        """The section of the document that it belongs to."""
        return str(self.path[0])

    def leaves(self, names: Names) -> Iterator[tuple[Path, Condition]]:
        """Each leaf with its place. A leaf of several comparisons comes once for each."""
        for path, node in _leaf_nodes(self.path, self.node):
            leaf = parse_condition(node, path, names, [])
            for one in leaf.parts if isinstance(leaf, All) else (leaf,):
                yield path, one

    def branches(self, names: Names) -> Iterator[tuple[Path, Condition]]:
        """Each way of meeting it that stands under an `any`, with its place."""
        for path, node in _branch_nodes(self.path, self.node):
            yield path, parse_condition(node, path, names, [])


def places(document: Document, content: Mapping[str, object]) -> Iterator[Place]:
    """Every condition of the document, in the order in which the sections decide."""
    for path, when in _conditions(document):
        if when is not None:
            yield Place(path, when, _at(content, path))


def _conditions(document: Document) -> Iterator[tuple[Path, Condition | None]]:
    yield from ((("definitions", name), when) for name, when in document.definitions.items())
    yield from ((("personas", at, "when"), one.when) for at, one in enumerate(document.personas))
    for name, card in document.score.items():
        for at, row in enumerate(card.rows):
            yield ("score", name, "rows", at, "when"), row.when
            yield ("score", name, "rows", at, "each"), row.each
    yield from ((("disqualify", at, "when"), one.when) for at, one in enumerate(document.disqualify))
    yield from ((("stages", at, "when"), one.when) for at, one in enumerate(document.stages))
    yield ("ready",), document.ready.when
    yield from ((("routes", at, "when"), one.when) for at, one in enumerate(document.routes))
    yield from ((("territories", at, "when"), one.when) for at, one in enumerate(document.territories))
    yield from ((("playbooks", at, "when"), one.when) for at, one in enumerate(document.playbooks))


def _at(content: object, path: Path) -> object:
    """What is written at a path; of `ready`, the condition without what stands beside it."""
    for step in path:
        if isinstance(content, Mapping):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int):
            content = content[step]
    if path == ("ready",) and isinstance(content, Mapping):
        return {name: node for name, node in content.items() if name != WAIT_FOR}
    return content


def _leaf_nodes(path: Path, node: object) -> Iterator[tuple[Path, object]]:
    if isinstance(node, list):
        for at, part in enumerate(node):
            yield from _leaf_nodes((*path, at), part)
    elif isinstance(node, Mapping):
        for name, below in node.items():
            if name in _JOINS or (name == "when" and path == ("ready",)):
                yield from _leaf_nodes((*path, name), below)
            else:
                yield (*path, name), {name: below}


def _branch_nodes(path: Path, node: object) -> Iterator[tuple[Path, object]]:
    parts: Iterable[tuple[str | int, object]] = ()
    if isinstance(node, list):
        parts = enumerate(node)
    elif isinstance(node, Mapping):
        parts = ((name, below) for name, below in node.items() if name in _WAYS)
    for step, below in parts:
        if path[-1] == "any" and isinstance(node, list):
            yield (*path, step), below
        yield from _branch_nodes((*path, step), below)
