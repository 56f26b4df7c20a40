"""The agreement as values: what a checked document means.

Everything here is made by `app.agreement.parse` from one YAML document and never changes after.
Order is meaning: personas, disqualifiers, routes, territories and playbooks are first match.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from app.records.ids import PoolId
from app.records.span import Span
from app.rules.condition import Condition
from app.rules.score import ScoreCard
from app.sla.calendar import Calendar


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two teams: who speaks for it and which sections are its promises."""

    name: str
    contact: str
    sections: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Persona:
    id: str
    role: str
    when: Condition


@dataclass(frozen=True, slots=True)
class Disqualifier:
    id: str
    because: str
    when: Condition


@dataclass(frozen=True, slots=True)
class StageRule:
    """Reaching lifecycle stage `id` takes `when`."""

    id: str
    when: Condition


@dataclass(frozen=True, slots=True)
class WaitFor:
    """Hold a ready lead until the dotted names in `known` have values, `at_most` this long."""

    known: tuple[str, ...]
    at_most: Span


@dataclass(frozen=True, slots=True)
class Ready:
    """When a contact is ready for sales. `when` may hold `reaches: <stage>`, which includes passing it."""

    when: Condition
    wait_for: WaitFor | None


@dataclass(frozen=True, slots=True)
class Route:
    """`when` is None on the last route, which catches all."""

    id: str
    because: str
    when: Condition | None
    to: PoolId
    promise: str


@dataclass(frozen=True, slots=True)
class Territory:
    """Who covers whom: `owners` are e-mail addresses, the first who can take the lead gets it. None catches all."""

    id: str
    because: str
    when: Condition | None
    owners: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedAccount:
    """A company that has an owner of its own, by its name and, where it is known, its domain in lower case."""

    company: str
    domain: str | None
    owner: str


@dataclass(frozen=True, slots=True)
class Member:
    """`owner` is an e-mail address; `at_most` caps open handoffs. `calendar` is their own; None: the pool's."""

    owner: str
    share: int = 1
    at_most: int | None = None
    calendar: str | None = None


@dataclass(frozen=True, slots=True)
class Pool:
    """`if_nobody` is another pool's id or `fallback_owner` an e-mail; at most one is set.

    `working_hours`: `prefer` whoever is at work, `require` it, or None: it does not matter. After
    `reassign_at_most` reassignments by an escalation step, the next one tells the pool's manager instead.
    """

    id: PoolId
    manager: str
    calendar: str
    members: tuple[Member, ...]
    prefer: tuple[str, ...] = ()
    if_nobody: PoolId | None = None
    fallback_owner: str | None = None
    working_hours: str | None = None
    reassign_at_most: int = 2


@dataclass(frozen=True, slots=True)
class Step:
    """One rung of an escalation ladder, as written: `at: 75 %`, `do: notify owner`."""

    at: str
    do: str


@dataclass(frozen=True, slots=True)
class Target:
    within: Span
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Attempts:
    count: int
    within: Span
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Promise:
    """What Sales promises for a route. `hours_of` is `owner`, `pool` or `lead`.

    `when_owner_away`: whether an absence lets the clocks `run` on or makes them `stop`. `counts_as_touch` are
    contact properties whose change counts as a first touch, beside engagements of the owner.
    """

    id: str
    hours_of: str
    accept: Target | None
    first_touch: Target | None
    attempts: Attempts | None = None
    qualify: Target | None = None
    when_owner_away: str = "run"
    counts_as_touch: tuple[str, ...] = ()


EXPIRED = "expired"
"""The recycle reason that no rep gives: it speaks of handoffs that a step has stopped."""


@dataclass(frozen=True, slots=True)
class RecycleRule:
    """What becomes of a lead rejected for `reason`; `return_after` None means never.

    `back_to` is the lifecycle stage the contact is set back to; None leaves it. A lead comes back `at_most` so
    many times in all; None sets no bound.
    """

    reason: str
    return_after: Span | None
    to: str | None = None
    needs: str | None = None
    back_to: str | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Playbook:
    """What to say (a Jinja template) and what to show (asset names or links)."""

    id: str
    when: Condition | None
    say: str
    show: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExampleSignal:
    """A signal of an example, `ago` before its instant."""

    kind: str
    detail: str
    ago: Span


@dataclass(frozen=True, slots=True)
class Example:
    """A lead and what must come of it. `expect` maps stage, route, pool, owner, persona, disqualified,
    ready or score.* to the value expected.
    """

    name: str
    at: datetime
    contact: Mapping[str, str | None]
    company: Mapping[str, str | None] | None
    signals: tuple[ExampleSignal, ...]
    expect: Mapping[str, str | int | float | bool | None]
    handoff: str | None = None


@dataclass(frozen=True, slots=True)
class Reads:
    """Property names that the document looks at, without the dot prefix."""

    contact: frozenset[str]
    company: frozenset[str]
    deal: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Agreement:
    """One whole document. `document` is its plain content (JSON-able), from which it can be built again."""

    name: str
    overview: str
    time_zone: str
    starts_on: date
    ends_on: date | None
    sides: tuple[Side, ...]
    calendars: Mapping[str, Calendar]
    definitions: Mapping[str, Condition]
    profile: Condition | None
    personas: tuple[Persona, ...]
    fit: ScoreCard
    interest: Mapping[str, ScoreCard]
    disqualify: tuple[Disqualifier, ...]
    stages: tuple[StageRule, ...]
    ready: Ready
    routes: tuple[Route, ...]
    pools: Mapping[PoolId, Pool]
    promises: Mapping[str, Promise]
    recycle: tuple[RecycleRule, ...]
    playbooks: tuple[Playbook, ...]
    examples: tuple[Example, ...]
    free_mail: frozenset[str]
    reads: Reads
    document: Mapping[str, object]
    territories: tuple[Territory, ...] = ()
    named_accounts: tuple[NamedAccount, ...] = ()
