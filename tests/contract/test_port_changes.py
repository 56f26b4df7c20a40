"""Walking through changed contacts by the port, before the simulator in process and over a socket."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

import httpx
import pytest

from app.crm.errors import Unreadable
from app.crm.guard import QuotaClass
from app.crm.hubspot.paths import PATHS
from app.crm.port import SEARCH_PAGE
from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock
from app.records.changes import Changed, Place
from tests.contract.port_parts import NOW, TOKEN, Bench

SECOND = timedelta(seconds=1)
HOUR = timedelta(hours=1)
EVEN = 3 * SEARCH_PAGE


@pytest.fixture
def clock() -> ShiftedClock:
    return ShiftedClock(lambda: NOW)


@pytest.fixture
def sim(clock: ShiftedClock) -> Simulator:
    made = Simulator(access_token=TOKEN, now=clock)
    made.quota.search.limit = 1_000
    return made


async def walked(bench: Bench, sim: Simulator, since: datetime, until: datetime) -> list[Changed]:
    """Every page from `since` to `until`, joined."""
    place: Place | None = Place(since)
    found: list[Changed] = []
    while place is not None:
        page = await bench.crm.search_changed(place, until)
        found += page.contacts
        place = page.next
    return found


def changed_in_turn(sim: Simulator, clock: ShiftedClock, many: int) -> list[str]:
    """So many contacts, made a second apart."""
    made = []
    for number in range(many):
        clock.advance(SECOND)
        made.append(sim.create_contact({"firstname": f"Lead {number}"}))
    return made


def ids(found: Sequence[Changed]) -> list[str]:
    return [str(one.contact_id) for one in found]


@pytest.mark.parametrize("version", PATHS)
async def test_contacts_come_in_the_order_of_their_last_changes(
    sim: Simulator, bench: Bench, clock: ShiftedClock, version: str
) -> None:
    bench.version = version
    first, second, third = changed_in_turn(sim, clock, 3)
    clock.advance(SECOND)
    sim.edit_contact(first, {"jobtitle": "CTO"})
    found = await walked(bench, sim, NOW, NOW + HOUR)
    assert ids(found) == [second, third, first]
    assert [one.at - NOW for one in found] == [2 * SECOND, 3 * SECOND, 4 * SECOND]
    assert set(bench.quota.taken) == {QuotaClass.SEARCH}


async def test_a_window_is_open_at_its_start_and_closed_at_its_end(
    sim: Simulator, bench: Bench, clock: ShiftedClock
) -> None:
    made = changed_in_turn(sim, clock, 4)
    found = await walked(bench, sim, NOW + SECOND, NOW + 3 * SECOND)
    assert ids(found) == made[1:3]


@pytest.mark.parametrize("many", [0, 1, SEARCH_PAGE - 1, SEARCH_PAGE, SEARCH_PAGE + 1, 2 * SEARCH_PAGE + 7])
async def test_pages_leave_nobody_out_and_name_nobody_twice(
    sim: Simulator, bench: Bench, clock: ShiftedClock, many: int
) -> None:
    made = changed_in_turn(sim, clock, many)
    assert ids(await walked(bench, sim, NOW, NOW + HOUR)) == made


@pytest.mark.parametrize("before", [0, 5])
async def test_more_contacts_changed_at_one_instant_than_a_page_holds(
    sim: Simulator, bench: Bench, clock: ShiftedClock, before: int
) -> None:
    made = changed_in_turn(sim, clock, before)
    clock.advance(SECOND)
    made += [sim.create_contact({"firstname": "Import"}) for _ in range(EVEN)]
    made += changed_in_turn(sim, clock, 2)
    assert ids(await walked(bench, sim, NOW, NOW + HOUR)) == made


async def test_a_contact_that_changes_during_the_walk_is_met_again_at_its_new_place(
    sim: Simulator, bench: Bench, clock: ShiftedClock
) -> None:
    made = changed_in_turn(sim, clock, SEARCH_PAGE + 5)
    page = await bench.crm.search_changed(Place(NOW), NOW + HOUR)
    clock.advance(SECOND)
    sim.edit_contact(made[0], {"jobtitle": "CTO"})
    assert page.next is not None
    assert ids(await walked(bench, sim, page.next.at, NOW + HOUR)) == [*made[len(page.contacts) :], made[0]]


async def test_the_index_is_asked_and_it_is_behind(sim: Simulator, bench: Bench, clock: ShiftedClock) -> None:
    sim.faults.search_lag = 60
    (made,) = changed_in_turn(sim, clock, 1)
    assert await walked(bench, sim, NOW, NOW + HOUR) == []
    clock.advance(60 * SECOND)
    assert ids(await walked(bench, sim, NOW, NOW + HOUR)) == [made]


async def test_a_result_that_does_not_say_when_it_changed_is_unreadable() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"total": 1, "results": [{"id": "7", "properties": {}}]})

    async with httpx.AsyncClient(transport=httpx.MockTransport(answer), base_url="https://api.hubapi.com") as http:
        with pytest.raises(Unreadable, match="when it was changed"):
            await Bench(http).crm.search_changed(Place(NOW), NOW + HOUR)
