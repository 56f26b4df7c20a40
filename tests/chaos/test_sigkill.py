"""A worker killed at any point, again and again, hands every lead over exactly once as far as HubSpot can tell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random

import pytest

from app.engine.probes import (
    AFTER_CLAIM,
    AFTER_COMMIT,
    AFTER_READ,
    AFTER_SEND,
    AFTER_SETTLE,
    BEFORE_SEND,
    BETWEEN_CLEAR_AND_SET,
    POINTS,
)
from tests.chaos.children import until
from tests.chaos.field import Field, open_field

SOAK = os.environ.get("BATON_SOAK") == "1"
LEADS = 2000 if SOAK else 200
RANDOM_KILLS = 9 if SOAK else 2
RETURNED = LEADS // 20
DRAINS_WITHIN_S = 300.0 if SOAK else 60.0
SEED = 7

HANDED_OVER = {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}
RETURNED_TO_MARKETING = {**HANDED_OVER, "stage_writes": 3}
"""Raised once, cleared once, set back once."""


@dataclass(frozen=True, slots=True)
class Doom:
    """Where a worker dies: the `nth` time that it reaches `point`."""

    point: str
    nth: int = 1


# In a look the properties go first, then the notes, then the tasks.
DOOMS = (
    Doom(AFTER_CLAIM),
    Doom(AFTER_READ),
    Doom(AFTER_COMMIT),
    Doom(BEFORE_SEND),
    Doom(AFTER_SEND),
    Doom(AFTER_SETTLE),
    Doom(BEFORE_SEND, nth=2),
    Doom(AFTER_SEND, nth=2),
    Doom(BEFORE_SEND, nth=3),
    Doom(AFTER_SEND, nth=3),
    Doom(BETWEEN_CLEAR_AND_SET),
)


@pytest.fixture
async def field(database_url: str, tmp_path: Path) -> AsyncIterator[Field]:
    async with open_field(database_url, tmp_path) as opened:
        yield opened


@pytest.mark.soak
@pytest.mark.xdist_group("chaos")
async def test_workers_killed_everywhere_hand_over_every_lead_once(field: Field) -> None:
    assert {doom.point for doom in DOOMS} == set(POINTS), "a failpoint at which nobody is killed"
    killing = _Killing(field)
    await killing.run()
    assert {"properties", "note", "task"} <= set(killing.interrupted), "a kind of write that no kill interrupted"
    await _assert_as_hubspot_sees_it(field, killing.returned)
    await _assert_as_baton_knows_it(field, killing.returned)


class _Killing:
    """Leads come in wave after wave; with each a worker starts where the last was killed, and is killed."""

    def __init__(self, field: Field) -> None:
        self._field = field
        self._rng = Random(SEED)  # noqa: S311  # moments, not cryptography
        self._wave = LEADS // (len(DOOMS) + RANDOM_KILLS)
        self.returned: frozenset[str] = frozenset()
        self.interrupted: Counter[str] = Counter()

    async def run(self) -> None:
        for doom in DOOMS:
            await self._kill_at(doom)
            await self._see_what_was_interrupted()
        for _ in range(RANDOM_KILLS):
            await self._kill_at_random()
            await self._see_what_was_interrupted()
        await self._field.workers.start(None)
        await self._field.add_leads(LEADS - len(self._field.contacts))
        await self._field.quiet(within=DRAINS_WITHIN_S)
        await self._field.workers.stop()

    async def _kill_at(self, doom: Doom) -> None:
        await self._field.add_leads(self._wave)
        await self._field.delivered()
        await self._field.workers.start({"point": doom.point, "nth": doom.nth})
        if doom.point == BETWEEN_CLEAR_AND_SET:
            await self._reject_some()
        await self._field.workers.dies()

    async def _kill_at_random(self) -> None:
        """While leads come in: after any number of calls that HubSpot was asked since."""
        last = await self._calls() + self._rng.randint(1, 14)
        await self._field.workers.start(None)
        await self._field.add_leads(self._wave)

        async def asked_often_enough() -> bool:
            return await self._calls() >= last

        await until(asked_often_enough, "the worker calls HubSpot")
        await self._field.workers.kill()

    async def _see_what_was_interrupted(self) -> None:
        for row in await self._field.rows("SELECT kind FROM write WHERE state = 'sending'"):
            self.interrupted[row["kind"]] += 1

    async def _calls(self) -> int:
        return int((await self._field.ask("counters"))["total_calls"])

    async def _reject_some(self) -> None:
        """Sales returns some leads that it has got whole: each is cleared and set back."""

        async def whole() -> list[str]:
            effects: Mapping[str, Mapping[str, int]] = await self._field.ask("effects")
            return sorted(contact for contact, seen in effects.items() if seen["tasks"])

        async def enough() -> bool:
            return len(await whole()) >= RETURNED

        await until(enough, f"{RETURNED} leads are handed over whole", within=60)
        self.returned = frozenset(self._rng.sample(await whole(), RETURNED))
        answer = {"baton_handoff_status": "rejected", "baton_rejection_reason": "no_time"}
        for contact in sorted(self.returned):
            await self._field.tell(f"contacts/{contact}", {"properties": answer})


async def _assert_as_hubspot_sees_it(field: Field, returned: frozenset[str]) -> None:
    effects = await field.ask("effects")
    wanted = {one: RETURNED_TO_MARKETING if one in returned else HANDED_OVER for one in field.contacts}
    assert {one: seen for one, seen in effects.items() if seen != wanted.get(one)} == {}
    assert set(effects) == set(field.contacts), "leads that nobody got"
    owners = {row["contact_id"]: row["owner_id"] for row in await field.rows("SELECT * FROM handoff")}
    for record in (await field.ask("contacts"))["results"]:
        stage = "lead" if record["id"] in returned else "marketingqualifiedlead"
        assert record["properties"]["lifecyclestage"] == stage
        assert record["properties"]["hubspot_owner_id"] == owners[record["id"]]


async def _assert_as_baton_knows_it(field: Field, returned: frozenset[str]) -> None:
    many = len(field.contacts)
    assert await field.rows("SELECT * FROM delivery WHERE unpacked_at IS NULL") == []
    assert await field.rows("SELECT * FROM event WHERE state = 'quarantined'") == []
    assert await field.rows("SELECT * FROM event WHERE object_type = 'contact' AND state = 'pending'") == []
    stranded = """
        SELECT * FROM lane WHERE object_type = 'contact' AND (parked OR lease_token IS NOT NULL OR wake_at <= :now)
    """
    assert await field.rows(stranded, now=field.baton.clock.now()) == []
    assert await field.rows("SELECT * FROM write WHERE state NOT IN ('done', 'superseded')") == []
    assert await field.rows("SELECT * FROM lane WHERE object_type IN ('note', 'task')") == [], "its own work, as news"
    handoffs = await field.rows("SELECT contact_id, state FROM handoff")
    assert Counter(row["state"] for row in handoffs) == {"open": many - len(returned), "rejected": len(returned)}
    assert {row["contact_id"] for row in handoffs} == set(field.contacts), "a lead with two handoffs, or none"
    assert len(handoffs) == many
    charged = await field.rows("SELECT handoff_id FROM assignment")
    assert len({row["handoff_id"] for row in charged}) == len(charged) == many
    pools = await field.rows("SELECT pool, credits, assigned FROM pool")
    assert {row["pool"]: sum(row["credits"].values()) for row in pools} == {"enterprise": 0, "inbound": 0}
    assert sum(row["assigned"] for row in pools) == many
    assert await field.rows("SELECT DISTINCT version FROM decision") == [{"version": 1}]
