"""`/api/v1/keys` and `/api/v1/me`: who may do what, and whoever is asking."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import Field

from app.engine import keys as use_cases
from app.records.people import Right, Role, Side
from app.routes.answers import Shown
from app.routes.auth import Administrator, Inside, Reader
from app.routes.given import Body, Email
from app.storage import keys

router = APIRouter(prefix="/api/v1", tags=["keys"])

KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{1,64}$")]


class KeyWanted(Body):
    """Whose key to make. `days` is how long it lasts; without it, until it is revoked."""

    email: Email
    role: Role
    side: Side | None = None
    days: Annotated[int | None, Field(ge=1, le=3650)] = None


class KeyShown(Shown):
    """A key without its secret."""

    id: str
    email: str
    role: Role
    side: Side | None
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None
    revoked_at: datetime | None


class KeyMade(KeyShown):
    """A key just made. `key` is told this once; only a digest of it is kept."""

    key: str


class Keys(Shown):
    """Every key ever made, oldest first."""

    keys: list[KeyShown]


class Me(Shown):
    """Whoever the key of the request belongs to."""

    name: str
    email: str | None
    role: Role
    side: Side | None
    rights: list[Right]


@router.get("/me", operation_id="me")
async def me(actor: Reader) -> Me:
    """Who I am, and what I may do."""
    rights = sorted(actor.role.rights)
    return Me(name=actor.name, email=actor.email, role=actor.role, side=actor.side, rights=rights)


@router.get("/keys", operation_id="keys_list")
async def list_keys(container: Inside, _: Administrator) -> Keys:
    """Every key with its last use; never a secret."""
    async with container.database.begin() as connection:
        found = await keys.all_(connection, container.portal_id)
    return Keys(keys=[KeyShown.model_validate(one) for one in found])


@router.post("/keys", status_code=201, operation_id="keys_create")
async def create(wanted: KeyWanted, response: Response, container: Inside, actor: Administrator) -> KeyMade:
    """Make a key. Its text is in this answer and nowhere else."""
    made = await use_cases.create(
        container.database,
        container.portal_id,
        use_cases.Wanted(wanted.email, wanted.role, wanted.side, timedelta(days=wanted.days) if wanted.days else None),
        by=actor.name,
        now=container.clock.now(),
    )
    response.headers["Cache-Control"] = "no-store"
    return KeyMade(**KeyShown.model_validate(made.key).model_dump(), key=made.text)


@router.delete("/keys/{key_id}", status_code=204, operation_id="keys_revoke")
async def revoke(key_id: KeyId, container: Inside, actor: Administrator) -> None:
    """Let a key open nothing any more."""
    await use_cases.revoke(container.database, container.portal_id, key_id, by=actor.name, now=container.clock.now())
