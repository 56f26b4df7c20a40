"""Webhook requests that the door refused, counted for people, however many come."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from app.clock import Clock
from app.records.ids import PortalId
from app.storage import issues
from app.storage.database import FAILURES, Database

_APART = timedelta(minutes=1)
"""Anybody can send what is refused: one write a minute for each source and verdict bounds what that costs."""


class TurnedAway:
    """Counts refusals, and keeps the first at once and the others with the next one after a minute."""

    def __init__(self, database: Database, portal_id: PortalId, clock: Clock) -> None:
        self._database = database
        self._portal_id = portal_id
        self._clock = clock
        self._unkept: Counter[tuple[str, str]] = Counter()
        self._kept_at: dict[tuple[str, str], datetime] = {}

    async def note(self, source: str, verdict: str) -> None:
        """Count one. What the database does not take is counted with the next."""
        one, now = (source, verdict), self._clock.now()
        self._unkept[one] += 1
        kept_at = self._kept_at.get(one)
        if kept_at is not None and now - kept_at < _APART:
            return
        self._kept_at[one] = now
        many = self._unkept.pop(one)
        try:
            async with self._database.begin() as connection:
                await issues.turned_away(connection, self._portal_id, source, verdict, many, now=now)
        except FAILURES:
            self._unkept[one] += many
