"""Why a stored decision came out as it did: computed again from what it was made from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from app.engine.rulebook import rulebook_of
from app.errors import BatonError
from app.handoff.decision import Decision
from app.handoff.explain import Explanation, explain, render
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
    """A decision and its reasons, by the version that made it or by another.

    `differs` names what comes out otherwise than was stored: under the decision's own version, a defect.
    """

    stored: StoredDecision
    version: int
    explanation: Explanation
    lines: tuple[str, ...]
    differs: tuple[str, ...]

    @property
    def defective(self) -> bool:
        """Whether the decision's own version gives another value today."""
        return bool(self.differs) and self.version == self.stored.version


async def explain_contact(
    database: Database, portal_id: PortalId, contact_id: str, *, at: datetime | None = None, number: int | None = None
) -> Explained:
    """Explain the newest decision about a contact, or the newest made until `at`.

    With `number`, as that version of the agreement would have decided from the same inputs. Raises Unexplained.
    """
    async with database.begin() as connection:
        found = await decisions.of_contact(connection, portal_id, contact_id, at=at, limit=1)
        stored = readable(found, contact_id, at)
        version = await agreements.get(connection, portal_id, stored.version if number is None else number)
    if version is None:
        raise Unexplained(f"there is no version {stored.version if number is None else number} of the agreement")
    rulebook = await rulebook_of(version)
    explanation = explain(rulebook.agreement, stored.inputs(), rulebook.vocabulary)
    differs = differences(stored, explanation.decision)
    return Explained(stored, version.number, explanation, tuple(render(explanation)), differs)


def readable(found: list[StoredDecision], contact_id: str, at: datetime | None = None) -> StoredDecision:
    """The first of the decisions found about a contact until `at`. Raises Unexplained without one that can be read."""
    if not found:
        until = f" until {at.isoformat()}" if at else ""
        raise Unexplained(
            f"nothing was decided about contact {contact_id}{until}; `baton decisions list` shows what was"
        )
    if found[0].erased:
        raise Unexplained(f"contact {contact_id} asked to be forgotten: what the decision was made from is erased")
    return found[0]


def differences(stored: StoredDecision, computed: Decision) -> tuple[str, ...]:
    """The names of what was computed otherwise than it was stored, sorted; none when the two are one value."""
    now: dict[str, object] = to_json(computed, Decision)
    then = stored.stored_decision
    return tuple(sorted(name for name in {*now, *then} if now.get(name) != then.get(name)))
