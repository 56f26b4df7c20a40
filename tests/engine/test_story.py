"""One lead, from ready to a sales qualified lead, by way of everything that can happen in between."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from app.clock import SteppedClock
from app.engine import absence
from app.engine.absence import Wanted
from app.engine.handoffs import find
from app.engine.start import packaged_agreement
from app.engine.timeline import story_of
from app.handoff.timeline import lines_of
from app.storage.guard import BreakerLimits
from tests.world import World, open_world

NEW_YORK = ZoneInfo("America/New_York")
FRIDAY = datetime(2026, 11, 20, 16, 50, tzinfo=NEW_YORK)
MONDAY = datetime(2026, 11, 23, tzinfo=NEW_YORK)
TIMELINE = Path(__file__).with_name("story.txt")
TOLD = {
    ("at risk", "ann"): 1,
    ("breached", "sam"): 3,
    ("reassigned", "ann"): 1,
    ("reassigned", "bob"): 1,
    ("reassigned", "sam"): 1,
    ("rescinded", "bob"): 1,
    ("rescinded", "sam"): 1,
}
BACK = datetime(2027, 3, 1, 10, tzinfo=NEW_YORK)


def at(day: datetime, hour: int, minute: int, second: int = 0) -> datetime:
    return day.replace(hour=hour, minute=minute, second=second)


@pytest.fixture
async def world(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    """The example agreement, with those who ask for a demo going to the pool of three."""
    text = packaged_agreement().read_text()
    text = text.replace("when: {meets: wants_a_demo}, to: enterprise", "when: {meets: wants_a_demo}, to: inbound")
    text = text.replace("      pool: enterprise\n      owner: eve@example.com\n", "      pool: inbound\n")
    text = text.replace("route: demo, pool: enterprise}", "route: demo, pool: inbound}")
    file = tmp_path / "agreement.yaml"
    file.write_text(text)
    clock.set(FRIDAY)
    async with open_world(database_url, clock, agreement_file=file, breaker=BreakerLimits(calls=100_000)) as opened:
        yield opened


def owner_id(world: World, name: str) -> str:
    return next(one.id for one in world.sim.portal.owners.all() if one.email == f"{name}@example.com")


async def has_it(world: World, contact: str) -> str:
    [row] = await world.rows(
        "SELECT email FROM owner WHERE id = :id", id=world.sim.contact(contact)["hubspot_owner_id"]
    )
    return str(row["email"]).split("@")[0]


async def clock_of(world: World, kind: str, tenure: int) -> Mapping[str, Any]:
    [row] = await world.rows("SELECT * FROM clock WHERE kind = :kind AND tenure = :tenure", kind=kind, tenure=tenure)
    return row


async def told(world: World) -> Counter[tuple[str, str]]:
    """How often each person was told of each kind of thing."""
    rows = await world.rows("SELECT kind, recipient FROM notice")
    return Counter((row["kind"], row["recipient"].split("@")[0]) for row in rows)


async def handoffs(world: World) -> list[Mapping[str, Any]]:
    return await world.rows("SELECT * FROM handoff ORDER BY opened_at")


async def timelines(world: World) -> list[str]:
    """What is printed of each handoff, the times of its own day and place."""
    lines: list[str] = []
    for row in await handoffs(world):
        found = await find(world.database, world.baton.portal_id, str(row["id"]), now=world.clock.now())
        lines += [*lines_of(await story_of(world.database, world.baton.portal_id, found), world.clock.now()), ""]
    return lines


async def test_a_lead_that_is_late_given_on_touched_returned_and_comes_back(world: World) -> None:
    contact = world.vp()
    await world.settle()
    assert await has_it(world, contact) == "ann"
    away = Wanted("ann@example.com", at(MONDAY, 0, 0), at(MONDAY, 23, 0))
    await absence.leave(world.database, world.baton.portal_id, away, by="test", now=world.clock.now())

    await world.until(at(FRIDAY, 17, 2))
    assert await told(world) == {("at risk", "ann"): 1}
    await world.until(at(MONDAY, 10, 25))
    assert await has_it(world, contact) == "bob"
    assert [task["hs_task_status"] for task in world.sim.tasks_of(contact)] == ["COMPLETED", "NOT_STARTED"]

    await world.until(at(MONDAY, 10, 30))
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
    await world.until(at(MONDAY, 11, 15))
    world.sim.faults.down = True
    await world.until(at(MONDAY, 12, 15))
    world.sim.faults.clear()
    await world.until(at(MONDAY, 12, 20))
    assert (await clock_of(world, "first_touch", 2))["breached_at"] is None, "an hour without HubSpot is no breach"

    await world.until(at(MONDAY, 13, 0))
    assert (await clock_of(world, "first_touch", 2))["breached_at"] is not None
    world.sim.log_call(contact, owner_id=owner_id(world, "bob"), at=at(MONDAY, 12, 17))
    await world.until(at(MONDAY, 13, 5))
    touched = await clock_of(world, "first_touch", 2)
    assert (touched["stop"], touched["rescinded_at"] is None) == ("met", False)

    world.sim.edit_contact(contact, {"baton_rejection_reason": "no_budget", "baton_handoff_status": "rejected"})
    await world.until(at(MONDAY, 15, 0))
    assert world.sim.contact(contact)["lifecyclestage"] == "lead"
    assert {task["hs_task_status"] for task in world.sim.tasks_of(contact)} == {"COMPLETED"}
    world.sim.submit_form(contact, "Demo request again")
    await world.until(BACK)
    assert len(await handoffs(world)) == 1, "it rests, however keen"

    world.sim.submit_form(contact, "Demo request in spring")
    await world.until(BACK + timedelta(minutes=5))
    assert await has_it(world, contact) == "cy"
    world.sim.edit_contact(contact, {"baton_handoff_status": "accepted", "baton_need_confirmed": "true"})
    await world.until(BACK + timedelta(minutes=30))
    assert world.sim.contact(contact)["lifecyclestage"] == "salesqualifiedlead"

    assert await told(world) == TOLD
    assert "\n".join(await timelines(world)) == TIMELINE.read_text(encoding="utf-8")
