"""What can go wrong with a call to the CRM, and what helps.

CrmError
├── Throttled          a quota is used up                     WAIT, not an attempt
├── Locked             the record is locked for moments       AGAIN
├── Migrating          the portal is being moved              WAIT
├── Outage             no answer, or a 5xx                    AGAIN
│   └── BreakerOpen    too many outages lately: not even sent WAIT
├── Unauthorized       token or scope is wrong                PERSON, for the whole portal
├── Invalid            the CRM refused the content            PARK
│   ├── InvalidOwner   the owner cannot own                   LOOK
│   └── NotApplied     accepted in words, unchanged in deed   PARK
├── Gone               no such record                         LOOK
├── Moved              the record answers under another id    LOOK
├── OutcomeUnknown     sent, and no answer came               ASK
└── Unreadable         an answer that no CRM should give      AGAIN
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import ClassVar

from app.errors import BatonError


class Retry(Enum):
    """What is to be done about an error."""

    WAIT = "wait"
    """Try again after `retry_after`; does not count as an attempt."""
    AGAIN = "again"
    """Try again after a growing delay; counts as an attempt."""
    LOOK = "look"
    """The world is not as it was read: look again and decide anew."""
    ASK = "ask"
    """Nobody knows whether it happened: read the record before doing it again."""
    PARK = "park"
    """The same request would fail again: a person has to change something first."""
    PERSON = "person"
    """Nothing can be sent for this portal until a person mends the access."""


class CrmError(BatonError):
    """A call failed. `words` are the CRM's own; `retry_after` is set where waiting has a known length."""

    code = "crm"
    retry: ClassVar[Retry] = Retry.AGAIN

    def __init__(self, words: str, *, retry_after: timedelta | None = None, correlation_id: str | None = None) -> None:
        super().__init__(words)
        self.words = words
        self.retry_after = retry_after
        self.correlation_id = correlation_id


class Throttled(CrmError):
    """A quota is used up; `policy` is the CRM's name for it."""

    code = "throttled"
    retry = Retry.WAIT

    def __init__(self, words: str, *, policy: str, retry_after: timedelta, correlation_id: str | None = None) -> None:
        super().__init__(words, retry_after=retry_after, correlation_id=correlation_id)
        self.policy = policy


class Locked(CrmError):
    """The record is locked by another change; locks last about two seconds."""

    code = "locked"


class Migrating(CrmError):
    """The portal is being moved between data centres; `retry_after` says for how long."""

    code = "migrating"
    retry = Retry.WAIT


class Outage(CrmError):
    """The CRM did not answer, or answered that it cannot. Nothing is known to have been applied."""

    code = "outage"


class BreakerOpen(Outage):
    """So many calls failed lately that none is sent until `retry_after` has passed."""

    code = "breaker_open"
    retry = Retry.WAIT


class Unauthorized(CrmError):
    """The access token is refused, or lacks a scope. Lanes wait until a person mends it."""

    code = "unauthorized"
    retry = Retry.PERSON


class Invalid(CrmError):
    """The CRM refused the content. `hint` says in one sentence what a person can do."""

    code = "invalid"
    retry = Retry.PARK

    def __init__(self, words: str, *, hint: str, correlation_id: str | None = None) -> None:
        super().__init__(words, correlation_id=correlation_id)
        self.hint = hint


class InvalidOwner(Invalid):
    """The owner does not exist or is no longer active."""

    code = "invalid_owner"
    retry = Retry.LOOK


class NotApplied(Invalid):
    """The CRM answered that all is well and left the value as it was."""

    code = "not_applied"


class Gone(CrmError):
    """The record does not exist (any more)."""

    code = "gone"
    retry = Retry.LOOK


class Moved(CrmError):
    """The record was merged and answers under another id."""

    code = "moved"
    retry = Retry.LOOK


class OutcomeUnknown(CrmError):
    """The request may have been applied: the connection broke after it was sent."""

    code = "outcome_unknown"
    retry = Retry.ASK


class Unreadable(CrmError):
    """The answer could not be read as what was asked for."""

    code = "unreadable"
