"""What a channel is, and what it is given to deliver."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """What one person is told. The same notice has the same `key` however often it is sent; text is plain.

    `to` is an e-mail address; a channel with a fixed receiver says in the text whom the message is for.
    """

    key: str
    to: str
    kind: str
    subject: str
    lines: tuple[str, ...]
    made_at: datetime


class Channel(Protocol):
    """One way to tell somebody."""

    @property
    def name(self) -> str:
        """What the channel is called in the outbox and on the command line."""

    async def deliver(self, message: Message) -> None:
        """Hand the message over: when this returns, the receiver has taken it. Raises NotifyError."""
