"""Subjects of a backtest: stored contacts with all that is known of their past, from the CRM and from events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, text

from app.handoff.backtest.timeline import Landed, Past, Subject
from app.handoff.backtest.trial import CREATED
from app.handoff.state import Handoff, HandoffState, History, PastHandoff
from app.records.crm import PastValue
from app.records.ids import CompanyId, ContactId, ObjectType, OwnerId, PoolId, PortalId
from app.storage.database import Connection
from app.storage.events import EPOCH

_Rows = Sequence[Row[Any]]
_Values = dict[str, dict[str, list[PastValue]]]


@dataclass(frozen=True, slots=True)
class Fetched:
    """The rows that subjects are made of; reading them is the database's work, making subjects is ours."""

    contacts: _Rows
    companies: _Rows
    values: _Rows
    readings: _Rows
    writes: _Rows
    handoffs: _Rows


async def fetch(
    connection: Connection, portal_id: PortalId, ids: Sequence[ContactId], *, shadow: bool, start_at: datetime
) -> Fetched:
    """All that is known of these contacts and of their companies. `start_at`: when the period begins."""
    keys: dict[str, object] = {"portal_id": portal_id, "ids": list(ids)}
    contacts = await _all(
        connection,
        "SELECT id, properties, company_id FROM contact WHERE portal_id = :portal_id AND id = ANY(:ids) ORDER BY id",
        keys,
    )
    keys["firms"] = sorted({row.company_id for row in contacts if row.company_id})
    return Fetched(
        contacts=contacts,
        companies=await _all(connection, _COMPANIES, keys),
        values=await _all(connection, _VALUES, {**keys, "epoch": EPOCH, "created": CREATED}),
        readings=await _all(connection, _READINGS, keys),
        writes=await _all(connection, _WRITES, keys),
        handoffs=await _all(connection, _HANDOFFS, {**keys, "shadow": shadow, "start_at": start_at}),
    )


async def usual_length(connection: Connection, portal_id: PortalId, *, shadow: bool) -> timedelta | None:
    """How long handoffs that Sales closed were open, in the middle; None before the first."""
    length: timedelta | None = await connection.scalar(
        text("""
            SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY closed_at - opened_at) FROM handoff
            WHERE portal_id = :portal_id AND shadow = :shadow AND closed_at IS NOT NULL AND state <> 'ended'
        """),
        {"portal_id": portal_id, "shadow": shadow},
    )
    return length


def subjects_of(fetched: Fetched) -> list[Subject]:
    """The subjects, in the order of their ids."""
    values: dict[str, _Values] = {kind.value: {} for kind in (ObjectType.CONTACT, ObjectType.COMPANY)}
    for row in fetched.values:
        past = PastValue(row.value or None, row.at, row.hand or "unknown")
        values[row.object_type].setdefault(row.object_id, {}).setdefault(row.property, []).append(past)
    told = {(row.object_type, row.object_id): frozenset(row.properties) for row in fetched.readings}
    firms = {row.id: _past(ObjectType.COMPANY, row.id, row.properties, values, told) for row in fetched.companies}
    landed = _landed(fetched.writes)
    histories = _histories(fetched.handoffs)
    return [
        Subject(
            contact_id=ContactId(row.id),
            contact=_past(ObjectType.CONTACT, row.id, row.properties, values, told),
            company_id=CompanyId(row.company_id) if row.company_id in firms else None,
            company=firms.get(row.company_id),
            landed=tuple(landed.get(row.id, ())),
            history=histories.get(row.id, History()),
        )
        for row in fetched.contacts
    ]


def _past(
    kind: ObjectType,
    record: str,
    snapshot: Mapping[str, str | None],
    values: Mapping[str, _Values],
    told: Mapping[tuple[str, str], frozenset[str]],
) -> Past:
    mine = values[kind.value].get(record, {})
    return Past(
        snapshot, {name: tuple(many) for name, many in mine.items()}, told.get((kind.value, record), frozenset())
    )


