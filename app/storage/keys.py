"""API keys: whose, what for, until when. Only a digest of the secret is kept."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, insert, text

from app.records.ids import PortalId
from app.storage.database import Connection
from app.storage.tables import api_key

_USE_NOTED_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Key:
    """A key as kept. `side` is `marketing`, `sales` or None for neither."""

    id: str
    digest: bytes
    email: str
    side: str | None
    role: str
    made_by: str
    made_at: datetime
    expires_at: datetime | None
    used_at: datetime | None = None
    revoked_at: datetime | None = None

    def is_valid(self, now: datetime) -> bool:
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


async def add(connection: Connection, portal_id: PortalId, key: Key) -> None:
    await connection.execute(
        insert(api_key).values(
            portal_id=portal_id,
            id=key.id,
            digest=key.digest,
            email=key.email,
            side=key.side,
            role=key.role,
            made_by=key.made_by,
            made_at=key.made_at,
            expires_at=key.expires_at,
        )
    )


async def get(connection: Connection, portal_id: PortalId, key_id: str) -> Key | None:
    rows = await connection.execute(
        text("SELECT * FROM api_key WHERE portal_id = :portal_id AND id = :id"), {"portal_id": portal_id, "id": key_id}
    )
    return next((_key(row) for row in rows.mappings()), None)


async def all_(connection: Connection, portal_id: PortalId) -> list[Key]:
    """Every key ever made, oldest first."""
    rows = await connection.execute(
        text("SELECT * FROM api_key WHERE portal_id = :portal_id ORDER BY made_at, id"), {"portal_id": portal_id}
    )
    return [_key(row) for row in rows.mappings()]


async def note_use(connection: Connection, portal_id: PortalId, key_id: str, *, now: datetime) -> None:
    """The key was used; kept to the minute, so that reading costs no write."""
    await connection.execute(
        text("""
            UPDATE api_key SET used_at = :now
            WHERE portal_id = :portal_id AND id = :id AND (used_at IS NULL OR used_at < :before)
        """),
        {"portal_id": portal_id, "id": key_id, "now": now, "before": now - _USE_NOTED_EVERY},
    )


async def revoke(connection: Connection, portal_id: PortalId, key_id: str, *, now: datetime) -> bool:
    """The key opens nothing from now on; False when there is no such key, or it was revoked before."""
    revoked = await connection.scalar(
        text("""
            UPDATE api_key SET revoked_at = :now
            WHERE portal_id = :portal_id AND id = :id AND revoked_at IS NULL RETURNING id
        """),
        {"portal_id": portal_id, "id": key_id, "now": now},
    )
    return revoked is not None


def _key(row: RowMapping) -> Key:
    return Key(
        id=row["id"],
        digest=bytes(row["digest"]),
        email=row["email"],
        side=row["side"],
        role=row["role"],
        made_by=row["made_by"],
        made_at=row["made_at"],
        expires_at=row["expires_at"],
        used_at=row["used_at"],
        revoked_at=row["revoked_at"],
    )
