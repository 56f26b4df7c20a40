"""What can go wrong when somebody is told something, and whether it helps to try again.

NotifyError
├── Unreachable      no connection, or no answer in time                     AGAIN
├── Busy             the receiver is there and asks to come back             AGAIN
├── Denied           the receiver lets nobody in by this password or URL     AGAIN
├── Refused          the receiver does not take the message                  NEVER
└── Unlawful         the address is none that Baton connects to              NEVER
"""

from __future__ import annotations

from datetime import timedelta
from enum import Enum
from typing import ClassVar

from app.errors import BatonError

_WORDS_MOST = 300


class Retry(Enum):
    """What is to be done about an error."""

    AGAIN = "again"
    """Try again after a growing delay."""
    NEVER = "never"
    """The same would fail again: a person has to change something first."""


class NotifyError(BatonError):
    """A message was not delivered. `retry_after` is set where the receiver said how long to wait.

    `words` may be the receiver's own: they are made one printable line of at most 300 characters.
    """

    code = "notify"
    retry: ClassVar[Retry] = Retry.AGAIN

    def __init__(self, words: str, *, retry_after: timedelta | None = None) -> None:
        self.words = _line(words)
        super().__init__(self.words)
        self.retry_after = retry_after


def _line(text: str) -> str:
    printable = "".join(sign if sign.isprintable() else " " for sign in text)
    return " ".join(printable.split())[:_WORDS_MOST]


class Unreachable(NotifyError):
    """No connection, or no answer in time. The message may have been taken all the same."""

    code = "unreachable"


class Busy(NotifyError):
    """The receiver cannot take the message now."""

    code = "busy"


class Denied(NotifyError):
    """The password or the URL is not, or no more, one that the receiver lets in: no fault of the message."""

    code = "denied"


class Refused(NotifyError):
    """The receiver answered that it does not take the message."""

    code = "refused"
    retry = Retry.NEVER


class Unlawful(NotifyError):
    """The address is not public, or of a form that Baton sends nothing to; the message names the remedy."""

    code = "unlawful"
    retry = Retry.NEVER
