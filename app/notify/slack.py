"""A Slack channel, through an incoming webhook.

Source: Slack developer documentation, "Sending messages using incoming webhooks" and "Formatting text": `&`, `<` and
`>` are escaped, and a message is plain text with a little markup. An incoming webhook knows no idempotency key, so
a repeat can be told by the key at the end of its text only.
"""

from __future__ import annotations

import orjson

from app.notify.channels import Message
from app.notify.post import Post

_ESCAPES = str.maketrans({"&": "&amp;", "<": "&lt;", ">": "&gt;"})


class Slack:
    """Posts each message to the Slack channel that the webhook belongs to."""

    name = "slack"

    def __init__(self, post: Post) -> None:
        self._post = post

    async def deliver(self, message: Message) -> None:
        """Post the message, saying whom it is for. Raises NotifyError."""
        head = f"*{_plain(message.subject)}*"
        text = "\n".join([head, *map(_plain, message.lines), f"_For {_plain(message.to)} · {_plain(message.key)}_"])
        await self._post.send(orjson.dumps({"text": text}), {})


def _plain(text: str) -> str:
    """Text that mentions nobody, and hides no link behind other words."""
    return text.translate(_ESCAPES)
