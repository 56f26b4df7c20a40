"""Agreement versions: immutable, numbered from 1; what one depends on is frozen with it once it was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import orjson
from sqlalchemy import RowMapping, text

from app.records.crm import PropertyDefinition
from app.records.ids import PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection

Frozen = dict[str, PropertyDefinition]


@dataclass(frozen=True, slots=True)
class Version:
    """`frozen` holds the portal's property definitions that the document names; None until the portal answered."""

    number: int
    text: str
    digest: str
    author: str
    message: str
    published_at: datetime
    checked_at: datetime | None
    frozen: Frozen | None
    faults: tuple[str, ...]


def digest_of(document: str) -> str:
    """Identical content has an identical digest."""
    return hashlib.sha256(document.encode()).hexdigest()


async def newest(connection: Connection, portal_id: PortalId) -> Version | None:
    """The version in force."""
    rows = await connection.execute(
        text("SELECT * FROM agreement_version WHERE portal_id = :id ORDER BY number DESC LIMIT 1"),
        {"id": portal_id},
    )
    return next((_version(row) for row in rows.mappings()), None)


async def get(connection: Connection, portal_id: PortalId, number: int) -> Version | None:
    rows = await connection.execute(
        text("SELECT * FROM agreement_version WHERE portal_id = :id AND number = :number"),
        {"id": portal_id, "number": number},
    )
    return next((_version(row) for row in rows.mappings()), None)


async def publish(
    connection: Connection,
    portal_id: PortalId,
    number: int,
    document: str,
    *,
    author: str,
    message: str,
    now: datetime,
) -> None:
    """Make a version, unless its number is taken: two processes that start at once make one."""
    await connection.execute(
        text("""
            INSERT INTO agreement_version (portal_id, number, text, digest, author, message, published_at)
            VALUES (:id, :number, :text, :digest, :author, :message, :now) ON CONFLICT DO NOTHING
        """),
        {
            "id": portal_id,
            "number": number,
            "text": document,
            "digest": digest_of(document),
            "author": author,
            "message": message,
            "now": now,
        },
    )


async def checked(
    connection: Connection,
    portal_id: PortalId,
    number: int,
    frozen: Frozen,
    faults: Sequence[str],
    *,
    now: datetime,
) -> None:
    """The version was held against the portal. What it depends on is frozen the first time it has no fault."""
    await connection.execute(
        text("""
            UPDATE agreement_version SET checked_at = :now, faults = CAST(:faults AS jsonb),
                frozen = CASE WHEN frozen IS NULL AND :faultless THEN CAST(:frozen AS jsonb) ELSE frozen END
            WHERE portal_id = :id AND number = :number
        """),
        {
            "id": portal_id,
            "number": number,
            "now": now,
            "faultless": not faults,
            "faults": orjson.dumps(list(faults)).decode(),
            "frozen": orjson.dumps(to_json(frozen, Frozen)).decode(),
        },
    )


def _version(row: RowMapping) -> Version:
    return Version(
        number=row["number"],
        text=row["text"],
        digest=row["digest"],
        author=row["author"],
        message=row["message"],
        published_at=row["published_at"],
        checked_at=row["checked_at"],
        frozen=from_json(row["frozen"], Frozen) if row["frozen"] is not None else None,
        faults=tuple(row["faults"]),
    )
