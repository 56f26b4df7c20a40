"""Whether a lead is ready for sales, what is still to be waited for, and what it would take to be ready."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from app.agreement.model import Agreement, StageRule, WaitFor
from app.handoff.course import Stop
from app.handoff.decision import Kind
from app.handoff.promise import always_open, lay
from app.handoff.state import Lead
from app.rules.condition import (
    All,
    Any_,
    Condition,
    StageTest,
)
from app.rules.evaluate import Scope, evaluate
from app.rules.facts import Facts, Vocabulary
from app.rules.names import label, value_text
from app.rules.trace import nearest_misses

_SHOWN = 3


def misses(agreement: Agreement, scope: Scope) -> tuple[str, ...]:
    """What would have made the lead ready, with stages to be reached spelled out as what they take."""
    rules = {rule.id: rule for rule in agreement.stages}
    return tuple(dict.fromkeys(nearest_misses(evaluate(_spell_out(agreement.ready.when, rules), scope))))


def not_ready(agreement: Agreement, scope: Scope) -> Stop:
    """The stop for a lead that does not meet what `ready` asks for."""
    short = [miss.rstrip(".") for miss in misses(agreement, scope)[:_SHOWN]]
    because = f"Not ready: {'; '.join(short)}." if short else "Not ready: what the agreement asks for is not met."
    return Stop(Kind.NOT_READY, because, may_rise=True)


def unknown_names(agreement: Agreement, facts: Facts, vocabulary: Vocabulary) -> tuple[str, ...]:
    """The dotted names that the agreement wants known of a ready lead, and that have no value."""
    wait_for = agreement.ready.wait_for
    known = () if wait_for is None else wait_for.known
    return tuple(name for name in known if value_text(name, facts, vocabulary) is None)


def waiting(agreement: Agreement, lead: Lead, unknown: tuple[str, ...], scope: Scope) -> Stop | None:
    """The stop that holds a ready lead until the names are known; None once that took too long."""
    wait_for, now = agreement.ready.wait_for, scope.facts.now
    if not unknown or wait_for is None:
        return None
    since = lead.history.waiting_since or now
    until = _deadline(agreement, since, wait_for)
    if until is None or now >= until:
        return None
    because = f"Ready, and waits up to {wait_for.at_most} for {in_words(unknown, scope.vocabulary)}."
    return Stop(Kind.WAITING, because, may_rise=True, waiting_since=since, look_again_at=until)


def in_words(names: tuple[str, ...], vocabulary: Vocabulary) -> str:
    """The names as people know them: `Number of employees and Industry`."""
    return " and ".join(label(name, vocabulary) for name in names)


def _deadline(agreement: Agreement, since: datetime, wait_for: WaitFor) -> datetime | None:
    return lay(since, wait_for.at_most, always_open(agreement))


def _spell_out(condition: Condition, rules: Mapping[str, StageRule]) -> Condition:
    """The condition with each stage to be reached replaced by what reaching it takes."""
    match condition:
        case All(parts):
            return All(tuple(_spell_out(part, rules) for part in parts))
        case Any_(parts):
            return Any_(tuple(_spell_out(part, rules) for part in parts))
        case StageTest(reaches):
            return rules[reaches].when if reaches in rules else condition
        case _:
            return condition