def _landed(writes: _Rows) -> Mapping[str, list[Landed]]:
    landed: dict[str, list[Landed]] = defaultdict(list)
    for row in writes:
        landed[row.contact_id] += [
            Landed(name, value, row.at, row.by) for name, value in sorted(row.properties.items())
        ]
    return landed


def _histories(handoffs: _Rows) -> Mapping[str, History]:
    """By contact: the handoff that was open when the period began, and the one closed last before."""
    found: dict[str, History] = {}
    for row in handoffs:
        before = found.get(row.contact_id, History())
        opened, last = (before.handoff, _closed(row)) if row.was_closed else (_open(row), before.last)
        found[row.contact_id] = History(handoff=opened, last=last)
    return found


def _open(row: Row[Any]) -> Handoff:
    return Handoff(
        id=str(row.id),
        version=row.version,
        route=row.route,
        promise=row.promise,
        pool=PoolId(row.pool),
        owner_id=OwnerId(row.owner_id),
        state=HandoffState.OPEN,
        opened_at=row.opened_at,
        owner_confirmed_at=row.owner_confirmed_at,
    )


def _closed(row: Row[Any]) -> PastHandoff:
    return PastHandoff(
        id=str(row.id),
        state=HandoffState(row.state),
        owner_id=OwnerId(row.owner_id),
        closed_at=row.closed_at,
        reason=row.reason,
        returns_at=row.returns_at,
        to_different_owner=row.to_different_owner,
    )


async def _all(connection: Connection, query: str, keys: Mapping[str, object]) -> _Rows:
    return (await connection.execute(text(query), dict(keys))).all()


_COMPANIES = "SELECT id, properties FROM company WHERE portal_id = :portal_id AND id = ANY(:firms)"

_VALUES = """
    SELECT object_type, object_id, property, at, value, hand, at AS heard_at FROM past_value
    WHERE portal_id = :portal_id AND (object_type = 'contact' AND object_id = ANY(:ids)
                                      OR object_type = 'company' AND object_id = ANY(:firms))
    UNION ALL
    SELECT object_type, object_id, said.name, occurred_at, said.value, hand, received_at
    FROM event CROSS JOIN LATERAL (
        SELECT property_name AS name, property_value AS value WHERE kind = 'changed'
        UNION ALL
        SELECT :created, to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') WHERE kind = 'created'
    ) AS said
    WHERE portal_id = :portal_id AND (object_type = 'contact' AND object_id = ANY(:ids)
                                      OR object_type = 'company' AND object_id = ANY(:firms))
      AND said.name IS NOT NULL AND occurred_at > :epoch
      AND NOT EXISTS (SELECT FROM past_reading AS told
                      WHERE told.portal_id = event.portal_id AND told.object_type = event.object_type
                        AND told.object_id = event.object_id AND told.read_at >= event.occurred_at
                        AND jsonb_exists(told.properties, said.name))
    ORDER BY at, heard_at
"""
"""What events said counts where the CRM was not asked since: of two values of one instant only it knows the later."""

_READINGS = """
    SELECT object_type, object_id, properties FROM past_reading
    WHERE portal_id = :portal_id AND (object_type = 'contact' AND object_id = ANY(:ids)
                                      OR object_type = 'company' AND object_id = ANY(:firms))
"""

_WRITES = """
    SELECT contact_id, properties, made_at AS at, greatest(made_at, sent_at, settled_at) AS by FROM write
    WHERE portal_id = :portal_id AND contact_id = ANY(:ids) AND kind = 'properties' AND state = 'done'
    ORDER BY at, step
"""

_HANDOFFS = """
    SELECT *, coalesce(closed_at <= :start_at, false) AS was_closed FROM handoff
    WHERE portal_id = :portal_id AND shadow = :shadow AND contact_id = ANY(:ids) AND opened_at < :start_at
      AND (closed_at IS NULL OR closed_at > :start_at OR state <> 'ended')
    ORDER BY contact_id, closed_at
"""
