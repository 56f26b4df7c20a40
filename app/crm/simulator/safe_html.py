"""Showing HTML from elsewhere: a few tags come through without attributes, everything else as text."""

from html import escape
from html.parser import HTMLParser

_KEPT = {
    "p",
    "br",
    "b",
    "strong",
    "i",
    "em",
    "u",
    "ul",
    "ol",
    "li",
    "h2",
    "h3",
    "h4",
    "hr",
    "blockquote",
    "div",
    "span",
}
_KEPT |= {"table", "thead", "tbody", "tr", "th", "td", "a"}
_VOID = {"br", "hr"}
_SILENT = {"script", "style", "template", "iframe", "noscript", "textarea", "title"}
_LINKS = ("https://", "http://", "mailto:")


def safe_html(body: str) -> str:
    """The body with only harmless tags, each of them closed. Comments disappear."""
    reader = _Reader()
    reader.feed(body)
    reader.close()
    return reader.result()


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._parts: list[str] = []
        self._open: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _SILENT:
            self._silent += 1
        elif tag in _KEPT and not self._silent:
            self._parts.append(f"<{tag}{_href(attrs) if tag == 'a' else ''}>")
            if tag not in _VOID:
                self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _SILENT:
            self._silent = max(0, self._silent - 1)
        elif tag in self._open and not self._silent:
            while self._open[-1] != tag:
                self._parts.append(f"</{self._open.pop()}>")
            self._parts.append(f"</{self._open.pop()}>")

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self._parts.append(escape(data))

    def result(self) -> str:
        return "".join([*self._parts, *(f"</{tag}>" for tag in reversed(self._open))])


def _href(attrs: list[tuple[str, str | None]]) -> str:
    target = (dict(attrs).get("href") or "").strip()
    if not target.lower().startswith(_LINKS):
        return ""
    return f' href="{escape(target)}" rel="noopener noreferrer nofollow"'
