"""Which scores must be watched as they fall: a test somewhere could come true by fewer points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from app.rules.condition import All, Any_, Condition, None_, ScoreTest

_WANT_MORE = frozenset({"at_least", "above"})
_WANT_LESS = frozenset({"at_most", "below"})


def watched_scores(
    conditions: Iterable[Condition], definitions: Iterable[Condition], barring: Iterable[Condition] = ()
) -> frozenset[str]:
    """Names of the scores whose fall could make a condition met, or one of those `barring` a lead not met.

    `score.fit: {at_least: 40}` names none, unless it stands under `none` or bars a lead. A definition counts
    as used both ways, since it may be named under a `none`.
    """
    used = [(condition, False) for condition in conditions]
    used += [(condition, True) for condition in barring]
    used += [(meaning, denied) for meaning in definitions for denied in (False, True)]
    return frozenset(name for condition, denied in used for name in _watched(condition, denied=denied))


def _watched(condition: Condition, *, denied: bool) -> Iterator[str]:
    match condition:
        case All(parts) | Any_(parts):
            for part in parts:
                yield from _watched(part, denied=denied)
        case None_(parts):
            for part in parts:
                yield from _watched(part, denied=not denied)
        case ScoreTest(name, operator) if operator not in (_WANT_LESS if denied else _WANT_MORE):
            yield name
        case _:
            return
