"""Tenures: who has had a handed-over lead, one after the other."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Row, text
from sqlalchemy.dialects.postgresql import insert

from app.handoff.state import Tenure
from app.records.ids import OwnerId, PortalId
from app.storage.database import Connection
from app.storage.tables import tenure


async def begin(connection: Connection, portal_id: PortalId, begun: Sequence[tuple[UUID, Tenure]]) -> None:
    """Keep new tenures, each with its handoff's id."""
    if not begun:
        return
    await connection.execute(
        insert(tenure),
        [
            {
                "portal_id": portal_id,
                "handoff_id": handoff_id,
                "number": one.number,
                "owner_id": one.owner_id,
                "owner_email": one.owner_email,
                "because": one.because,
                "assigned_at": one.assigned_at,
                "confirmed_at": one.confirmed_at,
            }
            for handoff_id, one in begun
        ],
    )


async def confirm(connection: Connection, portal_id: PortalId, handoff_ids: Sequence[UUID], *, at: datetime) -> None:
    """The newest owner of each of these handoffs stands on the record as of `at`, unless that was known."""
    await connection.execute(
        text("""
            UPDATE tenure SET confirmed_at = :at
            WHERE portal_id = :portal_id AND handoff_id = ANY(:ids) AND confirmed_at IS NULL
              AND number = (SELECT max(number) FROM tenure AS newest
                            WHERE newest.portal_id = tenure.portal_id AND newest.handoff_id = tenure.handoff_id)
        """),
        {"portal_id": portal_id, "ids": list(handoff_ids), "at": at},
    )


async def of_handoffs(
    connection: Connection, portal_id: PortalId, ids: Sequence[UUID]
) -> Mapping[UUID, tuple[Tenure, ...]]:
    """The tenures of each handoff, in order."""
    rows = await connection.execute(
        text(
            "SELECT * FROM tenure WHERE portal_id = :portal_id AND handoff_id = ANY(:ids) ORDER BY handoff_id, number"
        ),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    found: dict[UUID, list[Tenure]] = defaultdict(list)
    for row in rows:
        found[row.handoff_id].append(_read(row))
    return {one: tuple(many) for one, many in found.items()}


def _read(row: Row[Any]) -> Tenure:
    return Tenure(
        row.number, OwnerId(row.owner_id), row.owner_email, row.assigned_at, row.confirmed_at, because=row.because
    )
