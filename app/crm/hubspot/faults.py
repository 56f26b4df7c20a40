"""An answer that is no success, as an error that says what helps.

HubSpot asks readers to treat every field of an error body as optional, so nothing here raises.
Source: HubSpot developer documentation, "Handling errors" and "API usage guidelines and limits".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta, tzinfo
from enum import Enum, auto
from typing import assert_never

from app.crm.errors import (
    CrmError,
    Gone,
    Invalid,
    InvalidOwner,
    Locked,
    Migrating,
    Outage,
    Throttled,
    Unauthorized,
    Unreadable,
)
from app.crm.hubspot.hints import hint_for
from app.crm.hubspot.wire import NO_FIELDS, Fields, clean, decode, fields, text

LOCK = timedelta(seconds=2)
"""How long HubSpot's record locks last."""
MIGRATION = timedelta(hours=1)
"""How long to wait for a portal on the move when the answer does not say."""
ROLLING_WINDOW = timedelta(seconds=10)
"""The window of the quota that most calls count against."""
LONGEST_WAIT = timedelta(days=1)
_LONGEST_WORDS = 2_000
_UNKNOWN = "PROPERTY_DOESNT_EXIST"
_NO_SUCH_PROPERTY = re.compile(r'Property \\*"(\w+)\\*" does not exist')
"""HubSpot's message may quote the fault as JSON within JSON, hence the backslashes."""


class UnknownProperties(Invalid):
    """Invalid, because this portal lacks the properties in `names`: any write that sets one fails alike."""

    def __init__(self, words: str, *, names: frozenset[str], hint: str, correlation_id: str | None) -> None:
        super().__init__(words, hint=hint, correlation_id=correlation_id)
        self.names = names


class Conflict(Invalid):
    """Invalid, because something of that name is there already."""


@dataclass(frozen=True, slots=True)
class Complaint:
    """What an error body says, as far as it says anything."""

    words: str
    category: str = ""
    policy: str = ""
    codes: frozenset[str] = frozenset()
    unknown_properties: frozenset[str] = frozenset()
    scopes: tuple[str, ...] = ()
    correlation_id: str | None = None

    def mentions(self, code: str) -> bool:
        # Codes stand in `errors[].code`, or inside the message as a JSON text of its own.
        return code in self.codes or code in self.words


class _Sort(Enum):
    """What kind of no it is."""

    THROTTLED = auto()
    LOCKED = auto()
    MIGRATING = auto()
    UNAUTHORIZED = auto()
    GONE = auto()
    CONFLICT = auto()
    OUTAGE = auto()
    INVALID = auto()


_BY_STATUS = {
    401: _Sort.UNAUTHORIZED,
    403: _Sort.UNAUTHORIZED,
    404: _Sort.GONE,
    408: _Sort.OUTAGE,
    409: _Sort.CONFLICT,
    423: _Sort.LOCKED,
    429: _Sort.THROTTLED,
    477: _Sort.MIGRATING,
}
_BY_CATEGORY = {
    "OBJECT_NOT_FOUND": _Sort.GONE,
    "CONFLICT": _Sort.CONFLICT,
    "RATE_LIMIT": _Sort.THROTTLED,
    "RATE_LIMITS": _Sort.THROTTLED,
    "MISSING_SCOPES": _Sort.UNAUTHORIZED,
    "EXPIRED_AUTHENTICATION": _Sort.UNAUTHORIZED,
    "INVALID_AUTHENTICATION": _Sort.UNAUTHORIZED,
    "LOCKED": _Sort.LOCKED,
    "INTERNAL_ERROR": _Sort.OUTAGE,
}
_SERVER_ERROR = 500


def refusal(status: int, headers: Mapping[str, str], content: bytes, *, now: datetime, zone: tzinfo) -> CrmError:
    """The error for an answer with `status` 400 or above.

    `zone` is the portal's: daily quotas end at its midnight.
    """
    complaint = _read_body(status, headers, content)
    sort = _Sort.OUTAGE if status >= _SERVER_ERROR else _BY_STATUS.get(status, _Sort.INVALID)
    wait = _retry_after(headers)
    if sort is _Sort.THROTTLED:
        wait = wait or _policy_wait(complaint, now, zone)
    return _fault(sort, complaint, wait)


def entry_fault(entry: object) -> CrmError:
    """The error for one entry of the `errors` of a batch that succeeded in part."""
    body = entry if isinstance(entry, dict) else NO_FIELDS
    complaint = _read(body, "HubSpot refused this input without a word")
    return _fault(_BY_CATEGORY.get(complaint.category, _Sort.INVALID), complaint, None)


def _fault(sort: _Sort, complaint: Complaint, wait: timedelta | None) -> CrmError:
    words, trail = complaint.words, complaint.correlation_id
    error: CrmError
    match sort:
        case _Sort.THROTTLED:
            policy = complaint.policy or "unnamed"
            error = Throttled(words, policy=policy, retry_after=wait or ROLLING_WINDOW, correlation_id=trail)
        case _Sort.LOCKED:
            error = Locked(words, retry_after=LOCK, correlation_id=trail)
        case _Sort.MIGRATING:
            error = Migrating(words, retry_after=wait or MIGRATION, correlation_id=trail)
        case _Sort.UNAUTHORIZED:
            error = Unauthorized(_with_scopes(complaint), correlation_id=trail)
        case _Sort.GONE:
            error = Gone(words, correlation_id=trail)
        case _Sort.CONFLICT:
            error = Conflict(words, hint=hint_for(words, complaint.codes), correlation_id=trail)
        case _Sort.OUTAGE:
            error = Outage(words, retry_after=wait, correlation_id=trail)
        case _Sort.INVALID:
            error = _invalid(complaint)
        case _:
            assert_never(sort)
    return error


