"""What a request brings: never more than its path takes, and documents as text."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable, MutableMapping
from typing import Any, ClassVar

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.agreement.dump import dump
from app.agreement.source import SIZE_LIMIT
from app.errors import BatonError

YAML_TYPES = ("application/yaml", "text/yaml", "application/x-yaml")
JSON_TYPE = "application/json"
DOCUMENT_BODY: dict[str, Any] = {
    "requestBody": {
        "description": "An agreement.",
        "content": {
            "application/yaml": {"schema": {"type": "string"}},
            JSON_TYPE: {"schema": {"type": "object"}},
        },
    }
}
"""What OpenAPI says of a path that takes a document."""


class UnreadableBody(BatonError):
    """The body is not what its Content-Type says."""

    code: ClassVar[str] = "unreadable_body"


class WrongMediaType(BatonError):
    """The body is of a kind that the path does not take."""

    code: ClassVar[str] = "wrong_media_type"


class BodyLimit:
    """ASGI middleware: below `/api/` no more than `SIZE_LIMIT` bytes of a body are ever read."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith("/api/"):
            receive = _counted(receive, _declared(scope))
        await self._app(scope, receive, send)


def _declared(scope: Scope) -> int:
    length = dict(scope["headers"]).get(b"content-length", b"")
    return int(length) if length.isdigit() else 0


def _counted(receive: Receive, declared: int) -> Receive:
    """The same messages, until they hold too much. The exception is the one that FastAPI lets through."""
    read = 0

    async def counting() -> Message:
        nonlocal read
        if declared > SIZE_LIMIT:
            raise HTTPException(413)
        message: MutableMapping[str, Any] = await receive()
        read += len(message.get("body", b""))
        if read > SIZE_LIMIT:
            raise HTTPException(413)
        return message

    return counting


async def document_of(request: Request) -> str | None:
    """The document that the request brings, as YAML; None when it brings nothing.

    Raises WrongMediaType and UnreadableBody. Only what it takes to have text is looked at here.
    """
    raw = await request.body()
    if not raw.strip():
        return None
    kind, _, parameters = request.headers.get("content-type", YAML_TYPES[0]).lower().partition(";")
    charset = parameters.partition("charset=")[2].strip(' "') or "utf-8"
    if kind.strip() not in {*YAML_TYPES, JSON_TYPE} or charset not in {"utf-8", "utf8"}:
        raise WrongMediaType("send the document as `Content-Type: application/yaml` or application/json, in UTF-8")
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise UnreadableBody(f"byte {error.start} is not UTF-8; save the document as UTF-8") from None
    return await asyncio.to_thread(yaml_of_json, text) if kind.strip() == JSON_TYPE else text


async def required_document_of(request: Request) -> str:
    """The document that the request brings. Raises UnreadableBody when it brings none, else as `document_of`."""
    text = await document_of(request)
    if text is None:
        raise UnreadableBody("the body is empty; send the whole document")
    return text


def yaml_of_json(text: str) -> str:
    """The JSON document as YAML. Raises UnreadableBody for what is no JSON object, or has a name twice in one."""
    try:
        content = json.loads(text, object_pairs_hook=_unique)
        if not isinstance(content, dict):
            raise UnreadableBody("a document is a JSON object; send one")
        return dump(content)
    except ValueError as error:  # no JSON, a number of thousands of digits, or Unwritable
        raise UnreadableBody(f"the body cannot be taken as JSON: {error}") from None
    except RecursionError:
        raise UnreadableBody("the body is nested too deep; name inner conditions") from None


def _unique(pairs: Iterable[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for name, value in pairs:
        if name in found:
            raise UnreadableBody(f"{name[:60]!r} is written twice in one object; keep one")
        found[name] = value
    return found
