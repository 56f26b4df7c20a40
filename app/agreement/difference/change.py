"""One difference between two agreements, told in a sentence."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from itertools import groupby

from app.agreement.prose.titles import title

Place = tuple[str, ...]
"""Where in a document: sections and fields by name, items of a list by their id: `("routes", "demo", "to")`."""


class ChangeKind(StrEnum):
    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"
    MOVED = "moved"


SIGNS = {ChangeKind.ADDED: "+", ChangeKind.REMOVED: "-", ChangeKind.CHANGED: "~", ChangeKind.MOVED: ">"}


@dataclass(frozen=True, slots=True)
class Edit:
    """A difference at its place, as yet without words.

    `detail` is what within the place it is about, `note` what a reader might not see at once. One that is `alike` is
    written differently and means the same.
    """

    kind: ChangeKind
    place: Place
    before: str | None = None
    after: str | None = None
    detail: str = ""
    note: str = ""
    alike: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """`subject` is what differs, `sentence` how; each is one line. `before` is None for what was added, `after` for
    what was removed; of what moved they are its places, `2nd` and `1st`.

    `section` is where it is written, `sections` are all whose meaning it touches.
    """

    kind: ChangeKind
    section: str
    subject: str
    sentence: str
    before: str | None
    after: str | None
    sections: frozenset[str]


def as_lines(changes: Iterable[Change]) -> list[str]:
    """The changes as plain text: each section's title, below it a line for each change with its sign."""
    lines: list[str] = []
    for section, inside in groupby(changes, key=lambda change: change.section):
        lines.append(title(section))
        lines.extend(f"  {SIGNS[change.kind]} {change.sentence}" for change in inside)
    return lines
