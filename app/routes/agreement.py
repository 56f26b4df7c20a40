"""`/api/v1/config/agreement`: the version in force, and every version there was."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from starlette.responses import JSONResponse

from app.engine.checking import changes_between
from app.engine.refusals import Stale, Standing
from app.routes.answers import DraftShown, VersionShown, VersionsPage
from app.routes.auth import Inside, Publisher, Reader
from app.routes.etags import Seen
from app.routes.forms import DOCUMENT_ANSWER, document_answer
from app.routes.given import LAST_NUMBER, Message, Number, VersionQuery
from app.routes.locations import DRAFT, version_at
from app.storage import agreements
from app.storage.agreements import Version

_MOST = 50

router = APIRouter(prefix="/api/v1/config/agreement", tags=["agreement"])


@router.get("", operation_id="agreement_get", response_class=Response, responses=DOCUMENT_ANSWER)
async def get(request: Request, container: Inside, _: Reader, version: VersionQuery = None) -> Response:
    """The agreement in force, or a version of it: as the YAML that was published, or as JSON."""
    found = await container.drafting.version(version)
    return await document_answer(request, found.text, found.digest, version=found.number)


@router.get("/versions", operation_id="agreement_versions")
async def versions(
    container: Inside,
    _: Reader,
    before: Annotated[int | None, Query(ge=1, le=LAST_NUMBER, description="Only versions with lower numbers.")] = None,
    limit: Annotated[int, Query(ge=1, le=_MOST)] = 20,
) -> VersionsPage:
    """The versions, newest first: who published what, when and why."""
    async with container.database.begin() as connection:
        found = await agreements.history(connection, container.portal_id, before=before, limit=limit + 1)
    return VersionsPage.of(found, limit)


@router.post(
    "/versions/{number}/restore",
    status_code=201,
    operation_id="agreement_restore",
    response_model=VersionShown,
    responses={
        200: {"model": VersionShown, "description": "It is in force already; no version was made."},
        202: {"model": DraftShown, "description": "It became a draft, which takes its approvals."},
    },
)
async def restore(
    number: Number, container: Inside, actor: Publisher, seen: Seen, body: Message | None = None
) -> Response:
    """Put an earlier version back as a new one. `If-Match` is the ETag of the version in force.

    What was in force right before goes back at once; anything older becomes a draft.
    """
    message = (body or Message()).message
    in_force = await container.drafting.version()
    if in_force.digest != seen:
        raise await _stale(container, seen, in_force)
    made = await container.drafting.restore(number, in_force.number, actor, message)
    if not isinstance(made, Version):
        shown = DraftShown.of(await container.drafting.review())
        return JSONResponse(shown.model_dump(mode="json"), 202, headers={"ETag": shown.etag, "Location": DRAFT})
    return version_answer(made, is_new=made.number != in_force.number)


def version_answer(version: Version, *, is_new: bool) -> Response:
    """A version as it was made, or as it stood when there was none to make."""
    shown = VersionShown.model_validate(version)
    headers = {"ETag": shown.etag, "Location": version_at(version.number)}
    return JSONResponse(shown.model_dump(mode="json"), 201 if is_new else 200, headers=headers)


async def _stale(container: Inside, seen: str, in_force: Version) -> Stale:
    """That another version is in force than the one with the digest `seen`, and how the two differ."""
    async with container.database.begin() as connection:
        known = await agreements.of_digest(connection, container.portal_id, seen)
    changes = await changes_between(known.text, in_force.text) if known else ()
    by = in_force.published_by or in_force.author
    return Stale(Standing(in_force.text, in_force.digest, by, in_force.published_at, in_force.number, None), changes)
