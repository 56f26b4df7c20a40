"""Issues: what stands and needs a person, grouped by the class of the error and the place, and what was said of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlalchemy import RowMapping, text

from app.records.ids import PortalId
from app.storage.database import Connection
from app.storage.events import NO_PORTAL


class IssueKind(StrEnum):
    """Where an issue stands."""

    WRITE = "write"
    """Changes that the CRM refused."""
    LOOK = "look"
    """Records that could not be looked at, or not to the end."""
    EVENT = "event"
    """Pieces of requests that are no event."""
    REQUEST = "request"
    """Webhook requests that were turned away at the door."""


class IssueState(StrEnum):
    OPEN = "open"
    ACKNOWLEDGED = "acknowledged"
    """Somebody is at it."""
    RESOLVED = "resolved"
    """Mended, as somebody says: open again when it is seen again."""
    IGNORED = "ignored"
    """Not to be shown, seen again or not."""


@dataclass(frozen=True, slots=True)
class Found:
    """A group of what stands. `sort` tells groups of one code and place apart: a hint, or why an event is none.

    Something is seen when it is marked for a look, and when that parks it. `words` are those of the newest. `last_hour`
    and `hour_before` count what was seen then; for requests, by the hour in which the last of them came.
    """

    fingerprint: str
    kind: IssueKind
    place: str
    code: str
    sort: str
    words: str
    count: int
    records: int
    first_seen_at: datetime
    last_seen_at: datetime
    last_hour: int
    hour_before: int
    state: IssueState
    changed_by: str | None
    changed_at: datetime | None


_STANDING = """
    SELECT 'look' AS kind, object_type AS place, coalesce(code, 'parked') AS code, '' AS sort, reason AS words,
           object_type || '/' || object_id AS record, marked_at AS first_at,
           greatest(marked_at, parked_at) AS seen_at, 1 AS many
    FROM lane WHERE portal_id = :portal_id AND parked AND NOT (object_type = 'contact' AND EXISTS (
        SELECT FROM write WHERE write.portal_id = :portal_id AND contact_id = object_id AND state = 'parked'))
    UNION ALL
    SELECT 'write', write.kind, coalesce(write.code, 'parked'), coalesce(hint, ''), words,
           'contact/' || contact_id, made_at, greatest(made_at, marked_at, parked_at), 1
    FROM write LEFT JOIN lane ON lane.portal_id = write.portal_id AND object_type = 'contact' AND object_id = contact_id
    WHERE write.portal_id = :portal_id AND state = 'parked'
    UNION ALL
    SELECT 'event', 'unpacking', 'quarantined', coalesce(reason, ''), reason, key, received_at, received_at, 1
    FROM event WHERE portal_id IN (:portal_id, :no_portal) AND state = 'quarantined'
    UNION ALL
    SELECT 'request', source, verdict, '', NULL, NULL, first_at, last_at, requests
    FROM refused_request WHERE portal_id = :portal_id
"""

_GROUPS = f"""
    SELECT kind, place, code, sort, sum(many) AS count, count(DISTINCT record) AS records,
           min(first_at) AS first_seen_at, max(seen_at) AS last_seen_at,
           coalesce(sum(many) FILTER (WHERE seen_at > :hour_ago), 0) AS last_hour,
           coalesce(sum(many) FILTER (WHERE seen_at <= :hour_ago AND seen_at > :two_hours_ago), 0) AS hour_before,
           coalesce((array_agg(words ORDER BY seen_at DESC))[1], '') AS words,
           left(encode(sha256(convert_to(concat_ws('|', kind, place, code, sort), 'UTF8')), 'hex'), 12) AS fingerprint
    FROM ({_STANDING}) AS standing GROUP BY kind, place, code, sort
"""


async def listed(connection: Connection, portal_id: PortalId, *, now: datetime) -> list[Found]:
    """Every issue that stands, whatever was said of it, the one seen last first."""
    rows = await connection.execute(
        text(f"""
            SELECT found.*, issue.changed_by, issue.changed_at, CASE
                       WHEN issue.state IS NULL OR issue.state = 'resolved' AND last_seen_at > changed_at THEN 'open'
                       ELSE issue.state END AS state
            FROM ({_GROUPS}) AS found
            LEFT JOIN issue ON issue.portal_id = :portal_id AND issue.fingerprint = found.fingerprint
            ORDER BY last_seen_at DESC, found.fingerprint
        """),
        {
            "portal_id": portal_id,
            "no_portal": NO_PORTAL,
            "hour_ago": now - timedelta(hours=1),
            "two_hours_ago": now - timedelta(hours=2),
        },
    )
    return [_found(row) for row in rows.mappings()]


async def say(
    connection: Connection, portal_id: PortalId, fingerprint: str, state: IssueState, *, by: str, now: datetime
) -> None:
    """Keep what somebody says of an issue."""
    await connection.execute(
        text("""
            INSERT INTO issue (portal_id, fingerprint, state, changed_by, changed_at)
            VALUES (:portal_id, :fingerprint, :state, :by, :now)
            ON CONFLICT (portal_id, fingerprint) DO UPDATE
            SET state = excluded.state, changed_by = excluded.changed_by, changed_at = excluded.changed_at
        """),
        {"portal_id": portal_id, "fingerprint": fingerprint, "state": state.value, "by": by, "now": now},
    )


async def turned_away(
    connection: Connection, portal_id: PortalId, source: str, verdict: str, many: int, *, now: datetime
) -> None:
    """Count so many webhook requests more that were refused, by the hour."""
    await connection.execute(
        text("""
            INSERT INTO refused_request (portal_id, source, verdict, hour, requests, first_at, last_at)
            VALUES (:portal_id, :source, :verdict, date_trunc('hour', CAST(:now AS timestamptz)), :many, :now, :now)
            ON CONFLICT (portal_id, source, verdict, hour) DO UPDATE
            SET requests = refused_request.requests + excluded.requests, last_at = excluded.last_at
        """),
        {"portal_id": portal_id, "source": source, "verdict": verdict, "many": many, "now": now},
    )


async def forget_turned_away(connection: Connection, *, before: datetime) -> int:
    """Drop the counts of refused requests of which the last came before an instant; returns how many hours."""
    done = await connection.execute(text("DELETE FROM refused_request WHERE last_at < :before"), {"before": before})
    return int(done.rowcount)


def _found(row: RowMapping) -> Found:
    return Found(
        fingerprint=row["fingerprint"],
        kind=IssueKind(row["kind"]),
        place=row["place"],
        code=row["code"],
        sort=row["sort"],
        words=row["words"],
        count=int(row["count"]),
        records=row["records"],
        first_seen_at=row["first_seen_at"],
        last_seen_at=row["last_seen_at"],
        last_hour=int(row["last_hour"]),
        hour_before=int(row["hour_before"]),
        state=IssueState(row["state"]),
        changed_by=row["changed_by"],
        changed_at=row["changed_at"],
    )
