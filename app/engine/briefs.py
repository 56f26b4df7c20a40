"""Keeping what decisions say of briefs beyond the first, and what reps say of those they got."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.handoff.decision import AddNote, Decision
from app.handoff.state import Lead
from app.handoff.word import words_on
from app.records.ids import PortalId
from app.storage import briefs
from app.storage.database import Connection


async def keep_briefs(
    connection: Connection,
    portal_id: PortalId,
    decided: Sequence[tuple[UUID | None, Lead, Decision]],
    *,
    now: datetime,
) -> None:
    """Keep the briefs of further stages with their handoffs, and the words on the records. Handoff, lead, decision."""
    for handoff_id, _, decision in decided:
        parts = [one.part for one in decision.writes if isinstance(one, AddNote) and one.part]
        if handoff_id is not None and decision.brief is not None and parts:
            await briefs.add_later(connection, portal_id, handoff_id, parts[0], decision.brief)
    await briefs.keep_words(connection, portal_id, words_on(lead for _, lead, _ in decided), now=now)
