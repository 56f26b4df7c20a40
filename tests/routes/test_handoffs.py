"""Handoffs and their clocks, over HTTP: looked up, told line by line, and acted on with a reason."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.clock import SteppedClock
from app.records.people import Role
from app.routes.problems import Kind
from tests.routes.desk import Desk, Person
from tests.world import open_world

HANDOFFS, CLOCKS = "/api/v1/handoffs", "/api/v1/clocks"


@pytest.fixture
async def desk(database_url: str, clock: SteppedClock) -> AsyncIterator[Desk]:
    """A portal that is live, since only there clocks run."""
    async with open_world(database_url, clock) as world:
        yield Desk(world)


@pytest.fixture
async def olga(desk: Desk) -> Person:
    return await desk.person("olga@example.com", Role.OPERATOR)


async def opened(desk: Desk) -> str:
    """A lead that was handed over. Returns the contact's id."""
    contact = desk.world.vp()
    await desk.world.settle()
    return contact


async def asked(person: Person, path: str) -> Any:
    answer = await person("GET", path)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def the_handoff(person: Person) -> Any:
    [one] = (await asked(person, HANDOFFS))["handoffs"]
    return one


async def act(person: Person, what: str, **body: str) -> Any:
    handoff = (await the_handoff(person))["id"]
    return await person("POST", f"{HANDOFFS}/{handoff}/{what}", send={"reason": "a fair", **body})


async def keyed(person: Person, *, path: str, key: str, **body: str) -> httpx.Response:
    """Act under a key of the client's own."""
    return await person("POST", path, send={"reason": "a fair", **body}, idempotency_key=key)


async def test_a_handoff_is_listed_and_shown_with_its_owner_and_its_clocks(desk: Desk, olga: Person) -> None:
    contact = await opened(desk)
    listed = await the_handoff(olga)
    assert (listed["contact_id"], listed["owner"], listed["state"]) == (contact, "eve@example.com", "open")
    whole = await asked(olga, f"{HANDOFFS}/{listed['id']}")
    assert [one["owner_email"] for one in whole["tenures"]] == ["eve@example.com"]
    assert {one["kind"] for one in whole["clocks"]} >= {"accept", "first_touch"}
    assert {one["state"] for one in whole["clocks"]} == {"running"}


async def test_handoffs_are_found_by_state_owner_pool_and_whether_they_are_overdue(desk: Desk, olga: Person) -> None:
    await opened(desk)
    found = {
        query: len((await asked(olga, f"{HANDOFFS}?{query}"))["handoffs"])
        for query in (
            "state=open",
            "state=rejected",
            "owner=EVE@example.com",
            "owner=ann@example.com",
            "pool=enterprise",
            "pool=inbound",
            "overdue=true",
        )
    }
    assert list(found.values()) == [1, 0, 1, 0, 1, 0, 0]
    desk.world.clock.advance(timedelta(days=4))
    assert len((await asked(olga, f"{HANDOFFS}?overdue=true"))["handoffs"]) == 1


async def test_what_is_held_is_not_overdue(desk: Desk, olga: Person) -> None:
    await opened(desk)
    assert (await act(olga, "hold")).status_code == 202
    await desk.world.settle()
    desk.world.clock.advance(timedelta(days=4))
    [one] = (await asked(olga, HANDOFFS))["handoffs"]
    assert not one["overdue"]
    whole = await asked(olga, f"{HANDOFFS}/{one['id']}")
    assert {clock["state"] for clock in whole["clocks"]} == {"paused"}


async def test_handoffs_and_clocks_come_in_pages(desk: Desk, olga: Person) -> None:
    for _ in range(3):
        await opened(desk)
    for path, name in ((HANDOFFS, "handoffs"), (CLOCKS, "clocks")):
        whole = (await asked(olga, path))[name]
        paged, after = [], ""
        while True:
            page = await asked(olga, f"{path}?limit=2{after}")
            paged += page[name]
            if page["next"] is None:
                break
            after = f"&after={page['next']}"
        assert paged == whole
        assert len(whole) >= 3
    dues = [one["due_at"] for one in (await asked(olga, CLOCKS))["clocks"]]
    assert dues == sorted(dues)


