"""What is no plain YAML is refused before anything is built of it, with its place."""

from __future__ import annotations

import pytest
from hypothesis import given

from app.agreement.source import SIZE_LIMIT, Position, Unreadable, read_source
from tests.core.agreement.documents import faults, short
from tests.core.made import SOME, made, text

REFUSED: tuple[tuple[str, str | bytes, str], ...] = (
    ("an anchor", "a: &x 1\n", "1:4 alias"),
    ("an alias", "a: *x\n", "1:4 alias"),
    ("a bomb", "a: &a [x]\nb: [*a, *a]\n", "1:4 alias"),
    ("a tag", "a: !!python/object:os.system x\n", "1:4 tag"),
    ("a tag that means well", "a: !!str 1\n", "1:4 tag"),
    ("a directive", "%YAML 1.1\n---\na: yes\n", "2:1 directive"),
    ("a second document", "a: 1\n---\nb: 2\n", "2:1 two_documents"),
    ("a name written twice", "a: 1\nb: {c: 1, c: 2}\n", "2:11 duplicate_key"),
    ("a list as a name", "? [a]\n: 1\n", "1:3 key"),
    ("a tab", "a:\n\tb: 1\n", "2:1 yaml"),
    ("an open quote", 'a: "b\n', "2:1 yaml"),
    ("an open bracket", "a: [b\n", "2:1 yaml"),
    ("a control character", "a: b\nc: \x00\n", "2:4 character"),
    ("a lone surrogate", "a: \ud800\n", "1:4 character"),
    ("what is not UTF-8", b"a: b\nc: \xff\n", "2:4 encoding"),
    ("too much text", "# " + "x" * SIZE_LIMIT, "1:1 too_big"),
    ("too many bytes", "# " + "é" * (SIZE_LIMIT // 2), "1:1 too_big"),
    ("deep lists", "[" * 50, "1:33 too_deep"),
    ("deep maps", "{a: " * 50, "1:129 too_deep"),
    ("deep blocks", "- " * 50, "1:65 too_deep"),
)


def test_it_refuses() -> None:
    assert {name: short(text) for name, text, _ in REFUSED} == {name: [expected] for name, _, expected in REFUSED}


def test_it_refuses_more_values_than_any_agreement_needs() -> None:
    with pytest.raises(Unreadable) as caught:
        read_source("[a, b, c]", node_limit=3)
    assert (caught.value.code, caught.value.position) == ("too_many", Position(1, 8))


WORDS: dict[str, object] = {
    "yes": "yes",
    "on": "on",
    "true": True,
    "False": False,
    "~": None,
    "": None,
    "12": 12,
    "-1.5": -1.5,
    "1e3": 1000.0,
    "1e999": "1e999",
    "2026-10-01": "2026-10-01",
    "10:30": "10:30",
    "007": "007",
    "+49": "+49",
    ".inf": ".inf",
    "'12'": "12",
    "0x1F": "0x1F",
    "9" * 5000: "9" * 5000,
}


def test_a_plain_word_means_what_yaml_1_2_says_or_itself() -> None:
    read = {written: read_source(f"a: {written}\n").content for written in WORDS}
    assert [(word, content) for word, content in read.items() if repr(content) != repr({"a": WORDS[word]})] == []


def test_a_byte_order_mark_is_no_content() -> None:
    assert read_source(b"\xef\xbb\xbfa: 1\n").content == {"a": 1}


@SOME
@given(made(lambda rng: text(rng, 40, "ab: -[]{}\n\t'\"&*!|>#?,~%")))
def test_any_text_is_refused_in_words(written: str) -> None:
    found = faults(written)
    assert found
    assert all(fault.line >= 1 and fault.message and fault.fix for fault in found)
