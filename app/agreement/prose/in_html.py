"""A document as one HTML page to read, print and sign. No scripts, nothing fetched, all text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape
from typing import assert_never

from app.agreement.prose.page import Block, Item, Listing, Paragraph, Prose, Section, Subheading, Table
from app.agreement.prose.words import one_line

_STYLE = """\
body { font: 16px/1.5 Georgia, serif; color: #111; background: #fff; max-width: 45rem; margin: 2rem auto; }
body { padding: 0 1rem; overflow-wrap: break-word; }
h1, h2, h3 { font-family: system-ui, sans-serif; line-height: 1.2; break-after: avoid; }
h2 { border-bottom: 1px solid #999; margin-top: 2rem; }
li { break-inside: avoid; margin: 0.25rem 0; }
table { border-collapse: collapse; width: 100%; break-inside: avoid; }
th, td { border: 1px solid #999; padding: 0.5rem; text-align: left; height: 2rem; }
@page { margin: 2cm; }
@media print { body { font-size: 11pt; max-width: none; margin: 0; padding: 0; } }
"""


def as_html(prose: Prose) -> str:
    """A complete page in UTF-8."""
    title = _text(prose.title)
    sections = "".join(_section(section) for section in prose.sections)
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        f"<title>{title}</title>\n<style>\n{_STYLE}</style>\n</head>\n"
        f"<body>\n<main>\n<h1>{title}</h1>\n{sections}</main>\n</body>\n</html>\n"
    )


def _section(section: Section) -> str:
    blocks = "".join(f"{_block(block)}\n" for block in section.blocks)
    return f"<section>\n<h2>{_text(section.heading)}</h2>\n{blocks}</section>\n"


def _block(block: Block) -> str:
    match block:
        case Paragraph(text):
            return f"<p>{_text(text)}</p>"
        case Subheading(text):
            return f"<h3>{_text(text)}</h3>"
        case Listing(items, ordered):
            return _list(items, "ol" if ordered else "ul")
        case Table(columns, rows):
            head = "".join(f'<th scope="col">{_text(column)}</th>' for column in columns)
            body = "".join(f"<tr>{_cells(row)}</tr>\n" for row in rows)
            return f"<table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}</tbody>\n</table>"
        case _:
            assert_never(block)


def _list(items: Iterable[Item], tag: str) -> str:
    lines = "".join(f"<li>{_item(item)}</li>\n" for item in items)
    return f"<{tag}>\n{lines}</{tag}>"


def _item(item: Item) -> str:
    return _text(item.text) + (f"\n{_list(item.items, 'ul')}\n" if item.items else "")


def _cells(row: Iterable[str]) -> str:
    return "".join(f"<td>{_text(cell)}</td>" for cell in row)


def _text(text: str) -> str:
    return escape(one_line(text))
