"""The shape of the document, section by section, but for those that people sign (`terms`).

What a field may hold is said by its type (`fields`).
"""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, Field, model_validator

from app.agreement.fields import (
    Count,
    EachSignal,
    Email,
    Exact,
    FixedLength,
    Identifier,
    Length,
    Minute,
    OpenHandoffs,
    OwnerEmail,
    Points,
    ReturnAfter,
    Stage,
    Text,
    Times,
    When,
    WhenPersona,
    WhenScoring,
    choice,
    reference,
    refusal,
)
from app.agreement.given import Expected, GivenSignal, GivenValues
from app.agreement.terms import OpeningHours, Part, Targets, Terms
from app.agreement.words import DO, RUNGS, check_template, check_words
from app.records.roles import ROLES
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD

_SCORE = re.compile(r"fit|interest\.[a-z][a-z0-9_]*")
_DOMAIN = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_PROPERTY = re.compile(r"[a-z][a-z0-9_]*")
PREFERENCES = ("named_account", "territory", "company_owner", "previous_owner")


class Profile(Part):
    """Who sales wants to talk to: a definition's name."""

    ideal_customer: Annotated[Exact, reference("definition", "definitions")]


class Persona(Part):
    id: Identifier
    role: Annotated[Text, choice("buying role", *ROLES)]
    when: WhenPersona


