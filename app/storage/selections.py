"""Which records a filter means, as one query: counted for a plan, kept by a replay."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text

from app.records.filter import Filter, Standing
from app.records.ids import ContactId, PortalId
from app.storage.database import Connection
from app.storage.writes import WriteKind

_PARKED = """
    SELECT object_type, object_id, code, reason, marked_at AS seen_at FROM lane
    WHERE portal_id = :portal_id AND parked
    UNION ALL
    SELECT 'contact', contact_id, code, words, made_at FROM write WHERE portal_id = :portal_id AND state = 'parked'
"""
_HEARD_OF = """
    SELECT object_type, object_id, state AS code, reason, received_at AS seen_at FROM event
    WHERE portal_id = :portal_id AND object_type IS NOT NULL AND object_id IS NOT NULL
"""
_KNOWN = """
    SELECT 'contact' AS object_type, id AS object_id, NULL AS code, NULL AS reason, read_at AS seen_at FROM contact
    WHERE portal_id = :portal_id AND gone_at IS NULL
"""
_NAMED = """
    SELECT CAST(:object_type AS text) AS object_type, CAST(:object_id AS text) AS object_id, NULL AS code,
           NULL AS reason, CAST(NULL AS timestamptz) AS seen_at
"""
_ABOUT = "event.portal_id = :portal_id AND event.object_type = seen.object_type AND event.object_id = seen.object_id"
_OF_KEY = "key >= :event AND key <= CAST(:event AS text) || 'g'"
"""The keys that begin so: they are in hexadecimal digits, all of them before `g`, and their index is in order."""
_IN_HAND = """seen.object_type = 'contact' AND EXISTS (
    SELECT FROM handoff LEFT JOIN owner ON owner.portal_id = handoff.portal_id AND owner.id = handoff.owner_id
    WHERE handoff.portal_id = :portal_id AND handoff.contact_id = seen.object_id AND closed_at IS NULL
      AND (CAST(:route AS text) IS NULL OR route = :route)
      AND (CAST(:owner AS text) IS NULL OR lower(owner.email) = lower(:owner)))"""
TRIED_AGAIN = """write.state = 'parked' AND (write.kind = 'closing' OR EXISTS (
    SELECT FROM handoff WHERE handoff.portal_id = write.portal_id AND handoff.id = write.handoff_id
      AND handoff.closed_at IS NULL))"""
"""Which notes and tasks that were refused are still wanted; what is to be closed stays so, whatever of the handoff."""
_ERROR = "(lower(seen.code) = lower(:error) OR strpos(lower(seen.reason), lower(:error)) > 0)"


@dataclass(frozen=True, slots=True)
class Selection:
    """The query of a filter, one row a record: `object_type`, `object_id`, `code`, `seen_at`; and its values."""

    query: str
    values: Mapping[str, object]


def selection_of(portal_id: PortalId, wanted: Filter) -> Selection:
    """The query that finds what the filter means.

    Without a state: what is parked where an error is asked for, what was heard of where an event or a time is, the
    record that is named, known or not, else every contact that is known.
    """
    conditions, told = _bounds(wanted), _of_event(wanted)
    if wanted.asks_what_is_parked:
        source = _PARKED
        conditions += [f"EXISTS (SELECT FROM event WHERE {' AND '.join([_ABOUT, *told])})"] if told else []
    elif wanted.asks_events:
        source = " AND ".join([_HEARD_OF, *_in_state(wanted.state), *told])
    else:
        source = _KNOWN if wanted.record is None else _NAMED
    held = f"WHERE {' AND '.join(conditions)}" if conditions else ""
    query = f"""
        SELECT DISTINCT ON (object_type, object_id) object_type, object_id, code, seen_at FROM ({source}) AS seen
        {held} ORDER BY object_type, object_id, seen_at DESC
    """
    return Selection(query, _values(portal_id, wanted))


def _of_event(wanted: Filter) -> list[str]:
    """What an event must be."""
    asked = ((wanted.type, "type_name = :type"), (wanted.event, _OF_KEY))
    return [condition for given, condition in asked if given is not None]


def _in_state(state: Standing | None) -> list[str]:
    """The state is a part of the query, not a value: the index of what is pending holds for that word alone."""
    return [] if state is None else [f"state = '{state.value}'"]


def _bounds(wanted: Filter) -> list[str]:
    asked = (
        (wanted.error, _ERROR),
        (wanted.since, "seen.seen_at >= :since"),
        (wanted.until, "seen.seen_at < :until"),
        (wanted.owner or wanted.route, _IN_HAND),
        (wanted.record, "seen.object_type = :object_type AND seen.object_id = :object_id"),
    )
    return [condition for given, condition in asked if given is not None]


def _values(portal_id: PortalId, wanted: Filter) -> dict[str, object]:
    """Values of everything that a query may name; those that it does not name are passed over."""
    kind, own_id = wanted.record or (None, None)
    return {
        "portal_id": portal_id,
        "type": wanted.type,
        "event": wanted.event,
        "error": wanted.error,
        "since": wanted.since,
        "until": wanted.until,
        "owner": wanted.owner,
        "route": wanted.route,
        "object_type": kind.value if kind else None,
        "object_id": own_id,
    }


@dataclass(frozen=True, slots=True)
class Reason:
    """How many records stand there with one code, or for an event in one state; None where nothing stands."""

    code: str | None
    count: int
    oldest: datetime | None
    newest: datetime | None


@dataclass(frozen=True, slots=True)
class Effect:
    """Notes, tasks or closings of the records meant: `again` were refused and are tried again, `standing` are done
    and not repeated, `unknown` are looked up on the record before anything is sent.
    """

    kind: WriteKind
    again: int
    standing: int
    unknown: int


async def reasons(connection: Connection, chosen: Selection) -> list[Reason]:
    """Every code among the records meant, the most frequent first."""
    rows = await connection.execute(
        text(f"""
            SELECT code, count(*) AS many, min(seen_at) AS oldest, max(seen_at) AS newest
            FROM ({chosen.query}) AS chosen GROUP BY code ORDER BY many DESC, code
        """),
        dict(chosen.values),
    )
    return [Reason(row.code, row.many, row.oldest, row.newest) for row in rows]


async def effects(connection: Connection, chosen: Selection) -> list[Effect]:
    """What was to be told about the contacts meant, by kind."""
    rows = await connection.execute(
        text(f"""
            SELECT kind, count(*) FILTER (WHERE {TRIED_AGAIN}) AS again,
                   count(*) FILTER (WHERE write.state = 'done') AS standing,
                   count(*) FILTER (WHERE write.state = 'sending') AS unknown
            FROM write JOIN ({chosen.query}) AS chosen
              ON chosen.object_type = 'contact' AND chosen.object_id = write.contact_id
            WHERE write.portal_id = :portal_id AND kind <> 'properties'
            GROUP BY kind ORDER BY kind
        """),
        dict(chosen.values),
    )
    return [Effect(WriteKind(row.kind), row.again, row.standing, row.unknown) for row in rows]


async def sample(connection: Connection, chosen: Selection, *, limit: int) -> list[ContactId]:
    """Some of the contacts meant, those heard of last."""
    rows = await connection.execute(
        text(f"""
            SELECT object_id FROM ({chosen.query}) AS chosen WHERE object_type = 'contact'
            ORDER BY seen_at DESC NULLS LAST, object_id LIMIT :limit
        """),
        {**chosen.values, "limit": limit},
    )
    return [ContactId(row.object_id) for row in rows]
