"""Sending what was decided: step by step, batch by batch, each write settled by what the CRM said of it.

`sending` is committed before a send. A send starts only while the lease outlasts it; what is left stays
due and the lane wakes for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import assert_never
from uuid import UUID

from app.agreement.model import Agreement
from app.clock import Clock
from app.crm.errors import CrmError, InvalidOwner, Outage, OutcomeUnknown, Retry, Throttled
from app.crm.port import Crm, Done, NoteDraft, Outcome, PropertyChange, TaskClosing, TaskDraft
from app.engine.confirm import confirm
from app.engine.content import read_content
from app.engine.lease import Lease
from app.engine.probes import AFTER_SEND, AFTER_SETTLE, BEFORE_SEND, BETWEEN_CLEAR_AND_SET, Probes
from app.engine.rulebook import Books
from app.handoff.content import with_content
from app.handoff.decision import Step
from app.handoff.note import render_note, render_task
from app.handoff.properties import OWNER
from app.logs import log_context
from app.records.ids import ContactId, OwnerId
from app.storage import briefs, contacts, events, portals, writes
from app.storage.briefs import ToTell
from app.storage.database import Connection
from app.storage.writes import Settled, StoredWrite, WriteKind, WriteState

TITLE, CLOSED, BECAUSE = "title", "of", "because"
"""What a stored write says of a task beside its key: the title of a further one; which is closed, and why."""
_FALLBACK_DUE = timedelta(days=1)
"""When a task is due whose promise times nothing: a task without a due time is refused by HubSpot."""


class Sending:
    """Sends the due writes of one look."""

    def __init__(self, crm: Crm, lease: Lease, books: Books, clock: Clock, probes: Probes, *, needs: timedelta) -> None:
        """`needs`: how long one send may take, margin included."""
        self._crm = crm
        self._lease = lease
        self._books = books
        self._clock = clock
        self._probes = probes
        self._needs = needs
        self._errors: dict[ContactId, CrmError] = {}

    async def send(self, contact_ids: Sequence[ContactId]) -> Mapping[ContactId, CrmError]:
        """Send every due write of these contacts, in the order of the steps.

        Returns the error of each contact that is not wholly written; raises no CrmError.
        """
        async with self._lease.database.begin() as connection:
            due = await writes.unsettled(connection, self._lease.portal_id, contact_ids, WriteState.DUE)
        for step in Step:
            for kind in WriteKind:
                await self._send_all([one for one in due if one.step is step and one.kind is kind], kind)
            if step is Step.CLEAR and any(one.step is Step.CLEAR for one in due):
                await self._probes.at(BETWEEN_CLEAR_AND_SET)
        return self._errors

    async def _send_all(self, due: Sequence[StoredWrite], kind: WriteKind) -> None:
        due = [one for one in due if self._may_follow(one)]
        if kind is WriteKind.NOTE and self._lease.outlasts(self._needs):
            await read_content(self._crm, self._lease.database, self._lease.portal_id, _handoffs_of(due))
        ready = await self._announce(due)
        if not ready:
            return
        await self._probes.at(BEFORE_SEND)
        if not self._lease.outlasts(self._needs):
            await self._settle(ready, dict.fromkeys((one.key for one in ready), _not_sent()))
            return
        with log_context(decisions=sorted({str(one.decision_id) for one in ready})):
            outcomes = await self._deliver(ready, kind)
        await self._probes.at(AFTER_SEND)
        await self._settle(ready, outcomes)
        await self._probes.at(AFTER_SETTLE)

    def _may_follow(self, write: StoredWrite) -> bool:
        """Whether all that went before for its contact stands, and the contact is still held."""
        return self._lease.holds(write.contact_id) and write.contact_id not in self._errors

    async def _announce(self, ready: Sequence[StoredWrite]) -> list[StoredWrite]:
        """Renew the lease and commit that these are about to be sent; those whose lane was lost are left out."""
        if not ready:
            return []

        async def work(connection: Connection) -> list[StoredWrite]:
            portal = await portals.get(connection, self._lease.portal_id, lock=True)
            if portal is None or portal.is_shadow or portal.paused_reason:
                self._errors |= {one.contact_id: _stopped() for one in ready}
                return []
            await self._lease.fence(connection)
            ours = [one for one in ready if self._lease.holds(one.contact_id)]
            await writes.mark_sending(connection, self._lease.portal_id, [one.id for one in ours])
            return ours

        await self._lease.renew()
        return await self._lease.database.transact(work)

    async def _deliver(self, ready: Sequence[StoredWrite], kind: WriteKind) -> Mapping[str, Outcome]:
        try:
            match kind:
                case WriteKind.PROPERTIES:
                    return await self._crm.update_contacts(
                        [PropertyChange(one.key, one.contact_id, one.properties) for one in ready]
                    )
                case WriteKind.NOTE:
                    return await self._crm.create_notes(await self._notes(ready))
                case WriteKind.TASK:
                    return await self._crm.create_tasks(await self._tasks(ready))
                case WriteKind.CLOSING:
                    return await self._close(ready)
                case _:
                    assert_never(kind)
        except CrmError as error:
            return {one.key: error for one in ready}

    async def _notes(self, ready: Sequence[StoredWrite]) -> list[NoteDraft]:
        now = self._clock.now()
        return [
            NoteDraft(
                key=write.key,
                contact_id=write.contact_id,
                owner_id=tell.owner_id,
                at=now,
                body=self._note(write, tell),
            )
            for write, tell in await self._to_tell(ready)
        ]

    def _note(self, write: StoredWrite, tell: ToTell) -> str:
        """The first brief, or the one for the stage that the write's name ends with: that one has no deadline."""
        later = tell.later.get(write.key.removeprefix(f"{tell.id}-note-"))
        brief = tell.brief if later is None else with_content(later, tell.brief.content)
        due_at = tell.due_at if later is None else None
        return render_note(brief, marker=write.key, due_at=due_at, time_zone=self._zone(write))

    async def _tasks(self, ready: Sequence[StoredWrite]) -> list[TaskDraft]:
        now = self._clock.now()
        drafts = []
        for write, tell in await self._to_tell(ready):
            subject, body = render_task(tell.brief, marker=write.key, due_at=tell.due_at, time_zone=self._zone(write))
            title = write.properties.get(TITLE)
            due_at = now if title else tell.due_at or now + _FALLBACK_DUE
            subject = f"{title}: {subject}" if title else subject
            drafts.append(TaskDraft(write.key, write.contact_id, tell.owner_id, due_at, subject, body))
        return drafts

    async def _close(self, ready: Sequence[StoredWrite]) -> Mapping[str, Outcome]:
        """Close tasks of former owners; one that was never made needs no closing."""
        made_by = {one.key: f"{one.handoff_id}-{one.properties.get(CLOSED, '')}" for one in ready}
        async with self._lease.database.begin() as connection:
            made = await writes.crm_ids(connection, self._lease.portal_id, list(made_by.values()))
        closings = [
            TaskClosing(one.key, made[made_by[one.key]], one.properties.get(BECAUSE, ""))
            for one in ready
            if made_by[one.key] in made
        ]
        outcomes = await self._crm.close_tasks(closings) if closings else {}
        return {one.key: outcomes.get(one.key, Done("", {})) for one in ready}

    async def _to_tell(self, ready: Sequence[StoredWrite]) -> list[tuple[StoredWrite, ToTell]]:
        async with self._lease.database.begin() as connection:
            tells = await briefs.to_tell(connection, self._lease.portal_id, _handoffs_of(ready))
        return [(one, tells[one.handoff_id]) for one in ready if one.handoff_id and one.handoff_id in tells]

    def _zone(self, write: StoredWrite) -> str:
        return self._books.of(write.contact_id).agreement.time_zone

    async def _settle(self, ready: Sequence[StoredWrite], outcomes: Mapping[str, Outcome]) -> None:
        pairs = [(one, outcomes.get(one.key, _unanswered())) for one in ready]
        for write, outcome in pairs:
            if isinstance(outcome, CrmError):
                self._errors[write.contact_id] = outcome

        async def work(connection: Connection) -> None:
            await self._lease.fence(connection)
            ours = [(write, outcome) for write, outcome in pairs if self._lease.holds(write.contact_id)]
            await writes.settle(connection, self._lease.portal_id, [settlement(*pair) for pair in ours])
            await self._land(connection, [(write, out) for write, out in ours if isinstance(out, Done)])
            await self._take_note(connection, [out for _, out in ours if isinstance(out, CrmError)], ours)

        await self._lease.database.transact(work)

    async def _land(self, connection: Connection, done: Sequence[tuple[StoredWrite, Done]]) -> None:
        """Remember what stands now, start promises whose owner stands, drop hints that were about our own work."""
        portal_id = self._lease.portal_id
        applied = {write.contact_id: write.properties for write, _ in done if write.kind is WriteKind.PROPERTIES}
        await contacts.add_applied(connection, portal_id, applied)
        written = [write.contact_id for write, _ in done]
        await contacts.note_written(connection, portal_id, written, now=self._clock.now())
        owned = [write.handoff_id for write, _ in done if write.handoff_id and OWNER in write.properties]
        await confirm(connection, portal_id, owned, self._agreement_of, at=self._clock.now())
        for kind in (WriteKind.NOTE, WriteKind.TASK):
            made = [outcome.object_id for write, outcome in done if write.kind is kind]
            if made:
                await events.ignore_echoes_of(connection, portal_id, kind.value, made)

    def _agreement_of(self, contact_id: ContactId) -> Agreement:
        return self._books.of(contact_id).agreement

    async def _take_note(
        self,
        connection: Connection,
        errors: Sequence[CrmError],
        pairs: Sequence[tuple[StoredWrite, Outcome]],
    ) -> None:
        """What an error says about more than its own write."""
        for write, outcome in pairs:
            if isinstance(outcome, InvalidOwner) and OWNER in write.properties:
                await portals.retire_owner(connection, self._lease.portal_id, OwnerId(write.properties[OWNER]))
        barred = next((error for error in errors if error.retry is Retry.PERSON), None)
        if barred:
            await portals.block(connection, self._lease.portal_id, f"HubSpot refuses access: {barred.words}")


