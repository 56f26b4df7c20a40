"""Who is to get a lead: lists that nobody looks at, preferences for nothing, steps that find nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from app.agreement.findings.promises import ladders
from app.agreement.findings.whole import Whole
from app.agreement.model import EXPIRED
from app.agreement.reads import LEAD_ZONE
from app.agreement.shape import Pool
from app.rules.grammar import ConditionFault, Path
from app.sla.calendar import Calendar

_MONDAY = datetime(2024, 1, 1, tzinfo=UTC)
"""Any weeks would do to compare hours; two of them, so that holidays at the year's start hide no weekday."""
_TWO_WEEKS = timedelta(days=14)
_LISTS = (("territory", "territories"), ("named_account", "named_accounts"))
"""What a pool may prefer, and the section that lists it."""


def owner_faults(whole: Whole) -> Iterator[ConditionFault]:
    """What keeps a lead from the owner that the document means, as far as the document alone tells."""
    yield from _preferences(whole)
    yield from _free_mail(whole)
    yield from _nobody_else(whole)
    yield from _never_stopped(whole)
    yield from _hours_apart(whole)
    yield from _lead_zone(whole)


def _preferences(whole: Whole) -> Iterator[ConditionFault]:
    for preference, section in _LISTS:
        preferring = [at for at, pool in enumerate(whole.document.pools) if preference in pool.prefer]
        is_listed = bool(getattr(whole.document, section))
        if is_listed and not preferring:
            message = f"no pool prefers `{preference}`, so `{section}` is used nowhere"
            fix = f"Write `prefer: [{preference}]` in a pool"
            yield ConditionFault((section,), "unused", message, fix, at_key=True)
        for at in () if is_listed else preferring:
            message = f"the pool prefers `{preference}`, and there are no {section.replace('_', ' ')}"
            path: Path = ("pools", at, "prefer", whole.document.pools[at].prefer.index(preference))
            yield ConditionFault(path, "prefers_nothing", message, f"Add `{section}:`, or take the word away")


def _free_mail(whole: Whole) -> Iterator[ConditionFault]:
    for at, account in enumerate(whole.agreement.named_accounts):
        if account.domain in whole.agreement.free_mail:
            message = f"`{account.domain}` is free mail, which tells nothing of a company"
            path: Path = ("named_accounts", at, "domain")
            yield ConditionFault(path, "account_free_mail", message, "Write the company's own domain, or none")


def _nobody_else(whole: Whole) -> Iterator[ConditionFault]:
    """Steps that reassign, by each pool from which they would find only the owner so far."""
    for at, promise in enumerate(whole.document.promises):
        pools = (route.to for route in whole.document.routes if route.promise == promise.id)
        alone = next((pool for pool in pools if len(_people(whole, pool)) == 1), None)
        for name, steps in ladders(promise):
            for place, step in enumerate(steps):
                if step.do == "reassign" and alone is not None:
                    message = f"in the pool `{alone}` there is nobody else to give a lead to"
                    path: Path = ("promises", at, name, "steps", place, "do")
                    fix = "Add a member or `if_nobody`, or write `notify manager`"
                    yield ConditionFault(path, "nobody_else", message, fix)


def _people(whole: Whole, pool_id: str) -> set[str]:
    """Everybody whom a search in the pool can end at, those behind `if_nobody` included."""
    pools: dict[str, Pool] = {pool.id: pool for pool in whole.document.pools}
    people: set[str] = set()
    while (pool := pools.pop(pool_id, None)) is not None:
        people |= {member.owner.casefold() for member in pool.members}
        if pool.if_nobody is None:
            break
        people |= {pool.if_nobody.owner.casefold()} if pool.if_nobody.owner else set()
        pool_id = pool.if_nobody.pool or ""
    return people


def _never_stopped(whole: Whole) -> Iterator[ConditionFault]:
    steps = (step for promise in whole.document.promises for _, ladder in ladders(promise) for step in ladder)
    if any(step.do == "stop" for step in steps):
        return
    for at, rule in enumerate(whole.document.recycle):
        if rule.reason == EXPIRED:
            message = f"no step of a promise says `stop`, so no handoff is ever {EXPIRED}"
            yield ConditionFault(("recycle", at, "reason"), "unused", message, "Add such a step, or remove the rule")


def _hours_apart(whole: Whole) -> Iterator[ConditionFault]:
    """Members who are never at work in the hours in which their promises run."""
    by_pool = {promise.id for promise in whole.document.promises if promise.hours_of == "pool"}
    timed = {route.to for route in whole.document.routes if route.promise in by_pool}
    calendars = whole.agreement.calendars
    for at, pool in enumerate(whole.document.pools):
        for place, member in enumerate(pool.members) if pool.id in timed else ():
            if member.calendar is not None and not _meet(calendars[member.calendar], calendars[pool.calendar]):
                message = f"the hours `{member.calendar}` and those of the pool, `{pool.calendar}`, never meet"
                path: Path = ("pools", at, "members", place, "calendar")
                fix = "Write `hours_of: owner` in the promise, or give the member other hours"
                yield ConditionFault(path, "hours_apart", message, fix)


def _meet(one: Calendar, other: Calendar) -> bool:
    """Whether both are open at once at some time of two weeks; if either is not open then at all, nobody knows."""
    until = _MONDAY + _TWO_WEEKS
    mine, theirs = (list(calendar.open_intervals(_MONDAY, until)) for calendar in (one, other))
    together = any(start < closes and opens < end for start, end in mine for opens, closes in theirs)
    return together or not mine or not theirs


def _lead_zone(whole: Whole) -> Iterator[ConditionFault]:
    if whole.portal is None or LEAD_ZONE in whole.portal.vocabulary.properties:
        return
    for at, promise in enumerate(whole.document.promises):
        if promise.hours_of == "lead":
            message = f"the portal has no property `{LEAD_ZONE}`, so the pool's own zone always counts"
            path: Path = ("promises", at, "hours_of")
            yield ConditionFault(path, "lead_zone", message, "Create the property, or count the pool's hours")
