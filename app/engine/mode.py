"""Shadow, live, paused: who switches what, each in one transaction under the lock of the portal's row.

Looks read the mode under the same lock, so a decision is made wholly in one mode. A portal starts in
shadow: everything is decided and shown, nothing is written.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import ClassVar

from app.engine.portal import missing_properties
from app.engine.rulebook import rulebook_of
from app.errors import BatonError
from app.handoff.properties import OWNER, STAGE
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import agreements, audit, contacts, handoffs, lanes, pools, portals, withheld
from app.storage.database import Connection, Database
from app.storage.lanes import Priority
from app.storage.portals import Mode, Portal
from app.storage.writes import StoredWrite, WriteKind

_WRITES_A_CONTACT = 4
"""Clear, set, note, task: a contact has no more of them."""


class ModeRefused(BatonError):
    """The mode stays what it is; the message says what stands against the change."""

    code: ClassVar[str] = "mode_refused"


@dataclass(frozen=True, slots=True)
class PlannedContact:
    """What going live would do to one contact. `stage` and `owner` are None where they would stay."""

    id: str
    name: str
    stage_now: str | None
    stage: str | None
    owner: str | None
    note: bool
    task: bool
    properties: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class LivePlan:
    """What going live would change: `total` contacts, of which `contacts` are the first.

    `refusal` says what stands against it, None when nothing does.
    """

    total: int
    contacts: tuple[PlannedContact, ...]
    refusal: str | None


async def live_plan(database: Database, portal_id: PortalId, *, limit: int) -> LivePlan:
    """What shadow mode withheld, by contact; changes nothing."""
    async with database.begin() as connection:
        refusal = await _refusal(connection, await portals.get(connection, portal_id))
        total = await withheld.contacts(connection, portal_id)
        kept_back = await withheld.listed(connection, portal_id, limit=limit * _WRITES_A_CONTACT)
        by_contact = [(one, list(its)) for one, its in groupby(kept_back, key=lambda write: write.contact_id)][:limit]
        known = await contacts.known_all(connection, portal_id, [one for one, _ in by_contact])
        owners = {str(owner.id): owner.email for owner in await portals.owners(connection, portal_id)}
    planned = tuple(_planned(one, known.get(one), its, owners) for one, its in by_contact)
    return LivePlan(total, planned, refusal)


def _planned(
    contact_id: ContactId,
    known: contacts.KnownContact | None,
    kept_back: Sequence[StoredWrite],
    owners: dict[str, str],
) -> PlannedContact:
    wanted = {name: value for write in kept_back for name, value in write.properties.items()}
    kinds = {write.kind for write in kept_back}
    owner_id = wanted.get(OWNER)
    return PlannedContact(
        id=contact_id,
        name=known.name if known else "",
        stage_now=known.stage if known else None,
        stage=wanted.get(STAGE),
        owner=owners.get(owner_id, owner_id) if owner_id is not None else None,
        note=WriteKind.NOTE in kinds,
        task=WriteKind.TASK in kinds,
        properties=tuple(sorted(wanted)),
    )


async def go_live(database: Database, portal_id: PortalId, by: str, *, now: datetime) -> int:
    """Write from now on. What shadow mode decided is decided again; returns about how many contacts.

    Handoffs that were open before shadow mode go on, and whatever fell due on their clocks meanwhile is heeded.
    Raises ModeRefused with a sentence when something stands against it.
    """

    async def work(connection: Connection) -> int:
        refusal = await _refusal(connection, await portals.hold(connection, portal_id))
        if refusal:
            raise ModeRefused(refusal)
        await portals.set_mode(connection, portal_id, Mode.LIVE, now=now)
        await pools.forget_shadow(connection, portal_id)
        ended = await handoffs.end_shadow(connection, portal_id, now=now)
        discarded = await withheld.discard(connection, portal_id)
        waited = await handoffs.in_hand(connection, portal_id)
        again = sorted({(ObjectType.CONTACT, str(one)) for one in (*ended, *discarded, *waited)})
        await lanes.mark(connection, portal_id, again, wake_at=now, now=now, priority=Priority.BACKGROUND)
        await audit.note(connection, portal_id, by, "went live", {"contacts": len(again)}, now=now)
        return len(again)

    return await database.transact(work)


async def go_shadow(database: Database, portal_id: PortalId, by: str, *, now: datetime) -> None:
    """Write nothing from now on; open handoffs wait as they are. Raises ModeRefused when it is so already."""

    async def work(connection: Connection) -> None:
        if _there(await portals.hold(connection, portal_id)).is_shadow:
            raise ModeRefused("the portal is in shadow mode already")
        await portals.set_mode(connection, portal_id, Mode.SHADOW, now=now)
        await audit.note(connection, portal_id, by, "went into shadow", {}, now=now)

    await database.transact(work)


async def pause(database: Database, portal_id: PortalId, by: str, reason: str, *, now: datetime) -> None:
    """Take no look until somebody resumes; requests are taken in all the same."""

    async def work(connection: Connection) -> None:
        _there(await portals.hold(connection, portal_id))
        await portals.pause(connection, portal_id, reason)
        await audit.note(connection, portal_id, by, "paused", {"reason": reason}, now=now)

    await database.transact(work)


async def resume(database: Database, portal_id: PortalId, by: str, *, now: datetime) -> str:
    """Take looks again; returns why they were not taken. Raises ModeRefused when the portal is not paused."""

    async def work(connection: Connection) -> str:
        reason = _there(await portals.hold(connection, portal_id)).paused_reason
        if reason is None:
            raise ModeRefused("the portal is not paused")
        await portals.pause(connection, portal_id, None)
        await audit.note(connection, portal_id, by, "resumed", {"was": reason}, now=now)
        return reason

    return await database.transact(work)


async def _refusal(connection: Connection, portal: Portal | None) -> str | None:
    """What stands against going live, in a sentence that says what to do."""
    if portal is None:
        return _NOT_STARTED
    if not portal.is_shadow:
        return "the portal is live already"
    if portal.blocked_reason:
        return f"lanes wait: {portal.blocked_reason}"
    version = await agreements.newest(connection, portal.id)
    known = await portals.definitions(connection, portal.id)
    if portal.checked_at is None or version is None or not known:
        return "HubSpot has not been read yet; let `baton run` reach it once"
    lacking = missing_properties((await rulebook_of(version)).agreement, known)
    if lacking:
        names = ", ".join(one.name for one in lacking)
        return f"the portal lacks the contact properties {names}; run `baton setup --apply`"
    return None


_NOT_STARTED = "Baton was not started for this portal yet; set BATON_PORTAL_ID and run `baton run`"


def _there(portal: Portal | None) -> Portal:
    if portal is None:
        raise ModeRefused(_NOT_STARTED)
    return portal
