"""From a webhook request to the call that it led to: one can be found from the other."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs

from app.clock import SteppedClock
from tests.world import World, open_world


@pytest.fixture
async def world(database_url: str, clock: SteppedClock) -> AsyncIterator[World]:
    async with open_world(database_url, clock) as opened:
        yield opened


async def test_a_request_leads_to_its_events_their_decision_and_the_calls_that_wrote_it(world: World) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        contact = world.vp()
        await world.settle()
    [decision] = await world.rows("SELECT id FROM decision WHERE contact_id = :id AND kind = 'handed off'", id=contact)
    events = await world.rows("SELECT delivery_id FROM event WHERE decision_id = :id", id=decision["id"])
    deliveries = {str(one["delivery_id"]) for one in events}
    told = {one["delivery"]: one["request"] for one in lines if one["event"] == "request"}
    assert deliveries
    assert deliveries <= told.keys()
    assert all(told.values())
    calls = [one for one in lines if one["event"] == "hubspot.call"]
    wrote = [one for one in calls if str(decision["id"]) in one.get("decisions", ())]
    assert {one["endpoint"].rpartition("2026-09/")[2] for one in wrote} == {
        "contacts/batch/update",
        "notes/batch/create",
        "tasks/batch/create",
    }
    looks = {one["look"] for one in lines if one["event"] == "looked"}
    assert {one["look"] for one in wrote} <= looks
    assert all(one["correlation"] and one["ms"] >= 0 for one in wrote)


async def test_a_look_is_one_line_with_its_length_and_counts(world: World) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        world.vp()
        await world.settle()
    looked = [one for one in lines if one["event"] == "looked"]
    assert len({one["look"] for one in looked}) == len(looked)
    assert looked[0]["decided"] == {"handed off": 1}
    assert (looked[0]["contacts"], looked[0]["errors"]) == (1, {})
    assert looked[0]["ms"] >= 0


async def test_no_call_is_logged_with_what_it_sent_or_got(world: World) -> None:
    with capture_logs(processors=[merge_contextvars]) as lines:
        world.vp(firstname="Quintessa")
        await world.settle()
    calls = [one for one in lines if one["event"] == "hubspot.call"]
    assert calls
    assert "Quintessa" not in str(calls)
    assert "sim-token" not in str(calls)
