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
from app.storage.lanes import Priority

_NONE = timedelta()
_LEADS_MOST = 10_000
"""Leads among which those are counted that are ready and not served: whoever watches asks every few seconds."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts by state, and ages: how long the oldest of a kind has waited, zero where there is none.

    `replays` counts records without a result. `swept_age` is how far back the last sweep came. `quota_ahead` is how far
    ahead of now calls are reserved, by class. `outage` is how long the CRM has not answered. `state` holds `live` and
    `shadow`, `paused` and `blocked`.
    """

    inbox: int
    inbox_age: timedelta
    lanes: Mapping[str, int]
    lanes_late: timedelta
    writes: Mapping[str, int]
    notices: Mapping[str, int]
    clocks: Mapping[str, int]
    clock_lateness: timedelta
    replays: Mapping[str, int]
    swept_age: timedelta
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
        "types": [each.value for each in ObjectType],
        "priorities": [int(each) for each in Priority],
        "live": int(Priority.LIVE),
        "most": _LEADS_MOST,
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
        replays={"queued": row.queued, "looking": row.looking},
        swept_age=_age(row.swept_until, now),
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


# Each part finds its rows by an index: the tables hold all that ever was. A ready lead that is not served is looked at
# again soon: its lane is among those that wake within NOBODY_YET. Due lanes of low priority are left out: a replay
# makes any number, and they say nothing of this. A backlog may be as long; of that some are enough.
_STANDING = """
    WITH here AS (SELECT * FROM portal WHERE portal_id = :id),
    free AS NOT MATERIALIZED (
        SELECT * FROM lane WHERE portal_id = :id AND object_type = ANY(:types) AND priority = ANY(:priorities)
                             AND NOT parked AND lease_token IS NULL),
    due AS (SELECT count(*) AS due, min(wake_at) AS due_since FROM free WHERE wake_at <= :now),
    asleep AS (SELECT count(*) AS asleep FROM free WHERE wake_at > :now),
    held AS (SELECT count(*) AS leased FROM lane WHERE portal_id = :id AND lease_token IS NOT NULL),
    parked AS (SELECT count(*) AS parked FROM lane WHERE portal_id = :id AND parked),
    lanes AS (SELECT * FROM due, asleep, held, parked),
    inbox AS (SELECT count(*) AS inbox, min(received_at) AS inbox_since FROM delivery WHERE unpacked_at IS NULL),
    running AS (
        SELECT count(*) AS open_clocks,
               count(*) FILTER (WHERE clock.breached_at IS NOT NULL AND clock.rescinded_at IS NULL) AS breached,
               min(clock.next_at) FILTER (WHERE clock.next_at <= :now) AS clocks_since
        FROM clock JOIN handoff ON handoff.portal_id = clock.portal_id AND handoff.id = clock.handoff_id
        WHERE clock.portal_id = :id AND clock.stop IS NULL AND handoff.closed_at IS NULL
          AND handoff.shadow = (SELECT mode = 'shadow' FROM here)),
    soon AS (
        SELECT object_id FROM free WHERE object_type = :contact AND wake_at <= :soon
                                     AND (priority = :live OR wake_at > :now)
        UNION ALL
        SELECT object_id FROM lane WHERE portal_id = :id AND lease_token IS NOT NULL AND object_type = :contact
        LIMIT :most),
    ready AS (
        SELECT count(*) AS leads FROM soon JOIN LATERAL (
            SELECT kind FROM decision
            WHERE decision.portal_id = :id AND decision.contact_id = soon.object_id
              AND decision.shadow = (SELECT mode = 'shadow' FROM here)
            ORDER BY decision.at DESC LIMIT 1) AS newest ON newest.kind = :waiting)
    SELECT lanes.*, inbox.*, running.*, ready.*,
           (SELECT jsonb_object_agg(state, many) FROM (
                SELECT state, count(*) AS many FROM write
                WHERE portal_id = :id AND state IN ('due', 'sending', 'parked') GROUP BY state) AS each) AS writes,
           (SELECT jsonb_object_agg(state, many) FROM (
                SELECT state, count(*) AS many FROM notice_delivery
                WHERE portal_id = :id AND state IN ('due', 'sending', 'dead') GROUP BY state) AS each) AS notices,
           (SELECT count(*) FROM replay JOIN replay_item AS item
              ON item.portal_id = replay.portal_id AND item.replay_id = replay.id
            WHERE replay.portal_id = :id AND replay.state = 'running' AND item.state = 'queued') AS queued,
           (SELECT count(*) FROM replay_item WHERE portal_id = :id AND state = 'looking') AS looking,
           (SELECT max(until_at) FROM sweep
            WHERE portal_id = :id AND kind = 'sweep' AND finished_at IS NOT NULL) AS swept_until,
           (SELECT jsonb_object_agg(class, greatest(extract(epoch FROM arrival_at - now()), 0)) FROM quota
            WHERE portal_id = :id) AS quota,
           (SELECT open_until > now() FROM breaker WHERE portal_id = :id) AS breaker,
           (SELECT min(from_at) FROM outage WHERE portal_id = :id AND until_at IS NULL) AS outage_since,
           (SELECT mode FROM here) AS mode,
           (SELECT paused_reason IS NOT NULL FROM here) AS paused,
           (SELECT blocked_reason IS NOT NULL FROM here) AS blocked
    FROM lanes, inbox, running, ready
"""
