"""Text from outside brings no markup of its own, neither into a page nor into Markdown."""

from __future__ import annotations

from html.parser import HTMLParser
from random import Random

from hypothesis import given
from markdown_it import MarkdownIt

from app.agreement.model import Agreement
from app.agreement.parse import build_agreement, default_vocabulary, parse_agreement
from app.agreement.prose import Prose, as_html, as_markdown, prose
from app.agreement.prose.page import Item, Listing, Paragraph, Section, Subheading, Table
from app.agreement.prose.words import one_line
from tests.core.agreement.documents import WHOLE
from tests.core.agreement.edits import edited, put
from tests.core.made import SOME, made, text

VOCABULARY = default_vocabulary()
BASE = parse_agreement(WHOLE, file="agreement.yaml")
HOSTILE = "<script>alert(1)</script> [x](javascript:a) ![y](z) `code` **b** <b onclick=a> | &lt; # \\ ~~s~~ $a$ _i_"
TAGS = {"html", "head", "meta", "title", "style", "body", "main", "section"} | {
    *("h1", "h2", "h3", "p", "ul", "ol", "li", "table", "thead", "tbody", "tr", "th", "td")
}


class Page(HTMLParser):
    """Collects what a browser would see of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: set[str] = set()
        self.open: list[str] = []
        self.texts: list[str] = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes |= {name for name, _ in attrs}
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.texts.append(data.strip())


def hostile() -> Agreement:
    """The agreement with hostile text wherever text is free."""
    content = edited(
        BASE.document,
        *(put(f"agreement/{name}", HOSTILE) for name in ("name", "overview")),
        *(put(path, HOSTILE) for path in ("agreement/goals/0", "agreement/support/0/what", "disqualify/0/because")),
        *(put(path, HOSTILE) for path in ("routes/0/because", "playbooks/0/say", "playbooks/0/show/0")),
        *(put(path, HOSTILE) for path in ("examples/0/name", "definitions/wants_a_demo/signal/form/contains")),
    )
    return build_agreement(content)


def spoken_of(markdown: str) -> tuple[set[str], str]:
    """What kinds of thing a reader of Markdown would find within lines, and the text shown."""
    tokens = MarkdownIt("commonmark").enable("table").parse(markdown)
    inline = [child for token in tokens for child in token.children or ()]
    blocks = {token.type for token in tokens} & {"html_block", "fence", "code_block", "hr", "blockquote_open"}
    return {child.type for child in inline} | blocks, "\n".join(child.content for child in inline)


def test_a_page_holds_no_markup_but_its_own() -> None:
    html = as_html(prose(hostile(), VOCABULARY))
    page = Page(html)
    assert set(page.tags) <= TAGS
    assert page.attributes == {"lang", "charset", "name", "content", "scope"}
    assert page.tags.count("h1") == 1
    assert page.open == []
    assert sum(HOSTILE in one for one in page.texts) >= 10
    assert html.startswith("<!doctype html>")


def test_markdown_holds_no_markup_but_its_own() -> None:
    kinds, shown = spoken_of(as_markdown(prose(hostile(), VOCABULARY)))
    assert kinds <= {"text", "text_special"}
    assert shown.replace("\n", "").count(HOSTILE) >= 10


def _any_text(rng: Random) -> str:
    """Text full of what Markdown and HTML take for markup."""
    return text(rng, 30, "<>&|`*_#+-=.)(![]\\~$:/ \n\t19abh\"'{};\u2028\x1b") + "z"


@SOME
@given(made(_any_text))
def test_any_text_is_shown_as_it_is(whole: str) -> None:
    document = Prose(
        whole or "x",
        (
            Section(
                whole,
                (
                    Paragraph(whole),
                    Subheading(whole),
                    Listing((Item(whole, (Item(whole),)),), ordered=True),
                    Table(("a",), ((whole,),)),
                ),
            ),
        ),
    )
    line = one_line(whole)
    kinds, shown = spoken_of(as_markdown(document))
    assert kinds <= {"text", "text_special"}
    assert shown.replace("\n", "").count(line) >= 6
    page = Page(as_html(document))
    assert set(page.tags) <= TAGS
    assert page.texts.count(line) >= 6
