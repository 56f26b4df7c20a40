"""The shape of the document, section by section. What a field may hold is said by its type (`fields`)."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from app.agreement.fields import (
    Count,
    Day,
    EachSignal,
    Email,
    EndDay,
    FixedLength,
    Identifier,
    Length,
    Minute,
    Money,
    OpenHandoffs,
    OwnerEmail,
    Points,
    ReturnAfter,
    Stage,
    Text,
    When,
    WhenPersona,
    WhenScoring,
    Zone,
    choice,
    reference,
    refusal,
)
from app.agreement.given import Expected, GivenSignal, GivenValues
from app.agreement.words import DO, HOLIDAYS, RUNGS, check_template, check_words
from app.rules.grammar import nearest
from app.rules.leaves import HANDOFF_ENDS, HANDOFF_ROAD
from app.sla.calendar import Calendar
from app.sla.hours import Interval

_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SCORE = re.compile(r"fit|interest\.[a-z][a-z0-9_]*")
ROLES = (
    "decision_maker",
    "budget_holder",
    "champion",
    "influencer",
    "executive_sponsor",
    "end_user",
    "blocker",
    "legal_and_compliance",
    "other",
)


class Part(BaseModel):
    """Anything with named fields; a name that is not among them is a fault."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)


class Review(Part):
    every: Length


def _section(text: str) -> str:
    if text in SECTIONS:
        return text
    raise refusal("unknown_section", f"`{text}` is no section of an agreement", nearest(text, SECTIONS))


class Side(Part):
    contact: Email
    sections: list[Annotated[Text, AfterValidator(_section)]]


class Sides(Part):
    marketing: Side
    sales: Side


class Support(Part):
    by: Annotated[Text, choice("side", "marketing", "sales")]
    what: Text
    every: Length


class Consequence(Part):
    when: Text
    then: Annotated[list[Text], Field(min_length=1)]


class Terms(Part):
    """What the two sides agreed on, apart from the machinery."""

    name: Text
    overview: Text
    goals: Annotated[list[Text], Field(min_length=1)]
    time_zone: Zone
    currency: Annotated[Text, check_words("currency", re.compile(r"[A-Z]{3}"), "a code like `USD`")]
    starts_on: Day
    ends_on: EndDay
    review: Review
    sides: Sides
    disputes: Email
    support: list[Support]
    accountability: list[Consequence]

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Terms:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            message = f"the agreement ends on {self.ends_on}, before it starts on {self.starts_on}"
            raise refusal("ends_before_start", message, "Put `ends_on` after `starts_on`")
        return self


class OpeningHours(Part):
    id: Identifier
    time_zone: Zone
    open: dict[str, list[Text]]
    holidays: Annotated[Text, check_words("country", HOLIDAYS, "a code like `US` or `US-CA`")] | None = None
    closed: list[Day] = []

    @model_validator(mode="after")
    def _is_usable(self) -> OpeningHours:
        try:
            self.calendar()
        except ValueError as error:
            fix = 'Write hours like `mon-fri: ["09:00-17:30"]`'
            raise refusal("bad_calendar", str(error), fix) from error
        return self

    def calendar(self) -> Calendar:
        """The calendar. Raises ValueError for one that cannot be used."""
        hours: dict[int, list[Interval]] = {}
        for days, written in self.open.items():
            for day in _weekdays(days):
                hours.setdefault(day, []).extend(Interval.parse(text) for text in written)
        country, _, region = (self.holidays or "").partition("-")
        return Calendar.build(
            self.id,
            self.time_zone,
            hours,
            holiday_country=country or None,
            holiday_subdivision=region or None,
            closed=self.closed,
        )


class Profile(Part):
    """Who sales wants to talk to: a definition's name."""

    ideal_customer: Annotated[Text, reference("definition", "definitions")]


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

    @model_validator(mode="after")
    def _has_one_trigger(self) -> Row:
        if (self.when is None) == (self.each is None):
            fix = "Use `when` for a condition, or `each` to count signals"
            raise refusal("when_or_each", f"the row `{self.id}` needs one of `when` and `each`", fix)
        if self.half_life is not None and self.each is None:
            fix = "Use `each`, or take `half_life` away"
            raise refusal("half_life", "only signals counted by `each` lose weight with time", fix)
        return self


class Card(Part):
    cap: Count | None = None
    rows: Annotated[list[Row], Field(min_length=1)]


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
    to: Annotated[Text, reference("pool", "pools")]
    promise: Annotated[Text, reference("promise", "promises")]


class Member(Part):
    owner: OwnerEmail
    share: Count = 1
    at_most: OpenHandoffs | None = None


class Fallback(Part):
    """Another pool, written as its id, or one owner."""

    pool: Annotated[Text, reference("pool", "pools")] | None = None
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
    calendar: Annotated[Text, reference("calendar", "calendars")]
    prefer: list[Annotated[Text, choice("preference", "company_owner", "previous_owner")]] = []
    if_nobody: Fallback | None = None
    members: Annotated[list[Member], Field(min_length=1)]


class Step(Part):
    at: Annotated[Text, check_words("moment", RUNGS, "`75 %`, `breach` or `breach + 1 business hour`")]
    do: Annotated[Text, check_words("step", DO, "`notify owner`, `notify manager` or `reassign`")]


class Target(Part):
    within: Length
    steps: list[Step] = []


class Attempts(Part):
    count: Count
    within: Length


class Promise(Part):
    id: Identifier
    hours_of: Annotated[Text, choice("source of hours", "owner", "pool", "lead")]
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


class Playbook(Part):
    id: Identifier
    when: When | None = None
    say: Annotated[Text, AfterValidator(check_template)]
    show: list[Text] = []


class Targets(Part):
    period: Annotated[Text, choice("period", "month", "quarter", "year")]
    revenue: Money
    deal_size: Money
    cycle: Length


class Given(Part):
    contact: GivenValues = {}
    company: GivenValues | None = None
    signals: list[GivenSignal] = []
    handoff: Annotated[Text, choice("handoff state", *HANDOFF_ROAD, *HANDOFF_ENDS)] | None = None


class Example(Part):
    name: Text
    at: Minute
    given: Given
    expect: Expected


ScoreName: TypeAlias = Annotated[str, check_words("score", _SCORE, "`fit` or `interest.<part>`")]


class Document(Part):
    """All sections; one that is missing is a fault, for each is part of a good agreement."""

    agreement: Terms
    calendars: Annotated[list[OpeningHours], Field(min_length=1)]
    definitions: dict[Identifier, When]
    profile: Profile
    personas: list[Persona]
    score: Annotated[dict[ScoreName, Card], Field(min_length=1)]
    disqualify: list[Disqualifier]
    stages: Annotated[list[StageRule], Field(min_length=1)]
    ready: Ready
    routes: Annotated[list[Route], Field(min_length=1)]
    pools: Annotated[list[Pool], Field(min_length=1)]
    promises: Annotated[list[Promise], Field(min_length=1)]
    recycle: list[RecycleRule]
    playbooks: list[Playbook]
    targets: Targets
    examples: Annotated[list[Example], Field(min_length=1)]


SECTIONS = tuple(Document.model_fields)


def _weekdays(days: str) -> range:
    """`mon-fri` as weekday numbers. Raises ValueError."""
    first, _, last = days.strip().lower().partition("-")
    if first not in _WEEK or (last or first) not in _WEEK:
        raise ValueError(f"`{days}` are no weekdays; write `mon-fri` or `sat`")
    return range(_WEEK.index(first), _WEEK.index(last or first) + 1)
