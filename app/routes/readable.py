"""The agreement for people, as the text that both sides sign, and for editors, as JSON Schema."""

from __future__ import annotations

import asyncio
import hashlib
from functools import cache

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from app.agreement.prose import as_html, as_markdown, prose
from app.agreement.schema import schema_text
from app.engine.rulebook import Rulebook
from app.routes.accept import preferred
from app.routes.auth import Inside, Reader
from app.routes.editions import edition
from app.routes.etags import etag, is_known
from app.routes.given import VersionQuery
from app.routes.locations import AGREEMENT, SCHEMA

_HTML, _MARKDOWN = "text/html", "text/markdown"
_FORMS = {_HTML: as_html, _MARKDOWN: as_markdown}
_CLOSED = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
"""The page carries its style and fetches, runs and sends nothing."""

router = APIRouter()


@router.get(
    f"{AGREEMENT}/prose",
    operation_id="agreement_prose",
    tags=["agreement"],
    response_class=HTMLResponse,
    responses={200: {"content": {_MARKDOWN: {"schema": {"type": "string"}}}}},
)
async def in_prose(
    request: Request, container: Inside, _: Reader, version: VersionQuery = None, *, draft: bool = False
) -> Response:
    """The whole agreement as a document to read and sign, in HTML or Markdown: in force, a version, or the draft."""
    kind = preferred(request.headers.get("accept"), tuple(_FORMS))
    book = await edition(container.drafting, "draft" if draft else version or "in-force")
    text = await asyncio.to_thread(_written, book, kind)
    headers = {"Content-Security-Policy": _CLOSED, "X-Content-Type-Options": "nosniff", "Vary": "Accept, Authorization"}
    return Response(text, media_type=f"{kind}; charset=utf-8", headers=headers)


def _written(book: Rulebook, kind: str) -> str:
    return _FORMS[kind](prose(book.agreement, book.vocabulary))


@router.get(SCHEMA, operation_id="agreement_schema", tags=["agreement"], response_model=dict[str, object])
async def schema(request: Request) -> Response:
    """JSON Schema 2020-12 of the document, for editors. Open to all, since editors fetch it without a key."""
    text, tag = await asyncio.to_thread(_schema)
    headers = {"ETag": tag, "Cache-Control": "public, max-age=3600"}
    if is_known(tag, request.headers.get("if-none-match")):
        return Response(status_code=304, headers=headers)
    return Response(text, media_type="application/schema+json", headers=headers)


@cache
def _schema() -> tuple[str, str]:
    """The schema, which a release of Baton fixes, and its ETag."""
    text = schema_text()
    return text, etag(hashlib.sha256(text.encode()).hexdigest())
