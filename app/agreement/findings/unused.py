"""What is defined and never used: harmless, and often the sign of a slip elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from app.agreement.findings.whole import Whole
from app.rules.condition import Meets
from app.rules.grammar import ConditionFault, Path


def unused(whole: Whole) -> Iterator[ConditionFault]:
    """Definitions, pools, promises and calendars that nothing leads to."""
    document = whole.document
    definitions = ((("definitions", name), name) for name in document.definitions)
    yield from _left(definitions, _definitions_used(whole), "definition", at_key=True)
    pools = ((("pools", at, "id"), pool.id) for at, pool in enumerate(document.pools))
    yield from _left(pools, _pools_used(whole), "pool")
    promises = ((("promises", at, "id"), promise.id) for at, promise in enumerate(document.promises))
    yield from _left(promises, {route.promise for route in document.routes}, "promise")
    calendars = ((("calendars", at, "id"), calendar.id) for at, calendar in enumerate(document.calendars))
    yield from _left(calendars, _calendars_used(whole), "calendar")


def _left(
    defined: Iterable[tuple[Path, str]], used: Collection[str], what: str, *, at_key: bool = False
) -> Iterator[ConditionFault]:
    for path, name in defined:
        if name not in used:
            message = f"the {what} `{name}` is used nowhere"
            yield ConditionFault(path, "unused", message, "Use it, or remove it", at_key)


def _definitions_used(whole: Whole) -> set[str]:
    leaves = (leaf for place in whole.places for _, leaf in place.leaves(whole.names))
    return {whole.document.profile.ideal_customer, *(leaf.name for leaf in leaves if isinstance(leaf, Meets))}


def _calendars_used(whole: Whole) -> set[str]:
    own = {member.calendar for pool in whole.document.pools for member in pool.members if member.calendar is not None}
    return own | {pool.calendar for pool in whole.document.pools}


def _pools_used(whole: Whole) -> set[str]:
    """Every pool that a route leads to, and those that stand in for one."""
    behind = {pool.id: pool.if_nobody.pool for pool in whole.document.pools if pool.if_nobody is not None}
    used = {route.to for route in whole.document.routes}
    while more := {pool for name in used if (pool := behind.get(name)) is not None} - used:
        used |= more
    return used
