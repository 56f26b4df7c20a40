"""Values made from one number.

Drawing each part of a value from Hypothesis takes far longer than the law that it is for. So a law draws a
seed, and a `Random` makes the value of it; what breaks the law is printed whole all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeVar

from hypothesis import settings
from hypothesis import strategies as st

T = TypeVar("T")

HALF = settings(max_examples=settings().max_examples // 2)
"""For laws that take long: they count by the minute, or decide several times."""

SOME = settings(max_examples=settings().max_examples // 4)
"""For laws of one sentence: whatever comes in, nothing breaks. The laws of time, rules and routing get all examples."""


def made(make: Callable[[Random], T]) -> st.SearchStrategy[T]:
    """Whatever `make` makes."""
    return st.integers(0, 2**64 - 1).map(lambda seed: make(Random(seed)))  # noqa: S311  no secret


def picked(rng: Random, among: Sequence[T], most: int) -> list[T]:
    """Up to so many of them, in any order, each at most once."""
    return rng.sample(among, rng.randint(0, min(most, len(among))))


def text(rng: Random, longest: int, alphabet: str = "") -> str:
    """Any text, of the alphabet if one is given; half surrogate pairs included."""
    return "".join(rng.choice(alphabet) if alphabet else _character(rng) for _ in range(rng.randint(0, longest)))


def json_value(rng: Random, leaves: Sequence[object], names: Sequence[str], depth: int = 3) -> object:
    """Anything that JSON can hold, with the given leaves and names."""
    kind = rng.choice(("leaf", "leaf", "list", "map")) if depth else "leaf"
    if kind == "leaf":
        return rng.choice(leaves)
    if kind == "list":
        return [json_value(rng, leaves, names, depth - 1) for _ in range(rng.randint(0, 3))]
    return {name: json_value(rng, leaves, names, depth - 1) for name in picked(rng, names, 5)}


def _character(rng: Random) -> str:
    return chr(rng.randrange(rng.choice((0x80, 0x800, 0x110000))))
