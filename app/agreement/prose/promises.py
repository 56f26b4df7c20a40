"""What people promise, in sentences: calendars, pools, promises, returned leads, and what the terms say."""

from __future__ import annotations

from datetime import date
from itertools import groupby

from app.agreement.accountability import MEASURES, read_breach
from app.agreement.fields import read_any_span
from app.agreement.model import (
    EXPIRED,
    Agreement,
    Attempts,
    Example,
    Member,
    NamedAccount,
    Pool,
    Promise,
    RecycleRule,
    Step,
    Target,
)
from app.agreement.prose.words import capital, counted, day, length, listed, often, plain
from app.agreement.terms import Consequence, Support
from app.sla.calendar import Calendar

_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
HOURS_OF = {
    "owner": "in the hours of whoever has the lead",
    "pool": "in the hours of the pool that has the lead",
    "lead": "in the pool's hours, laid on the lead's time zone",
}
_PREFERRED = {
    "named_account": "the owner of its company's named account",
    "territory": "whoever covers its territory",
    "company_owner": "the owner of the lead's company",
    "previous_owner": "whoever had the lead before",
}
_WORKING_HOURS = {
    "prefer": "Those who are at work when a lead comes go first",
    "require": "It gives a lead only to those who are at work when it comes",
}
_OWNERS = {"same_owner": "the same owner", "different_owner": "a different owner"}
_STEPS = {
    "reassign": "the lead goes to somebody else",
    "task": "the owner gets one more task",
    "stop": "the handoff expires",
}
_TOLD = {"owner": "the owner", "manager": "the manager", "marketing": "Marketing", "sales": "Sales"}


def hours(calendar: Calendar) -> tuple[str, ...]:
    """`Monday to Friday 09:00-17:30`, a line for each run of days that are alike."""
    week = [(", ".join(str(one) for one in calendar.open.get(at, ())), at) for at in range(len(_DAYS))]
    runs = [(text, [at for _, at in days]) for text, days in groupby(week, key=lambda one: one[0])]
    return tuple(f"{_run(days)} {text}" for text, days in runs if text)


def _run(days: list[int]) -> str:
    first, last = _DAYS[days[0]], _DAYS[days[-1]]
    return first if first == last else f"{first} to {last}"


def closed(calendar: Calendar) -> str:
    """`the public holidays of US and 24 December 2026`; empty when no day is."""
    country = "-".join(filter(None, (calendar.holiday_country, calendar.holiday_subdivision)))
    holidays = [f"the public holidays of {country}"] if country else []
    return listed([*holidays, *(day(on) for on in sorted(calendar.closed))])


def extra(calendar: Calendar) -> str:
    """`19 December 2026 10:00-14:00`; empty where no day has hours of its own."""
    return listed([f"{day(on)} {', '.join(map(str, hours))}" for on, hours in sorted(calendar.extra_open.items())])


def calendar_sentence(calendar: Calendar) -> str:
    shut, more = closed(calendar), extra(calendar)
    apart = f"{f'; closed on {shut}' if shut else ''}{f'; open on {more}' if more else ''}"
    return f"{'; '.join(hours(calendar))}, in {calendar.time_zone}{apart}"


def account_sentence(account: NamedAccount) -> str:
    return f"{account.owner} has it{f', known by the domain {account.domain}' if account.domain else ''}"


def member_sentence(member: Member) -> str:
    most = "" if member.at_most is None else f", at most {counted(member.at_most, 'open handoff')} at a time"
    own = "" if member.calendar is None else f", in the hours of the calendar {member.calendar}"
    return f"a share of {member.share}{most}{own}"


def pool_sentences(pool: Pool) -> tuple[str, ...]:
    """What holds for the pool as a whole, its members apart."""
    preferred = ", then to ".join(_PREFERRED.get(one, one) for one in pool.prefer)
    instead = pool.fallback_owner or (pool.if_nobody and f"the pool {pool.if_nobody}")
    nobody = f"it goes to {instead}" if instead else "it waits until somebody can"
    return (
        f"{pool.manager} manages it. Its hours are those of the calendar {pool.calendar}",
        *([_WORKING_HOURS[pool.working_hours]] if pool.working_hours else []),
        *([f"Before turns are taken, a lead goes to {preferred}"] if preferred else []),
        f"When nobody in it can take a lead, {nobody}",
        f"A late lead may be given to somebody else {counted(pool.reassign_at_most, 'time')} at most",
    )


def pool_sentence(pool: Pool) -> str:
    """All of it in one line."""
    members = "; ".join(f"{one.owner}: {member_sentence(one)}" for one in pool.members)
    return ". ".join((*pool_sentences(pool), f"Who takes turns: {members}"))


