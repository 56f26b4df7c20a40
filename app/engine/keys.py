"""API keys: made, shown once, checked, revoked. Each change is a line in the audit.

A key reads `baton_<id>_<secret>`. The secret has 256 random bits, so a plain SHA-256 of it is as hard to turn
back as any slow hash; nothing else of it is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import ClassVar

from app.errors import BatonError
from app.records.ids import PortalId
from app.records.people import Actor, Role, Side
from app.storage import audit, keys, portals
from app.storage.database import Connection, Database
from app.storage.keys import Key

PREFIX = "baton"
FIRST_EMAIL = "admin@localhost"
"""Whose the key is that the first start makes."""
_ID_BYTES = 5
_SECRET_BYTES = 32


class KeyRefused(BatonError):
    """The key opens nothing; the message says why without telling what a right one would look like."""

    code: ClassVar[str] = "key_refused"


class NoSuchKey(BatonError):
    """There is no key with that id that could be revoked."""

    code: ClassVar[str] = "no_such_key"


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key just made; `text` is shown now and never again."""

    key: Key
    text: str


@dataclass(frozen=True, slots=True)
class Wanted:
    """A key to be made: whose, for what, and how long it lasts; None is until it is revoked."""

    email: str
    role: Role
    side: Side | None = None
    lasts: timedelta | None = None


async def create(database: Database, portal_id: PortalId, wanted: Wanted, *, by: str, now: datetime) -> NewKey:
    """Make a key."""

    async def work(connection: Connection) -> NewKey:
        await portals.ensure(connection, portal_id, now=now)
        return await _add(connection, portal_id, wanted, by=by, now=now)

    return await database.transact(work)


async def first_key(database: Database, portal_id: PortalId, *, now: datetime) -> str | None:
    """An admin's key when there has never been any key; None from then on, however many processes start."""

    async def work(connection: Connection) -> str | None:
        await portals.hold(connection, portal_id)
        if await keys.all_(connection, portal_id):
            return None
        made = await _add(connection, portal_id, Wanted(FIRST_EMAIL, Role.ADMIN), by="first start", now=now)
        return made.text

    return await database.transact(work)


async def revoke(database: Database, portal_id: PortalId, key_id: str, *, by: str, now: datetime) -> None:
    """Let a key open nothing any more. Raises NoSuchKey."""

    async def work(connection: Connection) -> None:
        if not await keys.revoke(connection, portal_id, key_id, now=now):
            raise NoSuchKey(f"there is no key {key_id!r} that could be revoked; `baton key list` shows them all")
        await audit.note(connection, portal_id, by, "key revoked", {"key": key_id}, now=now)

    await database.transact(work)


async def actor_of(database: Database, portal_id: PortalId, text: str, *, now: datetime) -> Actor:
    """Whoever the key belongs to. Raises KeyRefused for an unknown, expired or revoked one."""
    prefix, _, rest = text.strip().partition("_")
    key_id, _, secret = rest.partition("_")
    async with database.begin() as connection:
        key = await keys.get(connection, portal_id, key_id) if prefix == PREFIX and key_id.isalnum() else None
        if key is None or not hmac.compare_digest(key.digest, _digest(secret)):
            raise KeyRefused("the key is not known")
        if not key.is_valid(now):
            raise KeyRefused("the key was revoked" if key.revoked_at else "the key has expired")
        await keys.note_use(connection, portal_id, key.id, now=now)
    return Actor(key.email, Role(key.role), key.email, Side(key.side) if key.side else None)


async def _add(connection: Connection, portal_id: PortalId, wanted: Wanted, *, by: str, now: datetime) -> NewKey:
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    key = Key(
        id=secrets.token_hex(_ID_BYTES),
        digest=_digest(secret),
        email=wanted.email.casefold(),
        side=wanted.side.value if wanted.side else None,
        role=wanted.role.value,
        made_by=by,
        made_at=now,
        expires_at=now + wanted.lasts if wanted.lasts else None,
    )
    await keys.add(connection, portal_id, key)
    detail = {"key": key.id, "email": key.email, "side": key.side, "role": key.role}
    await audit.note(connection, portal_id, by, "key made", detail, now=now)
    return NewKey(key, f"{PREFIX}_{key.id}_{secret}")


def _digest(secret: str) -> bytes:
    return hashlib.sha256(secret.encode()).digest()
