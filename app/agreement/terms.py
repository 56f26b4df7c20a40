"""The sections that people sign: the terms, the hours, the targets. `shape` has those that run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema, model_validator

from app.agreement.fields import (
    Day,
    Email,
    EndDay,
    Identifier,
    Length,
    Money,
    Text,
    Zone,
    choice,
    refusal,
)
from app.agreement.spelled import EXTRA_OPEN, OPEN, Check
from app.agreement.words import HOLIDAYS, check_words
from app.rules.grammar import nearest
from app.sla.calendar import Calendar
from app.sla.hours import Interval

SECTIONS = (
    "agreement",
    "calendars",
    "definitions",
    "free_mail",
    "profile",
    "personas",
    "score",
    "disqualify",
    "stages",
    "ready",
    "routes",
    "territories",
    "named_accounts",
    "pools",
    "promises",
    "recycle",
    "playbooks",
    "targets",
    "examples",
)
_WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


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
    sections: list[Annotated[Text, Check(_section, {"enum": list(SECTIONS)})]]


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
    open: Annotated[dict[str, list[Text]], WithJsonSchema(OPEN)]
    holidays: Annotated[Text, check_words("country", HOLIDAYS, "a code like `US` or `US-CA`")] | None = None
    closed: list[Day] = []
    extra_open: Annotated[dict[Day, list[Text]], WithJsonSchema(EXTRA_OPEN)] = Field(default={})

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
                hours.setdefault(day, []).extend(_intervals(written))
        country, _, region = (self.holidays or "").partition("-")
        return Calendar.build(
            self.id,
            self.time_zone,
            hours,
            holiday_country=country or None,
            holiday_subdivision=region or None,
            closed=self.closed,
            extra_open=self._extra(),
        )

    def _extra(self) -> Mapping[date, Iterable[Interval]]:
        """The hours of single days. Raises ValueError for a day without any: that is what `closed` is for."""
        for day, written in self.extra_open.items():
            if not written:
                raise ValueError(f"{day} under `extra_open` has no hours; list it under `closed`")
        return {day: _intervals(written) for day, written in self.extra_open.items()}


class Targets(Part):
    period: Annotated[Text, choice("period", "month", "quarter", "year")]
    revenue: Money
    deal_size: Money
    cycle: Length


def _intervals(written: Iterable[str]) -> list[Interval]:
    return [Interval.parse(text) for text in written]


def _weekdays(days: str) -> range:
    """`mon-fri` as weekday numbers. Raises ValueError."""
    first, _, last = days.strip().lower().partition("-")
    if first not in _WEEK or (last or first) not in _WEEK:
        raise ValueError(f"`{days}` are no weekdays; write `mon-fri` or `sat`")
    return range(_WEEK.index(first), _WEEK.index(last or first) + 1)
