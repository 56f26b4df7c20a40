"""Further apps that post webhooks, with their secrets encrypted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from app.records.ids import PortalId
from app.storage.database import Connection
from app.storage.tables import source


@dataclass(frozen=True, slots=True)
class Sealed:
    """The encrypted client secrets of a source."""

    current: bytes
    previous: bytes | None


async def put(connection: Connection, portal_id: PortalId, name: str, sealed: Sealed, *, now: datetime) -> None:
    """Keep a source's secrets; what was current becomes whatever `sealed` says is previous."""
    statement = insert(source).values(
        portal_id=portal_id, name=name, secret=sealed.current, secret_previous=sealed.previous, created_at=now
    )
    await connection.execute(
        statement.on_conflict_do_update(
            index_elements=("portal_id", "name"),
            set_={"secret": sealed.current, "secret_previous": sealed.previous},
        )
    )


async def get(connection: Connection, portal_id: PortalId, name: str) -> Sealed | None:
    row = (
        await connection.execute(select(source).where(source.c.portal_id == portal_id, source.c.name == name))
    ).one_or_none()
    return Sealed(row.secret, row.secret_previous) if row else None
