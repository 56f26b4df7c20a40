"""Text as people compare it: case ignored, whole words, and patterns that run in linear time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol

import re2

PATTERN_LIMIT = 512
_MEMORY = 256 * 1024
_WORD = re.compile(r"\w+")


class _Searchable(Protocol):
    def search(self, text: str) -> object: ...


@dataclass(frozen=True, slots=True)
class Pattern:
    """An RE2 pattern of the document; case is ignored."""

    text: str
    machine: _Searchable

    def found_in(self, value: str) -> bool:
        """Whether the value has it anywhere; half a surrogate pair, which RE2 cannot take, is read as `?`."""
        return self.machine.search(value.encode("utf-8", "replace").decode("utf-8")) is not None


@lru_cache(maxsize=512)
def compiled(pattern: str) -> Pattern | None:
    """The pattern ready to run; None for one that RE2 refuses or that is longer than PATTERN_LIMIT.

    RE2 refuses what unfolds to very many steps, as `[ab]{900}` does when it stands there several times: each
    character of a value can cost as many.
    """
    options = re2.Options()
    options.max_mem = _MEMORY
    options.case_sensitive = False
    options.log_errors = False
    try:
        return Pattern(pattern, re2.compile(pattern, options)) if len(pattern) <= PATTERN_LIMIT else None
    except (re2.error, UnicodeEncodeError):
        return None


@lru_cache(maxsize=4096)
def words(text: str) -> tuple[str, ...]:
    """The words of a text, case-folded: `VP, Sales & Ops` has `vp`, `sales`, `ops`."""
    return tuple(_WORD.findall(text.casefold()))


def has_words(text: str, phrase: str) -> bool:
    """Whether the words of the phrase stand in the text, whole and side by side."""
    return _stands_in(words(text), words(phrase))


def _stands_in(whole: Sequence[str], part: Sequence[str]) -> bool:
    return any(whole[at : at + len(part)] == part for at in range(len(whole) - len(part) + 1))