async def test_clocks_are_found_by_when_they_are_due(desk: Desk, olga: Person) -> None:
    await opened(desk)
    soon = (await asked(olga, f"{CLOCKS}?due_within=20 min"))["clocks"]
    assert [one["kind"] for one in soon] == ["accept"]
    assert soon[0]["owner"] == "eve@example.com"
    assert (await asked(olga, f"{CLOCKS}?breached=true"))["clocks"] == []
    wrong = await olga("GET", f"{CLOCKS}?due_within=2 business hours")
    assert (wrong.status_code, "due_within" in wrong.json()["detail"]) == (422, True)


async def test_a_hold_lets_the_clocks_stand_still_until_it_is_released(desk: Desk, olga: Person) -> None:
    await opened(desk)
    held = await act(olga, "hold")
    assert (held.status_code, held.json()["by"], held.json()["reason"]) == (202, "olga@example.com", "a fair")
    await desk.world.settle()
    [due_before] = {one["due_at"] for one in (await asked(olga, CLOCKS))["clocks"] if one["kind"] == "accept"}
    assert {one["state"] for one in (await asked(olga, CLOCKS))["clocks"]} == {"paused"}
    desk.world.clock.advance(timedelta(hours=1))
    assert (await act(olga, "release")).status_code == 202
    await desk.world.settle()
    [due] = {one["due_at"] for one in (await asked(olga, CLOCKS))["clocks"] if one["kind"] == "accept"}
    assert due > due_before
    rows = await desk.world.rows("SELECT actor, action, detail FROM audit WHERE action LIKE 'handoff %' ORDER BY at")
    assert [(row["actor"], row["action"]) for row in rows] == [
        ("olga@example.com", "handoff held"),
        ("olga@example.com", "handoff released"),
    ]
    assert "a fair" not in str(rows)


async def test_more_time_moves_the_deadlines_that_run(desk: Desk, olga: Person) -> None:
    await opened(desk)
    before = {one["kind"]: one["due_at"] for one in (await asked(olga, CLOCKS))["clocks"]}
    assert (await act(olga, "extend", by="2 business hours")).status_code == 202
    await desk.world.settle()
    after = {one["kind"]: one["due_at"] for one in (await asked(olga, CLOCKS))["clocks"]}
    assert all(after[kind] > before[kind] for kind in before)


async def test_a_handoff_is_given_to_whoever_was_named(desk: Desk, olga: Person) -> None:
    await opened(desk)
    assert (await act(olga, "reassign", to="ann@example.com")).status_code == 202
    await desk.world.settle()
    handoff = await the_handoff(olga)
    whole = await asked(olga, f"{HANDOFFS}/{handoff['id']}")
    assert [one["owner_email"] for one in whole["tenures"]] == ["eve@example.com", "ann@example.com"]
    assert handoff["owner"] == "ann@example.com"


async def test_a_timeline_accounts_for_every_second(desk: Desk, olga: Person) -> None:
    contact = await opened(desk)
    desk.world.clock.advance(timedelta(days=4))
    told = await asked(olga, f"{HANDOFFS}/{(await the_handoff(olga))['id']}/timeline")
    for one in told["clocks"]:
        assert one["counted_seconds"] + one["closed_seconds"] + one["paused_seconds"] == one["whole_seconds"]
    assert any("weekend" in one["text"] for one in told["entries"])
    assert [one["at"] for one in told["entries"]] == sorted(one["at"] for one in told["entries"])
    assert any(not one["by_people"] for one in told["delays"])
    [of_contact] = (await asked(olga, f"/api/v1/contacts/{contact}/timeline"))["handoffs"]
    assert of_contact["timeline"]["entries"] == told["entries"]


async def test_the_entries_of_a_timeline_come_in_pages(desk: Desk, olga: Person) -> None:
    await opened(desk)
    path = f"{HANDOFFS}/{(await the_handoff(olga))['id']}/timeline"
    whole = await asked(olga, path)
    first = await asked(olga, f"{path}?limit=2")
    rest = await asked(olga, f"{path}?after={first['next']}")
    assert (first["entries"] + rest["entries"], rest["next"]) == (whole["entries"], None)


