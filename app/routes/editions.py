"""A document to be read: the draft, the version in force or an earlier one."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from app.agreement.faults import AgreementError
from app.engine.drafting import Drafting
from app.engine.rulebook import Rulebook
from app.routes.given import LAST_NUMBER

Edition: TypeAlias = Annotated[int, Field(ge=1, le=LAST_NUMBER)] | Literal["draft", "in-force"]


async def edition(drafting: Drafting, which: Edition) -> Rulebook:
    """The document, with the words of the version in force for a draft.

    Raises NothingThere, and AgreementError for a draft that does not fit the portal enough to be read.
    """
    if which != "draft":
        return await drafting.rulebook(None if which == "in-force" else which)
    review, in_force = await drafting.review(), await drafting.rulebook()
    if review.checked.agreement is None:
        raise AgreementError(review.checked.errors)
    return Rulebook(in_force.version, review.checked.agreement, in_force.vocabulary)
