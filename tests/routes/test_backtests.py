"""Backtests over HTTP: asked for, watched, read page by page, stopped."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import httpx

from app.engine.backtest import run_next
from app.routes.locations import AGREEMENT
from tests.engine.pasts import effort, live
from tests.routes.desk import SIZE, Desk, Person, edited
from tests.world import go_live

SMALLER = (SIZE[0], SIZE[0].replace("50", "1"))


async def ask(who: Person, start: str, end: str, **more: Any) -> httpx.Response:
    return await who("POST", f"{AGREEMENT}/backtest", send={"from": start, "to": end, **more})


async def test_a_backtest_of_the_draft_is_watched_to_its_end_and_read_page_by_page(desk: Desk, mia: Person) -> None:
    await go_live(desk.world)
    period = await live(desk.world, 30)
    await mia.save(SMALLER)
    asked = await ask(mia, period.start_at.isoformat(), period.end_at.isoformat())
    where = asked.headers["location"]
    assert (asked.status_code, asked.json()["state"], asked.json()["result"]) == (202, "queued", None)
    assert await run_next(desk.world.baton.bench, effort())
    done = (await mia("GET", where)).json()
    assert (done["state"], done["done"], done["base"]) == ("done", done["total"], 1)
    assert done["result"]["changed"] > 1
    first = (await mia("GET", f"{where}/changes?limit=1")).json()
    rest = (await mia("GET", f"{where}/changes?after={first['next']}")).json()
    changed = [*first["contacts"], *rest["contacts"]]
    assert (len(changed), rest["next"]) == (done["result"]["changed"], None)
    assert all(one["before"]["name"] != one["after"]["name"] or one["before"]["why"] for one in changed)


async def test_a_backtest_that_is_stopped_stays_stopped(desk: Desk, mia: Person) -> None:
    text, _ = await mia.text()
    now = desk.world.clock.now()
    asked = await ask(mia, (now - timedelta(days=1)).isoformat(), now.isoformat(), document=edited(text, SMALLER))
    where = asked.headers["location"]
    assert (await mia("DELETE", where)).json()["state"] == "cancelled"
    assert not await run_next(desk.world.baton.bench, effort())
    assert (await mia("DELETE", where)).json()["state"] == "cancelled"
    assert (await mia("GET", f"{where}/changes")).json() == {"contacts": [], "next": None}


async def test_what_cannot_be_tried_is_refused_with_what_to_change(desk: Desk, mia: Person) -> None:
    now = desk.world.clock.now()
    day_ago, today, tomorrow = ((now + timedelta(days=days)).isoformat() for days in (-1, 0, 1))
    text, _ = await mia.text()
    for start, end, document, status in (
        (day_ago, today, None, 404),
        (today, day_ago, text, 422),
        (today, tomorrow, text, 422),
        (day_ago, today, "routes: 7", 422),
        ("yesterday", today, text, 422),
    ):
        answer = await ask(mia, start, end, document=document)
        assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


async def test_a_backtest_that_there_is_not_is_404(mia: Person) -> None:
    where = "/api/v1/backtests/00000000-0000-0000-0000-000000000000"
    asked = [await mia("GET", where), await mia("DELETE", where), await mia("GET", f"{where}/changes")]
    assert {one.status_code for one in asked} == {404}
