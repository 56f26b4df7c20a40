"""Replay: look again at records that a filter means. Planned, begun under a name, cancelled, resumed and read.

A look reconciles, so that nothing is sent twice: what stands is found standing. What is meant is chosen once, at
the beginning, whole; `replaying` asks for the looks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID, uuid4

from app.engine.refusals import NothingThere
from app.engine.rehearsal import Rehearsed, rehearse
from app.engine.weigh import Kept
from app.errors import BatonError
from app.records.filter import parse_filter
from app.records.ids import PortalId
from app.storage import audit, replays, selections
from app.storage.database import Connection, Database
from app.storage.replays import Item, ItemState, NewReplay, ReplayState, StoredReplay
from app.storage.selections import Effect, Reason, selection_of

SAMPLE = 10
"""How many contacts a plan rehearses unless more are asked for."""


class ReplayRefused(BatonError):
    """A replay cannot be begun, cancelled or resumed so; the message says why and what to do."""

    code: ClassVar[str] = "replay_refused"


@dataclass(frozen=True, slots=True)
class Plan:
    """What a replay of this filter would look at, if it began now. `filter` has absolute times.

    `sample` are the contacts heard of last, each with what its next look would decide.
    """

    filter: str
    by_reason: tuple[Reason, ...]
    effects: tuple[Effect, ...]
    sample: tuple[Rehearsed, ...]

    @property
    def count(self) -> int:
        """How many records are meant."""
        return sum(one.count for one in self.by_reason)

    @property
    def oldest(self) -> datetime | None:
        """When the one that was quiet for longest was last heard of."""
        return min((one.oldest for one in self.by_reason if one.oldest), default=None)

    @property
    def newest(self) -> datetime | None:
        return max((one.newest for one in self.by_reason if one.newest), default=None)


@dataclass(frozen=True, slots=True)
class Asked:
    """A replay that somebody asks for. With `at_most` it begins only if no more records are meant.

    `request_key` is the client's own: asked again under it, nothing more begins.
    """

    filter: str
    name: str
    by: str
    request_key: str | None = None
    at_most: int | None = None


async def plan(kept: Kept, line: str, *, version: int | None = None, sample: int = SAMPLE, now: datetime) -> Plan:
    """What the filter means now, and what would come of it; with `version`, by an older agreement. Changes nothing.

    Raises FilterRefused, and NothingThere for a version that is not there.
    """
    wanted = parse_filter(line, now=now)
    chosen = selection_of(kept.portal_id, wanted)
    async with kept.database.begin() as connection:
        reasons = await selections.reasons(connection, chosen)
        effects = await selections.effects(connection, chosen)
        contacts = await selections.sample(connection, chosen, limit=sample)
    rehearsed = await rehearse(kept, contacts, version=version, now=now) if contacts else []
    return Plan(str(wanted), tuple(reasons), tuple(effects), tuple(rehearsed))


async def start(database: Database, portal_id: PortalId, asked: Asked, *, now: datetime) -> StoredReplay:
    """Choose what the filter means now and begin; the same replay when it was begun under its request key before.

    Raises FilterRefused, and ReplayRefused when nothing is meant, more than `at_most`, the name is blank, or the key
    was used otherwise.
    """
    wanted = parse_filter(asked.filter, now=now)
    if not asked.name.strip():
        raise ReplayRefused("a replay takes a name; say what it is for")
    new = NewReplay(uuid4(), asked.name, str(wanted), asked.by, asked.request_key)

    async def work(connection: Connection) -> StoredReplay:
        if not await replays.add(connection, portal_id, new, now=now):
            return await _begun_before(connection, portal_id, asked)
        many = await replays.fill(connection, portal_id, new.id, selection_of(portal_id, wanted))
        _check(many, asked)
        detail = {"replay": str(new.id), "name": new.name, "filter": new.filter, "records": many}
        await audit.note(connection, portal_id, asked.by, "replay started", detail, now=now)
        return await _there(connection, portal_id, new.id)

    return await database.transact(work)


def _check(many: int, asked: Asked) -> None:
    if many == 0:
        raise ReplayRefused("the filter means no record; `baton replay plan` shows what one means")
    if asked.at_most is not None and many > asked.at_most:
        raise ReplayRefused(
            f"the filter means {many} records, more than {asked.at_most}; plan again, then allow as many"
        )


async def _begun_before(connection: Connection, portal_id: PortalId, asked: Asked) -> StoredReplay:
    found = await replays.asked_for(connection, portal_id, asked.request_key or "")
    if found is None or found.name != asked.name or found.filter != _as_of(found.created_at, asked.filter):
        raise ReplayRefused("the key was used for another replay; send a key of its own with each")
    return found


def _as_of(at: datetime, line: str) -> str:
    """The line as it was frozen at an instant."""
    return str(parse_filter(line, now=at))


async def cancel(database: Database, portal_id: PortalId, replay_id: UUID, *, by: str, now: datetime) -> StoredReplay:
    """Ask for no further look. Those asked for still come; one that is over stays as it is. Raises NothingThere."""

    async def work(connection: Connection) -> StoredReplay:
        moved = await replays.change_state(
            connection, portal_id, replay_id, from_=ReplayState.RUNNING, to=ReplayState.CANCELLED
        )
        found = await _there(connection, portal_id, replay_id)
        if moved:
            await audit.note(connection, portal_id, by, "replay cancelled", {"replay": str(replay_id)}, now=now)
        return found

    return await database.transact(work)


async def resume(database: Database, portal_id: PortalId, replay_id: UUID, *, by: str, now: datetime) -> StoredReplay:
    """Go on with a replay that was cancelled. Raises NothingThere, and ReplayRefused for any other."""

    async def work(connection: Connection) -> StoredReplay:
        moved = await replays.change_state(
            connection, portal_id, replay_id, from_=ReplayState.CANCELLED, to=ReplayState.RUNNING
        )
        found = await _there(connection, portal_id, replay_id)
        if not moved:
            raise ReplayRefused(f"the replay is {found.state}; only a cancelled one is resumed, begin another instead")
        await audit.note(connection, portal_id, by, "replay resumed", {"replay": str(replay_id)}, now=now)
        return found

    return await database.transact(work)


async def replay_of(database: Database, portal_id: PortalId, replay_id: UUID) -> StoredReplay:
    """The replay, with how far it is. Raises NothingThere."""
    async with database.begin() as connection:
        return await _there(connection, portal_id, replay_id)


async def listed(database: Database, portal_id: PortalId, *, limit: int) -> list[StoredReplay]:
    """Replays, newest first."""
    async with database.begin() as connection:
        return await replays.listed(connection, portal_id, limit=limit)


async def results(
    database: Database,
    portal_id: PortalId,
    replay_id: UUID,
    *,
    limit: int,
    after: tuple[str, str] = ("", ""),
    state: ItemState | None = None,
) -> list[Item]:
    """A page of the replay's records, each with what came of it. Raises NothingThere."""
    async with database.begin() as connection:
        await _there(connection, portal_id, replay_id)
        return await replays.items(connection, portal_id, replay_id, limit=limit, after=after, state=state)


async def _there(connection: Connection, portal_id: PortalId, replay_id: UUID) -> StoredReplay:
    found = await replays.get(connection, portal_id, replay_id)
    if found is None:
        raise NothingThere(f"there is no replay {replay_id}; `baton replay list` shows what there is")
    return found


def counted(counts: Mapping[ItemState, int]) -> dict[str, int]:
    """How many records are in each state, every state named."""
    return {state.value: counts.get(state, 0) for state in ItemState}
