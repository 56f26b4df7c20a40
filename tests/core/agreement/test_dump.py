"""What is written can be read: by people, and by us as it was."""

from __future__ import annotations

from collections.abc import Mapping
from random import Random

import pytest
from hypothesis import given

from app.agreement.dump import Unwritable, dump
from app.agreement.source import NESTING_LIMIT, UNHOLDABLE, as_mapping, read_source
from app.agreement.terms import SECTIONS
from tests.core.agreement.documents import SMALL, WHOLE
from tests.core.made import json_value, made, text

BARE = ("all", "North Bank", "90 days", "75 %", "ann@example.com", "breach + 1 business hour", "a, b; c", "a:b", "ä")
QUOTED = (
    *("", " a", "a ", "12", "-1.5", "1e3", "007", "+49", "0x1F", "1_000", "09:00", "2026-10-01", "2026-10-01 10:00"),
    *("true", "No", "y", "NULL", "~", ".inf", "a: b", "a:", "a #b", "# a", "- a", "? a", "*a", "&a", "!a", "|", ">"),
    *("@a", "`a", "%a", "[a", "{{ a }}", "'a'", '"a"', "\\", "a\tb", "\n", "a\n\n", "\ta\nb", "\x85", "\ufeff"),
    *("\u2028", "\U0001f600\u200d", "---", "..."),
)
LINES = ("a\nb", "a\n", "a\n\n  b: #c\n- d", "#a\n'b'")


@pytest.mark.parametrize("written", BARE)
def test_text_that_is_nothing_else_stands_bare(written: str) -> None:
    assert dump({written: written}) == f"{written}: {written}\n"


@pytest.mark.parametrize("written", QUOTED)
def test_text_that_could_be_something_else_is_quoted(written: str) -> None:
    line = dump({written: written})
    assert line.startswith('"')
    assert line.endswith('"\n')
    assert read_source(line).content == {written: written}


@pytest.mark.parametrize("written", LINES)
def test_lines_stand_as_they_are(written: str) -> None:
    page = dump({"a": [written]})
    assert page.startswith("a:\n  - |")
    assert read_source(page).content == {"a": [written]}


def test_long_text_is_folded_between_words() -> None:
    written = "how many words there are " * 20 + "word" * 40
    page = dump({"a": {"b": written}})
    assert [line for line in page.splitlines() if len(line) > 100] == [f"    {'word' * 40}"]
    assert read_source(page).content == {"a": {"b": written}}


def test_a_page_reads_like_one_written_by_hand() -> None:
    content = {"b": [], "stages": [{"id": "lead", "when": [{"score.fit": {"at_least": 4.5}}]}, {}], "agreement": None}
    assert dump(content) == (
        "agreement: null\n"
        "\n"
        "stages:\n"
        "  - id: lead\n"
        "    when:\n"
        "      - score.fit:\n"
        "          at_least: 4.5\n"
        "  - {}\n"
        "\n"
        "b: []\n"
    )


def test_nothing_at_all_can_be_written() -> None:
    assert read_source(dump({})).content == {}


@pytest.mark.parametrize("page", [WHOLE, SMALL], ids=["the committed one", "a small one"])
def test_an_agreement_comes_back_whole_with_its_sections_in_order(page: str) -> None:
    content = as_mapping(read_source(page).content)
    again = read_source(dump(dict(reversed(list(content.items()))))).content
    assert again == content
    assert tuple(as_mapping(again)) == tuple(name for name in SECTIONS if name in content)


def _content(rng: Random) -> Mapping[str, object]:
    """A map of anything, its texts likely to mislead a reader of YAML."""
    misleading = [text(rng, 12, "ab01: -[]{}\n\t'\"&*!|>#?,~%.") for _ in range(4)]
    numbers = (rng.uniform(-1, 1) * 10.0 ** rng.randint(-300, 300), rng.randint(1 - 10**18, 10**18 - 1), -0.0)
    leaves = (_kept(rng, 12), "word " * rng.randint(0, 60) + "end", *misleading, *numbers, None, True, False)
    names = [*misleading, _kept(rng, 8)]
    return {_kept(rng, 5): json_value(rng, leaves, names, 4) for _ in range(rng.randint(0, 3))}


def _kept(rng: Random, longest: int) -> str:
    """Any text that a document can hold."""
    return UNHOLDABLE.sub("", text(rng, longest))


@given(made(_content))
def test_any_content_is_read_back_as_it_was(content: Mapping[str, object]) -> None:
    again = read_source(dump(content)).content
    assert repr(again) == repr(content)


def _deep(levels: int) -> dict[str, object]:
    return {"a": _deep(levels - 1) if levels > 1 else 1}


def test_it_nests_as_deep_as_the_reader_does() -> None:
    assert read_source(dump(_deep(NESTING_LIMIT))).content == _deep(NESTING_LIMIT)


UNWRITABLE: tuple[tuple[dict[str, object], str], ...] = (
    ({"a": [10**18]}, "`/a/0` holds a int that cannot be written"),
    ({"a": float("nan")}, "`/a` holds a float"),
    ({"a": float("-inf")}, "`/a` holds a float"),
    ({"a": {"b": object()}}, "`/a/b` holds a object"),
    ({"a": {"b" * 101: 1}}, "`/a` holds the name"),
    ({"a": ["\0"]}, "`/a/0` holds a character"),
    ({"a": {"\ud800": 1}}, "`/a` holds a character"),
    (_deep(NESTING_LIMIT + 1), "is nested more than 32 deep"),
)


@pytest.mark.parametrize(("content", "message"), UNWRITABLE, ids=[message for _, message in UNWRITABLE])
def test_what_would_not_come_back_is_refused_with_its_place(content: dict[str, object], message: str) -> None:
    with pytest.raises(Unwritable, match=message):
        dump(content)
