"""Agreement versions: immutable, numbered from 1; what one depends on is frozen with it once it was checked."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

import orjson
from sqlalchemy import RowMapping, text

from app.records.crm import PropertyDefinition
from app.records.ids import PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class Frozen:
    """What a version depends on beside its text, as it was when it was first held against the portal.

    `properties` by dotted name; `free_mail` the kept list's domains; `holidays` the days of each calendar;
    `owners` the ids of those whom the document names, by address. None: frozen before these were kept.
    """

    properties: Mapping[str, PropertyDefinition] = field(default_factory=dict)
    free_mail: tuple[str, ...] | None = None
    holidays: Mapping[str, tuple[date, ...]] | None = None
    owners: Mapping[str, str] | None = None


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody agreed to exactly this content."""

    email: str
    note: str
    approved_at: datetime


Approvals = tuple[Approval, ...]


@dataclass(frozen=True, slots=True)
class Version:
    """A published document. `frozen` is None until the portal answered and the document fitted it."""

    number: int
    text: str
    digest: str
    author: str
    message: str
    published_at: datetime
    checked_at: datetime | None
    frozen: Frozen | None
    faults: tuple[str, ...]
    approvals: Approvals = ()
    published_by: str | None = None
    restored_from: int | None = None
    mode: str | None = None


@dataclass(frozen=True, slots=True)
class NewVersion:
    """A version to make. `frozen` is given where the document was held against the portal before."""

    number: int
    text: str
    author: str
    message: str
    frozen: Frozen | None = None
    approvals: Approvals = ()
    published_by: str | None = None
    restored_from: int | None = None
    mode: str | None = None


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


async def newest_number(connection: Connection, portal_id: PortalId) -> int | None:
    """The number of the version in force."""
    number: int | None = await connection.scalar(
        text("SELECT max(number) FROM agreement_version WHERE portal_id = :id"), {"id": portal_id}
    )
    return number


async def get(connection: Connection, portal_id: PortalId, number: int) -> Version | None:
    rows = await connection.execute(
        text("SELECT * FROM agreement_version WHERE portal_id = :id AND number = :number"),
        {"id": portal_id, "number": number},
    )
    return next((_version(row) for row in rows.mappings()), None)


async def of_digest(connection: Connection, portal_id: PortalId, digest: str) -> Version | None:
    """The newest version with this content."""
    rows = await connection.execute(
        text("""
            SELECT * FROM agreement_version WHERE portal_id = :id AND digest = :digest ORDER BY number DESC LIMIT 1
        """),
        {"id": portal_id, "digest": digest},
    )
    return next((_version(row) for row in rows.mappings()), None)


async def history(connection: Connection, portal_id: PortalId, *, before: int | None, limit: int) -> list[Version]:
    """Versions, newest first; with `before`, those with lower numbers."""
    rows = await connection.execute(
        text("""
            SELECT * FROM agreement_version WHERE portal_id = :id
              AND (CAST(:before AS integer) IS NULL OR number < :before)
            ORDER BY number DESC LIMIT :limit
        """),
        {"id": portal_id, "before": before, "limit": limit},
    )
    return [_version(row) for row in rows.mappings()]


async def publish(connection: Connection, portal_id: PortalId, new: NewVersion, *, now: datetime) -> None:
    """Make a version, unless its number is taken: two processes that start at once make one."""
    await connection.execute(
        text("""
            INSERT INTO agreement_version (portal_id, number, text, digest, author, message, frozen, approvals,
                                           published_by, restored_from, mode, published_at, checked_at)
            VALUES (:id, :number, :text, :digest, :author, :message, CAST(:frozen AS jsonb),
                    CAST(:approvals AS jsonb), :published_by, :restored_from, :mode, :now,
                    CASE WHEN CAST(:frozen AS jsonb) IS NULL THEN NULL ELSE CAST(:now AS timestamptz) END)
            ON CONFLICT DO NOTHING
        """),
        {
            "id": portal_id,
            "number": new.number,
            "text": new.text,
            "digest": digest_of(new.text),
            "author": new.author,
            "message": new.message,
            "frozen": None if new.frozen is None else _json(new.frozen, Frozen),
            "approvals": _json(new.approvals, Approvals),
            "published_by": new.published_by,
            "restored_from": new.restored_from,
            "mode": new.mode,
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
    fits: bool,
    now: datetime,
) -> None:
    """The version was held against the portal. What it depends on is frozen the first time that it fits.

    Of a version that was frozen before holidays were, what is frozen stays and the rest comes to it.
    """
    await connection.execute(
        text("""
            UPDATE agreement_version SET checked_at = :now, faults = CAST(:faults AS jsonb),
                frozen = CASE WHEN :fits AND frozen -> 'holidays' IS NULL
                              THEN CAST(:frozen AS jsonb) || coalesce(frozen, CAST('{}' AS jsonb)) ELSE frozen END
            WHERE portal_id = :id AND number = :number
        """),
        {
            "id": portal_id,
            "number": number,
            "now": now,
            "fits": fits,
            "faults": orjson.dumps(list(faults)).decode(),
            "frozen": _json(frozen, Frozen),
        },
    )


def _json(value: object, kind: object) -> str:
    return orjson.dumps(to_json(value, kind)).decode()


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
        approvals=from_json(row["approvals"], Approvals),
        published_by=row["published_by"],
        restored_from=row["restored_from"],
        mode=row["mode"],
    )
