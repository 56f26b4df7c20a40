"""Limits, and everything that can be made to go wrong."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.crm.simulator import Simulator
from app.crm.simulator.instants import ShiftedClock

CONTACTS = "/crm/objects/2026-09/contacts"


@pytest.fixture
def contact(sim: Simulator) -> str:
    return sim.create_contact({"email": "ada@birch.example", "lifecyclestage": "lead"})


def move(stage: str = "salesqualifiedlead") -> dict[str, Any]:
    return {"properties": {"lifecyclestage": stage}}


async def test_answers_tell_what_is_left(hs: httpx.AsyncClient, contact: str) -> None:
    answer = await hs.get(f"{CONTACTS}/{contact}")

    told = {name: answer.headers[f"X-HubSpot-RateLimit-{name}"] for name in ("Daily-Remaining", "Max", "Remaining")}
    assert told == {"Daily-Remaining": "649999", "Max": "190", "Remaining": "189"}
    assert answer.headers["X-HubSpot-RateLimit-Interval-Milliseconds"] == "10000"


async def test_the_ten_second_window_rolls(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, clock: ShiftedClock
) -> None:
    sim.quota.general.limit = 2
    first = await hs.get(f"{CONTACTS}/{contact}")
    clock.advance(timedelta(seconds=6))
    await hs.get(f"{CONTACTS}/{contact}")
    third = await hs.get(f"{CONTACTS}/{contact}")
    clock.advance(timedelta(seconds=4))
    fourth = await hs.get(f"{CONTACTS}/{contact}")

    assert [answer.status_code for answer in (first, third, fourth)] == [200, 429, 200]
    assert third.json()["policyName"] == "TEN_SECONDLY_ROLLING"
    assert third.json()["errorType"] == "RATE_LIMIT"
    assert third.json()["message"] == "You have reached your ten_secondly_rolling limit."
    assert sim.counters.throttled == 1


async def test_associations_have_a_bucket_of_their_own(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.quota.general.limit = 0

    answer = await hs.post(
        "/crm/associations/2026-09/contacts/companies/batch/read", json={"inputs": [{"id": contact}]}
    )

    assert answer.status_code == 207
    assert answer.headers["X-HubSpot-RateLimit-Remaining"] == "149"


async def test_the_daily_limit_lasts_until_the_day_is_over(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, clock: ShiftedClock
) -> None:
    sim.quota.daily = 1
    await hs.get(f"{CONTACTS}/{contact}")
    refused = await hs.get(f"{CONTACTS}/{contact}")
    clock.advance(timedelta(hours=16))
    again = await hs.get(f"{CONTACTS}/{contact}")

    assert refused.json()["policyName"] == "DAILY"
    assert again.status_code == 200


@pytest.mark.parametrize("status", [423, 500, 502, 503, 504])
async def test_the_next_call_can_be_made_to_fail(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, status: int
) -> None:
    sim.faults.fail_next = [status]

    failed = await hs.patch(f"{CONTACTS}/{contact}", json=move())
    worked = await hs.patch(f"{CONTACTS}/{contact}", json=move())

    assert (failed.status_code, worked.status_code) == (status, 200)
    assert failed.json()["status"] == "error"
    assert sim.counters.effects(contact)["stage_writes"] == 1


async def test_a_migration_says_when_to_come_back(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.fail_next = [477]

    answer = await hs.get(f"{CONTACTS}/{contact}")

    assert (answer.status_code, answer.headers["Retry-After"]) == (477, "3600")


@pytest.mark.parametrize("policy", ["DAILY", "TEN_SECONDLY_ROLLING", "SECONDLY"])
async def test_the_next_call_can_be_throttled_by_any_policy(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, policy: str
) -> None:
    sim.faults.fail_next = [f"429:{policy}"]

    answer = await hs.get(f"{CONTACTS}/{contact}")

    assert (answer.status_code, answer.json()["policyName"]) == (429, policy)


async def test_some_calls_can_be_throttled(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.throttle_next = 2

    statuses = [(await hs.get(f"{CONTACTS}/{contact}")).status_code for _ in range(3)]

    assert statuses == [429, 429, 200]


@pytest.mark.parametrize(("switch", "status"), [("down", 503), ("unauthorized", 401)])
async def test_everything_can_be_down_or_locked_out(
    sim: Simulator, hs: httpx.AsyncClient, contact: str, switch: str, status: int
) -> None:
    sim.faults.change({switch: True})

    assert (await hs.patch(f"{CONTACTS}/{contact}", json=move())).status_code == status
    assert sim.contact(contact)["lifecyclestage"] == "lead"


async def test_a_call_can_lack_its_scope(sim: Simulator, hs: httpx.AsyncClient) -> None:
    sim.faults.forbidden = {"GET owners"}

    answer = await hs.get("/crm/owners/2026-09")

    assert (answer.status_code, answer.json()["category"]) == (403, "MISSING_SCOPES")


async def test_a_dropped_connection_has_no_effect(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.drop_connection = True

    with pytest.raises(httpx.TransportError):
        await hs.patch(f"{CONTACTS}/{contact}", json=move())

    assert sim.contact(contact)["lifecyclestage"] == "lead"


async def test_a_lost_answer_leaves_its_effect_behind(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.lose_answer_next = 1

    read = await hs.get(f"{CONTACTS}/{contact}")
    with pytest.raises(httpx.TransportError):
        await hs.patch(f"{CONTACTS}/{contact}", json=move())
    after = await hs.patch(f"{CONTACTS}/{contact}", json={"properties": {"firstname": "Ada"}})

    assert (read.status_code, after.status_code) == (200, 200)
    assert sim.contact(contact)["lifecyclestage"] == "salesqualifiedlead"


async def test_answers_can_be_lost_by_the_name_of_the_call(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.lose_answer_on = {"POST notes/batch/create"}
    note = {"properties": {"hs_timestamp": "1795680000000"}, "associations": []}

    assert (await hs.patch(f"{CONTACTS}/{contact}", json=move())).status_code == 200
    for _ in range(2):
        with pytest.raises(httpx.TransportError):
            await hs.post("/crm/objects/2026-09/notes/batch/create", json={"inputs": [note]})

    assert sim.counters.calls["POST notes/batch/create"] == 2


async def test_a_connection_breaks_off_on_a_real_socket_too(sim: Simulator, served: str, contact: str) -> None:
    sim.faults.lose_answer_next = 1
    headers = {"Authorization": "Bearer sim-token"}

    async with httpx.AsyncClient(base_url=served, headers=headers) as client:
        with pytest.raises(httpx.TransportError):
            await client.patch(f"{CONTACTS}/{contact}", json=move())
        after = await client.get(f"{CONTACTS}/{contact}", params={"properties": "lifecyclestage"})

    assert after.json()["properties"]["lifecyclestage"] == "salesqualifiedlead"


async def test_a_stage_can_be_refused_silently_or_loudly(sim: Simulator, hs: httpx.AsyncClient, contact: str) -> None:
    sim.faults.refuse_stage_silently = {contact}
    silent = await hs.patch(f"{CONTACTS}/{contact}", json=move())
    sim.faults.refuse_stage_silently = set()
    sim.faults.reject_stage_values = {"salesqualifiedlead"}
    loud = await hs.patch(f"{CONTACTS}/{contact}", json=move())

    assert (silent.status_code, loud.status_code) == (200, 400)
    assert silent.json()["properties"]["lifecyclestage"] == "lead"
    assert sim.counters.effects(contact)["stage_writes"] == 0


async def test_the_echo_of_a_write_can_come_before_its_answer(
    sim: Simulator, hs: httpx.AsyncClient, contact: str
) -> None:
    sim.portal.outbox.take()
    order: list[str] = []

    async def on_echo() -> None:
        order.extend(each["propertyName"] for each in sim.waiting_events())

    sim.on_echo, sim.faults.echo_before_answer = on_echo, True
    await hs.patch(f"{CONTACTS}/{contact}", json=move())
    order.append("answer")

    assert order == ["lifecyclestage", "answer"]


async def test_calls_are_counted_by_name_whatever_the_version(
    sim: Simulator, hs: httpx.AsyncClient, contact: str
) -> None:
    await hs.get(f"/crm/objects/2026-09/contacts/{contact}")
    await hs.get(f"/crm/v3/objects/0-1/{contact}")
    await hs.get("/crm/owners/2026-03")
    await hs.get("/crm/properties/2026-09/contacts")
    await hs.post("/crm/v4/associations/contacts/notes/batch/read", json={"inputs": [{"id": contact}]})

    assert sim.counters.calls == {
        "GET contacts/{id}": 2,
        "GET owners": 1,
        "GET properties/contacts": 1,
        "POST associations/contacts/notes/batch/read": 1,
    }
    assert sim.counters.total_calls == 5
    sim.counters.reset()
    assert sim.counters.total_calls == 0


async def test_an_effect_is_a_change_that_the_api_really_made(
    sim: Simulator, hs: httpx.AsyncClient, contact: str
) -> None:
    owner = sim.create_owner("mara@vendor.example")
    sim.edit_contact(contact, {"lifecyclestage": "marketingqualifiedlead"})

    for _ in range(2):
        await hs.patch(f"{CONTACTS}/{contact}", json={"properties": {"hubspot_owner_id": owner}})

    expected = {"stage_writes": 0, "owner_writes": 1, "notes": 0, "tasks": 0}
    assert sim.counters.effects(contact) == expected
