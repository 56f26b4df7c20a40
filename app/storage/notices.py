"""Notices as an outbox: kept with the decision that makes them, sent by one worker at a time, settled by channel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import RowMapping, text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.decision import Notice
from app.records.ids import ContactId, PortalId
from app.storage.database import Connection
from app.storage.tables import notice

SHADOW = "decided in shadow mode: kept, never sent"
NO_CHANNEL = "no channel is set"
ERASED = "the person it is about was erased"
RESTORED = "it waited when the backup was taken that was restored, and may have gone out since"


class DeliveryState(StrEnum):
    """How far a notice is on a channel."""

    DUE = "due"
    """It goes out at `next_at`, or when the quiet hours end."""
    SENDING = "sending"
    """In a worker's hands; when its lease runs out, another sends it again under the same key."""
    SENT = "sent"
    DEAD = "dead"
    """Refused for good, or tried too often: `words` say why."""
    SKIPPED = "skipped"
    """Kept and never sent: `words` say why."""


@dataclass(frozen=True, slots=True)
class NewNotice:
    """A notice to keep. `key` is unique in the portal; a digest is about no one handoff or contact."""

    key: str
    handoff_id: UUID | None
    contact_id: ContactId | None
    notice: Notice


@dataclass(frozen=True, slots=True)
class Delivery:
    """A notice in this worker's hands, for one channel, until the lease runs out. `attempts` counts this one."""

    notice_id: UUID
    key: str
    channel: str
    attempts: int
    notice: Notice
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A notice and how far one channel is with it; `channel` is None where it was given to none."""

    id: UUID
    kind: str
    recipient: str
    subject: str
    handoff_id: UUID | None
    contact_id: str | None
    channel: str | None
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    code: str | None
    words: str | None
    made_at: datetime
    sent_at: datetime | None


async def add(
    connection: Connection, portal_id: PortalId, notices: Sequence[NewNotice], *, shadow: bool, now: datetime
) -> None:
    """Keep notices; one whose key is known already stays as it is. Those of shadow mode are never sent."""
    if not notices:
        return
    rows = [
        {
            "portal_id": portal_id,
            "id": uuid4(),
            "key": one.key,
            "handoff_id": one.handoff_id,
            "contact_id": one.contact_id,
            "shadow": shadow,
            "kind": one.notice.kind,
            "recipient": one.notice.to,
            "subject": one.notice.subject,
            "lines": list(one.notice.lines),
            "skipped": SHADOW if shadow else None,
            "made_at": now,
            "spread_at": now if shadow else None,
        }
        for one in sorted(notices, key=lambda one: one.key)
    ]
    await connection.execute(insert(notice).on_conflict_do_nothing(index_elements=("portal_id", "key")), rows)


async def spread(
    connection: Connection, portal_id: PortalId, channels: Sequence[str], *, limit: int, now: datetime
) -> None:
    """Give the oldest notices that no channel has yet to all of these; where there is none, say so on the notice."""
    await connection.execute(
        text("""
            WITH fresh AS (
                SELECT id, kind FROM notice WHERE portal_id = :portal_id AND spread_at IS NULL
                ORDER BY made_at, id LIMIT :limit FOR UPDATE SKIP LOCKED
            ), given AS (
                INSERT INTO notice_delivery (portal_id, notice_id, channel, kind, state, next_at)
                SELECT :portal_id, fresh.id, channel, fresh.kind, 'due', CAST(:now AS timestamptz)
                FROM fresh CROSS JOIN unnest(CAST(:channels AS text[])) AS channel
                ON CONFLICT DO NOTHING
            )
            UPDATE notice SET spread_at = :now, skipped = CAST(:skipped AS text)
            FROM fresh WHERE notice.portal_id = :portal_id AND notice.id = fresh.id
        """),
        {
            "portal_id": portal_id,
            "channels": list(channels),
            "skipped": None if channels else NO_CHANNEL,
            "limit": limit,
            "now": now,
        },
    )


async def claim(
    connection: Connection,
    portal_id: PortalId,
    token: UUID,
    channels: Sequence[str],
    *,
    only: Sequence[str] | None,
    limit: int,
    lease: timedelta,
    now: datetime,
) -> list[Delivery]:
    """Take what is due on these channels, and what a silent worker held, for as long as the lease lasts.

    `only` are the kinds of notice that may go out now; None: all.
    """
    rows = await connection.execute(
        text("""
            WITH due AS (
                SELECT notice_id, channel FROM notice_delivery
                WHERE portal_id = :portal_id AND channel = ANY(:channels)
                  AND (state = 'due' AND next_at <= :now OR state = 'sending' AND leased_until < now())
                  AND (CAST(:only AS text[]) IS NULL OR kind = ANY(CAST(:only AS text[])))
                ORDER BY next_at LIMIT :limit FOR UPDATE SKIP LOCKED
            )
            UPDATE notice_delivery AS one SET state = 'sending', attempts = attempts + 1, lease_token = :token,
                   leased_until = now() + CAST(:lease AS interval)
            FROM due, notice WHERE one.portal_id = :portal_id AND one.notice_id = due.notice_id
              AND one.channel = due.channel AND notice.portal_id = :portal_id AND notice.id = due.notice_id
            RETURNING one.notice_id, one.channel, one.attempts, notice.*
        """),
        {
            "portal_id": portal_id,
            "token": token,
            "channels": list(channels),
            "only": None if only is None else list(only),
            "limit": limit,
            "lease": lease,
            "now": now,
        },
    )
    return [_delivery(row) for row in rows.mappings()]


async def settle(
    connection: Connection,
    portal_id: PortalId,
    token: UUID,
    delivery: Delivery,
    state: DeliveryState,
    *,
    now: datetime,
    next_at: datetime | None = None,
    code: str | None = None,
    words: str | None = None,
) -> bool:
    """Say what came of a delivery. False, and nothing changes, when the token does not hold any more.

    Nor does it after an erasure: what is not known to be out by then stays `skipped`.
    """
    done = await connection.execute(
        text("""
            UPDATE notice_delivery SET state = :state, next_at = coalesce(CAST(:next_at AS timestamptz), next_at),
                   lease_token = NULL, leased_until = NULL, code = :code, words = :words,
                   sent_at = CASE WHEN :state = 'sent' THEN CAST(:now AS timestamptz) END
            WHERE portal_id = :portal_id AND notice_id = :id AND channel = :channel AND lease_token = :token
              AND state = 'sending'
        """),
        {
            "portal_id": portal_id,
            "id": delivery.notice_id,
            "channel": delivery.channel,
            "token": token,
            "state": state.value,
            "next_at": next_at,
            "code": code,
            "words": words,
            "now": now,
        },
    )
    return bool(done.rowcount)


_LISTED = """
    SELECT notice.*, channel, coalesce(attempts, 0) AS attempts, next_at, code, sent_at,
           coalesce(notice.skipped, words) AS words,
           coalesce(state, CASE WHEN notice.skipped IS NULL THEN 'due' ELSE 'skipped' END) AS state
    FROM notice LEFT JOIN notice_delivery AS one
      ON one.portal_id = notice.portal_id AND one.notice_id = notice.id
    WHERE notice.portal_id = :portal_id
