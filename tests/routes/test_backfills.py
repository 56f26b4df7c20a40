"""Backfills over HTTP."""

from __future__ import annotations

from app.engine.sweeping import sweep
from app.records.people import Role
from tests.routes.desk import Desk

BACKFILLS = "/api/v1/backfills"
SINCE = {"since": "2026-11-01T00:00:00Z"}


async def test_a_backfill_is_begun_walked_and_read(desk: Desk) -> None:
    olga = await desk.person("olga@example.com", Role.OPERATOR)
    begun = await olga("POST", BACKFILLS, send=SINCE)
    assert (begun.status_code, begun.json()["state"]) == (202, "running")
    while await sweep(desk.world.baton.bench, every=None):
        pass
    done = (await olga("GET", begun.headers["location"])).json()
    assert (done["state"], done["walked_to"] == done["until"], done["begun_by"]) == ("done", True, "olga@example.com")
    assert [one["id"] for one in (await olga("GET", BACKFILLS)).json()["backfills"]] == [done["id"]]


async def test_a_cancelled_backfill_is_walked_no_further_and_cancelled_once(desk: Desk) -> None:
    olga = await desk.person("olga@example.com", Role.OPERATOR)
    path = (await olga("POST", BACKFILLS, send=SINCE)).headers["location"]
    first, second = await olga("DELETE", path), await olga("DELETE", path)
    assert first.json() == second.json()
    assert (first.json()["state"], first.json()["cancelled_by"]) == ("cancelled", "olga@example.com")
    assert not await sweep(desk.world.baton.bench, every=None)


async def test_a_start_that_no_search_can_name_is_refused(desk: Desk) -> None:
    olga = await desk.person("olga@example.com", Role.OPERATOR)
    for since in ("1960-01-01T00:00:00Z", "2100-01-01T00:00:00Z"):
        refused = await olga("POST", BACKFILLS, send={"since": since})
        assert (refused.status_code, refused.json()["code"]) == (422, "backfill_refused")
    assert (await olga("GET", BACKFILLS)).json()["backfills"] == []
