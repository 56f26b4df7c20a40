"""What a condition is: a tree of `all`, `any`, `none` over leaves, each naming one thing known of a lead.

A new leaf is a class here, a line in `Leaf`, and a function each in parse_leaf, leaves and wording;
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
class DealTest:
    """`deal.amount: {at_least: 5000, below: 9000}`: one of the contact's deals meets all the tests.

    Without a deal there is no value to test. The tests are of one property.
    """

    tests: tuple[PropertyTest, ...]


@dataclass(frozen=True, slots=True)
class SignalTest:
    """`signal: {form: {contains: demo}, within: 7 days, at_least: 2 times}`.

    Without an operator any detail will do. `within` is the window in which signals count, `not_within`
    one in which there must be none: it has happened, but not lately. No `at_most` is as many as there are.
    """

    kind: str
    operator: str | None = None
    wanted: tuple[str, ...] = ()
    within: Span | None = None
    at_least: int = 1
    not_within: Span | None = None
    at_most: int | None = None


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
class RoleTest:
    """`role: decision_maker`: the buying role of the contact's persona is one of `roles`."""

    roles: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BuyingGroupTest:
    """`buying_group: {has: [decision_maker, champion], at_least: 2 people}`.

    Somebody of the company plays each role of `has`, and at least so many people have a role at all.
    """

    has: tuple[str, ...] = ()
    at_least: int = 1


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


Leaf: TypeAlias = (
    PropertyTest
    | DealTest
    | SignalTest
    | ScoreTest
    | PersonaTest
    | RoleTest
    | BuyingGroupTest
    | StageTest
    | HandoffTest
    | Meets
)
Condition: TypeAlias = All | Any_ | None_ | Leaf
