"""How a portal stands, in one statement: the figures that are watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import text

from app.handoff.decision import Kind
from app.handoff.opening import NOBODY_YET
from app.records.ids import ObjectType, PortalId
from app.storage.database import Connection

_NONE = timedelta()


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts by state, and ages: how long the oldest of a kind has waited, zero where there is none.

    `quota_ahead` is how far ahead of now calls are reserved, by class. `outage` is how long the CRM has not answered.
    `state` holds `live` and `shadow`, `paused` and `blocked`.
    """

    inbox: int
    inbox_age: timedelta
    lanes: Mapping[str, int]
    lanes_late: timedelta
    writes: Mapping[str, int]
    notices: Mapping[str, int]
    clocks: Mapping[str, int]
    clock_lateness: timedelta
    leads_waiting: int
    quota_ahead: Mapping[str, timedelta]
    breaker_open: bool
    outage: timedelta
    state: Mapping[str, bool]


async def standing(connection: Connection, portal_id: PortalId, *, now: datetime) -> Standing:
    """The portal as it stands at `now`. Leases, quotas and the breaker go by the database's clock, as everywhere."""
    given = {
        "id": portal_id,
        "now": now,
        "soon": now + NOBODY_YET,
        "waiting": Kind.WAITING.value,
        "contact": ObjectType.CONTACT.value,
    }
    row = (await connection.execute(text(_STANDING), given)).one()
    return Standing(
        inbox=row.inbox,
        inbox_age=_age(row.inbox_since, now),
        lanes={"due": row.due, "leased": row.leased, "asleep": row.asleep, "parked": row.parked},
        lanes_late=_age(row.due_since, now),
        writes=_counts(row.writes, "due", "sending", "parked"),
        notices=_counts(row.notices, "due", "sending", "dead"),
        clocks={"open": row.open_clocks, "breached": row.breached},
        clock_lateness=_age(row.clocks_since, now),
        leads_waiting=row.leads,
        quota_ahead={kind: timedelta(seconds=ahead) for kind, ahead in (row.quota or {}).items()},
        breaker_open=bool(row.breaker),
        outage=_age(row.outage_since, now),
        state={
            "live": row.mode == "live",
            "shadow": row.mode == "shadow",
            "paused": bool(row.paused),
            "blocked": bool(row.blocked),
        },
    )


def _age(since: datetime | None, now: datetime) -> timedelta:
    return max(now - since, _NONE) if since else _NONE


def _counts(found: Mapping[str, int] | None, *states: str) -> dict[str, int]:
    return {**dict.fromkeys(states, 0), **(found or {})}


# A ready lead that is not served is looked at again soon: its lane is among those that wake within NOBODY_YET. Due
# lanes of low priority are left out: a replay makes any number of them, and they say nothing of this.
_STANDING = """
    WITH here AS (SELECT * FROM portal WHERE portal_id = :id),
    lanes AS (
        SELECT count(*) FILTER (WHERE free AND wake_at <= :now) AS due,
               count(*) FILTER (WHERE lease_token IS NOT NULL) AS leased,
               count(*) FILTER (WHERE free AND wake_at > :now) AS asleep,
               count(*) FILTER (WHERE parked) AS parked,
               min(wake_at) FILTER (WHERE free AND wake_at <= :now) AS due_since
        FROM (SELECT *, lease_token IS NULL AND NOT parked AS free FROM lane WHERE portal_id = :id) AS each),
    inbox AS (SELECT count(*) AS inbox, min(received_at) AS inbox_since FROM delivery WHERE unpacked_at IS NULL),
    running AS (
        SELECT count(*) AS open_clocks,
               count(*) FILTER (WHERE clock.breached_at IS NOT NULL AND clock.rescinded_at IS NULL) AS breached,
               min(clock.next_at) FILTER (WHERE clock.next_at <= :now) AS clocks_since
        FROM clock JOIN handoff ON handoff.portal_id = clock.portal_id AND handoff.id = clock.handoff_id
        WHERE clock.portal_id = :id AND clock.stop IS NULL AND handoff.closed_at IS NULL
          AND handoff.shadow = (SELECT mode = 'shadow' FROM here)),
    ready AS (
        SELECT count(*) AS leads FROM lane JOIN LATERAL (
            SELECT kind FROM decision
            WHERE decision.portal_id = lane.portal_id AND decision.contact_id = lane.object_id
              AND decision.shadow = (SELECT mode = 'shadow' FROM here)
            ORDER BY decision.at DESC LIMIT 1) AS newest ON newest.kind = :waiting
        WHERE lane.portal_id = :id AND lane.object_type = :contact AND lane.wake_at <= :soon
          AND (lane.priority = 0 OR lane.wake_at > :now))
    SELECT lanes.*, inbox.*, running.*, ready.*,
           (SELECT jsonb_object_agg(state, many) FROM (
                SELECT state, count(*) AS many FROM write
                WHERE portal_id = :id AND state IN ('due', 'sending', 'parked') GROUP BY state) AS each) AS writes,
           (SELECT jsonb_object_agg(state, many) FROM (
                SELECT state, count(*) AS many FROM notice_delivery
                WHERE portal_id = :id AND state IN ('due', 'sending', 'dead') GROUP BY state) AS each) AS notices,
           (SELECT jsonb_object_agg(class, greatest(extract(epoch FROM arrival_at - now()), 0)) FROM quota
            WHERE portal_id = :id) AS quota,
           (SELECT open_until > now() FROM breaker WHERE portal_id = :id) AS breaker,
           (SELECT min(from_at) FROM outage WHERE portal_id = :id AND until_at IS NULL) AS outage_since,
           (SELECT mode FROM here) AS mode,
           (SELECT paused_reason IS NOT NULL FROM here) AS paused,
           (SELECT blocked_reason IS NOT NULL FROM here) AS blocked
    FROM lanes, inbox, running, ready
"""
