"""What a request may say beside a document: checked words, numbers and instants."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Annotated

from fastapi import Header, Path, Query
from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints

Email = Annotated[str, StringConstraints(strip_whitespace=True, max_length=254, pattern=r"^[!-?A-~]+@[!-?A-~]+$")]
"""An address in plain ASCII; which address is the right one, the agreement and HubSpot say."""
LAST_NUMBER = 2**31 - 1
"""Version numbers are 32-bit integers in the database."""


def _printable(text: str) -> str:
    """Text without what neither a database nor a page can hold."""
    if any(unicodedata.category(one) in {"Cc", "Cs"} and one != "\n" for one in text):
        raise ValueError("holds a control character; write plain text")
    return text


def _in_utc(at: datetime) -> datetime:
    try:
        return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
    except OverflowError:
        raise ValueError("is outside the calendar; write it like 2026-11-20T10:00:00Z") from None


Words = Annotated[str, StringConstraints(strip_whitespace=True, max_length=500), AfterValidator(_printable)]
SomeWords = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500), AfterValidator(_printable)
]
Instant = Annotated[datetime, AfterValidator(_in_utc)]
RequestKey = Annotated[
    str | None, Header(alias="Idempotency-Key", min_length=1, max_length=200, description="Asked again, it is one.")
]
"""The client's own name for having asked: what is asked for again under it is not done again."""
Number = Annotated[int, Path(ge=1, le=LAST_NUMBER)]
VersionQuery = Annotated[int | None, Query(ge=1, le=LAST_NUMBER, description="A version; else the one in force.")]
MessageQuery = Annotated[Words, Query(description="Why, in a sentence; or as the header `Baton-Message`.")]
MessageHeader = Annotated[Words, Header(alias="Baton-Message")]


class Body(BaseModel):
    """A small JSON body; an unknown name in it is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Note(Body):
    """A remark with an approval."""

    note: Words = ""


class Message(Body):
    """Why something was done."""

    message: Words = ""


class Publishing(Message):
    """With `shadow`, the portal goes into shadow mode with the version."""

    shadow: bool = False