class Row(Part):
    id: Identifier
    points: Points
    when: WhenScoring | None = None
    each: EachSignal | None = None
    half_life: FixedLength | None = None
    at_most: Annotated[float, Field(strict=True, gt=0, le=10_000, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _has_one_trigger(self) -> Row:
        if (self.when is None) == (self.each is None):
            fix = "Use `when` for a condition, or `each` to count signals"
            raise refusal("when_or_each", f"the row `{self.id}` needs one of `when` and `each`", fix)
        if self.half_life is not None and self.each is None:
            fix = "Use `each`, or take `half_life` away"
            raise refusal("half_life", "only signals counted by `each` lose weight with time", fix)
        if self.at_most is not None and self.each is None:
            fix = "Use `each`, or take `at_most` away"
            raise refusal("row_at_most", "only signals counted by `each` add up to more than a row's points", fix)
        return self


class Card(Part):
    cap: Count | None = None
    rows: Annotated[list[Row], Field(min_length=1)]


Domain: TypeAlias = Annotated[Text, check_words("domain", _DOMAIN, "a domain in lower case like `example.net`")]


ContactProperty: TypeAlias = Annotated[
    Text, check_words("property", _PROPERTY, "the name of a contact property, like `notes_last_contacted`")
]


class FreeMail(Part):
    """What the kept list of free-mail domains lacks, and what it should not hold."""

    add: list[Domain] = Field(default=[])
    remove: list[Domain] = Field(default=[])


class Disqualifier(Part):
    id: Identifier
    because: Text
    when: When


class StageRule(Part):
    id: Stage
    when: When


class WaitFor(Part):
    known: Annotated[
        list[Annotated[Text, check_words("value", re.compile(r"(contact|company)\.[a-z0-9_]+"), "a dotted name")]],
        Field(min_length=1),
    ]
    at_most: FixedLength


class Ready(Part):
    """A condition with `wait_for` beside it; `when` is where the condition is put."""

    when: When
    wait_for: WaitFor | None = None

    @model_validator(mode="before")
    @classmethod
    def _set_apart(cls, node: Any) -> Any:  # noqa: ANN401  anything may be written here
        if not isinstance(node, dict):
            return {"when": node}
        if "when" in node:
            return node
        rest = {key: value for key, value in node.items() if key != "wait_for"}
        return {"when": rest} | {key: value for key, value in node.items() if key == "wait_for"}


class Route(Part):
    id: Identifier
    because: Text
    when: When | None = None
    to: Annotated[Exact, reference("pool", "pools")]
    promise: Annotated[Exact, reference("promise", "promises")]


class Territory(Part):
    id: Identifier
    because: Text
    when: When | None = None
    owners: Annotated[list[OwnerEmail], Field(min_length=1)]


class NamedAccount(Part):
    """A company with an owner of its own, known by its domain or by a name that is nearly the same."""

    company: Text
    domain: Domain | None = None
    owner: OwnerEmail


class Member(Part):
    owner: OwnerEmail
    share: Count = 1
    at_most: OpenHandoffs | None = None
    calendar: Annotated[Exact, reference("calendar", "calendars")] | None = None


class Fallback(Part):
    """Another pool, written as its id, or one owner."""

    pool: Annotated[Exact, reference("pool", "pools")] | None = None
    owner: OwnerEmail | None = None

    @model_validator(mode="before")
    @classmethod
    def _from_id(cls, node: Any) -> Any:  # noqa: ANN401  anything may be written here
        return {"pool": node} if isinstance(node, str) else node

    @model_validator(mode="after")
    def _names_one(self) -> Fallback:
        if (self.pool is None) == (self.owner is None):
            fix = "Write a pool's id, or `{owner: sam@example.com}`"
            raise refusal("if_nobody", "`if_nobody` names one pool or one owner", fix)
        return self


class Pool(Part):
    id: Identifier
    manager: Email
    calendar: Annotated[Exact, reference("calendar", "calendars")]
    working_hours: Annotated[Text, choice("use of working hours", "prefer", "require")] | None = None
    prefer: list[Annotated[Text, choice("preference", *PREFERENCES)]] = Field(default=[])
    if_nobody: Fallback | None = None
    reassign_at_most: Annotated[int, Field(strict=True, ge=0, le=10)] = 2
    members: Annotated[list[Member], Field(min_length=1)]


class Step(Part):
    at: Annotated[Text, check_words("moment", RUNGS, "`75 %`, `breach` or `breach + 1 business hour`")]
    do: Annotated[Text, check_words("step", DO, "`notify owner`, `reassign`, `task` or `stop`")]


class Target(Part):
    within: Length
    steps: list[Step] = Field(default=[])


class Attempts(Part):
    count: Count
    within: Length
    steps: list[Step] = Field(default=[])


class Promise(Part):
    id: Identifier
    hours_of: Annotated[Text, choice("source of hours", "owner", "pool", "lead")]
    when_owner_away: Annotated[Text, choice("answer to an absence", "run", "stop")] = "run"
    counts_as_touch: list[ContactProperty] = Field(default=[])
    accept: Target | None = None
    first_touch: Target | None = None
    attempts: Attempts | None = None
    qualify: Target | None = None

    @model_validator(mode="after")
    def _promises_something(self) -> Promise:
        if self.accept is None and self.first_touch is None:
            fix = "Give it `accept: {within: ...}` or `first_touch: {within: ...}`"
            raise refusal("empty_promise", f"the promise `{self.id}` times nothing", fix)
        return self


class RecycleRule(Part):
    reason: Identifier
    return_after: ReturnAfter
    to: Annotated[Text, choice("choice of owner", "same_owner", "different_owner")] | None = None
    needs: Annotated[Text, choice("need", "new signal")] | None = None
    back_to: Stage | None = None
    at_most: Times | None = None


class Playbook(Part):
    id: Identifier
    when: When | None = None
    say: Annotated[Text, AfterValidator(check_template)]
    show: list[Text] = Field(default=[])


class Given(Part):
    contact: GivenValues = Field(default={})
    company: GivenValues | None = None
    signals: list[GivenSignal] = Field(default=[])
    handoff: Annotated[Text, choice("handoff state", *HANDOFF_ROAD, *HANDOFF_ENDS)] | None = None


class Example(Part):
    name: Text
    at: Minute
    given: Given
    expect: Expected


ScoreName: TypeAlias = Annotated[str, check_words("score", _SCORE, "`fit` or `interest.<part>`")]


class Document(Part):
    """All sections; one that is missing is a fault, for each is part of a good agreement.

    Only `free_mail`, `territories` and `named_accounts` may be left out: not every team has them.
    """

    agreement: Terms
    calendars: Annotated[list[OpeningHours], Field(min_length=1)]
    definitions: dict[Identifier, When]
    free_mail: FreeMail = Field(default=FreeMail())
    profile: Profile
    personas: list[Persona]
    score: Annotated[dict[ScoreName, Card], Field(min_length=1)]
    disqualify: list[Disqualifier]
    stages: Annotated[list[StageRule], Field(min_length=1)]
    ready: Ready
    routes: Annotated[list[Route], Field(min_length=1)]
    territories: list[Territory] = Field(default=[])
    named_accounts: list[NamedAccount] = Field(default=[])
    pools: Annotated[list[Pool], Field(min_length=1)]
    promises: Annotated[list[Promise], Field(min_length=1)]
    recycle: list[RecycleRule]
    playbooks: list[Playbook]
    targets: Targets
    examples: Annotated[list[Example], Field(min_length=1)]
