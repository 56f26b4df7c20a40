"""Each request is told once: by its route, never by what it asked for; its id goes in and out."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from typing import Any

import pytest
from structlog.contextvars import get_contextvars, merge_contextvars
from structlog.testing import capture_logs

from app.metrics import PROCESS
from app.routes.requests import REQUEST_ID
from tests.routes.desk import Desk, Person

Lines = list[MutableMapping[str, Any]]


@pytest.fixture
def lines() -> Iterator[Lines]:
    with capture_logs(processors=[merge_contextvars]) as logs:
        yield logs


def requests_in(lines: Lines) -> Lines:
    return [one for one in lines if one["event"] == "request"]


async def test_a_request_is_told_by_its_route_and_not_by_what_it_asked_for(mia: Person, lines: Lines) -> None:
    answer = await mia("GET", "/api/v1/contacts/4711/why?by=lead4711%40northbank.example")
    [line] = requests_in(lines)
    assert (line["method"], line["status"]) == ("GET", answer.status_code)
    assert line["route"].startswith("/api/v1/contacts/{contact_id}")
    assert line["ms"] >= 0
    assert "4711" not in str(line)
    assert mia.key not in str(lines)


async def test_what_there_is_not_is_told_without_its_path_or_method(desk: Desk, lines: Lines) -> None:
    for method, path, status in (("BREW", "/lead4711", 404), ("BREW", "/healthz", 405), ("GET", "/lead4711", 404)):
        assert (await desk.stranger()(method, path)).status_code == status
    told = [(one["method"], one["route"], one["status"]) for one in requests_in(lines)]
    assert told == [("none", "none", 404), ("none", "/healthz", 405), ("GET", "none", 404)]


async def test_a_request_keeps_the_id_that_it_came_with(desk: Desk, lines: Lines) -> None:
    answer = await desk.stranger()("GET", "/healthz", **{REQUEST_ID: "edge-7f3a"})
    assert answer.headers[REQUEST_ID] == "edge-7f3a"
    assert [one["request"] for one in requests_in(lines)] == ["edge-7f3a"]


@pytest.mark.parametrize("unfit", ["", "a b", "x" * 65, "a\tb"])
async def test_an_id_that_is_no_short_plain_word_is_replaced(desk: Desk, unfit: str) -> None:
    answer = await desk.stranger()("GET", "/healthz", **{REQUEST_ID: unfit})
    assert answer.headers[REQUEST_ID] != unfit
    assert answer.headers[REQUEST_ID].isalnum()


async def test_refusals_and_defects_carry_an_id_too(desk: Desk, mia: Person, lines: Lines) -> None:
    async with desk.world.database.begin() as connection:
        await connection.exec_driver_sql("ALTER TABLE agreement_version RENAME TO elsewhere")
    answers = [await desk.stranger()("GET", "/api/v1/handoffs"), await mia("GET", "/api/v1/config/agreement")]
    assert [one.headers[REQUEST_ID] for one in answers] == [one["request"] for one in requests_in(lines)]
    failed = next(one for one in lines if one["log_level"] == "error")
    assert failed["request"] == answers[1].headers[REQUEST_ID]


async def test_machines_that_ask_every_few_seconds_are_told_quietly(desk: Desk, lines: Lines) -> None:
    for path in ("/healthz", "/readyz"):
        await desk.stranger()("GET", path)
    assert [one["log_level"] for one in requests_in(lines)] == ["debug", "debug"]


async def test_what_one_request_bound_ends_with_it(desk: Desk, lines: Lines) -> None:
    assert await desk.world.post([]) == 204
    assert await desk.world.post([]) == 204
    first, second = requests_in(lines)
    assert first["delivery"] != second["delivery"]
    assert "delivery" not in get_contextvars()


async def test_requests_are_counted_by_route(desk: Desk) -> None:
    labels = {"method": "GET", "route": "/healthz", "status": "200"}
    before = PROCESS.get_sample_value("baton_http_requests_total", labels) or 0
    await desk.stranger()("GET", "/healthz")
    assert PROCESS.get_sample_value("baton_http_requests_total", labels) == before + 1
