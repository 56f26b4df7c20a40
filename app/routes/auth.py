"""Who is asking, and whether their role lets them: every route of the API declares the right that it takes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from app.bootstrap import Container
from app.engine.drafting import demand
from app.engine.keys import KeyRefused, actor_of
from app.records.people import Actor, Right

_log = structlog.get_logger(__name__)

_bearer = HTTPBearer(scheme_name="key", bearerFormat="baton_<id>_<secret>", description="An API key.", auto_error=False)

RIGHTS: dict[Callable[..., Awaitable[Actor]], Right] = {}
"""The right that each dependency made by `may` demands."""


async def container_of(request: Request) -> Container:
    """The process's working container."""
    container: Container = request.app.state.container
    return container


Inside = Annotated[Container, Depends(container_of)]


async def whoever(
    container: Inside, credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)]
) -> Actor:
    """Whose key came with the request. Raises KeyRefused."""
    if credentials is None:
        raise KeyRefused("send a key as `Authorization: Bearer baton_...`; `baton key create` makes one")
    try:
        return await actor_of(
            container.database, container.portal_id, credentials.credentials, now=container.clock.now()
        )
    except KeyRefused as error:
        _log.warning("key_refused", why=str(error))
        raise


def may(right: Right) -> Callable[..., Awaitable[Actor]]:
    """A dependency: the actor, whose role gives the right. It raises KeyRefused and NotAllowed."""

    async def allowed(actor: Annotated[Actor, Depends(whoever)]) -> Actor:
        demand(actor, right)
        return actor

    RIGHTS[allowed] = right
    return allowed


Reader = Annotated[Actor, Depends(may(Right.READ))]
Editor = Annotated[Actor, Depends(may(Right.EDIT))]
Approver = Annotated[Actor, Depends(may(Right.APPROVE))]
Publisher = Annotated[Actor, Depends(may(Right.PUBLISH))]
Operator = Annotated[Actor, Depends(may(Right.OPERATE))]
Administrator = Annotated[Actor, Depends(may(Right.ADMINISTER))]
