"""Strong ETags of documents, and the two conditions that name them: `If-Match` and `If-None-Match`."""

from __future__ import annotations

from typing import Annotated, ClassVar

from fastapi import Depends, Header

from app.errors import BatonError

_AS_JSON = "-json"


class ConditionMissing(BatonError):
    """A change came without the ETag of what it was made from."""

    code: ClassVar[str] = "if_match_missing"


def etag(digest: str, *, as_json: bool = False) -> str:
    """The ETag of a document with that digest, in the one form or the other: their bytes differ."""
    return f'"{digest}{_AS_JSON if as_json else ""}"'


async def seen(
    if_match: Annotated[str | None, Header(alias="If-Match", description="The ETag of what you saw.")] = None,
) -> str:
    """The digest that `If-Match` names, by the ETag of either form. Raises ConditionMissing.

    Quotes may be missing: shells eat them. A weak ETag, or a list of them, names no document and so matches none.
    """
    if if_match is None:
        raise ConditionMissing("send the ETag that GET answered with, as `If-Match`, so that nobody's change is lost")
    if if_match.strip() == "*":
        raise ConditionMissing(
            "`If-Match: *` would overwrite what you have not seen; send the ETag that GET answered with"
        )
    return if_match.strip().strip('"').removesuffix(_AS_JSON)


Seen = Annotated[str, Depends(seen)]


def is_known(tag: str, if_none_match: str | None) -> bool:
    """Whether the client holds this form already; ETags compare weakly here, as RFC 9110 has it."""
    known = [one.strip().removeprefix("W/") for one in (if_none_match or "").split(",")]
    return tag in known or known == ["*"]
