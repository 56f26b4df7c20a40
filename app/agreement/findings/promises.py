"""Promises and pools: steps that stand out of turn, targets that come too late to matter, members named twice."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from app.agreement.findings.whole import Whole
from app.agreement.shape import Promise, Step, Target
from app.records.span import Span, Unit
from app.rules.grammar import ConditionFault, Path

_LENGTHS = {
    Unit.SECOND: ("time", 1),
    Unit.MINUTE: ("time", 60),
    Unit.HOUR: ("time", 3_600),
    Unit.DAY: ("days", 1),
    Unit.WEEK: ("days", 7),
    Unit.MONTH: ("months", 1),
    Unit.YEAR: ("months", 12),
}
_BREACH = "breach"


def promise_faults(whole: Whole) -> Iterator[ConditionFault]:
    """What is wrong with the promises and the pools that keep them."""
    for at, promise in enumerate(whole.document.promises):
        for name, steps in ladders(promise):
            yield from _steps(("promises", at, name, "steps"), steps)
        yield from _in_turn(("promises", at), promise)
    for at, pool in enumerate(whole.document.pools):
        seen: set[str] = set()
        for place, member in enumerate(pool.members):
            if member.owner.casefold() in seen:
                message = f"`{member.owner}` is a member of `{pool.id}` twice"
                path: Path = ("pools", at, "members", place, "owner")
                yield ConditionFault(path, "duplicate_member", message, "Write a larger `share` instead")
            seen.add(member.owner.casefold())


def ladders(promise: Promise) -> list[tuple[str, list[Step]]]:
    """The steps of a promise by the field under which they stand."""
    tried = [] if promise.attempts is None else [("attempts", promise.attempts.steps)]
    return [*((name, target.steps) for name, target in _targets(promise)), *tried]


def _targets(promise: Promise) -> list[tuple[str, Target]]:
    """The targets of a promise, in the order in which a lead meets them."""
    named = (("accept", promise.accept), ("first_touch", promise.first_touch), ("qualify", promise.qualify))
    return [(name, target) for name, target in named if target is not None]


def _steps(path: Path, steps: Sequence[Step]) -> Iterator[ConditionFault]:
    for at, (one, other) in enumerate(pairwise(steps), 1):
        if (one.at, one.do) == (other.at, other.do) or _is_later(one.at, other.at):
            message = f"the step at `{other.at}` does not come after the one at `{one.at}`"
            yield ConditionFault((*path, at, "at"), "steps_order", message, "List each step once, the earliest first")
        if one.do == "stop":
            message = f"the step at `{one.at}` ends the handoff, so this one is never taken"
            yield ConditionFault((*path, at), "step_after_stop", message, "Move it up, or remove it")


def _in_turn(path: Path, promise: Promise) -> Iterator[ConditionFault]:
    for (name, target), (after, later) in pairwise(_targets(promise)):
        if _is_longer(target.within, later.within):
            message = f"`{name}` within {target.within} is later than `{after}` within {later.within}"
            fix = f"Shorten it, or give `{after}` longer"
            yield ConditionFault((*path, name, "within"), "targets_order", message, fix)


def _is_later(one: str, other: str) -> bool:
    """Whether the first moment surely comes after the second: percentages, the breach, then what follows it."""
    (breached, share, behind), (also_breached, other_share, other_behind) = _moment(one), _moment(other)
    if breached != also_breached:
        return breached
    return share > other_share if not breached else _is_longer(behind, other_behind)


def _moment(written: str) -> tuple[bool, int, Span]:
    """Whether it is the breach or later, the share of the target in per cent, and the time since the breach."""
    if not written.startswith(_BREACH):
        return False, int(written.rstrip("% ")), Span(0, Unit.SECOND)
    behind = written.removeprefix(_BREACH).lstrip(" +")
    return True, 0, Span.parse(behind) if behind else Span(0, Unit.SECOND)


def _is_longer(one: Span, other: Span) -> bool:
    """Whether the first is surely the longer, wherever both are laid."""
    if not other.amount:
        return bool(one.amount)
    (kind, per), (other_kind, other_per) = _LENGTHS[one.unit], _LENGTHS[other.unit]
    comparable = kind == other_kind and one.business == other.business
    return comparable and one.amount * per > other.amount * other_per