REFUSED: tuple[tuple[str, dict[str, str], Kind, str], ...] = (
    ("hold", {"reason": " "}, Kind.REQUEST, "reason"),
    ("hold", {"until": "2020-01-01"}, Kind.NOT_DONE, "give a later instant"),
    ("hold", {"until": "9999-12-31T23:00:00-14:00"}, Kind.REQUEST, "beyond the years"),
    ("release", {}, Kind.NOT_DONE, "nobody holds the handoff"),
    ("reassign", {"to": "eve@example.com"}, Kind.NOT_DONE, "they have the handoff already"),
    ("reassign", {"to": "zoe@example.com"}, Kind.NOT_DONE, "no active owner with the address zoe@example.com"),
    ("extend", {"by": "soon"}, Kind.NOT_DONE, "'soon' is no length of time"),
    ("extend", {"by": "0 min"}, Kind.NOT_DONE, "by more than nothing"),
    ("extend", {"by": "999999 years"}, Kind.NOT_DONE, "at most a year"),
)


async def test_what_cannot_be_done_says_what_would_do_and_does_nothing(desk: Desk, olga: Person) -> None:
    await opened(desk)
    for what, body, kind, said in REFUSED:
        answer = await act(olga, what, **body)
        assert (answer.status_code, answer.json()["type"]) == (kind.status, kind.type), answer.text
        assert said in answer.json()["detail"]
    assert await desk.world.rows("SELECT 1 FROM act") == []


async def test_what_is_not_there_is_not_found(olga: Person) -> None:
    nobody = "00000000-0000-0000-0000-000000000000"
    for method, path in (("GET", ""), ("GET", "/timeline"), ("POST", "/release")):
        answer = await olga(method, f"{HANDOFFS}/{nobody}{path}", send={"reason": "why"} if method == "POST" else None)
        assert (answer.status_code, answer.json()["type"]) == (404, "/problems/not-found")
    assert (await asked(olga, "/api/v1/contacts/1/timeline"))["handoffs"] == []


async def test_what_is_asked_for_again_under_the_same_key_is_done_once(desk: Desk, olga: Person) -> None:
    await opened(desk)
    handoff = (await the_handoff(olga))["id"]
    for what, body in (("extend", {"by": "2 business hours"}), ("hold", {}), ("release", {}), ("reassign", {})):
        send = {"path": f"{HANDOFFS}/{handoff}/{what}", "key": what, **body}
        first, second = await keyed(olga, **send), await keyed(olga, **send)
        assert (first.status_code, second.status_code) == (202, 202), second.text
        assert first.json() == second.json()
        await desk.world.settle()
    done = (await asked(olga, f"{HANDOFFS}/{handoff}"))["acts"]
    assert [one["kind"] for one in done] == ["extend", "hold", "release", "reassign"]


async def test_a_key_answers_for_what_it_was_first_used_for_even_once_the_handoff_is_over(
    desk: Desk, olga: Person
) -> None:
    contact = await opened(desk)
    path = f"{HANDOFFS}/{(await the_handoff(olga))['id']}/hold"
    first = await keyed(olga, path=path, key="k")
    other = await keyed(olga, path=path, key="k", reason="another")
    assert (other.status_code, "key" in other.json()["detail"]) == (409, True)
    desk.world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "not_a_fit"})
    await desk.world.settle()
    assert (await keyed(olga, path=path, key="k")).json() == first.json()
    assert (await keyed(olga, path=path, key="new")).status_code == 404


async def test_of_two_that_ask_under_one_key_at_once_one_acts(desk: Desk, olga: Person) -> None:
    await opened(desk)
    path = f"{HANDOFFS}/{(await the_handoff(olga))['id']}/extend"
    answers = await asyncio.gather(*(keyed(olga, path=path, key="k", by="1 h") for _ in range(4)))
    assert {one.status_code for one in answers} == {202}
    assert len(await desk.world.rows("SELECT 1 FROM act")) == 1
