"""`/api/v1/config/agreement/draft`: saved, reviewed, approved, published or thrown away.

Whoever changes it names with `If-Match` what they saw; 412 tells who was faster, and how their text differs.
"""

from __future__ import annotations

from fastapi import APIRouter, Request, Response

from app.engine.refusals import NothingThere
from app.routes.agreement import version_answer
from app.routes.answers import DraftShown, ReviewShown, VersionShown
from app.routes.auth import Approver, Editor, Inside, Publisher, Reader
from app.routes.bodies import DOCUMENT_BODY, required_document_of
from app.routes.etags import Seen, etag
from app.routes.forms import DOCUMENT_ANSWER, document_answer
from app.routes.given import MessageHeader, MessageQuery, Note, Publishing
from app.routes.locations import DRAFT

router = APIRouter(prefix=DRAFT, tags=["draft"])


@router.get("", operation_id="draft_get", response_class=Response, responses=DOCUMENT_ANSWER)
async def get(request: Request, container: Inside, _: Reader) -> Response:
    """The draft as YAML or JSON; `Baton-Version` is the version in force."""
    standing = await container.drafting.standing()
    if standing.draft is None:
        raise NothingThere(f"there is no draft; PUT a document to {DRAFT} to make one")
    return await document_answer(request, standing.text, standing.digest, version=standing.version)


@router.get("/review", operation_id="draft_review")
async def review(container: Inside, _: Reader, response: Response) -> ReviewShown:
    """The draft beside the version in force: faults, examples, changes in sentences, and who has to approve."""
    shown = ReviewShown.of(await container.drafting.review())
    response.headers["ETag"] = shown.etag
    return shown


@router.put("", operation_id="draft_put", openapi_extra=DOCUMENT_BODY)
async def put(
    request: Request,
    response: Response,
    container: Inside,
    actor: Editor,
    seen: Seen,
    message: MessageQuery = "",
    baton_message: MessageHeader = "",
) -> DraftShown:
    """Save a document as the draft, made from the draft or, without one, from the version in force.

    Saving what stands changes nothing.
    """
    text = await required_document_of(request)
    standing = await container.drafting.save(text, seen, actor, message or baton_message)
    response.headers["ETag"] = etag(standing.digest)
    if standing.draft is None:
        return DraftShown(state=None, etag=etag(standing.digest), changes=[], missing=[], obstacles=[])
    return DraftShown.of(await container.drafting.review())


@router.delete("", status_code=204, operation_id="draft_delete")
async def delete(container: Inside, actor: Editor, seen: Seen) -> None:
    """Throw the draft away."""
    await container.drafting.discard(seen, actor)


@router.post("/approve", operation_id="draft_approve")
async def approve(
    response: Response, container: Inside, actor: Approver, seen: Seen, body: Note | None = None
) -> DraftShown:
    """Approve the draft as one of those whose consent it takes, by the version in force."""
    shown = DraftShown.of(await container.drafting.approve(seen, actor, (body or Note()).note))
    response.headers["ETag"] = shown.etag
    return shown


@router.post(
    "/publish",
    status_code=201,
    operation_id="draft_publish",
    response_model=VersionShown,
    responses={200: {"model": VersionShown, "description": "The text is in force already; no version was made."}},
)
async def publish(container: Inside, actor: Publisher, seen: Seen, body: Publishing | None = None) -> Response:
    """Put the draft in force. 409 says in `reasons` what stands against it."""
    asked = body or Publishing()
    before = await container.drafting.version()
    made = await container.drafting.publish(seen, actor, asked.message, shadow=asked.shadow)
    return version_answer(made, is_new=made.number != before.number)
