"""Why a stored decision came out as it did: computed again from what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.engine.rulebook import rulebook_of
from app.errors import BatonError
from app.handoff.decision import Decision
from app.handoff.explain import explain, render
from app.records.ids import PortalId
from app.storage import agreements, decisions
from app.storage.codec import to_json
from app.storage.database import Database
from app.storage.decisions import StoredDecision


class Unexplained(BatonError):
    """There is no decision to explain, or it can no longer be computed; the message says which."""

    code: ClassVar[str] = "unexplained"


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision and its reasons. `differs` names what comes out otherwise today than was stored: a defect."""

    stored: StoredDecision
    lines: tuple[str, ...]
    differs: tuple[str, ...]


async def explain_contact(
    database: Database, portal_id: PortalId, contact_id: str, *, at: datetime | None = None
) -> Explained:
    """Explain the newest decision about a contact, or the newest made until `at`. Raises Unexplained."""
    async with database.begin() as connection:
        found = await decisions.of_contact(connection, portal_id, contact_id, at=at, limit=1)
        stored = _readable(found, contact_id, at)
        version = await agreements.get(connection, portal_id, stored.version)
    if version is None:
        raise Unexplained(f"agreement version {stored.version}, which decided it, is not there any more")
    rulebook = await rulebook_of(version)
    explanation = explain(rulebook.agreement, stored.inputs(), rulebook.vocabulary)
    return Explained(stored, tuple(render(explanation)), _differs(stored, explanation.decision))


def _readable(found: list[StoredDecision], contact_id: str, at: datetime | None) -> StoredDecision:
    if not found:
        until = f" until {at.isoformat()}" if at else ""
        raise Unexplained(
            f"nothing was decided about contact {contact_id}{until}; `baton decisions list` shows what was"
        )
    if found[0].erased:
        raise Unexplained(f"contact {contact_id} asked to be forgotten: what the decision was made from is erased")
    return found[0]


def _differs(stored: StoredDecision, computed: Decision) -> tuple[str, ...]:
    now: dict[str, object] = to_json(computed, Decision)
    then = stored.stored_decision
    return tuple(sorted(name for name in {*now, *then} if now.get(name) != then.get(name)))
