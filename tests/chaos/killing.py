"""Killing workers: one after the other, each where it hurts, with leads coming in all the while."""

from __future__ import annotations

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from random import Random

from tests.chaos.children import until
from tests.chaos.field import Field

SEED = 7


@dataclass(frozen=True, slots=True)
class Doom:
    """Where a worker dies: the `nth` time that it reaches `point`."""

    point: str
    nth: int = 1


async def _nothing() -> None:
    pass


class Killing:
    """Leads come in wave after wave; with each a worker starts where the last was killed, and is killed.

    `interrupted` counts what the dead had in hand: writes by their kind, clocks whose time had come, notices.
    """

    def __init__(self, field: Field, wave: int) -> None:
        self._field = field
        self._wave = wave
        self.rng = Random(SEED)  # noqa: S311  # moments, not cryptography
        self.interrupted: Counter[str] = Counter()

    async def at(self, doom: Doom, meanwhile: Callable[[], Awaitable[None]] = _nothing) -> None:
        """Let a worker go until its doom; `meanwhile` makes what it would not meet otherwise."""
        await self._field.add_leads(self._wave)
        await self._field.delivered()
        await self._field.workers.start({"point": doom.point, "nth": doom.nth})
        await meanwhile()
        await self._field.workers.dies()
        await self._see_what_was_interrupted()

    async def at_random(self) -> None:
        """While leads come in: after any number of calls that HubSpot was asked since."""
        last = await self._calls() + self.rng.randint(1, 14)
        await self._field.workers.start(None)
        await self._field.add_leads(self._wave)

        async def asked_often_enough() -> bool:
            return await self._calls() >= last

        await until(asked_often_enough, "the worker calls HubSpot")
        await self._field.workers.kill()
        await self._see_what_was_interrupted()

    async def over(self, leads: int, *, within: float) -> None:
        """Leave the last worker alone until it has done all that there is to do, for so many leads altogether."""
        await self._field.workers.start(None)
        await self._field.add_leads(leads - len(self._field.contacts))
        await self._field.quiet(within=within)
        await self._field.workers.stop()

    async def _calls(self) -> int:
        return int((await self._field.ask("counters"))["total_calls"])

    async def _see_what_was_interrupted(self) -> None:
        for row in await self._field.rows(_IN_HAND, now=self._field.baton.clock.now()):
            self.interrupted[row["what"]] += 1


_IN_HAND = """
    SELECT kind AS what FROM write WHERE state = 'sending'
    UNION ALL SELECT 'notice' FROM notice_delivery WHERE state = 'sending'
    UNION ALL SELECT 'clock' FROM clock JOIN lane ON lane.portal_id = clock.portal_id
                AND lane.object_type = 'contact' AND lane.object_id = clock.contact_id
              WHERE lane.lease_token IS NOT NULL AND clock.stop IS NULL AND clock.next_at <= :now
"""
