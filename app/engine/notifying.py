"""Notifying: what is kept in the outbox goes out by every channel that is set, and each outcome is kept.

A notice goes out at least once, and always under the same key, so that the receiver can drop a repeat: one follows
only when a worker dies, or loses the connection, between the receiver's taking it and its own noting so.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID, uuid4
from zoneinfo import ZoneInfo

import structlog

from app.agreement.faults import AgreementError
from app.agreement.model import Agreement
from app.clock import Clock
from app.engine.digest import make_digests
from app.engine.probes import AFTER_NOTICE_SETTLED, AFTER_NOTIFY, BEFORE_NOTIFY, SILENT, Probes
from app.engine.refusals import NothingThere
from app.engine.rulebook import rulebook_of
from app.logs import defect_of
from app.metrics import NOTICES_SENT
from app.notify.channels import Channel, Message
from app.notify.errors import Denied, NotifyError, Retry, Unreachable
from app.notify.manners import ATTEMPTS_MOST, FIRST_PAUSE, Manners, pause
from app.records.ids import PortalId
from app.storage import agreements, audit, notices
from app.storage.database import Connection, Database
from app.storage.notices import Delivery, DeliveryState

_log = structlog.get_logger(__name__)

_AT_ONCE = 8
"""How many are sent side by side: few enough for a mail relay."""
_SPREAD_MOST = 500


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a delivery is held, and how long it may take to be sent and settled."""

    lease: timedelta = timedelta(seconds=60)
    send: timedelta = timedelta(seconds=15)


@dataclass(frozen=True, slots=True)
class _Outcome:
    state: DeliveryState
    next_at: datetime | None = None
    code: str | None = None
    words: str | None = None