def step_sentence(step: Step) -> str:
    """`at the breach: notify the manager`."""
    moment, _, later = step.at.partition("+")
    if moment.strip() != "breach":
        return f"at {step.at} of the time: {_done(step.do)}"
    span = read_any_span(later.strip())
    return f"{'at' if span is None else f'{length(span)} after'} the breach: {_done(step.do)}"


def _done(do: str) -> str:
    whom = do.removeprefix("notify ")
    return _STEPS.get(do) or f"notify {_TOLD.get(whom, whom)}"


def target_sentence(does: str, target: Target) -> str:
    return f"{does} within {length(target.within)}"


def targets(promise: Promise) -> tuple[tuple[str, Target], ...]:
    """What Sales does in time, in the order it happens, as it follows "Sales"."""
    wanted = (
        ("accepts or declines", promise.accept),
        ("gets in touch", promise.first_touch),
        ("qualifies", promise.qualify),
    )
    return tuple((does, target) for does, target in wanted if target is not None)


def attempts_sentence(attempts: Attempts) -> str:
    return f"tries at least {counted(attempts.count, 'time')} within {length(attempts.within)}"


def timed(promise: Promise) -> tuple[tuple[str, tuple[Step, ...]], ...]:
    """All that Sales does in time, as it follows "Sales", each with the steps on the way."""
    told = tuple((target_sentence(does, target), target.steps) for does, target in targets(promise))
    attempts = promise.attempts
    return told if attempts is None else (*told, (attempts_sentence(attempts), attempts.steps))


def hours_sentence(promise: Promise) -> str:
    """Whose hours count, and what an absence of the owner does."""
    away = "; while the owner is away, no time passes" if promise.when_owner_away == "stop" else ""
    return f"business time counts {HOURS_OF[promise.hours_of]}{away}"


def touch_sentence(promise: Promise) -> str:
    """What else counts as a first touch; empty where nothing does."""
    names = listed(promise.counts_as_touch)
    return f"a change of {names} counts as a touch, as the owner's own calls and messages do" if names else ""


def promise_sentence(promise: Promise) -> str:
    """The whole promise in one sentence, its steps in brackets."""
    told = [f"{does} ({'; '.join(map(step_sentence, steps))})" if steps else does for does, steps in timed(promise)]
    return "; ".join(filter(None, (f"Sales {listed(told)}", hours_sentence(promise), touch_sentence(promise))))


def recycle_sentence(rule: RecycleRule) -> str:
    nobody = "where nobody worked it in time and a step stopped it, " if rule.reason == EXPIRED else ""
    back = "" if rule.back_to is None else f"; its stage is set back to {rule.back_to}"
    if rule.return_after is None:
        return f"{nobody}it does not come back{back}"
    to = "" if rule.to is None else f" to {_OWNERS.get(rule.to, rule.to)}"
    needs = "" if rule.needs is None else f", if there is a {rule.needs}"
    most = "" if rule.at_most is None else f", {counted(rule.at_most, 'time')} at most"
    return f"{nobody}it may come back{to} after {length(rule.return_after)}{needs}{most}{back}"


def support_sentence(support: Support) -> str:
    return f"{capital(support.by)}: {support.what}, {often(support.every)}"


def consequence_sentence(consequence: Consequence) -> str:
    """`When first touches in time are below 90 % for 2 weeks: notify both sides and open review`."""
    return f"When {_measured(consequence.when)}: {listed(consequence.then)}"


def _measured(when: str) -> str:
    breach = read_breach(when)
    if breach is None:
        return when
    measure = MEASURES.get(breach.measure, breach.measure)
    return f"{measure} are {'below' if breach.below else 'above'} {breach.percent} % for {length(breach.span)}"


def example_sentence(example: Example) -> str:
    """What is expected, each as the document names it: `stage lead, ready false`."""
    return plain(dict(example.expect))


def last_day(ends_on: date | None) -> str:
    if ends_on is None:
        return "The agreement has no last day; it stands until both sides replace it."
    return (
        f"The agreement ends on {day(ends_on)}. After that day no new handoff begins, "
        "and what was handed over by then is carried to its end."
    )


def promise_sentences(agreement: Agreement) -> dict[tuple[str, ...], str]:
    """Each of these in one sentence, by its place in the document: `("pools", "inbound")`."""
    return {
        **{("calendars", one.id): calendar_sentence(one) for one in agreement.calendars.values()},
        **{("named_accounts", one.company): account_sentence(one) for one in agreement.named_accounts},
        **{("pools", id_): pool_sentence(pool) for id_, pool in agreement.pools.items()},
        **{("promises", id_): promise_sentence(promise) for id_, promise in agreement.promises.items()},
        **{("recycle", rule.reason): recycle_sentence(rule) for rule in agreement.recycle},
        **{("examples", example.name): example_sentence(example) for example in agreement.examples},
    }
