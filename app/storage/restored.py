"""What a database must be told after it came out of a backup: time has passed, and much may have been done since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import text

from app.records.ids import PortalId
from app.storage import portals
from app.storage.database import Connection
from app.storage.notices import RESTORED


@dataclass(frozen=True, slots=True)
class Settled:
    """The portals paused, the writes to be looked up before they are sent, and the notices kept from going out."""

    portals: tuple[PortalId, ...]
    writes: int
    notices: int


async def settle(connection: Connection, *, pause: str, now: datetime) -> Settled:
    """Let nothing that was on its way be done a second time, and no look begin before somebody says so."""
    rows = await connection.execute(text("SELECT portal_id FROM portal ORDER BY portal_id"))
    paused = tuple(PortalId(row.portal_id) for row in rows)
    for portal_id in paused:
        await portals.pause(connection, portal_id, pause)
    await _free_lanes(connection, now=now)
    return Settled(paused, await _doubt_writes(connection), await _keep_back_notices(connection, now=now))


async def _free_lanes(connection: Connection, *, now: datetime) -> None:
    """Nobody holds a lane, and no clock is judged by what is stored: the record is read first."""
    await connection.execute(
        text("""
            UPDATE lane SET covered = NULL, lease_token = NULL, leased_until = NULL,
                            wake_at = CASE WHEN lease_token IS NULL THEN wake_at ELSE :now END
        """),
        {"now": now},
    )


async def _doubt_writes(connection: Connection) -> int:
    """What was due may have been sent since: from here on it counts as sent with an outcome that nobody knows."""
    done = await connection.execute(text("UPDATE write SET state = 'sending', sent_at = now() WHERE state = 'due'"))
    return done.rowcount


async def _keep_back_notices(connection: Connection, *, now: datetime) -> int:
    """What was waiting may be out: nobody can look that up, so a person decides."""
    waiting = await connection.execute(
        text("""
            UPDATE notice_delivery SET state = 'dead', code = 'restored', words = :why,
                                       lease_token = NULL, leased_until = NULL
            WHERE state IN ('due', 'sending')
        """),
        {"why": RESTORED},
    )
    fresh = await connection.execute(
        text("UPDATE notice SET spread_at = :now, skipped = :why WHERE spread_at IS NULL"),
        {"why": RESTORED, "now": now},
    )
    return waiting.rowcount + fresh.rowcount


async def known_handoffs(connection: Connection, portal_id: PortalId, ids: Sequence[UUID]) -> frozenset[UUID]:
    """Which of these handoffs there are, whether they are open or closed."""
    rows = await connection.execute(
        text("SELECT id FROM handoff WHERE portal_id = :id AND id = ANY(:ids)"), {"id": portal_id, "ids": list(ids)}
    )
    return frozenset(row.id for row in rows)
