"""Conditions in plain English: the one place that words them, for traces, prose and messages."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from functools import lru_cache
from typing import assert_never

from app.rules.condition import (
    All,
    Any_,
    BuyingGroupTest,
    Condition,
    DealTest,
    HandoffTest,
    Leaf,
    Meets,
    None_,
    PersonaTest,
    PropertyTest,
    RoleTest,
    ScoreTest,
    SignalTest,
    StageTest,
)
from app.rules.facts import Vocabulary
from app.rules.names import label
from app.rules.operators import OPERATORS
from app.rules.signals import SIGNAL_KINDS

__all__ = ["Leaf", "amount", "describe", "is_final", "shown", "spoken", "subject", "wish"]

_SHOWN = 80


def describe(condition: Condition, vocabulary: Vocabulary | None = None) -> str:
    """The condition as part of a sentence: `Job title has any of the words chief, vp`."""
    match condition:
        case All(parts):
            return _joined(parts, " and ", "always", vocabulary)
        case Any_(parts):
            return _joined(parts, " or ", "never", vocabulary)
        case None_(parts):
            return f"not ({_joined(parts, ' or ', 'never', vocabulary)})"
        case _:
            return f"{subject(condition, vocabulary)} {wish(condition)}{_if_missing(condition)}".strip()


def subject(leaf: Leaf, vocabulary: Vocabulary | None = None) -> str:  # noqa: C901, PLR0911  one line a kind
    """What the leaf looks at: `Company size`."""
    match leaf:
        case PropertyTest():
            return label(leaf.name, vocabulary or Vocabulary())
        case DealTest(tests):
            return _of_deal(tests, vocabulary or Vocabulary())
        case SignalTest():
            return SIGNAL_KINDS.get(leaf.kind, spoken(leaf.kind))
        case ScoreTest():
            return f"{spoken(leaf.name.rpartition('.')[2])} score"
        case PersonaTest():
            return "Persona"
        case RoleTest():
            return "Buying role"
        case BuyingGroupTest():
            return "Buying group"
        case StageTest():
            return f"Stage {leaf.reaches}"
        case HandoffTest():
            return "Handoff"
        case Meets():
            return spoken(leaf.name)
        case _:
            assert_never(leaf)


@lru_cache(maxsize=4096)
def wish(leaf: Leaf, *, would: bool = False) -> str:  # noqa: PLR0911  one line a kind
    """What the leaf wants of it: `at least 50`; with `would`, as it follows "would have to".

    Kept, since every lead is told the wishes of the same few leaves.
    """
    be = "be " if would else ""
    match leaf:
        case PropertyTest() | ScoreTest():
            return _operation(leaf.operator, leaf.wanted, would=would)
        case DealTest(tests):
            return " and ".join(_operation(test.operator, test.wanted, would=would) for test in tests)
        case SignalTest():
            return _signal(leaf)
        case PersonaTest(ids):
            return f"{be or 'is '}{' or '.join(ids)}"
        case RoleTest(roles):
            return f"{be or 'is '}{_listed(roles, ' or ')}"
        case BuyingGroupTest():
            return _group(leaf, would=would)
        case StageTest():
            return f"{be}reached"
        case HandoffTest(state):
            return f"{be}{state}" if is_final(state) else f"{be}{state} or later"
        case Meets():
            return f"{be}met" if would else "is met"
        case _:
            assert_never(leaf)


def is_final(state: str) -> bool:
    """Whether a handoff state means only itself."""
    return state in {"qualified", "rejected", "recycled", "expired"}


def spoken(name: str) -> str:
    """An id as a person says it: `our_market` becomes `Our market`."""
    return name.replace("_", " ").replace("-", " ").strip().capitalize()


def shown(text: str) -> str:
    """A value fit for one line of a terminal or a page: no control characters, not too long."""
    clean = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return clean if len(clean) <= _SHOWN else clean[: _SHOWN - 1] + "…"


def amount(points: float) -> str:
    """A number without a needless point: 70, 12.5."""
    return str(int(points)) if points == int(points) else str(Decimal(str(points)).normalize())


def _joined(parts: Sequence[Condition], glue: str, empty: str, vocabulary: Vocabulary | None) -> str:
    phrases = [describe(part, vocabulary) for part in parts]
    if len(parts) < 2:  # noqa: PLR2004  one needs no glue
        return phrases[0] if phrases else empty
    return glue.join(
        f"({phrase})" if isinstance(part, All | Any_) and len(part.parts) > 1 else phrase
        for part, phrase in zip(parts, phrases, strict=True)
    )


def _operation(operator: str, wanted: Sequence[str], *, would: bool) -> str:
    row = OPERATORS.get(operator)
    return f"{operator} {', '.join(wanted)}" if row is None else row.in_words(wanted, would=would)


def _signal(leaf: SignalTest) -> str:
    detail = "of any kind" if leaf.operator is None else _operation(leaf.operator, leaf.wanted, would=False)
    limits = (
        f"within {leaf.within}" if leaf.within else "",
        f"not within {leaf.not_within}" if leaf.not_within else "",
        f"at least {leaf.at_least} times" if leaf.at_least > 1 else "",
        _at_most(leaf.at_most),
    )
    return ", ".join((detail, *(limit for limit in limits if limit)))


def _if_missing(leaf: Leaf) -> str:
    """What the leaf says without a value, where its rule says so: ` (met if not known)`."""
    tests = leaf.tests if isinstance(leaf, DealTest) else (leaf,)
    said = [test.if_missing for test in tests if isinstance(test, PropertyTest) and test.if_missing is not None]
    return f" ({said[0]} if not known)" if said else ""


def _at_most(count: int | None) -> str:
    if count is None:
        return ""
    return f"at most {_many(count, 'time', 'times')}" if count else "never"


def _many(count: int, one: str, several: str) -> str:
    return f"{count} {one if count == 1 else several}"


def _of_deal(tests: Sequence[PropertyTest], vocabulary: Vocabulary) -> str:
    """`Deal amount`; a property that an admin named says that it is a deal's."""
    name = label(tests[0].name, vocabulary) if tests else "Deal"
    return name if name.startswith("Deal") else f"Deal: {name}"


def _group(leaf: BuyingGroupTest, *, would: bool) -> str:
    """`has decision maker and champion, at least 2 people`."""
    people = "" if leaf.has and leaf.at_least == 1 else f"at least {_many(leaf.at_least, 'person', 'people')}"
    roles = _listed(leaf.has, " and ")
    return f"{'have' if would else 'has'} {', '.join(part for part in (roles, people) if part)}"


def _listed(roles: Sequence[str], glue: str) -> str:
    return glue.join(role.replace("_", " ") for role in roles)
