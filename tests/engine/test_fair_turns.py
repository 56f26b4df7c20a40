"""Turns are fair however many workers take looks at once, and the ledger proves it."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import SteppedClock
from app.engine.absence import Wanted, come_back, leave
from app.engine.audit_pools import Audited, NoSuchPool, audit
from app.engine.look import look
from app.engine.pools import places
from app.engine.start import packaged_agreement
from app.handoff.ledger import Fault
from app.records.ids import PortalId
from app.storage import pools
from app.storage.database import Database
from tests.world import PORTAL, World, open_world

MANY = 10_000 if os.environ.get("BATON_SOAK") else 200
"""The whole number in `make soak`, a part of it in `make check`."""
WORKERS = 4
PORTAL_ID = PortalId(PORTAL)
SHARES = {"ann": 5, "bob": 5, "cy": 5, "eve": 1, "sam": 1}


def with_members(members: str, calendars: str = "") -> str:
    """The packaged agreement with other members in its pool inbound, and with more calendars."""
    before, _, rest = packaged_agreement().read_text(encoding="utf-8").partition("    members:\n")
    _, _, after = rest.partition("  - id: enterprise\n")
    whole = f"{before}    members:\n{members}  - id: enterprise\n{after}"
    return whole.replace("calendars:\n", f"calendars:\n{calendars}", 1)


@pytest.fixture
async def crew(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    """A portal in shadow whose pool inbound has five members of very unequal shares, and no caps."""
    members = "".join(f"      - {{owner: {name}@example.com, share: {share}}}\n" for name, share in SHARES.items())
    file = tmp_path / "agreement.yaml"
    file.write_text(with_members(members), encoding="utf-8")
    async with open_world(database_url, clock, live=False, agreement_file=file) as opened:
        yield opened


@pytest.fixture
async def shifts(database_url: str, clock: SteppedClock, tmp_path: Path) -> AsyncIterator[World]:
    """A portal in shadow whose pool inbound prefers who is at work: Bob, and on the west coast Ann and Cy."""
    west = '  - {id: west, time_zone: America/Los_Angeles, open: {mon-fri: ["09:00-17:30"]}}\n'
    members = (
        "      - {owner: ann@example.com, calendar: west}\n      - {owner: bob@example.com}\n"
        "      - {owner: cy@example.com, share: 2, calendar: west}\n    working_hours: prefer\n"
    )
    file = tmp_path / "agreement.yaml"
    file.write_text(with_members(members, west), encoding="utf-8")
    async with open_world(database_url, clock, live=False, agreement_file=file) as opened:
        yield opened


def enter(world: World, many: int) -> None:
    """Ready leads for pool inbound; no preference applies to them."""
    firm = world.sim.create_company({"name": "Softworks", "numberofemployees": "900", "industry": "COMPUTER_SOFTWARE"})
    for _ in range(many):
        world.lead("Pricing guide", firm, jobtitle="Operations Lead")


async def work_at_once(world: World) -> int:
    """Four workers take looks until nothing is due. Returns how many had leads at once, at most."""
    await world.unpack()
    ready = await world.baton.watch.ready()
    assert ready is not None
    rounds = [WORKERS]
    while rounds[-1]:
        looked = await asyncio.gather(*(look(world.baton.bench, *ready, limit=25) for _ in range(WORKERS)))
        rounds.append(sum(one.contacts > 0 for one in looked))
    return max(rounds[1:])


async def ledger_of(world: World) -> list[tuple[int, str]]:
    rows = await world.rows(
        """
        SELECT number, split_part(email, '@', 1) AS name FROM assignment
        JOIN owner ON owner.portal_id = assignment.portal_id AND owner.id = owner_id
        WHERE pool = 'inbound' AND charged ORDER BY number
        """
    )
    return [(row["number"], row["name"]) for row in rows]


async def inbound(database: Database) -> Audited:
    [found] = await audit(database, PORTAL_ID, "inbound")
    return found


@pytest.mark.soak
async def test_four_workers_at_once_keep_everyone_within_one_lead_after_every_line(crew: World) -> None:
    enter(crew, MANY)
    assert await work_at_once(crew) == WORKERS
    lines = await ledger_of(crew)
    assert [number for number, _ in lines] == list(range(1, MANY + 1))
    got: Counter[str] = Counter()
    whole = sum(SHARES.values())
    for number, name in lines:
        got[name] += 1
        assert all(abs(got[name] * whole - number * share) < whole for name, share in SHARES.items())
    found = await inbound(crew.database)
    assert (found.lines, found.faults) == (MANY, ())
    assert sum(one.leads for one in found.standings) == MANY
    assert max(abs(one.strayed) for one in found.standings) < 1


@pytest.mark.soak
async def test_four_workers_at_once_keep_the_ledger_sound_while_people_come_and_go(crew: World) -> None:
    now = crew.clock.now()
    assert await crew.baton.watch.ready() is not None
    for name in ("ann", "eve", "bob"):
        enter(crew, MANY // 10)
        await work_at_once(crew)
        wanted = Wanted(f"{name}@example.com", now, now + timedelta(days=9))
        await leave(crew.database, PORTAL_ID, wanted, by="sam", now=now)
    enter(crew, MANY // 10)
    await work_at_once(crew)
    await come_back(crew.database, PORTAL_ID, "ann@example.com", by="sam", now=crew.clock.now())
    enter(crew, MANY // 10)
    await work_at_once(crew)
    found = await inbound(crew.database)
    assert (found.lines, found.faults) == (MANY // 10 * 5, ())
    [pool] = await crew.rows("SELECT credits FROM pool WHERE pool = 'inbound'")
    assert sum(pool["credits"].values()) == 0


async def test_turns_of_those_at_work_are_computed_again_as_they_were(shifts: World) -> None:
    got = []
    for hours in (0, 4, 10):  # 10:00 in New York, 11:00 in Los Angeles, both closed
        shifts.clock.advance(timedelta(hours=hours))
        enter(shifts, 4)
        await work_at_once(shifts)
        lines = await ledger_of(shifts)
        got.append(Counter(name for _, name in lines[len(lines) - 4 :]))
    assert got[0] == {"bob": 4}
    assert set(got[1]) == set(got[2]) == {"ann", "bob", "cy"}
    found = await inbound(shifts.database)
    assert (found.lines, found.faults) == (12, ())


async def test_a_line_that_was_changed_by_hand_is_found(crew: World) -> None:
    enter(crew, 6)
    await work_at_once(crew)
    assert (await inbound(crew.database)).faults == ()
    async with crew.database.begin() as connection:
        await connection.exec_driver_sql(
            "UPDATE assignment SET owner_id = (SELECT id FROM owner WHERE email = 'eve@example.com') WHERE number = 1"
        )
    [fault] = (await inbound(crew.database)).faults
    assert fault.number == 1
    assert "it was the turn of owner" in fault.why


async def test_a_line_that_was_taken_out_is_missed(crew: World) -> None:
    enter(crew, 4)
    await work_at_once(crew)
    async with crew.database.begin() as connection:
        await connection.exec_driver_sql("DELETE FROM assignment WHERE number = 2")
    found = await inbound(crew.database)
    assert Fault(3, "comes after line 1: lines are missing in between") in found.faults


@pytest.mark.parametrize(
    ("done", "number"),
    [("DELETE FROM assignment WHERE number = 4", 4), ("UPDATE pool SET credits = '{\"1\": 5}'", 4)],
)
async def test_an_end_that_does_not_lead_to_what_the_pool_stands_at_is_found(
    crew: World, done: str, number: int
) -> None:
    enter(crew, 4)
    await work_at_once(crew)
    async with crew.database.begin() as connection:
        await connection.exec_driver_sql(done)
    [fault] = (await inbound(crew.database)).faults
    assert fault.number == number


async def test_lines_whose_inputs_were_erased_are_computed_from_the_ledger_alone(crew: World) -> None:
    enter(crew, 6)
    await work_at_once(crew)
    async with crew.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE decision SET inputs = '{}', decision = '{}'")
    found = await inbound(crew.database)
    assert (found.lines, found.erased, found.faults) == (6, 6, ())
    assert sum(one.leads for one in found.standings) == 6


async def test_a_ledger_of_shadow_mode_that_began_anew_is_sound(crew: World) -> None:
    enter(crew, 3)
    await work_at_once(crew)
    async with crew.database.begin() as connection:
        await pools.forget_shadow(connection, PORTAL_ID)
    enter(crew, 3)
    await work_at_once(crew)
    assert (await inbound(crew.database)).faults == ()


async def test_a_pool_that_no_lead_went_through_has_no_ledger_to_audit(crew: World) -> None:
    assert await audit(crew.database, PORTAL_ID) == []
    with pytest.raises(NoSuchPool, match="baton pool list"):
        await audit(crew.database, PORTAL_ID, "inbound")


async def test_the_places_in_a_pool_are_told_as_they_stand(crew: World) -> None:
    enter(crew, 1)
    await work_at_once(crew)
    listed = [one for one in await places(crew.database, PORTAL_ID, now=crew.clock.now()) if one.pool == "inbound"]
    assert [(one.member, one.share) for one in listed] == [(f"{name}@example.com", n) for name, n in SHARES.items()]
    assert [one.open_handoffs for one in listed] == [1, 0, 0, 0, 0]
    assert [one.credit for one in listed] == [-12, 5, 5, 1, 1]
