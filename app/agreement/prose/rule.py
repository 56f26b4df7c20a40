"""A rule to be read aloud: what follows, and when. As one sentence, or as a list where the condition is long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.agreement.prose.page import Item
from app.agreement.prose.words import capital
from app.rules.condition import All, Any_, Condition, None_
from app.rules.facts import Vocabulary
from app.rules.wording import describe


@dataclass(frozen=True, slots=True)
class Rule:
    """`says` holds when `when` does; a rule without `when` says itself when. An unnamed one has an empty `name`."""

    name: str
    says: str
    when: Condition | None = None


def as_sentence(rule: Rule, vocabulary: Vocabulary) -> str:
    """What the rule says, without its name: `40 points when Our market is met`."""
    if rule.when is None:
        return rule.says
    return f"{rule.says} when {describe(rule.when, vocabulary)}"


def as_item(rule: Rule, vocabulary: Vocabulary) -> Item:
    """`market: 40 points when Our market is met`; several conditions get a line each below it."""
    name = f"{rule.name}: " if rule.name else ""
    heading, parts = _opened(rule.when)
    if not parts:
        return Item(name + as_sentence(rule, vocabulary))
    return Item(f"{name}{rule.says} when {heading}:", tuple(_line(part, vocabulary) for part in parts))


def _line(condition: Condition, vocabulary: Vocabulary) -> Item:
    heading, parts = _opened(condition)
    if not parts:
        return Item(describe(condition, vocabulary))
    return Item(f"{capital(heading)}:", tuple(_line(part, vocabulary) for part in parts))


def _opened(condition: Condition | None) -> tuple[str, Sequence[Condition]]:
    """How a condition of several parts is announced, and its parts; no parts for one that fits in a line."""
    match condition:
        case All(parts) if len(parts) > 1:
            return "all of these hold", parts
        case Any_(parts) if len(parts) > 1:
            return "at least one of these holds", parts
        case None_(parts) if len(parts) > 1:
            return "none of these holds", parts
        case All((inner,)) | Any_((inner,)):
            return _opened(inner)
        case _:
            return "", ()
