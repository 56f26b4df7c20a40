"""A document as Markdown (CommonMark with tables). Text is escaped, so that it can bring no markup of its own."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import assert_never

from app.agreement.prose.page import Block, Item, Listing, Paragraph, Prose, Subheading, Table
from app.agreement.prose.words import one_line

_MARKUP = re.compile(r"([\\`*\[\]<>&|~$#]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9]))")
_LINE_START = re.compile(r"^([-+=]|[0-9]+(?=[.)]))")


def as_markdown(prose: Prose) -> str:
    """The document with one heading of the first level; it ends with a line feed."""
    blocks = [f"# {escaped(prose.title)}"]
    for section in prose.sections:
        blocks.append(f"## {escaped(section.heading)}")
        blocks.extend(_block(block) for block in section.blocks)
    return "\n\n".join(blocks) + "\n"


def escaped(text: str) -> str:
    """The text as Markdown that reads as exactly this text: no link, code, tag, list or heading comes of it."""
    safe = _MARKUP.sub(r"\\\1", one_line(text))
    return _LINE_START.sub(_held, safe)


def _held(start: re.Match[str]) -> str:
    """What would begin a list or a heading, held back; a number by a backslash before its dot."""
    return f"{start[0]}\\" if start[0].isdigit() else f"\\{start[0]}"


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return escaped(text)
        case Subheading(text):
            return f"### {escaped(text)}"
        case Listing(items, ordered):
            return "\n".join(_items(items, "", ordered=ordered))
        case Table(columns, rows):
            return "\n".join(_row(cells) for cells in (columns, ("---",) * len(columns), *map(_cells, rows)))
        case _:
            assert_never(block)


def _items(items: Iterable[Item], indent: str, *, ordered: bool = False) -> Iterator[str]:
    for at, item in enumerate(items, start=1):
        marker = f"{at}." if ordered else "-"
        yield f"{indent}{marker} {escaped(item.text)}"
        yield from _items(item.items, indent + " " * (len(marker) + 1))


def _cells(cells: Iterable[str]) -> tuple[str, ...]:
    return tuple(escaped(cell) for cell in cells)


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
