"""A note's HTML as lines of plain text, as far as a terminal can show what a rep sees."""

from __future__ import annotations

from html.parser import HTMLParser

_BLOCKS = {"p", "ul", "ol", "li", "br", "div", "h2", "h3", "h4"}
_QUIET = "color:#999999"


def plain_lines(html: str) -> list[str]:
    """The text line by line, items of a list with a dash; the small grey line that marks the note is left out."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.lines()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines = [""]
        self._quiet = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self._lines.append("- " if tag == "li" else "")
            self._quiet = _QUIET in (dict(attrs).get("style") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self._lines.append("")
            self._quiet = False

    def handle_data(self, data: str) -> None:
        if not self._quiet:
            self._lines[-1] += data

    def lines(self) -> list[str]:
        return [line for line in (line.rstrip() for line in self._lines) if line]