"""


async def listed(
    connection: Connection, portal_id: PortalId, *, state: DeliveryState | None = None, limit: int
) -> list[Listed]:
    """Notices by channel, newest first; with `state`, those in it alone."""
    rows = await connection.execute(
        text(f"""
            SELECT * FROM ({_LISTED}) AS listed WHERE CAST(:state AS text) IS NULL OR state = :state
            ORDER BY made_at DESC, id, channel LIMIT :limit
        """),
        {"portal_id": portal_id, "state": state.value if state else None, "limit": limit},
    )
    return [_listed(row) for row in rows.mappings()]


async def retry(connection: Connection, portal_id: PortalId, notice_id: UUID, *, now: datetime) -> bool:
    """Let a notice that is dead or was kept from every channel go out now. False when there is no such notice."""
    keys = {"portal_id": portal_id, "id": notice_id, "now": now, "kept": [NO_CHANNEL, RESTORED]}
    again = await connection.execute(
        text("""
            UPDATE notice_delivery SET state = 'due', attempts = 0, next_at = :now, code = NULL, words = NULL
            WHERE portal_id = :portal_id AND notice_id = :id AND state = 'dead'
        """),
        keys,
    )
    anew = await connection.execute(
        text("""
            UPDATE notice SET spread_at = NULL, skipped = NULL
            WHERE portal_id = :portal_id AND id = :id AND skipped = ANY(:kept)
        """),
        keys,
    )
    return bool(again.rowcount or anew.rowcount)


async def erase(connection: Connection, portal_id: PortalId, contact_ids: Sequence[ContactId]) -> None:
    """Forget what these people's notices say, and send none that is not out yet."""
    keys = {"portal_id": portal_id, "ids": list(contact_ids), "why": ERASED}
    await connection.execute(
        text("""
            UPDATE notice_delivery AS one SET words = NULL,
                   state = CASE WHEN state = 'sent' THEN state ELSE 'skipped' END
            FROM notice WHERE one.portal_id = :portal_id AND notice.portal_id = :portal_id
              AND notice.id = one.notice_id AND contact_id = ANY(:ids)
        """),
        keys,
    )
    await connection.execute(
        text("""
            UPDATE notice SET subject = 'erased', lines = '[]', skipped = :why, spread_at = coalesce(spread_at, made_at)
            WHERE portal_id = :portal_id AND contact_id = ANY(:ids)
        """),
        keys,
    )


def _delivery(row: RowMapping) -> Delivery:
    return Delivery(row["notice_id"], row["key"], row["channel"], row["attempts"], _notice(row), row["made_at"])


def _notice(row: RowMapping) -> Notice:
    return Notice(row["key"], row["recipient"], row["kind"], row["subject"], tuple(row["lines"]))


def _listed(row: RowMapping) -> Listed:
    values: dict[str, Any] = {name: row[name] for name in Listed.__slots__}
    return Listed(**{**values, "state": DeliveryState(row["state"])})
