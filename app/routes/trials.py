"""A document tried before it is saved: checked, its examples decided, compared with another."""

from __future__ import annotations

import asyncio
from typing import Annotated

from fastapi import APIRouter, Query, Request

from app.agreement.difference import Change, as_lines, difference
from app.agreement.faults import AgreementError
from app.engine.checking import Checked, check, words_of
from app.engine.rulebook import Rulebook
from app.routes.answers import ChangeShown, CheckedShown, Difference, ExampleShown, Tried
from app.routes.auth import Editor, Inside, Reader
from app.routes.bodies import DOCUMENT_BODY, document_of
from app.routes.editions import Edition, edition
from app.routes.locations import AGREEMENT

router = APIRouter(prefix=AGREEMENT, tags=["trials"])


@router.post("/validate", operation_id="agreement_validate", openapi_extra=DOCUMENT_BODY)
async def validate(request: Request, container: Inside, _: Editor) -> CheckedShown:
    """Every fault of the document, or of the draft where the body is empty; 200 whatever is found."""
    return CheckedShown.of(await _checked(request, container))


@router.post("/test", operation_id="agreement_test", openapi_extra=DOCUMENT_BODY)
async def test(request: Request, container: Inside, _: Editor) -> Tried:
    """Decide the examples of the document, or of the draft where the body is empty."""
    checked = await _checked(request, container)
    if checked.agreement is None:
        raise AgreementError(checked.errors)
    failed = len(checked.failed)
    examples = [ExampleShown.model_validate(one) for one in checked.examples]
    return Tried(passed=len(examples) - failed, failed=failed, examples=examples)


@router.get("/diff", operation_id="agreement_diff")
async def diff(
    container: Inside,
    _: Reader,
    before: Annotated[Edition, Query(alias="from", description="A number, `in-force` or `draft`.")] = "in-force",
    after: Annotated[Edition, Query(alias="to", description="A number, `in-force` or `draft`.")] = "draft",
) -> Difference:
    """How one document differs from another, in sentences; without parameters, the draft from the version in force."""
    old, new = await edition(container.drafting, before), await edition(container.drafting, after)
    changes, lines = await asyncio.to_thread(_compared, old, new)
    shown = [ChangeShown.model_validate(one) for one in changes]
    return Difference(before=str(before), after=str(after), changes=shown, lines=lines)


def _compared(old: Rulebook, new: Rulebook) -> tuple[tuple[Change, ...], list[str]]:
    changes = difference(old.agreement, new.agreement, old.vocabulary)
    return changes, as_lines(changes)


async def _checked(request: Request, container: Inside) -> Checked:
    text = await document_of(request)
    if text is None:
        return (await container.drafting.review()).checked
    async with container.database.begin() as connection:
        words = await words_of(connection, container.portal_id, container.settings.hubspot_tier)
    return await check(text, words, file="document")
