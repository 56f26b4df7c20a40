from __future__ import annotations

from dataclasses import replace

import pytest

from app.engine.checking import check_now
from app.engine.recent import Recent, digest
from app.engine.rulebook import rulebook_of
from app.engine.start import packaged_agreement
from app.storage.agreements import Frozen, Version
from tests.conftest import NOW

TEXT = packaged_agreement().read_text(encoding="utf-8")
VERSION = Version(1, TEXT, "", "somebody", "", NOW, None, Frozen(), ())


def test_a_value_is_made_once_while_it_is_among_those_asked_for_last() -> None:
    made: list[str] = []
    recent: Recent[str] = Recent(2)

    def make(name: str) -> str:
        made.append(name)
        return name

    def ask(name: str) -> str:
        return recent.get(digest((name, str)), lambda: make(name))

    assert [ask(name) for name in ("a", "b", "a", "c", "a", "b")] == ["a", "b", "a", "c", "a", "b"]
    assert made == ["a", "b", "c", "b"]


def test_what_could_not_be_made_is_tried_again() -> None:
    recent: Recent[float] = Recent(2)
    with pytest.raises(ZeroDivisionError):
        recent.get(b"key", lambda: 1 / 0)
    assert recent.get(b"key", lambda: 1.0) == 1.0


def test_the_same_text_is_checked_once_and_another_anew() -> None:
    first = check_now(TEXT, None, file="draft")
    assert check_now(TEXT, None, file="draft") is first
    assert check_now(TEXT + "# a remark\n", None, file="draft") is not first


async def test_a_version_is_built_once_and_anew_when_it_depends_on_something_else() -> None:
    book = await rulebook_of(VERSION)
    assert await rulebook_of(VERSION) is book
    other = await rulebook_of(replace(VERSION, frozen=Frozen(free_mail=("free.example",))))
    assert other.agreement.free_mail == {"free.example"}
    assert (await rulebook_of(replace(VERSION, number=2))).version == 2
