"""Issues and replays over HTTP."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.clock import SteppedClock
from app.crm.simulator.faults import ValidationRule
from app.engine.replaying import go_on
from app.records.people import Role
from tests.routes.desk import Desk, Person
from tests.world import open_world

REPLAYS, ISSUES = "/api/v1/replays", "/api/v1/issues"
WANTED = {"filter": "state:parked", "name": "The rule was relaxed"}


@pytest.fixture
async def refused(database_url: str, clock: SteppedClock) -> AsyncIterator[Desk]:
    """A live portal with two leads that an admin's rule kept from being handed over; the rule is gone by now."""
    async with open_world(database_url, clock) as world:
        world.sim.faults.validation_rules = [
            ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")
        ]
        for n in range(2):
            world.vp(email=f"vp{n}@northbank.example")
        await world.settle()
        world.sim.faults.clear()
        yield Desk(world)


@pytest.fixture
async def olga(refused: Desk) -> Person:
    return await refused.person("olga@example.com", Role.OPERATOR)


async def test_a_replay_is_planned_begun_and_read_to_its_end(refused: Desk, olga: Person) -> None:
    planned = (await olga("POST", f"{REPLAYS}/plan", send={"filter": "state:parked error:invalid"})).json()
    assert (planned["count"], planned["by_reason"][0]["code"]) == (2, "invalid")
    assert [(one["last"]["kind"], one["next"]["kind"]) for one in planned["sample"]] == [("handed off", "kept")] * 2
    begun = await olga("POST", REPLAYS, send=WANTED)
    assert begun.status_code == 202
    assert (begun.json()["total"], begun.json()["requested_by"]) == (2, "olga@example.com")
    path = begun.headers["location"]
    await finish(refused)
    done = (await olga("GET", path)).json()
    assert (done["state"], done["settled"], done["counts"]["done"]) == ("done", 2, 2)
    assert [one["state"] for one in (await olga("GET", f"{path}/items")).json()["items"]] == ["done", "done"]
    assert [one["id"] for one in (await olga("GET", REPLAYS)).json()["replays"]] == [done["id"]]


async def test_the_items_come_page_by_page(refused: Desk, olga: Person) -> None:
    path = (await olga("POST", REPLAYS, send=WANTED)).headers["location"]
    first = (await olga("GET", f"{path}/items?limit=1&state=queued")).json()
    second = (await olga("GET", f"{path}/items?limit=1&after={first['next']}")).json()
    assert second["next"] is None
    assert first["items"][0]["object_id"] < second["items"][0]["object_id"]


async def test_sent_twice_with_one_key_a_request_begins_one_replay(refused: Desk, olga: Person) -> None:
    answers = [await olga("POST", REPLAYS, send=WANTED, idempotency_key="k-1") for _ in range(2)]
    assert [one.status_code for one in answers] == [202, 202]
    assert answers[0].json()["id"] == answers[1].json()["id"]
    other = await olga("POST", REPLAYS, send={**WANTED, "name": "Other"}, idempotency_key="k-1")
    assert (other.status_code, other.json()["type"]) == (409, "/problems/not-replayed")


async def test_a_replay_is_cancelled_and_resumed(refused: Desk, olga: Person) -> None:
    path = (await olga("POST", REPLAYS, send=WANTED)).headers["location"]
    assert (await olga("DELETE", path)).json()["state"] == "cancelled"
    assert (await olga("POST", f"{path}/resume")).json()["state"] == "running"
    assert (await olga("POST", f"{path}/resume")).status_code == 409


async def test_progress_is_streamed_until_the_replay_is_over(refused: Desk, olga: Person) -> None:
    path = (await olga("POST", REPLAYS, send=WANTED)).headers["location"]
    await finish(refused)
    stream = await olga("GET", f"{path}/events")
    assert stream.headers["content-type"].startswith("text/event-stream")
    assert progress(stream.text) == [("done", 2)]


async def test_who_comes_back_for_what_is_over_and_known_is_told_to_stop(refused: Desk, olga: Person) -> None:
    path = (await olga("POST", REPLAYS, send=WANTED)).headers["location"]
    await olga("DELETE", path)
    stopped = await olga("GET", f"{path}/events", last_event_id="running-0")
    assert progress(stopped.text) == [("cancelled", 0)]
    assert (await olga("GET", f"{path}/events", last_event_id="cancelled-0")).status_code == 204
    await olga("POST", f"{path}/resume")
    await finish(refused)
    assert progress((await olga("GET", f"{path}/events", last_event_id="cancelled-0")).text) == [("done", 2)]


async def test_metrics_tell_what_is_left_of_replays_and_what_came_of_them(refused: Desk, olga: Person) -> None:
    def of(text: str, sample: str) -> float:
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(sample))

    before = (await olga("GET", "/metrics")).text
    assert of(before, 'baton_replay_records{state="queued"}') == 0
    await olga("POST", REPLAYS, send=WANTED)
    begun = (await olga("GET", "/metrics")).text
    assert of(begun, 'baton_replay_records{state="queued"}') == 2
    await finish(refused)
    over = (await olga("GET", "/metrics")).text
    assert of(over, "baton_replay_records{") == 0
    done = 'baton_replayed_records_total{result="done"}'
    assert of(over, done) - of(before, done) == 2


async def test_a_filter_that_cannot_be_read_is_refused_with_the_nearest_name(refused: Desk, olga: Person) -> None:
    answer = await olga("POST", f"{REPLAYS}/plan", send={"filter": "stat:parked"})
    assert (answer.status_code, answer.json()["code"]) == (422, "filter_refused")
    assert "did you mean `state`?" in answer.json()["detail"]


async def test_an_issue_is_read_and_spoken_of(refused: Desk, olga: Person) -> None:
    [one] = (await olga("GET", f"{ISSUES}?state=open")).json()["issues"]
    assert (one["records"], one["trend"], one["filter"]) == (2, "rising", "state:parked error:invalid")
    for act, state in (("acknowledge", "acknowledged"), ("ignore", "ignored"), ("resolve", "resolved")):
        said = (await olga("POST", f"{ISSUES}/{one['fingerprint']}/{act}")).json()
        assert (said["state"], said["changed_by"]) == (state, "olga@example.com")
    assert (await olga("GET", f"{ISSUES}?state=open")).json()["issues"] == []
    assert (await olga("GET", f"{ISSUES}/{one['fingerprint']}")).json()["state"] == "resolved"
    assert (await olga("GET", f"{ISSUES}/nope")).status_code == 404


async def finish(desk: Desk) -> None:
    for _ in range(3):
        await go_on(desk.world.baton.bench)
        await desk.world.settle()


def progress(text: str) -> list[tuple[Any, Any]]:
    """The state and how many are settled, by each event of the stream."""
    told = [block.split("\ndata: ", 1) for block in text.strip().split("\n\n")]
    assert {name.partition("\nid: ")[0] for name, _ in told} == {"event: progress"}
    return [(one["state"], one["settled"]) for one in (json.loads(body) for _, body in told)]
