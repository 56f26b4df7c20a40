"""Deciding, and keeping what was decided: one transaction, fenced, under the locks of the pools.

Weighing the leads is pure and comes first; the transaction only chooses owners and stores.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID, uuid4

from app.agreement.frozen import addresses_of
from app.engine.briefs import keep_briefs
from app.engine.colleagues import telling_colleagues
from app.engine.confirm import confirm
from app.engine.keep_clocks import keep_clocks, was_there
from app.engine.lease import Lease
from app.engine.lost import standing_writes
from app.engine.made import Made, entries_of, stored_write
from app.engine.read import Reading
from app.engine.rulebook import Rulebook
from app.engine.weigh import Weighed
from app.handoff.decision import Decision, SetProperties
from app.handoff.memory import Memory, memory_of, remember
from app.handoff.properties import OWNER
from app.handoff.route import charge, reachable_pools, route
from app.handoff.state import Inputs, Lead, PoolState, Roster
from app.records.crm import Owner
from app.records.ids import OwnerId, PoolId
from app.storage import absences, contacts, decisions, events, handoffs, pools, portals, tenures, writes
from app.storage.contacts import Snapshot
from app.storage.database import Connection
from app.storage.decisions import NewDecision
from app.storage.handoffs import NewHandoff
from app.storage.portals import Portal
from app.storage.writes import Settled, StoredWrite, WriteState


class ModeChanged(Exception):
    """The portal went live, into shadow or to pause between reading and deciding."""


async def decide(
    lease: Lease,
    reading: Reading,
    weighed: Sequence[Weighed],
    portal: Portal,
    *,
    asks_for_groups: bool,
    now: datetime,
    heard_at: datetime | None = None,
) -> list[Made]:
    """Choose owners and store everything, in one transaction. Raises ModeChanged when the portal's mode moved on.

    With `heard_at` the leads are from the store, and the CRM was last heard then: what needs the CRM, or would
    declare a breach since, is left undecided.
    """

    async def work(connection: Connection) -> list[Made]:
        current = await portals.get(connection, lease.portal_id, lock=True)
        if current is None or current.mode is not portal.mode or current.paused_reason:
            raise ModeChanged
        deciding = _Deciding(connection, lease, reading, portal, now, asks_for_groups, heard_at)
        return await deciding.run(weighed)

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
    heard_at: datetime | None

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
                if self.heard_at is not None and not _is_told_by_store(decided, self.heard_at):
                    continue
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
        here = decision.opening.lost if decision.opening else weighed.lead.history.handoff
        handoff_id = UUID(here.id) if here else uuid4() if decision.opening else None
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
        if self.heard_at is None:
            await self._keep_records(made)
        await self._change_handoffs(made)
        decided = [(one.handoff_id, one.inputs.lead, one.decision) for one in made]
        await keep_briefs(self.connection, portal_id, decided, now=self.now)
        await self._keep_time(made)
        await pools.record(self.connection, portal_id, entries_of(made), shadow=shadow, now=self.now)
        await writes.supersede(self.connection, portal_id, [one.contact_id for one in made])
        await writes.add(self.connection, portal_id, [row for one in made for row in self._writes(one)], now=self.now)
        stand = [row for one in made for row in standing_writes(one)]
        await writes.add(self.connection, portal_id, stand, now=self.now)
        await writes.settle(self.connection, portal_id, [Settled(row.id, row.state, row.crm_id) for row in stand])
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
                await self._keep_handoff(one, one.handoff_id)
        opened = [self._opened(one) for one in made if one.decision.opening]
        await handoffs.open_(
            self.connection,
            portal_id,
            [one for one in opened if one],
            shadow=self.portal.is_shadow,
            now=self.now,
        )

    async def _keep_handoff(self, made: Made, handoff_id: UUID) -> None:
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

    async def _keep_time(self, made: Sequence[Made]) -> None:
        """Keep tenures, clocks and what is to be told of them; begin the clocks of owners who stand already."""
        connection, portal_id = self.connection, self.lease.portal_id
        begun = [(one.handoff_id, one.decision.tenure) for one in made if one.handoff_id and one.decision.tenure]
        await tenures.begin(connection, portal_id, begun)
        await keep_clocks(connection, portal_id, made, shadow=self.portal.is_shadow, now=self.now)
        stand = [one.handoff_id for one in made if one.handoff_id and self._begins_to_stand(one)]
        books = {one.contact_id: one.rulebook.agreement for one in made}
        await confirm(connection, portal_id, stand, books.__getitem__, at=self.now)

    def _begins_to_stand(self, made: Made) -> bool:
        """Whether the owner is found standing on the record by this decision."""
        decision, running = made.decision, made.inputs.lead.history.handoff
        if decision.closing or not self._owner_stands(decision):
            return False
        confirmed = running is not None and running.owner_confirmed_at is not None and decision.tenure is None
        return not confirmed

    def _owner_stands(self, decision: Decision) -> bool:
        """Whether the record carries the owner already, so that nothing about the owner is to be written."""
        writes_owner = any(isinstance(one, SetProperties) and OWNER in one.properties for one in decision.writes)
        return not self.portal.is_shadow and not writes_owner

    def _opened(self, made: Made) -> NewHandoff | None:
        decision = made.decision
        if decision.opening is None or decision.brief is None or made.handoff_id is None:
            return None
        return NewHandoff(made.handoff_id, made.contact_id, made.rulebook.version, decision.opening, decision.brief)

    def _writes(self, made: Made) -> list[StoredWrite]:
        state = WriteState.WITHHELD if self.portal.is_shadow else WriteState.DUE
        return [stored_write(made, write, state) for write in made.decision.writes]


def _is_told_by_store(made: Made, heard_at: datetime) -> bool:
    """Whether a decision on what is stored may stand: it writes nothing, and the CRM was there at each deadline."""
    return made.decision.is_quiet and was_there(made, heard_at)


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
        """Who could get this lead, who has or had it, and whom a person named for it."""
        history = lead.history
        ids = {
            lead.contact.properties.get(OWNER),
            lead.company.properties.get(OWNER) if lead.company else None,
            history.last.owner_id if history.last else None,
            history.handoff.owner_id if history.handoff else None,
            *(act.to for act in (history.handoff.acts if history.handoff else ())),
        }
        others = [self._by_id[OwnerId(one)] for one in ids if one in self._by_id]
        everyone = {owner.id: owner for owner in (*self._named, *others)}
        away = {one: until for one, until in self._away.items() if one in everyone}
        return Roster(ledgers, tuple(owner for _, owner in sorted(everyone.items())), away)
