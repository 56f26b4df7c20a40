"""What a request may bring: never too much, never unchecked, never parsed where it would keep others waiting."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from types import FrameType

from hypothesis import given
from hypothesis import strategies as st

from app.agreement.source import SIZE_LIMIT, read_source
from app.engine.start import packaged_agreement
from app.routes.bodies import yaml_of_json
from app.routes.locations import AGREEMENT, DRAFT
from tests.routes.desk import SIZE, Desk, Person, edited

TEXT = packaged_agreement().read_text()
WORDS = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=40)
CONTENT = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**17), 10**17) | WORDS,
    lambda inner: st.dictionaries(WORDS, inner, max_size=4) | st.lists(inner, max_size=4),
    max_leaves=12,
)
VALIDATE = f"{AGREEMENT}/validate"
PARSING = (
    "/agreement/source.py",
    "/agreement/build.py",
    "/agreement/lint.py",
    "/agreement/dump.py",
    "/handoff/examples.py",
)
READING = ("/agreement/difference/", "/agreement/prose/in_html.py")


async def test_a_body_over_256_kb_is_413_whether_it_says_so_or_not(desk: Desk, mia: Person) -> None:
    large = b"#" * (SIZE_LIMIT + 1)

    async def in_pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 4096):
            yield large[start : start + 4096]

    told = await mia("POST", VALIDATE, send=large)
    untold = await desk.world.web.post(VALIDATE, content=in_pieces(), headers={"Authorization": f"Bearer {mia.key}"})
    small_body = await mia("POST", f"{DRAFT}/publish", send=large, content_type="application/json", if_match='"x"')
    for answer in (told, untold, small_body):
        assert (answer.status_code, answer.json()["type"]) == (413, "/problems/too-large")


async def test_of_a_body_that_is_too_large_no_more_is_read(desk: Desk, mia: Person) -> None:
    given: list[int] = []

    async def endless() -> AsyncIterator[bytes]:
        while True:
            given.append(1)
            yield b"#" * 65536

    answer = await desk.world.web.post(VALIDATE, content=endless(), headers={"Authorization": f"Bearer {mia.key}"})
    assert (answer.status_code, len(given)) == (413, SIZE_LIMIT // 65536 + 1)


async def test_a_body_of_exactly_256_kb_is_read(mia: Person) -> None:
    filled = TEXT + "#" * (SIZE_LIMIT - len(TEXT.encode()) - 1) + "\n"
    assert (await mia("POST", VALIDATE, send=filled)).json()["valid"] is True


async def test_a_body_of_another_kind_than_a_document_is_415(mia: Person) -> None:
    for kind in ("application/x-www-form-urlencoded", "text/html", "application/yaml; charset=latin-1"):
        answer = await mia("POST", VALIDATE, send=TEXT, content_type=kind)
        assert (answer.status_code, answer.json()["type"]) == (415, "/problems/media-type")


async def test_a_body_that_is_not_what_it_says_is_400(mia: Person) -> None:
    for kind, body in (
        ("application/yaml", b"name: \xff"),
        ("application/json", b"name: x"),
        ("application/json", b"[]"),
        ("application/json", b'{"a": 1, "a": 2}'),
        ("application/json", b'{"a": NaN}'),
        ("application/json", b'{"a": ' + b"9" * 5_000 + b"}"),
        ("application/json", b'{"a":' * 5_000 + b"1" + b"}" * 5_000),
    ):
        answer = await mia("POST", VALIDATE, send=body, content_type=kind)
        assert (answer.status_code, answer.json()["type"]) == (400, "/problems/unreadable"), body[:20]


async def test_what_no_page_could_show_is_refused_at_its_line(mia: Person) -> None:
    for character in ("\\ud800", "\\0"):
        odd = edited(TEXT, ("name: Inbound leads", f'name: "Inbound {character}"'))
        answer = await mia("POST", VALIDATE, send=odd)
        assert (answer.status_code, answer.json()["valid"]) == (200, False)


@given(CONTENT)
def test_json_becomes_yaml_of_the_same_content(content: object) -> None:
    assert read_source(yaml_of_json(json.dumps({"agreement": content}))).content == {"agreement": content}


async def test_no_document_is_parsed_where_requests_are_served(mia: Person) -> None:
    text, tag = await mia.text()
    large = edited(text, SIZE) + "#" * (250_000 - len(text))
    document = (await mia("GET", AGREEMENT, accept="application/json")).json()
    with entered() as files:
        await mia("PUT", DRAFT, send=large, if_match=tag)
        await mia("POST", VALIDATE, send=document)
        await mia("GET", DRAFT, accept="application/json")
        await mia("GET", f"{AGREEMENT}/diff")
        await mia("GET", f"{AGREEMENT}/prose?draft=true")
    assert any("/routes/" in file for file in files), "the serving thread was not watched"
    assert {file for file in files if any(part in file for part in (*PARSING, *READING))} == set()


@contextmanager
def entered() -> Iterator[set[str]]:
    """The files whose functions this very thread enters while the block lasts."""
    files: set[str] = set()

    def note(frame: FrameType, event: str, _: object) -> None:
        if event == "call":
            files.add(frame.f_code.co_filename)

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        yield files
    finally:
        sys.setprofile(before)
