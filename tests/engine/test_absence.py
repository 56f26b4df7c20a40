"""Who is away gets no new lead, keeps the open ones, and owes nothing afterwards."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.engine.absence import AbsenceRefused, Wanted, come_back, leave, seen
from app.engine.recheck import recheck
from app.records.ids import PortalId
from tests.conftest import NOW
from tests.world import PORTAL, World

PORTAL_ID = PortalId(PORTAL)
DAY = timedelta(days=1)
BY = "sam"


async def away(world: World, *names: str, start: timedelta = timedelta(), length: timedelta = 3 * DAY) -> None:
    now = world.clock.now()
    for name in names:
        wanted = Wanted(f"{name}@example.com", now + start, now + start + length, "Holidays")
        await leave(world.database, PORTAL_ID, wanted, by=BY, now=now)


async def owners_known(world: World) -> None:
    assert await world.baton.watch.ready() is not None


async def owner_of(world: World, contact: str) -> str:
    [row] = await world.rows(
        "SELECT email FROM handoff JOIN owner USING (portal_id) WHERE owner.id = owner_id AND contact_id = :contact",
        contact=contact,
    )
    return str(row["email"])


async def skipped(world: World, contact: str) -> dict[str, str]:
    [row] = await world.rows("SELECT skipped FROM assignment WHERE contact_id = :contact", contact=contact)
    return {one["who"]: one["why"] for one in row["skipped"]}


async def test_a_lead_passes_over_who_is_away_and_says_until_when(world: World) -> None:
    await away(world, "eve")
    contact = world.vp()
    await world.settle()
    assert await owner_of(world, contact) == "sam@example.com"
    assert (await skipped(world, contact))["eve@example.com"] == "away until 2026-11-23 15:00 UTC"


async def test_an_absence_counts_from_its_beginning_and_no_longer_than_its_end(world: World) -> None:
    await away(world, "eve", start=DAY, length=DAY)
    got = []
    for _ in range(3):
        contact = world.vp()
        await world.settle()
        got.append(await owner_of(world, contact))
        world.clock.advance(DAY)
    assert got == ["eve@example.com", "sam@example.com", "eve@example.com"]


async def test_open_handoffs_of_somebody_who_goes_away_stay_with_them(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await away(world, "eve")
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert await owner_of(world, contact) == "eve@example.com"


async def test_a_lead_that_found_everybody_away_is_handed_over_once_the_first_is_back(world: World) -> None:
    await away(world, "eve")
    await away(world, "sam", length=timedelta(minutes=10))
    contact = world.vp()
    await world.settle()
    assert await world.rows("SELECT 1 FROM handoff") == []
    [lane] = await world.rows("SELECT wake_at FROM lane WHERE object_id = :contact", contact=contact)
    [absence] = await world.rows("SELECT min(until_at) AS back_at FROM absence")
    assert lane["wake_at"] == absence["back_at"]
    world.clock.advance(timedelta(minutes=10))
    await world.settle()
    assert await owner_of(world, contact) == "sam@example.com"


async def test_whoever_comes_back_early_gets_leads_at_once(world: World) -> None:
    await away(world, "eve")
    await come_back(world.database, PORTAL_ID, "Eve@Example.com", by=BY, now=world.clock.now())
    contact = world.vp()
    await world.settle()
    assert await owner_of(world, contact) == "eve@example.com"


async def test_coming_back_from_one_absence_leaves_a_planned_one(world: World) -> None:
    await away(world, "eve")
    await away(world, "eve", start=30 * DAY)
    now = world.clock.now()
    assert [one.from_at for one in await come_back(world.database, PORTAL_ID, "eve@example.com", by=BY, now=now)] == [
        now
    ]
    [planned] = await come_back(world.database, PORTAL_ID, "eve@example.com", by=BY, now=now)
    assert planned.from_at == now + 30 * DAY
    with pytest.raises(AbsenceRefused, match="is not away and plans no absence"):
        await come_back(world.database, PORTAL_ID, "eve@example.com", by=BY, now=now)


async def test_each_absence_and_each_return_is_one_line_in_the_audit_without_the_reason(world: World) -> None:
    await away(world, "eve")
    await come_back(world.database, PORTAL_ID, "eve@example.com", by=BY, now=world.clock.now())
    lines = await world.rows("SELECT actor, action, detail FROM audit WHERE action LIKE 'owner %' ORDER BY action")
    assert [(one["actor"], one["action"]) for one in lines] == [(BY, "owner away"), (BY, "owner back")]
    assert all(one["detail"]["owner"] == "eve@example.com" and "reason" not in one["detail"] for one in lines)


@pytest.mark.parametrize(
    ("email", "until", "why"),
    [("nobody@example.com", DAY, "no owner with the address nobody@example.com"), ("eve@example.com", -DAY, "later")],
)
async def test_an_absence_that_makes_no_sense_is_refused_with_what_would(
    world: World, email: str, until: timedelta, why: str
) -> None:
    await owners_known(world)
    wanted = Wanted(email, NOW - 2 * DAY, NOW + until)
    with pytest.raises(AbsenceRefused, match=why):
        await leave(world.database, PORTAL_ID, wanted, by=BY, now=NOW)
    assert await world.rows("SELECT 1 FROM absence") == []


async def test_everybody_is_listed_with_what_they_have_open(world: World) -> None:
    world.vp()
    await world.settle()
    await away(world, "eve")
    [eve] = [
        one for one in await seen(world.database, PORTAL_ID, now=world.clock.now()) if one.owner.name == "Eve Example"
    ]
    assert eve.open_handoffs == {"enterprise": 1}
    assert eve.away_until(world.clock.now()) == world.clock.now() + 3 * DAY


async def test_a_decision_keeps_who_was_away_and_comes_out_the_same_after_their_return(world: World) -> None:
    await away(world, "eve")
    world.vp()
    await world.settle()
    await come_back(world.database, PORTAL_ID, "eve@example.com", by=BY, now=world.clock.now())
    assert (await recheck(world.database, PORTAL_ID)).differing == ()


async def test_a_decision_from_before_absences_were_known_still_reads(world: World) -> None:
    world.vp()
    await world.settle()
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE decision SET inputs = inputs #- '{roster,away}'")
    found = await recheck(world.database, PORTAL_ID)
    assert (found.same, found.differing) == (1, ())