def _handoffs_of(stored: Sequence[StoredWrite]) -> list[UUID]:
    return [one.handoff_id for one in stored if one.handoff_id]


def settlement(write: StoredWrite, outcome: Outcome) -> Settled:
    """What becomes of a write, by what the CRM said."""
    if isinstance(outcome, Done):
        return Settled(write.id, WriteState.DONE, crm_id=outcome.object_id)
    return Settled(
        write.id,
        _state_after(write, outcome),
        code=outcome.code,
        words=outcome.words,
        hint=getattr(outcome, "hint", None),
    )


def _state_after(write: StoredWrite, error: CrmError) -> WriteState:
    match error.retry:
        case Retry.WAIT | Retry.AGAIN | Retry.PERSON:
            return WriteState.DUE
        case Retry.PARK:
            return WriteState.PARKED
        case Retry.LOOK:
            return WriteState.SUPERSEDED if write.kind is WriteKind.PROPERTIES else WriteState.DUE
        case Retry.ASK:
            return WriteState.SUPERSEDED if write.kind is WriteKind.PROPERTIES else WriteState.SENDING
        case _:
            assert_never(error.retry)


def _not_sent() -> CrmError:
    return Outage("not sent: the lease would have run out before an answer", retry_after=timedelta(seconds=1))


def _stopped() -> CrmError:
    return Throttled("the portal was paused or went into shadow mode", policy="mode", retry_after=timedelta(seconds=1))


def _unanswered() -> CrmError:
    return OutcomeUnknown("the answer does not mention this write")