class Notifying:
    """Sends what is due. Any number may do so at once: a delivery is in one worker's hands."""

    def __init__(
        self,
        database: Database,
        portal_id: PortalId,
        clock: Clock,
        channels: Sequence[Channel],
        *,
        manners: Manners | None = None,
        limits: Limits | None = None,
        probes: Probes = SILENT,
        draw: Callable[[], float] = random.random,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`draw` gives numbers in [0, 1) that spread the pauses after failures."""
        self._database = database
        self._portal_id = portal_id
        self._clock = clock
        self._channels = {one.name: one for one in channels}
        self._manners = manners or Manners()
        self._limits = limits or Limits()
        self._probes = probes
        self._draw = draw
        self._monotonic = monotonic
        self._left_until: dict[str, datetime] = {}
        self._digested_on: date | None = None
        self._in_force: tuple[int | None, Agreement | None] = (None, None)

    async def send_due(self, limit: int = 50) -> int:
        """Send up to `limit` deliveries that are due; returns how many were taken in hand.

        A channel that does not answer, or lets nobody in, is left alone for a minute, so that it holds up no other.
        """
        if not self._portal_id:
            return 0
        only = await self._mind_the_hour()
        await self._spread()
        taken = 0
        while taken < limit:
            many = await self._send_some(min(_AT_ONCE, limit - taken), only)
            taken += many
            if not many:
                break
        return taken

    async def _mind_the_hour(self) -> frozenset[str] | None:
        """Make the day's digests when it is time; returns the kinds that may go out now, None for all."""
        if not self._manners.need_a_zone:
            return None
        agreement = await self._agreement()
        zone = self._manners.zone or (ZoneInfo(agreement.time_zone) if agreement else None)
        if zone is None:
            return None
        local = self._clock.now().astimezone(zone)
        if agreement and self._manners.digest_due(local) and self._digested_on != local.date():
            await make_digests(self._database, self._portal_id, agreement, local)
            self._digested_on = local.date()
        return self._manners.urgent if self._manners.quiet_at(local) else None

    async def _agreement(self) -> Agreement | None:
        """The version in force; None without one, and for one that reads no more, which the portal's row tells of."""
        async with self._database.begin() as connection:
            number = await agreements.newest_number(connection, self._portal_id)
            if number == self._in_force[0]:
                return self._in_force[1]
            version = await agreements.newest(connection, self._portal_id)
        try:
            self._in_force = (number, (await rulebook_of(version)).agreement if version else None)
        except AgreementError:
            self._in_force = (number, None)
        return self._in_force[1]

    async def _spread(self) -> None:
        async def work(connection: Connection) -> None:
            names = list(self._channels)
            await notices.spread(connection, self._portal_id, names, limit=_SPREAD_MOST, now=self._clock.now())

        await self._database.transact(work)

    async def _send_some(self, many: int, only: frozenset[str] | None) -> int:
        """Take so many in hand and send them side by side; returns how many there were."""
        before = self._monotonic()
        token = uuid4()

        async def work(connection: Connection) -> list[Delivery]:
            return await notices.claim(
                connection,
                self._portal_id,
                token,
                self._answering(),
                only=None if only is None else sorted(only),
                limit=many,
                lease=self._limits.lease,
                now=self._clock.now(),
            )

        claimed = await self._database.transact(work)
        latest = before + (self._limits.lease - self._limits.send).total_seconds()
        sending = (self._send(token, one, latest) for one in claimed)
        for ended in await asyncio.gather(*sending, return_exceptions=True):
            if ended is not None:
                raise ended
        return len(claimed)

    def _answering(self) -> list[str]:
        now = self._clock.now()
        return [name for name in self._channels if self._left_until.get(name, now) <= now]

    async def _send(self, token: UUID, delivery: Delivery, latest: float) -> None:
        """Send one and settle it. Past `latest` the lease may end before the answer: then it is left to the next."""
        await self._probes.at(BEFORE_NOTIFY)
        if self._monotonic() > latest:
            return
        outcome = await self._outcome(delivery)
        await self._probes.at(AFTER_NOTIFY)
        await self._settle(token, delivery, outcome)
        await self._probes.at(AFTER_NOTICE_SETTLED)

    async def _outcome(self, delivery: Delivery) -> _Outcome:
        if delivery.attempts > ATTEMPTS_MOST:
            return _Outcome(DeliveryState.DEAD, code="silent", words="each worker that sent it fell silent")
        try:
            await self._channels[delivery.channel].deliver(self._message(delivery))
        except NotifyError as error:
            if isinstance(error, Unreachable | Denied):
                self._left_until[delivery.channel] = self._clock.now() + FIRST_PAUSE
            return self._failed(delivery, error)
        except Exception as error:  # noqa: BLE001  a defect over one notice must not hold up the others
            _log.error("notice_defect", channel=delivery.channel, **defect_of(error))
            return self._failed(delivery, NotifyError(f"a defect of Baton: {type(error).__name__}"))
        return _Outcome(DeliveryState.SENT)

    def _message(self, delivery: Delivery) -> Message:
        one = delivery.notice
        key = f"{self._portal_id}:{delivery.key}"
        return Message(key, one.to, one.kind, one.subject, one.lines, delivery.made_at)

    def _failed(self, delivery: Delivery, error: NotifyError) -> _Outcome:
        if error.retry is Retry.NEVER:
            return _Outcome(DeliveryState.DEAD, code=error.code, words=error.words)
        if delivery.attempts >= ATTEMPTS_MOST:
            return _Outcome(
                DeliveryState.DEAD, code=error.code, words=f"{error.words}; given up after {ATTEMPTS_MOST} attempts"
            )
        next_at = self._clock.now() + pause(delivery.attempts, self._draw(), error.retry_after)
        return _Outcome(DeliveryState.DUE, next_at, error.code, error.words)

    async def _settle(self, token: UUID, delivery: Delivery, outcome: _Outcome) -> None:
        async def work(connection: Connection) -> bool:
            return await notices.settle(
                connection,
                self._portal_id,
                token,
                delivery,
                outcome.state,
                now=self._clock.now(),
                next_at=outcome.next_at,
                code=outcome.code,
                words=outcome.words,
            )

        settled = await self._database.transact(work)
        NOTICES_SENT.labels(delivery.channel, outcome.state.value).inc()
        _log.info(
            "notified", notice=str(delivery.notice_id), channel=delivery.channel, state=outcome.state.value,
            code=outcome.code, attempts=delivery.attempts, settled=settled,
        )  # fmt: skip


async def retry(database: Database, portal_id: PortalId, notice_id: UUID, *, by: str, now: datetime) -> None:
    """Let a notice that is dead, or that no channel was there for, go out now. Raises NothingThere."""

    async def work(connection: Connection) -> None:
        if not await notices.retry(connection, portal_id, notice_id, now=now):
            raise NothingThere(
                f"no notice {notice_id} is dead, or was skipped for want of a channel; `baton notice list` shows them"
            )
        await audit.note(connection, portal_id, by, "notice retried", {"notice": str(notice_id)}, now=now)

    await database.transact(work)
