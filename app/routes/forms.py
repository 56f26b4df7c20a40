"""A stored document as YAML, as it was written, or as JSON: whichever the client likes, and not again if it has it."""

from __future__ import annotations

import asyncio
from typing import Any

import orjson
from fastapi import Request, Response

from app.agreement.source import read_source
from app.routes.accept import preferred
from app.routes.bodies import JSON_TYPE
from app.routes.etags import etag, is_known

_OFFERED = ("application/yaml", "text/yaml", JSON_TYPE)
DOCUMENT_ANSWER: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The document, with its ETag.",
        "content": {"application/yaml": {"schema": {"type": "string"}}, JSON_TYPE: {"schema": {"type": "object"}}},
    },
    304: {"description": "The client has it already, as `If-None-Match` says."},
}
"""What OpenAPI says of a path that answers with a document."""


async def document_answer(request: Request, text: str, digest: str, *, version: int) -> Response:
    """The document in the form that `Accept` asks for; `version` is its number, of a draft the one in force.

    Raises NotAcceptable.
    """
    kind = preferred(request.headers.get("accept"), _OFFERED)
    tag = etag(digest, as_json=kind == JSON_TYPE)
    headers = {
        "ETag": tag,
        "Baton-Version": str(version),
        "Vary": "Accept, Authorization",
        "Cache-Control": "private, no-cache",
    }
    if is_known(tag, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    content = await asyncio.to_thread(_as_json, text) if kind == JSON_TYPE else text.encode()
    return Response(content, media_type=kind, headers=headers)


def _as_json(text: str) -> bytes:
    return orjson.dumps(read_source(text).content)
