"""The draft of the next agreement version: every revision that was saved, and who agreed to which.

One draft a portal: the newest revision that is not closed. Saving closes nothing, so that what stood before
can be shown to whoever overwrote it or was overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, insert, text

from app.records.ids import PortalId
from app.storage.agreements import Approval, digest_of
from app.storage.database import Connection
from app.storage.tables import agreement_draft


@dataclass(frozen=True, slots=True)
class Draft:
    """A draft as saved. `base` is the version it was made from; `side` the author's, None for neither."""

    revision: int
    base: int
    text: str
    digest: str
    author: str
    side: str | None
    message: str
    saved_at: datetime
    restored_from: int | None = None
    published_as: int | None = None


@dataclass(frozen=True, slots=True)
class NewDraft:
    base: int
    text: str
    author: str
    side: str | None
    message: str
    restored_from: int | None = None


async def current(connection: Connection, portal_id: PortalId) -> Draft | None:
    """The draft as it stands; None when there is none."""
    rows = await connection.execute(
        text("""
            SELECT * FROM agreement_draft WHERE portal_id = :id AND closed_at IS NULL ORDER BY revision DESC LIMIT 1
        """),
        {"id": portal_id},
    )
    return next((_draft(row) for row in rows.mappings()), None)


async def of_digest(connection: Connection, portal_id: PortalId, digest: str) -> Draft | None:
    """The newest revision with this content, closed or not."""
    rows = await connection.execute(
        text("""
            SELECT * FROM agreement_draft WHERE portal_id = :id AND digest = :digest ORDER BY revision DESC LIMIT 1
        """),
        {"id": portal_id, "digest": digest},
    )
    return next((_draft(row) for row in rows.mappings()), None)


async def save(connection: Connection, portal_id: PortalId, new: NewDraft, *, now: datetime) -> Draft:
    """Save a further revision. The caller holds the portal, so that revisions count on without a gap."""
    last = await connection.scalar(
        text("SELECT coalesce(max(revision), 0) FROM agreement_draft WHERE portal_id = :id"), {"id": portal_id}
    )
    revision = int(last or 0) + 1
    await connection.execute(
        insert(agreement_draft).values(
            portal_id=portal_id,
            revision=revision,
            base=new.base,
            text=new.text,
            digest=digest_of(new.text),
            author=new.author,
            side=new.side,
            message=new.message,
            restored_from=new.restored_from,
            saved_at=now,
        )
    )
    return Draft(
        revision, new.base, new.text, digest_of(new.text), new.author, new.side, new.message, now, new.restored_from
    )


async def close(connection: Connection, portal_id: PortalId, *, published_as: int | None, now: datetime) -> None:
    """There is no draft any more: it was published under a number, or thrown away (None)."""
    await connection.execute(
        text("""
            UPDATE agreement_draft SET closed_at = :now, published_as = :number
            WHERE portal_id = :id AND closed_at IS NULL
        """),
        {"id": portal_id, "number": published_as, "now": now},
    )


async def approve(
    connection: Connection, portal_id: PortalId, revision: int, email: str, note: str, *, now: datetime
) -> None:
    """Somebody agrees to a revision; agreeing twice counts once."""
    await connection.execute(
        text("""
            INSERT INTO agreement_approval (portal_id, revision, email, note, approved_at)
            VALUES (:id, :revision, :email, :note, :now) ON CONFLICT DO NOTHING
        """),
        {"id": portal_id, "revision": revision, "email": email.casefold(), "note": note, "now": now},
    )


async def approvals(connection: Connection, portal_id: PortalId, revision: int) -> tuple[Approval, ...]:
    """Who agreed to a revision, in the order of their agreeing."""
    rows = await connection.execute(
        text("""
            SELECT email, note, approved_at FROM agreement_approval
            WHERE portal_id = :id AND revision = :revision ORDER BY approved_at, email
        """),
        {"id": portal_id, "revision": revision},
    )
    return tuple(Approval(row.email, row.note, row.approved_at) for row in rows)


def _draft(row: RowMapping) -> Draft:
    return Draft(
        revision=row["revision"],
        base=row["base"],
        text=row["text"],
        digest=row["digest"],
        author=row["author"],
        side=row["side"],
        message=row["message"],
        saved_at=row["saved_at"],
        restored_from=row["restored_from"],
        published_as=row["published_as"],
    )
