"""Deciding, and keeping what was decided: one transaction, fenced, under the locks of the pools.

Weighing the leads is pure and comes first; the transaction only chooses owners and stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import assert_never
from uuid import UUID, uuid4

from app.agreement.frozen import addresses_of
from app.engine.colleagues import telling_colleagues
from app.engine.lease import Lease
from app.engine.read import Reading
from app.engine.rulebook import Rulebook
from app.engine.weigh import Weighed
from app.handoff.decision import AddNote, AddTask, Decision, Kind, SetProperties, Write
from app.handoff.memory import Memory, memory_of, remember
from app.handoff.promise import due_of
from app.handoff.properties import OWNER
from app.handoff.route import charge, reachable_pools, route
from app.handoff.state import Handoff, Inputs, Lead, PoolState, Roster
from app.records.crm import Owner
from app.records.ids import ContactId, OwnerId, PoolId
from app.storage import absences, contacts, decisions, events, handoffs, pools, portals, writes
from app.storage.contacts import Snapshot
from app.storage.database import Connection
from app.storage.decisions import NewDecision
from app.storage.handoffs import NewHandoff
from app.storage.pools import Entry
from app.storage.portals import Portal
from app.storage.writes import StoredWrite, WriteKind, WriteState


class ModeChanged(Exception):
    """The portal went live, into shadow or to pause between reading and deciding."""


@dataclass(frozen=True, slots=True)
class Made:
    """A decision with the ids that its rows carry. `handoff_id` is the open handoff's, new or old."""

    id: UUID
    decision: Decision
    inputs: Inputs
    handoff_id: UUID | None
    rulebook: Rulebook
    roles: tuple[str, ...] = ()

    @property
    def contact_id(self) -> ContactId:
        return self.decision.contact_id


async def decide(
    lease: Lease,
    reading: Reading,
    weighed: Sequence[Weighed],
    portal: Portal,
    *,
    asks_for_groups: bool,
    now: datetime,
) -> list[Made]:
    """Choose owners and store everything, in one transaction. Raises ModeChanged when the portal's mode moved on."""

    async def work(connection: Connection) -> list[Made]:
        current = await portals.get(connection, lease.portal_id, lock=True)
        if current is None or current.mode is not portal.mode or current.paused_reason:
            raise ModeChanged
        return await _Deciding(connection, lease, reading, portal, now, asks_for_groups).run(weighed)

    return await lease.database.transact(work)


