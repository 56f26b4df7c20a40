"""Any receiver: a notice as JSON, with its key as Idempotency-Key, signed where a secret is set."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

import orjson

from app.notify.channels import Message
from app.notify.post import Post

SIGNATURE = "Baton-Signature"


class Webhook:
    """Posts each message to one URL."""

    name = "webhook"

    def __init__(self, post: Post, secret: str | None = None) -> None:
        self._post = post
        self._secret = secret.encode() if secret else None

    async def deliver(self, message: Message) -> None:
        """POST the message. A repeat has the same Idempotency-Key and the same body. Raises NotifyError."""
        body = orjson.dumps(message, option=orjson.OPT_UTC_Z)
        await self._post.send(body, {"Idempotency-Key": header_of(message.key), **self._signed(body)})

    def _signed(self, body: bytes) -> dict[str, str]:
        """`sha256=` and the HMAC of the body in hex, as the receiver computes it from the secret."""
        if self._secret is None:
            return {}
        return {SIGNATURE: f"sha256={hmac.new(self._secret, body, hashlib.sha256).hexdigest()}"}


def header_of(key: str) -> str:
    """A key as a header may carry it: what is not plain ASCII is percent-encoded."""
    return quote(key, safe=" !#$&'()*+,/:;=?@[]~|")
