"""The kinds of value that an agreement is written with, each checked where it stands.

A check finds what exists (pools, owners, ...) in the Context; what it refuses carries its own remedy.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, Field, PlainValidator, StringConstraints, ValidationInfo, WithJsonSchema
from pydantic_core import PydanticCustomError

from app.agreement import spelled
from app.agreement.spelled import Check, defined
from app.records.span import Span, Unit
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.rules.condition import Condition, SignalTest
from app.rules.grammar import ConditionFault, Names, nearest
from app.rules.parse import parse_condition, parse_signal

_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MINUTE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}")
_OPEN_HANDOFFS = re.compile(r"([0-9]{1,6})( open handoffs?)?")
_TIMES = re.compile(r"([0-9]{1,6})( times?)?")

NOT_YET_KNOWN: Mapping[str, tuple[str, ...]] = {
    "Condition": (),
    "ScoringCondition": ("score", "reaches"),
    "PersonaCondition": ("persona", "role", "buying_group", "score", "reaches"),
}
"""For each place of a condition, the leaves that cannot stand there: what they see is decided after it."""


@dataclass(frozen=True, slots=True)
class Context:
    """What the document defines, and with `owners` and `portal_stages` what the portal has."""

    names: Names
    ids: Mapping[str, Collection[str]] = field(default_factory=dict)
    owners: Mapping[str, bool] | None = None
    portal_stages: Collection[str] | None = None


def refusal(code: str, message: str, fix: str) -> PydanticCustomError:
    """A fault in plain words, for Pydantic to carry to where the value stands."""
    return PydanticCustomError(code, "{message}", {"message": message, "fix": fix})


def within(faults: list[ConditionFault]) -> PydanticCustomError:
    """Several faults below one value, with paths from there."""
    return PydanticCustomError("within", "see faults", {"faults": faults})


def context(info: ValidationInfo) -> Context:
    """The context that validation was started with."""
    found = info.context
    return found if isinstance(found, Context) else Context(Names())


def choice(what: str, *among: str) -> Check:
    """One of a few words."""

    def check(text: str) -> str:
        if text in among:
            return text
        raise refusal("unknown_word", f"`{text}` is no {what}", nearest(text, among))

    return Check(check, {"enum": list(among)})


def reference(what: str, section: str) -> AfterValidator:
    """The id of something that another section defines."""

    def check(text: str, info: ValidationInfo) -> str:
        known = context(info).ids.get(section, ())
        if text in known:
            return text
        raise refusal(f"unknown_{what}", f"there is no {what} `{text}` under `{section}`", nearest(text, known))

    return AfterValidator(check)


def _email(text: str) -> str:
    if _EMAIL.fullmatch(text):
        return text
    raise refusal("bad_email", f"`{text}` is no e-mail address", "Write it like `ann@example.com`")


def _owner(text: str, info: ValidationInfo) -> str:
    owners = context(info).owners
    if owners is not None and not owners.get(text.casefold(), False):
        if text.casefold() in owners:
            raise refusal("inactive_owner", f"`{text}` is switched off in the portal", "Name who takes their place")
        active = [email for email, is_active in owners.items() if is_active]
        raise refusal("unknown_owner", f"`{text}` is no owner in the portal", nearest(text, active))
    return text


def _stage(text: str, info: ValidationInfo) -> str:
    stages = context(info).portal_stages
    known = HUBSPOT_DEFAULT_STAGES if stages is None else stages
    if text in known or (stages is None and text.isdigit()):
        return text
    raise refusal("unknown_stage", f"`{text}` is no lifecycle stage", nearest(text, known))


def _zone(text: str) -> str:
    try:
        ZoneInfo(text)
    except (KeyError, ValueError, OSError):
        fix = "Write it like `America/New_York`"
        raise refusal("bad_time_zone", f"there is no time zone `{text}`", fix) from None
    return text


def _span(node: object) -> Span:
    span = read_any_span(node)
    if span is not None and span.amount:
        return span
    raise refusal("bad_span", f"`{node}` is no length of time", "Write it like `7 days`, `2 h` or `15 business min`")


def read_any_span(node: object) -> Span | None:
    """The length of time written, business or not; None for anything else."""
    try:
        return node if isinstance(node, Span) else Span.parse(str(node))
    except ValueError:
        return None


def _fixed(span: Span) -> Span:
    if span.business or span.unit in {Unit.MONTH, Unit.YEAR}:
        fix = "Use seconds, minutes, hours, days or weeks, without `business`"
        raise refusal("bad_span", f"`{span}` differs from month to month or place to place", fix)
    return span


def _day(node: object) -> date:
    try:
        if isinstance(node, str) and _DAY.fullmatch(node):
            return date.fromisoformat(node)
    except ValueError:
        pass
    raise refusal("bad_date", f"`{node}` is no date", "Write it like `2026-10-01`")


def _end(node: object) -> date | None:
    return None if node == "never" else _day(node)


def _minute(node: object) -> datetime:
    try:
        if isinstance(node, str) and _MINUTE.fullmatch(node):
            return datetime.fromisoformat(node)
    except ValueError:
        pass
    raise refusal("bad_time", f"`{node}` is no day and time", 'Write it like `"2026-11-20 10:00"`')


def _return_after(node: object) -> Span | None:
    return None if node == "never" else _span(node)


def _open_handoffs(node: object) -> int:
    return _counted(node, _OPEN_HANDOFFS, "number of handoffs", "25 open handoffs")


def _times(node: object) -> int:
    return _counted(node, _TIMES, "number of times", "2 times")


def _counted(node: object, pattern: re.Pattern[str], what: str, example: str) -> int:
    match = pattern.fullmatch(str(node))
    if match is None or not int(match[1]):
        raise refusal("bad_count", f"`{node}` is no {what}", f"Write it like `{example}`")
    return int(match[1])


def _condition(place: str) -> PlainValidator:
    def read(node: object, info: ValidationInfo) -> Condition:
        faults: list[ConditionFault] = []
        condition = parse_condition(node, (), _names(info, NOT_YET_KNOWN[place]), faults)
        if faults:
            raise within(faults)
        return condition

    return PlainValidator(read)


def _each(node: object, info: ValidationInfo) -> SignalTest:
    faults: list[ConditionFault] = []
    test = parse_signal(node, (), context(info).names, faults)
    if test is None or faults:
        raise within(faults)
    return test


def _names(info: ValidationInfo, without: Collection[str]) -> Names:
    known = context(info).names
    return Names(
        known.definitions,
        known.personas,
        known.stages,
        known.scores,
        known.vocabulary,
        without,
        closed=known.closed,
    )


def checked(check: Callable[..., Any]) -> PlainValidator:
    """A value read by its own function, whatever its type in the text."""
    return PlainValidator(check)


Text: TypeAlias = Annotated[str, StringConstraints(strict=True, strip_whitespace=True, min_length=1)]
Exact: TypeAlias = Annotated[str, StringConstraints(strict=True, min_length=1)]
"""A name as it is written, blanks and all: what compares two documents sees the names that run."""
Identifier: TypeAlias = Annotated[Exact, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]*$", max_length=64)]
Email: TypeAlias = Annotated[Text, Check(_email, spelled.follows(_EMAIL.pattern, "ann@example.com"))]
OwnerEmail: TypeAlias = Annotated[Email, AfterValidator(_owner)]
Stage: TypeAlias = Annotated[Exact, AfterValidator(_stage)]
Zone: TypeAlias = Annotated[Text, Check(_zone, {"examples": ["America/New_York"]})]
Length: TypeAlias = Annotated[Span, checked(_span), WithJsonSchema(spelled.LENGTH)]
FixedLength: TypeAlias = Annotated[Span, checked(_span), AfterValidator(_fixed), WithJsonSchema(spelled.FIXED_LENGTH)]
Day: TypeAlias = Annotated[date, checked(_day), WithJsonSchema(spelled.DAY)]
EndDay: TypeAlias = Annotated[date | None, checked(_end), WithJsonSchema(spelled.END_DAY)]
Minute: TypeAlias = Annotated[datetime, checked(_minute), WithJsonSchema(spelled.MINUTE)]
ReturnAfter: TypeAlias = Annotated[Span | None, checked(_return_after), WithJsonSchema(spelled.RETURN_AFTER)]
OpenHandoffs: TypeAlias = Annotated[int, checked(_open_handoffs), WithJsonSchema(spelled.OPEN_HANDOFFS)]
Times: TypeAlias = Annotated[int, checked(_times), WithJsonSchema(spelled.TIMES)]
Count: TypeAlias = Annotated[int, Field(strict=True, ge=1, le=1_000_000)]
Money: TypeAlias = Annotated[float, Field(strict=True, gt=0, allow_inf_nan=False)]
Points: TypeAlias = Annotated[float, Field(strict=True, ge=-10_000, le=10_000, allow_inf_nan=False)]
When: TypeAlias = Annotated[Condition, _condition("Condition"), WithJsonSchema(defined("Condition"))]
WhenScoring: TypeAlias = Annotated[
    Condition, _condition("ScoringCondition"), WithJsonSchema(defined("ScoringCondition"))
]
WhenPersona: TypeAlias = Annotated[
    Condition, _condition("PersonaCondition"), WithJsonSchema(defined("PersonaCondition"))
]
EachSignal: TypeAlias = Annotated[SignalTest, checked(_each), WithJsonSchema(defined("SignalCondition"))]
