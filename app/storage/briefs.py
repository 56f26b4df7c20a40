"""Briefs of handoffs: what is to be told, whose content is still to be read, and what reps made of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from sqlalchemy import text

from app.handoff.decision import Brief
from app.records.ids import ContactId, OwnerId, PortalId
from app.storage.codec import from_json, to_json
from app.storage.database import Connection


@dataclass(frozen=True, slots=True)
class ToTell:
    """What the notes and the tasks of a handoff are rendered from. `later` are further briefs by their stage."""

    id: UUID
    owner_id: OwnerId
    brief: Brief
    later: Mapping[str, Brief]
    due_at: datetime | None


async def to_tell(connection: Connection, portal_id: PortalId, ids: Sequence[UUID]) -> Mapping[UUID, ToTell]:
    """What is to be told about each of these handoffs."""
    rows = await connection.execute(
        text("""
            SELECT id, owner_id, brief, later_briefs, due_at FROM handoff
            WHERE portal_id = :portal_id AND id = ANY(:ids)
        """),
        {"portal_id": portal_id, "ids": list(ids)},
    )
    return {
        row.id: ToTell(
            row.id,
            OwnerId(row.owner_id),
            from_json(row.brief, Brief),
            from_json(row.later_briefs, dict[str, Brief]),
            row.due_at,
        )
        for row in rows
    }


@dataclass(frozen=True, slots=True)
class PartialBrief:
    """The brief of a handoff whose lead did more than it tells."""

    handoff_id: UUID
    contact_id: ContactId
    brief: Brief


async def partial(connection: Connection, portal_id: PortalId, handoff_ids: Sequence[UUID]) -> list[PartialBrief]:
    """Those of these handoffs whose brief is partial."""
    rows = await connection.execute(
        text("""
            SELECT id, contact_id, brief FROM handoff
            WHERE portal_id = :portal_id AND id = ANY(:ids) AND CAST(brief ->> 'partial' AS boolean) ORDER BY id
        """),
        {"portal_id": portal_id, "ids": list(handoff_ids)},
    )
    return [PartialBrief(row.id, ContactId(row.contact_id), from_json(row.brief, Brief)) for row in rows]


async def keep(connection: Connection, portal_id: PortalId, briefs: Mapping[UUID, Brief]) -> None:
    """Keep these in place of the handoffs' first briefs, unless their people were erased meanwhile."""
    await connection.execute(
        text("""
            UPDATE handoff SET brief = CAST(told.brief AS jsonb)
            FROM unnest(CAST(:ids AS uuid[]), CAST(:briefs AS text[])) AS told (id, brief)
            WHERE handoff.portal_id = :portal_id AND handoff.id = told.id AND handoff.brief <> '{}'
        """),
        {"portal_id": portal_id, "ids": list(briefs), "briefs": [_json(one) for one in briefs.values()]},
    )


async def add_later(connection: Connection, portal_id: PortalId, handoff_id: UUID, stage: str, brief: Brief) -> None:
    """Keep what is to be told at a stage; what was kept for the stage before is replaced."""
    await connection.execute(
        text("""
            UPDATE handoff
            SET later_briefs = later_briefs || jsonb_build_object(CAST(:stage AS text), CAST(:brief AS jsonb))
            WHERE portal_id = :portal_id AND id = :id
        """),
        {"portal_id": portal_id, "id": handoff_id, "stage": stage, "brief": _json(brief)},
    )


async def keep_words(connection: Connection, portal_id: PortalId, words: Mapping[str, str], *, now: datetime) -> None:
    """Keep what reps say of the briefs, by handoff, seen now; a word that is known already keeps its time."""
    if not words:
        return
    await connection.execute(
        text("""
            UPDATE handoff SET brief_word = said.word, brief_word_at = :now
            FROM unnest(CAST(:ids AS uuid[]), CAST(:words AS text[])) AS said (id, word)
            WHERE handoff.portal_id = :portal_id AND handoff.id = said.id AND brief_word IS DISTINCT FROM said.word
        """),
        {"portal_id": portal_id, "ids": [UUID(one) for one in words], "words": list(words.values()), "now": now},
    )


def _json(brief: Brief) -> str:
    return orjson.dumps(to_json(brief, Brief)).decode()
