"""What parsing needs to know and what it collects: names in use, faults, and where it stands."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from difflib import get_close_matches
from functools import lru_cache
from heapq import nlargest
from operator import add
from typing import TypeAlias

from app.rules.condition import Any_, Condition
from app.rules.facts import Vocabulary

Path: TypeAlias = tuple[str | int, ...]
Ids: TypeAlias = Collection[str]

NOTHING: Condition = Any_(())
"""Stands where a fault is: never met, and never used, since a document with faults is refused."""

_LISTED = 12
_COMPARED = 8


@dataclass(frozen=True, slots=True)
class Names:
    """The names that conditions may refer to.

    `without` holds the leaf names (or what stands before their dot) that are not known yet where the
    condition stands. With `closed`, the vocabulary is a portal's own: what it lacks does not exist.
    """

    definitions: Ids = frozenset()
    personas: Ids = frozenset()
    stages: Ids = frozenset()
    scores: Ids = frozenset()
    vocabulary: Vocabulary = field(default_factory=Vocabulary)
    without: Ids = frozenset()
    closed: bool = False


@dataclass(frozen=True, slots=True)
class ConditionFault:
    """One thing wrong with a condition. With `at_key` it is the last name of the path, else what it holds."""

    path: Path
    code: str
    message: str
    fix: str
    at_key: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """Where parsing stands, what it may refer to, and the faults so far."""

    path: Path
    known: Names
    faults: list[ConditionFault]

    def at(self, step: str | int) -> Reading:
        """One step down."""
        return replace(self, path=(*self.path, step))

    def fault(self, code: str, message: str, fix: str, *, at_key: bool = False) -> None:
        """Note a fault here."""
        self.faults.append(ConditionFault(self.path, code, message, fix, at_key))

    def refuse(self, code: str, message: str, fix: str, *, at_key: bool = False) -> Condition:
        """Note a fault here, and stand in for the condition."""
        self.fault(code, message, fix, at_key=at_key)
        return NOTHING


def quoted(node: object) -> str:
    """What is written, short enough for a message."""
    written = {True: "true", False: "false"}.get(node) if isinstance(node, bool) else str(node)
    return "nothing" if node is None or node in ({}, []) else f"`{str(written)[:60]}`"


def nearest(name: str, among: Iterable[str]) -> str:
    """A remedy for a name that does not exist: the nearest that does, else all there are."""
    known = sorted(among)
    close = get_close_matches(name, _likeliest(name, known), n=1, cutoff=0.6)
    if close:
        return f"Did you mean `{close[0]}`?"
    listed = ", ".join(f"`{one}`" for one in known[:_LISTED])
    return f"Known: {listed}{' and more' if len(known) > _LISTED else ''}" if known else "None is defined yet"


def _likeliest(name: str, known: Iterable[str]) -> list[str]:
    """The few that share the most pairs of letters with the name: to compare it with thousands would take long."""
    pairs = _pairs(name)
    return nlargest(_COMPARED, known, key=lambda one: len(pairs & _pairs(one)))


@lru_cache(maxsize=16_384)
def _pairs(name: str) -> frozenset[str]:
    return frozenset(map(add, name, name[1:]))
