"""What a condition is: a tree of `all`, `any`, `none` over leaves, each naming one thing known of a lead.

A new leaf is a class here, a line in `Condition`, and one function each in parse, evaluate and wording;
`assert_never` finds the places. A new operator is one row in `app.rules.operators`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from app.records.span import Span
from app.rules.truth import Truth


@dataclass(frozen=True, slots=True)
class All:
    """Met when every part is. Written as a list, or as `all:`."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any_:  # noqa: N801  `Any` is typing's; the underscore keeps both readable
    """Met when at least one part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class None_:  # noqa: N801  beside Any_
    """Met when no part is."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class PropertyTest:
    """`company.numberofemployees: {at_least: 50}`.

    `wanted` is text, as property values are: both are read by the same reader, in the property's type.
    `if_missing` is what the test says without a value; None means no data.
    """

    name: str
    operator: str
    wanted: tuple[str, ...]
    if_missing: Truth | None = None


@dataclass(frozen=True, slots=True)
class SignalTest:
    """`signal: {form: {contains: demo}, within: 7 days, at_least: 2 times}`.

    Without an operator any detail will do.
    """

    kind: str
    operator: str | None = None
    wanted: tuple[str, ...] = ()
    within: Span | None = None
    at_least: int = 1


@dataclass(frozen=True, slots=True)
class ScoreTest:
    """`score.fit: {at_least: 40}`; `name` is `fit`, `interest` or `interest.<part>`."""

    name: str
    operator: str
    wanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PersonaTest:
    """`persona: economic_buyer`: the contact's persona is one of `ids`."""

    ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class StageTest:
    """`reaches: marketingqualifiedlead`: the contact is at that stage or past it."""

    reaches: str


@dataclass(frozen=True, slots=True)
class HandoffTest:
    """`handoff: accepted`: accepted or later. A state off the road to qualified means only itself."""

    state: str


@dataclass(frozen=True, slots=True)
class Meets:
    """`meets: our_market`: the named definition holds."""

    name: str


Condition: TypeAlias = (
    All | Any_ | None_ | PropertyTest | SignalTest | ScoreTest | PersonaTest | StageTest | HandoffTest | Meets
)
