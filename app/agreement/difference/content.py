"""What differs between the plain contents of two agreements, place by place; rules are matched by their ids.

Whatever differs yields at least one edit: what no rule of wording knows is told as it is written.
"""

from __future__ import annotations

import json
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from app.agreement.difference.change import ChangeKind, Edit, Place
from app.agreement.difference.conditions import turns
from app.agreement.prose.words import ordinal, plain
from app.rules.condition import Condition
from app.rules.facts import Vocabulary
from app.rules.wording import describe

_IDS = ("id", "reason", "company", "owner", "name", "at", "what", "when")
"""The fields that name an item of a list, first found first."""


@dataclass(frozen=True, slots=True)
class Version:
    """One of the two agreements: its content, its parsed conditions and its sentences by place."""

    content: Mapping[str, object]
    conditions: Mapping[Place, Condition]
    sentences: Mapping[Place, str]


@dataclass(frozen=True, slots=True)
class Pair:
    old: Version
    new: Version
    vocabulary: Vocabulary


def same(old: object, new: object) -> bool:
    """Whether two contents are written alike: the order of names is free, and true is not 1, nor 1 1.0."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        return old.keys() == new.keys() and all(same(old[name], new[name]) for name in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return type(old) is type(new) and old == new


def edits(pair: Pair, place: Place, old: object, new: object) -> Iterator[Edit]:
    """What differs at a place and below it; nothing exactly when both are written alike."""
    if same(old, new):
        return
    if place in pair.old.conditions and place in pair.new.conditions:
        yield from _of_conditions(pair, place, old, new)
    elif isinstance(old, Mapping) and isinstance(new, Mapping):
        yield from _of_named(pair, place, old, new)
    elif isinstance(old, list) and isinstance(new, list):
        yield from _of_items(pair, place, old, new)
    else:
        yield _changed(place, old, new)


def named(items: Sequence[object]) -> dict[str, object]:
    """The items of a list by their ids, in order; a repeated id gets its number, `breach (2nd)`."""
    by_id: dict[str, object] = {}
    numbers: Counter[str] = Counter()
    for item in items:
        id_ = name = _id(item)[1]
        while name in by_id:
            numbers[id_] += 1
            name = f"{id_} ({ordinal(numbers[id_] + 1)})"
        by_id[name] = item
    return by_id


def _id(item: object) -> tuple[str, str]:
    """The field that names an item, and its name; without one it is named by all of it."""
    if isinstance(item, Mapping):
        for field in _IDS:
            if isinstance(value := item.get(field), str):
                return field, plain(value)
    return "", plain(item)


def _of_named(pair: Pair, place: Place, old: Mapping[str, object], new: Mapping[str, object]) -> Iterator[Edit]:
    for name in dict.fromkeys((*old, *new)):
        below = (*place, name)
        if name not in new:
            yield Edit(ChangeKind.REMOVED, below, before=_told(pair.old, pair.vocabulary, below, old[name]))
        elif name not in old:
            yield Edit(ChangeKind.ADDED, below, after=_told(pair.new, pair.vocabulary, below, new[name]))
        else:
            yield from edits(pair, below, old[name], new[name])


def _of_items(pair: Pair, place: Place, old: Sequence[object], new: Sequence[object]) -> Iterator[Edit]:
    has_ids = any(_id(item)[0] for item in (*old, *new))
    if len(old) == len(new) == 1 and not has_ids:
        yield from edits(pair, place, *old, *new)
        return
    before, after = named(old), named(new)
    for edit in (*_of_named(pair, place, before, after), *_moves(place, list(before), list(after))):
        yield edit if has_ids or edit.place[:-1] != place else _of_list(edit)


def _of_list(edit: Edit) -> Edit:
    """The edit of an item that is named by all of it, as one of its list: the name would only say it twice."""
    detail = edit.place[-1] if edit.kind is ChangeKind.MOVED else ""
    return replace(edit, place=edit.place[:-1], detail=detail)


def _moves(place: Place, old: Sequence[str], new: Sequence[str]) -> Iterator[Edit]:
    """The fewest items that must have moved for the others to stand in the order they had."""
    places = {name: at for at, name in enumerate(old)}
    stayed = _rising([places[name] for name in new if name in places])
    for at, name in enumerate(new):
        was = places.get(name)
        if was is not None and was not in stayed:
            to = f"behind {new[at - 1]}" if was == at else f"{ordinal(at + 1)} place"
            yield Edit(ChangeKind.MOVED, (*place, name), ordinal(was + 1), to)


def _rising(numbers: Sequence[int]) -> set[int]:
    """As many of the numbers, each there once, as rise from one to the next."""
    ends: list[int] = []  # at n the smallest number that n others can lead up to
    before: dict[int, int | None] = {}
    for number in numbers:
        at = bisect_left(ends, number)
        before[number] = ends[at - 1] if at else None
        ends[at : at + 1] = [number]
    risen: set[int] = set()
    last = ends[-1] if ends else None
    while last is not None:
        risen.add(last)
        last = before[last]
    return risen


def _of_conditions(pair: Pair, place: Place, old: object, new: object) -> Iterator[Edit]:
    before, after = pair.old.conditions[place], pair.new.conditions[place]
    found = tuple(turns(before, after, pair.vocabulary))
    if not found:
        words = describe(after, pair.vocabulary)
        yield Edit(ChangeKind.CHANGED, place, words, words, alike=True)
    elif any(turn.before == turn.after for turn in found):
        yield Edit(ChangeKind.CHANGED, place, _written(old), _written(new))
    else:
        yield from (Edit(one.kind, place, one.before, one.after, one.about, one.note) for one in found)


def _changed(place: Place, old: object, new: object) -> Edit:
    """The two values, as they are written where they would read alike."""
    tell = _written if plain(old) == plain(new) else plain
    return Edit(ChangeKind.CHANGED, place, tell(old), tell(new))


def _written(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _told(version: Version, vocabulary: Vocabulary, place: Place, value: object) -> str:
    """What came or went, in a sentence; or its fields but for the one that names it, which may be none."""
    condition = version.conditions.get(place)
    if condition is not None:
        return describe(condition, vocabulary)
    if place in version.sentences:
        return version.sentences[place]
    field, _ = _id(value)
    if isinstance(value, Mapping) and field:
        rest = {name: one for name, one in value.items() if name != field}
        return plain(rest) if rest else ""
    return plain(value)
