"""Which records are meant: one line of `name:value` words, written the same in a URL, the API and the command line.

    state:parked type:contact.propertyChange error:VALIDATION since:24h owner:ann@example.com route:demo

All words must hold. A value with blanks stands in quotes. What is meant is frozen when the line is read: a time ago
becomes an instant.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches
from enum import StrEnum
from typing import ClassVar, assert_never

from app.errors import BatonError
from app.records.ids import ObjectType

LENGTH_MOST = 1_000
_AGO_MOST = timedelta(days=3_660)
_AGO = re.compile(r"(\d{1,6})([mhdw])")
_UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_ID = re.compile(r"[0-9]{1,20}")
_KEY = re.compile(r"[0-9a-f]{4,64}")
_SPACED = "takes a span like 24h, 30m, 7d or 2w, or an instant like 2026-11-20T10:00:00Z"


class FilterRefused(BatonError):
    """A filter cannot be read; the message names the word and what it could be."""

    code: ClassVar[str] = "filter_refused"


class Standing(StrEnum):
    """Where a record stands, or an event about it."""

    PARKED = "parked"
    """Its lane, or a write of it, needs a person."""
    PENDING = "pending"
    APPLIED = "applied"
    IGNORED = "ignored"


@dataclass(frozen=True, slots=True)
class Filter:
    """What a record must be for it to be meant; None asks nothing. At least one thing is asked.

    `type` is an event's as HubSpot names it, `event` the beginning of its key. `error` is a code, or a part of what
    the CRM said, in any case. `owner` and `route` are those of the open handoff. `since` and `until` bound when the
    record, or the event, was last heard of. What reads through events names one of them, a record or `since`.
    """

    state: Standing | None = None
    type: str | None = None
    error: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    owner: str | None = None
    route: str | None = None
    record: tuple[ObjectType, str] | None = None
    event: str | None = None

    @property
    def asks_what_is_parked(self) -> bool:
        return self.state is Standing.PARKED or self.error is not None

    @property
    def asks_events(self) -> bool:
        """Whether what came is read, and not only what stands."""
        asked = (self.state, self.type, self.event, self.since, self.until)
        return not self.asks_what_is_parked and any(one is not None for one in asked)

    def __str__(self) -> str:
        """The line that is read as this filter, whenever it is read."""
        given = ((one.name, getattr(self, one.name)) for one in fields(self))
        return " ".join(f"{name}:{shlex.quote(_written(value))}" for name, value in given if value is not None)


NAMES = tuple(one.name for one in fields(Filter))
"""The names that a word may begin with."""

Value = Standing | str | datetime | tuple[ObjectType, str]


def _written(value: Value) -> str:
    match value:
        case datetime():
            return value.isoformat().replace("+00:00", "Z")
        case (kind, own_id):
            return f"{kind}/{own_id}"
        case str():
            return str(value)
        case _:
            assert_never(value)


def parse_filter(line: str, *, now: datetime) -> Filter:
    """Read a line. Raises FilterRefused for what is no word, an unknown name (with the nearest), or a wrong value."""
    if len(line) > LENGTH_MOST:
        raise FilterRefused(f"the filter has {len(line)} characters; {LENGTH_MOST} are allowed")
    if not all(sign.isprintable() for sign in line):
        raise FilterRefused("the filter holds a character that cannot be printed; write plain text")
    given: dict[str, str] = {}
    for word in _words(line):
        name, value = _split(word)
        if name in given:
            raise FilterRefused(f"`{name}` is given twice; each name may be given once")
        given[name] = value
    if not given:
        raise FilterRefused(f"the filter is empty; say which records are meant, as `state:parked`. {_known()}")
    return _filter(given, now)


def is_line(text: str) -> bool:
    """Whether each part of it begins as a word of a filter does: not so a single word whose value has blanks."""
    try:
        return all(_named(word) for word in shlex.split(text))
    except ValueError:
        return False


def _named(word: str) -> bool:
    name, colon, _ = word.partition(":")
    return bool(colon) and name in NAMES


def _words(line: str) -> list[str]:
    try:
        return shlex.split(line)
    except ValueError:
        raise FilterRefused('a quotation in the filter is not closed; write error:"two words"') from None


def _split(word: str) -> tuple[str, str]:
    name, colon, value = word.partition(":")
    if not colon:
        raise FilterRefused(f"{word!r} is no word of a filter; write name:value. {_known()}")
    if name not in NAMES:
        near = get_close_matches(name, NAMES, n=1)
        meant = f"; did you mean `{near[0]}`?" if near else f". {_known()}"
        raise FilterRefused(f"a filter has no `{name}`{meant}")
    if not value:
        raise FilterRefused(f"`{name}:` has no value")
    return name, value


def _known() -> str:
    return f"There are: {', '.join(NAMES)}"


def _filter(given: Mapping[str, str], now: datetime) -> Filter:
    """The filter of these words."""
    state, record = given.get("state"), given.get("record")
    instants = {name: _instant(name, given[name], now) for name in ("since", "until") if name in given}
    made = Filter(
        state=_state(state) if state else None,
        type=given.get("type"),
        error=given.get("error"),
        since=instants.get("since"),
        until=instants.get("until"),
        owner=given.get("owner"),
        route=given.get("route"),
        record=_record(record) if record else None,
        event=_event(given["event"]) if "event" in given else None,
    )
    _check(made)
    return made


def _check(made: Filter) -> None:
    if made.error and made.state not in {None, Standing.PARKED}:
        raise FilterRefused(f"`error` asks for what is parked, `state` for what is {made.state}; leave one of them out")
    bounded = made.since or made.record or made.event or made.state is Standing.PENDING
    if made.asks_events and not bounded:
        asked = "type" if made.type else "state" if made.state else "until"
        raise FilterRefused(f"`{asked}` would read every event that ever came; say since when, as `since:30d`")


def _state(text: str) -> Standing:
    try:
        return Standing(text)
    except ValueError:
        if text == "quarantined":
            raise FilterRefused(
                "a quarantined event names no record that could be looked at; see `baton events list`"
            ) from None
        raise FilterRefused(f"`state` is {text!r}; it takes one of: {', '.join(Standing)}") from None


def _record(text: str) -> tuple[ObjectType, str]:
    kind, slash, own_id = text.rpartition("/")
    try:
        object_type = ObjectType(kind) if slash else ObjectType.CONTACT
    except ValueError:
        raise FilterRefused(f"`record` is {text!r}; before the / it takes one of: {', '.join(ObjectType)}") from None
    if not _ID.fullmatch(own_id):
        # One id that is none makes HubSpot refuse a whole batch of reads.
        raise FilterRefused(f"`record` is {text!r}; it takes an id in digits, as contact/123")
    return object_type, own_id


def _event(text: str) -> str:
    key = text.lower()
    if not _KEY.fullmatch(key):
        raise FilterRefused(f"`event` is {text!r}; it takes four or more of the first signs of a key, as 9f3c")
    return key


def _instant(name: str, text: str, now: datetime) -> datetime:
    ago = _AGO.fullmatch(text)
    if ago:
        span = timedelta(**{_UNITS[ago[2]]: int(ago[1])})
        if span > _AGO_MOST:
            raise FilterRefused(f"`{name}` is {text!r}, longer than ten years; give less")
        return (now - span).astimezone(UTC)
    try:
        at = datetime.fromisoformat(text)
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise FilterRefused(f"`{name}` is {text!r}; it {_SPACED}") from None
