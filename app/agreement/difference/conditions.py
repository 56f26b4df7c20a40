"""What differs between two conditions: the leaf that changed, or the parts that came and went."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from app.agreement.difference.change import ChangeKind
from app.agreement.prose.words import listed, lowered
from app.rules.condition import All, Any_, Condition, Leaf, Meets, None_, PropertyTest, ScoreTest
from app.rules.facts import Vocabulary
from app.rules.wording import describe, subject

Join: TypeAlias = All | Any_ | None_

_PARTS: Mapping[type[Join], str] = {All: "condition", Any_: "alternative", None_: "exception"}


@dataclass(frozen=True, slots=True)
class Turn:
    """One difference within a condition; `about` names the leaf or the kind of part, empty for the whole.

    `note` says which words of a list came and went.
    """

    kind: ChangeKind
    about: str
    before: str | None
    after: str | None
    note: str = ""


def turns(old: Condition, new: Condition, vocabulary: Vocabulary) -> Iterator[Turn]:
    """What differs in meaning; nothing where only order, repetition or nesting does."""
    yield from _turns(flat(old), flat(new), vocabulary)


def flat(condition: Condition) -> Condition:
    """The same condition without repetitions, lists of one, and lists in lists of their kind."""
    match condition:
        case All(parts):
            return _joined(All, parts)
        case Any_(parts):
            return _joined(Any_, parts)
        case None_(parts):
            return None_(tuple(flat(part) for part in parts))
        case _:
            return condition


def _joined(join: type[All | Any_], parts: Sequence[Condition]) -> Condition:
    inner: dict[Hashable, Condition] = {}
    for part in map(flat, parts):
        for one in part.parts if isinstance(part, join) else (part,):
            inner.setdefault(_meaning(one), one)
    found = tuple(inner.values())
    return found[0] if len(found) == 1 else join(found)


def _turns(old: Condition, new: Condition, vocabulary: Vocabulary) -> Iterator[Turn]:
    if _meaning(old) == _meaning(new):
        return
    joined = _as_one_join(old, new)
    if joined is not None:
        yield from _of_parts(*joined, vocabulary)
    elif isinstance(old, Join) or isinstance(new, Join) or _topic(old) != _topic(new):
        yield _whole(old, new, vocabulary)
    else:
        yield _of_leaf(old, new, vocabulary)


def _as_one_join(old: Condition, new: Condition) -> tuple[Join, Join] | None:
    """Both as joins of one type, if they can be compared so: what stands alone may be one of the other's parts."""
    for join in (All, Any_, None_):
        if isinstance(old, join) and isinstance(new, join):
            return old, new
    for join in (All, Any_):
        if isinstance(old, join) and _topic(new) in map(_topic, old.parts):
            return old, join((new,))
        if isinstance(new, join) and _topic(old) in map(_topic, new.parts):
            return join((old,)), new
    return None


def _of_parts(old: Join, new: Join, vocabulary: Vocabulary) -> Iterator[Turn]:
    gone, come = _missing(old.parts, new.parts), _missing(new.parts, old.parts)
    is_kept = len(gone) < len(old.parts)
    pairs = _paired(gone, come)
    if gone and come and not pairs and not is_kept:
        yield _whole(old, new, vocabulary)
        return
    for before, after in pairs:
        yield from _turns(before, after, vocabulary)
    yield from (Turn(ChangeKind.REMOVED, _PARTS[type(old)], describe(part, vocabulary), None) for part in gone)
    yield from (Turn(ChangeKind.ADDED, _PARTS[type(old)], None, describe(part, vocabulary)) for part in come)


def _missing(parts: Sequence[Condition], among: Sequence[Condition]) -> list[Condition]:
    meanings = {_meaning(part) for part in among}
    return [part for part in parts if _meaning(part) not in meanings]


def _meaning(condition: Condition) -> Hashable:
    """The condition without the order and the repetitions of its parts."""
    match condition:
        case All(parts) | Any_(parts) | None_(parts):
            return (type(condition), frozenset(_meaning(part) for part in parts))
        case _:
            return condition


def _paired(gone: list[Condition], come: list[Condition]) -> list[tuple[Condition, Condition]]:
    """Parts about the same thing, taken out of both lists: those that compare it alike first."""
    pairs: list[tuple[Condition, Condition]] = []
    for alike in (_topic_and_operator, _topic):
        waiting: dict[Hashable, list[Condition]] = {}
        for part in come:
            waiting.setdefault(alike(part), []).append(part)
        pairs.extend((part, waiting[alike(part)].pop(0)) for part in gone if waiting.get(alike(part)))
        taken = {id(part) for pair in pairs for part in pair}
        gone[:] = [part for part in gone if id(part) not in taken]
        come[:] = [part for part in come if id(part) not in taken]
    return pairs


def _topic_and_operator(condition: Condition) -> tuple[object, ...]:
    return (*_topic(condition), getattr(condition, "operator", None))


def _topic(condition: Condition) -> tuple[object, ...]:
    """What a condition is about; conditions about the same can be told as one that changed."""
    match condition:
        case PropertyTest(name) | ScoreTest(name) | Meets(name):
            return (type(condition), name)
        case All() | Any_() | None_():
            return (type(condition),)
        case _:
            return (type(condition), subject(condition))


def _of_leaf(old: Leaf, new: Leaf, vocabulary: Vocabulary) -> Turn:
    """The leaf by its name, with what was wanted of it before and after."""
    name = subject(new, vocabulary)
    before, after = (describe(leaf, vocabulary).removeprefix(name).strip() for leaf in (old, new))
    return Turn(ChangeKind.CHANGED, lowered(name), before, after, _note(old, new))


def _note(old: Leaf, new: Leaf) -> str:
    """`added founder; removed vp`, for lists that share some words."""
    before, after = (getattr(leaf, "wanted", ()) for leaf in (old, new))
    came = [word for word in after if word not in before]
    went = [word for word in before if word not in after]
    if len(came) == len(after) or len(went) == len(before):
        return ""
    told = (("added", came), ("removed", went))
    return "; ".join(f"{how} {listed(words)}" for how, words in told if words)


def _whole(old: Condition, new: Condition, vocabulary: Vocabulary) -> Turn:
    before, after = describe(old, vocabulary), describe(new, vocabulary)
    return Turn(ChangeKind.CHANGED, "", before, after)