def has_code(entry: object, code: str) -> bool:
    """Whether an entry of `errors` is of that category or subcategory."""
    if not isinstance(entry, dict):
        return False
    return code in text(entry.get("category")) or code in text(entry.get("subCategory"))


def named_in_context(entry: object, *names: str) -> tuple[str, ...]:
    """The texts under `names` in the `context` of an entry, whether it holds a list or a single one."""
    if not isinstance(entry, dict):
        return ()
    context = entry.get("context")
    return tuple(value for name in names for value in _texts(context, name))


def _invalid(complaint: Complaint) -> Invalid:
    words, correlation_id = complaint.words, complaint.correlation_id
    hint = hint_for(words, complaint.codes)
    if complaint.mentions("INVALID_OWNER_ID"):
        return InvalidOwner(words, hint=hint, correlation_id=correlation_id)
    if complaint.mentions(_UNKNOWN):
        names = complaint.unknown_properties
        return UnknownProperties(words, names=names, hint=hint, correlation_id=correlation_id)
    return Invalid(words, hint=hint, correlation_id=correlation_id)


def _policy_wait(complaint: Complaint, now: datetime, zone: tzinfo) -> timedelta:
    """HubSpot documents no Retry-After for its API: each policy has a window of its own."""
    match complaint.policy:
        case "DAILY":
            return _until_midnight(now, zone)
        case "SECONDLY":
            return timedelta(seconds=1)
        case _:
            return ROLLING_WINDOW


def _until_midnight(now: datetime, zone: tzinfo) -> timedelta:
    tomorrow = now.astimezone(zone).date() + timedelta(days=1)
    return datetime.combine(tomorrow, time(), tzinfo=zone).astimezone(UTC) - now


def _retry_after(headers: Mapping[str, str]) -> timedelta | None:
    seconds = headers.get("retry-after", "").strip()
    if not (seconds.isascii() and seconds.isdigit()) or int(seconds[:9]) == 0:
        return None
    return min(timedelta(seconds=int(seconds[:9])), LONGEST_WAIT)


def _with_scopes(complaint: Complaint) -> str:
    return f"{complaint.words} (scopes: {', '.join(complaint.scopes)})" if complaint.scopes else complaint.words


def _read_body(status: int, headers: Mapping[str, str], content: bytes) -> Complaint:
    wordless = f"HubSpot answered {status} without a word"
    try:
        body = fields(decode(content), "the body")
    except Unreadable:
        body = NO_FIELDS
    return _read(body, wordless, headers.get("x-hubspot-correlation-id"))


def _read(body: Fields, wordless: str, correlation_id: str | None = None) -> Complaint:
    entries = list(_entries(body))
    contexts = [body.get("context"), *(entry.get("context") for entry in entries)]
    return Complaint(
        words=_words(body, entries)[:_LONGEST_WORDS] or wordless,
        category=text(body.get("category")) or text(body.get("errorType")),
        policy=text(body.get("policyName")),
        codes=frozenset(text(entry.get(name)) for entry in entries for name in ("code", "error", "subCategory")),
        unknown_properties=_unknown_properties(body, entries),
        scopes=tuple(dict.fromkeys(_all(contexts, "requiredGranularScopes", "requiredScopes"))),
        correlation_id=text(body.get("correlationId")) or correlation_id,
    )


def _unknown_properties(body: Fields, entries: list[Fields]) -> frozenset[str]:
    """Names of properties that do not exist. Entries about others are none of it: those exist, for others."""
    contexts: list[object] = [
        entry.get("context") for entry in entries if _UNKNOWN in (entry.get("code"), entry.get("error"))
    ]
    told = _NO_SUCH_PROPERTY.findall(_words(body, entries))
    return frozenset((*_all(contexts, "propertyName"), *told))


def _words(body: Fields, entries: list[Fields]) -> str:
    """HubSpot's message, and behind it what its entries add."""
    parts = [text(body.get("message")), *(text(entry.get("message")) for entry in entries)]
    return " · ".join(dict.fromkeys(part for part in parts if part))


def _entries(body: Fields) -> Iterator[Fields]:
    entries = body.get("errors")
    yield from (entry for entry in (entries if isinstance(entries, list) else ()) if isinstance(entry, dict))


def _all(contexts: list[object], *names: str) -> Iterator[str]:
    yield from (value for context in contexts for name in names for value in _texts(context, name))


def _texts(context: object, name: str) -> tuple[str, ...]:
    value = context.get(name) if isinstance(context, dict) else None
    candidates = value if isinstance(value, list) else [value]
    return tuple(clean(str(each)) for each in candidates if isinstance(each, str | int))
