"""The outbox of notices: what is kept there, a channel that listens, and a worker that sends."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import text

from app.clock import SteppedClock
from app.engine.notifying import Limits, Notifying
from app.engine.probes import SILENT, Probes
from app.handoff.decision import Notice
from app.notify.channels import Channel, Message
from app.notify.manners import Manners
from app.records.ids import ContactId, PortalId
from app.storage import notices
from app.storage.database import Database
from app.storage.notices import Listed, NewNotice
from tests.conftest import NOW
from tests.world import PORTAL

PORTAL_ID = PortalId(PORTAL)
MANNERS = Manners()


@dataclass(slots=True)
class Ear:
    """A channel that keeps what it hears, and first raises what it is told to."""

    name: str = "webhook"
    heard: list[Message] = field(default_factory=list)
    raises: list[Exception] = field(default_factory=list)

    async def deliver(self, message: Message) -> None:
        if self.raises:
            raise self.raises.pop(0)
        self.heard.append(message)

    @property
    def keys(self) -> Counter[str]:
        return Counter(one.key.partition(":")[2] for one in self.heard)


def new(key: str, kind: str = "breached", contact: str | None = "101") -> NewNotice:
    notice = Notice(key, "ann@example.com", kind, f"Notice {key}", ("Call Zoe Canarywood.",))
    return NewNotice(key, uuid4(), ContactId(contact) if contact else None, notice)


async def keep(database: Database, *kept: NewNotice, shadow: bool = False, now: datetime = NOW) -> None:
    async with database.begin() as connection:
        await notices.add(connection, PORTAL_ID, kept, shadow=shadow, now=now)


async def listed(database: Database) -> list[Listed]:
    async with database.begin() as connection:
        return await notices.listed(connection, PORTAL_ID, limit=1000)


async def only(database: Database) -> Listed:
    [found] = await listed(database)
    return found


def worker(
    database: Database,
    clock: SteppedClock,
    *channels: Channel,
    manners: Manners = MANNERS,
    lease: float = 60,
    probes: Probes = SILENT,
    **more: Any,
) -> Notifying:
    limits = Limits(timedelta(seconds=lease), timedelta())
    return Notifying(
        database, PORTAL_ID, clock, channels, manners=manners, limits=limits, probes=probes, draw=lambda: 0.0, **more
    )


async def rows(database: Database, query: str) -> Sequence[dict[str, Any]]:
    async with database.begin() as connection:
        return [dict(row) for row in (await connection.execute(text(query))).mappings()]
