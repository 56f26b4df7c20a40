"""A worker killed at any point, again and again, hands every lead over exactly once as far as HubSpot can tell."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
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
from tests.chaos.killing import Doom, Killing

SOAK = os.environ.get("BATON_SOAK") == "1"
LEADS = 2000 if SOAK else 200
RANDOM_KILLS = 9 if SOAK else 2
RETURNED = LEADS // 20
DRAINS_WITHIN_S = 300.0 if SOAK else 60.0

HANDED_OVER = {"stage_writes": 1, "owner_writes": 1, "notes": 1, "tasks": 1}
RETURNED_TO_MARKETING = {**HANDED_OVER, "stage_writes": 3}
"""Raised once, cleared once, set back once."""

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
    killing = Killing(field, LEADS // (len(DOOMS) + RANDOM_KILLS))
    returning = _Returning(field, killing.rng)
    for doom in DOOMS:
        if doom.point == BETWEEN_CLEAR_AND_SET:
            await killing.at(doom, returning.some)
        else:
            await killing.at(doom)
    for _ in range(RANDOM_KILLS):
        await killing.at_random()
    await killing.over(LEADS, within=DRAINS_WITHIN_S)
    assert {"properties", "note", "task"} <= set(killing.interrupted), "a kind of write that no kill interrupted"
    await _assert_as_hubspot_sees_it(field, returning.leads)
    await _assert_as_baton_knows_it(field, returning.leads)


class _Returning:
    """Sales returns some leads that it has got whole: each is cleared and set back."""

    def __init__(self, field: Field, rng: Random) -> None:
        self._field = field
        self._rng = rng
        self.leads: frozenset[str] = frozenset()

    async def some(self) -> None:
        async def enough() -> bool:
            return len(await self._whole()) >= RETURNED

        await until(enough, f"{RETURNED} leads are handed over whole", within=60)
        self.leads = frozenset(self._rng.sample(await self._whole(), RETURNED))
        answer = {"baton_handoff_status": "rejected", "baton_rejection_reason": "no_time"}
        for contact in sorted(self.leads):
            await self._field.tell(f"contacts/{contact}", {"properties": answer})

    async def _whole(self) -> list[str]:
        effects: Mapping[str, Mapping[str, int]] = await self._field.ask("effects")
        return sorted(contact for contact, seen in effects.items() if seen["tasks"])


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
