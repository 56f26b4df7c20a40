"""Decisions: each with the inputs it was made from, so that it can be computed again and explained."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import RowMapping, insert, text

from app.handoff.decision import Decision
from app.handoff.state import Inputs
from app.records.ids import ContactId, PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection
from app.storage.tables import decision


@dataclass(frozen=True, slots=True)
class NewDecision:
    id: UUID
    version: int
    inputs: Inputs
    decision: Decision


async def add(connection: Connection, portal_id: PortalId, made: Sequence[NewDecision], *, shadow: bool) -> None:
    if not made:
        return
    await connection.execute(
        insert(decision),
        [
            {
                "portal_id": portal_id,
                "id": one.id,
                "contact_id": one.decision.contact_id,
                "version": one.version,
                "shadow": shadow,
                "kind": one.decision.kind.value,
                "because": one.decision.because,
                "inputs": to_json(one.inputs, Inputs),
                "decision": to_json(one.decision, Decision),
                "at": one.decision.at,
            }
            for one in made
        ],
    )


@dataclass(frozen=True, slots=True)
class StoredDecision:
    """A decision as kept. `erased` where the person asked to be forgotten: then inputs cannot be read."""

    id: UUID
    contact_id: ContactId
    version: int
    shadow: bool
    kind: str
    because: str
    at: datetime
    stored_inputs: object
    stored_decision: dict[str, object]

    @property
    def erased(self) -> bool:
        return not self.stored_inputs

    def inputs(self) -> Inputs:
        """The values it was made from. Raises pydantic.ValidationError when erased."""
        return from_json(self.stored_inputs, Inputs)


async def of_contact(
    connection: Connection,
    portal_id: PortalId,
    contact_id: str,
    *,
    at: datetime | None = None,
    limit: int = 100,
) -> list[StoredDecision]:
    """Decisions about a contact, newest first; with `at`, those made until then."""
    rows = await connection.execute(
        text("""
            SELECT * FROM decision WHERE portal_id = :portal_id AND contact_id = :id
              AND (CAST(:at AS timestamptz) IS NULL OR at <= :at)
            ORDER BY at DESC, id DESC LIMIT :limit
        """),
        {"portal_id": portal_id, "id": contact_id, "at": at, "limit": limit},
    )
    return [_stored(row) for row in rows.mappings()]


async def get(connection: Connection, portal_id: PortalId, decision_id: UUID) -> StoredDecision | None:
    rows = await connection.execute(
        text("SELECT * FROM decision WHERE portal_id = :portal_id AND id = :id"),
        {"portal_id": portal_id, "id": decision_id},
    )
    return next((_stored(row) for row in rows.mappings()), None)


async def newest(connection: Connection, portal_id: PortalId, *, limit: int) -> list[StoredDecision]:
    rows = await connection.execute(
        text("SELECT * FROM decision WHERE portal_id = :portal_id ORDER BY at DESC, id DESC LIMIT :limit"),
        {"portal_id": portal_id, "limit": limit},
    )
    return [_stored(row) for row in rows.mappings()]


async def page(connection: Connection, portal_id: PortalId, *, after: UUID | None, limit: int) -> list[StoredDecision]:
    """Decisions in the order of their ids, beginning behind `after`: for walking over all of them."""
    rows = await connection.execute(
        text("""
            SELECT * FROM decision WHERE portal_id = :portal_id AND (CAST(:after AS uuid) IS NULL OR id > :after)
            ORDER BY id LIMIT :limit
        """),
        {"portal_id": portal_id, "after": after, "limit": limit},
    )
    return [_stored(row) for row in rows.mappings()]


def _stored(row: RowMapping) -> StoredDecision:
    return StoredDecision(
        id=row["id"],
        contact_id=ContactId(row["contact_id"]),
        version=row["version"],
        shadow=row["shadow"],
        kind=row["kind"],
        because=row["because"],
        at=row["at"],
        stored_inputs=row["inputs"],
        stored_decision=row["decision"],
    )