@dataclass(slots=True)
class _Deciding:
    """One pass through the transaction."""

    connection: Connection
    lease: Lease
    reading: Reading
    portal: Portal
    now: datetime
    asks_for_groups: bool

    async def run(self, weighed: Sequence[Weighed]) -> list[Made]:
        owners = await portals.owners(self.connection, self.lease.portal_id)
        reachable = {
            one.lead.contact.id: reachable_pools(one.rulebook.agreement, one.qualification, owners) for one in weighed
        }
        ledgers = await self._lock({pool for names in reachable.values() for pool in names})
        await self.lease.fence(self.connection)
        away = await absences.away(self.connection, self.lease.portal_id, now=self.now)
        people = _People(owners, away, [one.rulebook for one in weighed])
        made: list[Made] = []
        for one in await self._undisturbed(weighed):
            if self.lease.holds(one.lead.contact.id):
                roster = people.roster(one.lead, {pool: ledgers[pool] for pool in reachable[one.lead.contact.id]})
                decided = self._make(one, roster)
                ledgers = dict(charge(ledgers, decided.decision))
                made.append(decided)
        await self._store(made)
        return made

    async def _undisturbed(self, weighed: Sequence[Weighed]) -> list[Weighed]:
        """Those whose handoff and memory are still what they were weighed with: a merge may have brought another."""
        ids = [one.lead.contact.id for one in weighed]
        portal_id = self.lease.portal_id
        running = await handoffs.running(self.connection, portal_id, ids, shadow=self.portal.is_shadow)
        memories = await contacts.memories(self.connection, portal_id, ids)
        return [
            one
            for one in weighed
            if running.get(one.lead.contact.id) == one.lead.history.handoff
            and memories.get(one.lead.contact.id, Memory()) == memory_of(one.lead.history)
        ]

    async def _lock(self, names: set[PoolId]) -> Mapping[PoolId, PoolState]:
        shadow = self.portal.is_shadow
        return await pools.lock(self.connection, self.lease.portal_id, sorted(names), shadow=shadow) if names else {}

    def _make(self, weighed: Weighed, roster: Roster) -> Made:
        decision = route(weighed.qualification, roster, self.now)
        running = weighed.lead.history.handoff
        handoff_id = uuid4() if decision.opening else UUID(running.id) if running else None
        return Made(
            uuid4(), decision, Inputs(weighed.lead, roster, self.now), handoff_id, weighed.rulebook, weighed.roles
        )

    async def _store(self, made: Sequence[Made]) -> None:
        portal_id, shadow = self.lease.portal_id, self.portal.is_shadow
        await decisions.add(
            self.connection,
            portal_id,
            [NewDecision(one.id, one.rulebook.version, one.inputs, one.decision) for one in made],
            shadow=shadow,
        )
        await self._keep_records(made)
        await self._change_handoffs(made)
        await pools.record(self.connection, portal_id, _entries(made), shadow=shadow, now=self.now)
        await writes.supersede(self.connection, portal_id, [one.contact_id for one in made])
        await writes.add(self.connection, portal_id, [row for one in made for row in self._writes(one)], now=self.now)
        covered = [(one.contact_id, self.lease.lanes[one.contact_id].generation, one.id) for one in made]
        await events.apply(self.connection, portal_id, covered)

    async def _keep_records(self, made: Sequence[Made]) -> None:
        """Keep what was read. The rows of the companies come first: they make colleagues in other hands wait."""
        connection, portal_id, now = self.connection, self.lease.portal_id, self.now
        await contacts.save_companies(connection, portal_id, list(self.reading.companies.values()), now=now)
        weighed = {one.contact_id: one.inputs.lead.group for one in made}
        async with telling_colleagues(connection, portal_id, weighed, asked_for=self.asks_for_groups, now=now):
            await contacts.save(connection, portal_id, [self._snapshot(one) for one in made], now=now)

    def _snapshot(self, made: Made) -> Snapshot:
        lead = made.inputs.lead
        memory = (
            replace(memory_of(lead.history), waiting_since=made.decision.waiting_since)
            if self.portal.is_shadow
            else remember(lead.history, made.decision)
        )
        company_id = self.reading.company_ids.get(made.contact_id)
        return Snapshot(lead.contact, company_id, made.decision.scores, memory, made.roles)

    async def _change_handoffs(self, made: Sequence[Made]) -> None:
        portal_id = self.lease.portal_id
        for one in made:
            decision, running = one.decision, one.inputs.lead.history.handoff
            if running is None or one.handoff_id is None or decision.opening:
                continue
            if decision.closing:
                await handoffs.close(self.connection, portal_id, one.handoff_id, decision.closing, now=self.now)
            else:
                await self._keep_handoff(one, running, one.handoff_id)
        opened = [self._opened(one) for one in made if one.decision.opening]
        await handoffs.open_(
            self.connection,
            portal_id,
            [one for one in opened if one],
            shadow=self.portal.is_shadow,
            now=self.now,
        )

    async def _keep_handoff(self, made: Made, running: Handoff, handoff_id: UUID) -> None:
        decision = made.decision
        owner_id = decision.assignment.owner_id if decision.assignment else decision.handoff_owner
        if decision.handoff_state or owner_id:
            await handoffs.change(
                self.connection,
                self.lease.portal_id,
                handoff_id,
                state=decision.handoff_state,
                owner_id=owner_id,
            )
        if running.owner_confirmed_at is None and self._owner_stands(decision):
            due_at = due_of(made.rulebook.agreement, running.pool, running.promise, self.now)
            await handoffs.confirm_owners(self.connection, self.lease.portal_id, {handoff_id: due_at}, now=self.now)

    def _owner_stands(self, decision: Decision) -> bool:
        """Whether the record carries the owner already, so that nothing about the owner is to be written."""
        writes_owner = any(isinstance(one, SetProperties) and OWNER in one.properties for one in decision.writes)
        return not self.portal.is_shadow and not writes_owner

    def _opened(self, made: Made) -> NewHandoff | None:
        decision = made.decision
        if decision.opening is None or decision.brief is None or made.handoff_id is None:
            return None
        stands = self._owner_stands(decision)
        due_at = (
            due_of(made.rulebook.agreement, decision.opening.pool, decision.opening.promise, self.now)
            if stands
            else None
        )
        return NewHandoff(
            made.handoff_id,
            made.contact_id,
            made.rulebook.version,
            decision.opening,
            decision.brief,
            self.now if stands else None,
            due_at,
        )

    def _writes(self, made: Made) -> list[StoredWrite]:
        state = WriteState.WITHHELD if self.portal.is_shadow else WriteState.DUE
        return [_stored(made, write, state) for write in made.decision.writes]


def _stored(made: Made, write: Write, state: WriteState) -> StoredWrite:
    own_id = uuid4()
    match write:
        case SetProperties():
            kind, key, properties = WriteKind.PROPERTIES, own_id.hex, write.properties
        case AddNote():
            kind, key, properties = WriteKind.NOTE, f"{made.handoff_id}-note", {}
        case AddTask():
            kind, key, properties = WriteKind.TASK, f"{made.handoff_id}-task", {}
        case _:
            assert_never(write)
    return StoredWrite(
        own_id, key, made.contact_id, made.id, made.handoff_id, write.step, kind, properties, state
    )  # fmt: skip


def _entries(made: Sequence[Made]) -> list[Entry]:
    return [
        Entry(one.decision.assignment, one.id, one.handoff_id, one.contact_id)
        for one in made
        if one.decision.assignment and one.handoff_id and one.decision.kind in {Kind.HANDED_OFF, Kind.REASSIGNED}
    ]


class _People:
    """The owners that a decision may depend on, picked from all of the portal's, and who of them is away."""

    def __init__(
        self, owners: Sequence[Owner], away: Mapping[OwnerId, datetime], rulebooks: Iterable[Rulebook]
    ) -> None:
        self._by_id = {owner.id: owner for owner in owners}
        self._away = away
        agreements = {book.version: book.agreement for book in rulebooks}
        named = {email for agreement in agreements.values() for email in addresses_of(agreement)}
        self._named = [owner for owner in owners if owner.email.casefold() in named]

    def roster(self, lead: Lead, ledgers: Mapping[PoolId, PoolState]) -> Roster:
        """Who could get this lead, and who has or had it."""
        history = lead.history
        ids = {
            lead.contact.properties.get(OWNER),
            lead.company.properties.get(OWNER) if lead.company else None,
            history.last.owner_id if history.last else None,
            history.handoff.owner_id if history.handoff else None,
        }
        others = [self._by_id[OwnerId(one)] for one in ids if one in self._by_id]
        everyone = {owner.id: owner for owner in (*self._named, *others)}
        away = {one: until for one, until in self._away.items() if one in everyone}
        return Roster(ledgers, tuple(owner for _, owner in sorted(everyone.items())), away)
