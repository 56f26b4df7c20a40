"""Tables in Markdown, as the pages made from the code have them."""

from __future__ import annotations

from collections.abc import Iterable


def table(columns: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """The table with a head of columns. A bar inside a cell is kept from ending it."""
    heads = tuple(columns)
    lines = (heads, ("---",) * len(heads), *rows)
    return "".join(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in line)} |\n" for line in lines)
