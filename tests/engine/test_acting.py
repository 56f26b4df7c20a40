"""What people do to a handoff is carried out by the next look, and nothing else is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.engine.absence import Wanted, come_back, leave
from app.engine.acting import ActRefused, Asked, act
from app.engine.handoffs import find
from app.engine.refusals import NothingThere
from app.engine.start import packaged_agreement
from app.handoff.state import ActKind
from app.records.crm import Owner
from app.records.ids import OwnerId, PortalId
from app.storage import agreements, portals
from app.storage.agreements import NewVersion
from tests.world import PORTAL, World

PORTAL_ID = PortalId(PORTAL)
TEXT = packaged_agreement().read_text(encoding="utf-8")
HOUR = timedelta(hours=1)


async def opened(world: World) -> str:
    contact = world.vp()
    await world.settle()
    return contact


async def done(world: World, contact: str, kind: ActKind, **more: Any) -> None:
    now = world.clock.now()
    found = await find(world.database, PORTAL_ID, contact, now=now)
    await act(world.database, PORTAL_ID, found.id, Asked(kind, "why", **more), by="sam", now=now)


async def published(world: World, text: str) -> None:
    async with world.database.begin() as connection:
        number = (await agreements.newest_number(connection, PORTAL_ID) or 0) + 1
        new = NewVersion(number, text, "ann", "Anew", published_by="ann", mode="live")
        await agreements.publish(connection, PORTAL_ID, new, now=world.clock.now())


async def due(world: World, kind: str) -> datetime:
    [row] = await world.rows("SELECT due_at FROM clock WHERE kind = :kind AND stop IS NULL", kind=kind)
    at: datetime = row["due_at"]
    return at


async def targets(world: World) -> dict[str, str]:
    return {row["kind"]: row["target"] for row in await world.rows("SELECT kind, target FROM clock")}


async def test_a_handoff_is_timed_anew_by_the_agreement_in_force_only_where_somebody_asks(world: World) -> None:
    contact = await opened(world)
    await published(world, TEXT.replace("within: 15 business min", "within: 45 business min"))
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert (await targets(world))["accept"] == "15 business min"
    before = await due(world, "accept")
    await done(world, contact, ActKind.REAPPLY)
    await world.settle()
    assert (await targets(world))["accept"] == "45 business min"
    assert await due(world, "accept") == before + timedelta(minutes=30)


async def test_a_step_of_the_new_agreement_is_done_although_one_of_the_old_had_its_number(world: World) -> None:
    contact = await opened(world)
    await world.until(await due(world, "accept") - timedelta(minutes=1))
    assert await told(world) == [("at risk", "eve@example.com")]
    warning = "        - {at: 75 %, do: notify owner}\n"
    await published(world, TEXT.replace(warning, "        - {at: 99 %, do: notify manager}\n" + warning, 1))
    await done(world, contact, ActKind.REAPPLY)
    await world.until(await due(world, "accept"))
    assert await told(world) == [
        ("at risk", "eve@example.com"),
        ("at risk", "sam@example.com"),
        ("breached", "sam@example.com"),
    ]


async def told(world: World) -> list[tuple[str, str]]:
    rows = await world.rows("SELECT kind, recipient FROM notice ORDER BY made_at")
    return [(row["kind"], row["recipient"]) for row in rows]


async def test_a_handoff_whose_promise_is_gone_keeps_its_version(world: World) -> None:
    contact = await opened(world)
    await published(world, TEXT.replace("id: fast", "id: quick").replace("promise: fast", "promise: quick"))
    with pytest.raises(ActRefused, match="no promise 'fast'"):
        await done(world, contact, ActKind.REAPPLY)
    assert [row["version"] for row in await world.rows("SELECT version FROM handoff")] == [1]


async def test_a_hold_that_has_an_end_ends_by_itself_and_counts_only_open_time(world: World) -> None:
    contact = await opened(world)
    before = await due(world, "first_touch")
    await done(world, contact, ActKind.HOLD, until=world.clock.now() + HOUR)
    await world.settle()
    assert await due(world, "first_touch") >= before + HOUR - timedelta(seconds=5)


async def test_a_lead_may_be_given_by_hand_to_an_owner_whom_the_agreement_does_not_name(world: World) -> None:
    other = OwnerId(world.sim.create_owner("max@example.com", "Max", "Example"))
    async with world.database.begin() as connection:
        known = await portals.owners(connection, PORTAL_ID)
        both = (*known, Owner(other, "max@example.com", "Max Example", active=True))
        await portals.save_owners(connection, PORTAL_ID, both, now=world.clock.now())
    contact = await opened(world)
    await done(world, contact, ActKind.REASSIGN, to="Max@example.com")
    await world.settle()
    assert world.sim.contact(contact)["hubspot_owner_id"] == other
    [row] = await world.rows("SELECT owner_id FROM handoff")
    assert row["owner_id"] == other


async def test_nothing_is_done_to_a_handoff_that_is_over(world: World) -> None:
    contact = await opened(world)
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "not_a_fit"})
    await world.settle()
    with pytest.raises(NothingThere, match="no open handoff"):
        await done(world, contact, ActKind.HOLD)


async def test_leave_moves_what_is_due_where_the_promise_says_so_and_coming_back_moves_it_again(world: World) -> None:
    await published(world, TEXT.replace("  - id: fast\n", "  - id: fast\n    when_owner_away: stop\n"))
    await opened(world)
    before, now = await due(world, "first_touch"), world.clock.now()
    wanted = Wanted("eve@example.com", now, now + 2 * HOUR)
    await leave(world.database, PORTAL_ID, wanted, by="sam", now=now)
    await world.settle()
    assert await due(world, "first_touch") == before + 2 * HOUR
    world.clock.set(now + HOUR)
    await come_back(world.database, PORTAL_ID, "eve@example.com", by="sam", now=world.clock.now())
    await world.settle()
    assert await due(world, "first_touch") == before + HOUR
