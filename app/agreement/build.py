"""From a document of the right shape to an Agreement."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC
from typing import Any
from zoneinfo import ZoneInfo

from app.agreement import shape, terms
from app.agreement.model import (
    Agreement,
    Attempts,
    Disqualifier,
    Example,
    Member,
    NamedAccount,
    Persona,
    Playbook,
    Pool,
    Promise,
    Ready,
    RecycleRule,
    Route,
    Side,
    StageRule,
    Step,
    Target,
    Territory,
    WaitFor,
)
from app.agreement.reads import conditions_of, reads_of
from app.records.ids import PoolId
from app.rules.condition import Meets
from app.rules.facts import Vocabulary
from app.rules.score import FIT, INTEREST, ScoreCard, ScoreRow
from app.rules.watch import watched_scores


def build(document: shape.Document, content: Mapping[str, Any], vocabulary: Vocabulary) -> Agreement:
    """The agreement that a document without faults says."""
    signed = document.agreement
    barring = [one.when for one in document.disqualify]
    falls = watched_scores(conditions_of(document), document.definitions.values(), barring)
    cards = {name: _card(name, card, falls) for name, card in document.score.items()}
    return Agreement(
        name=signed.name,
        overview=signed.overview,
        time_zone=signed.time_zone,
        starts_on=signed.starts_on,
        ends_on=signed.ends_on,
        sides=(_side("marketing", signed.sides.marketing), _side("sales", signed.sides.sales)),
        calendars={one.id: one.calendar() for one in document.calendars},
        definitions=document.definitions,
        profile=Meets(document.profile.ideal_customer),
        personas=tuple(Persona(one.id, one.role, one.when) for one in document.personas),
        fit=cards.get(FIT, ScoreCard(None, ())),
        interest={name.removeprefix(f"{INTEREST}."): card for name, card in cards.items() if name != FIT},
        disqualify=tuple(Disqualifier(one.id, one.because, one.when) for one in document.disqualify),
        stages=tuple(StageRule(one.id, one.when) for one in document.stages),
        ready=_ready(document.ready),
        routes=tuple(_route(one) for one in document.routes),
        pools={PoolId(one.id): _pool(one) for one in document.pools},
        promises={one.id: _promise(one) for one in document.promises},
        recycle=tuple(_recycle(one) for one in document.recycle),
        playbooks=tuple(Playbook(one.id, one.when, one.say, tuple(one.show)) for one in document.playbooks),
        examples=tuple(_example(one, signed.time_zone) for one in document.examples),
        free_mail=(vocabulary.free_mail | set(document.free_mail.add)) - set(document.free_mail.remove),
        reads=reads_of(document),
        document=content,
        territories=tuple(Territory(one.id, one.because, one.when, tuple(one.owners)) for one in document.territories),
        named_accounts=tuple(NamedAccount(one.company, one.domain, one.owner) for one in document.named_accounts),
    )


def _side(name: str, side: terms.Side) -> Side:
    return Side(name, side.contact, tuple(side.sections))


def _card(name: str, card: shape.Card, falls: Collection[str]) -> ScoreCard:
    """`falls` are the scores to watch as they fall; the sum of interest falls with each of its parts."""
    rows = (ScoreRow(row.id, row.points, row.when, row.each, row.half_life, row.at_most) for row in card.rows)
    is_watched = name in falls or (name != FIT and INTEREST in falls)
    return ScoreCard(card.cap, tuple(rows), is_watched)


def _ready(ready: shape.Ready) -> Ready:
    wait = ready.wait_for
    return Ready(ready.when, None if wait is None else WaitFor(tuple(wait.known), wait.at_most))


def _route(route: shape.Route) -> Route:
    return Route(route.id, route.because, route.when, PoolId(route.to), route.promise)


def _pool(pool: shape.Pool) -> Pool:
    fallback = pool.if_nobody or shape.Fallback.model_construct()
    return Pool(
        id=PoolId(pool.id),
        manager=pool.manager,
        calendar=pool.calendar,
        members=tuple(Member(one.owner, one.share, one.at_most, one.calendar) for one in pool.members),
        prefer=tuple(pool.prefer),
        if_nobody=None if fallback.pool is None else PoolId(fallback.pool),
        fallback_owner=fallback.owner,
        working_hours=pool.working_hours,
        reassign_at_most=pool.reassign_at_most,
    )


def _promise(promise: shape.Promise) -> Promise:
    attempts = promise.attempts
    return Promise(
        id=promise.id,
        hours_of=promise.hours_of,
        accept=_target(promise.accept),
        first_touch=_target(promise.first_touch),
        attempts=None if attempts is None else Attempts(attempts.count, attempts.within, _steps(attempts.steps)),
        qualify=_target(promise.qualify),
        when_owner_away=promise.when_owner_away,
        counts_as_touch=tuple(promise.counts_as_touch),
    )


def _target(target: shape.Target | None) -> Target | None:
    return None if target is None else Target(target.within, _steps(target.steps))


def _steps(steps: Iterable[shape.Step]) -> tuple[Step, ...]:
    return tuple(Step(step.at, step.do) for step in steps)


def _recycle(rule: shape.RecycleRule) -> RecycleRule:
    return RecycleRule(rule.reason, rule.return_after, rule.to, rule.needs, rule.back_to, rule.at_most)


def _example(example: shape.Example, zone: str) -> Example:
    """Its time is meant in the agreement's zone."""
    return Example(
        name=example.name,
        at=example.at.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC),
        contact=example.given.contact,
        company=example.given.company,
        signals=tuple(example.given.signals),
        expect=example.expect,
        handoff=example.given.handoff,
    )
