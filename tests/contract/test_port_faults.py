"""Connections that break and answers that are none: what the port makes of them, and what it never tells."""

from __future__ import annotations

import asyncio
import traceback
from collections.abc import AsyncIterator, Callable
from datetime import timedelta

import httpx
import pytest
import respx

from app.crm.errors import (
    BreakerOpen,
    CrmError,
    Outage,
    OutcomeUnknown,
    Throttled,
    Unreadable,
)
from app.crm.hubspot import HubspotCrm
from app.crm.hubspot.calls import LARGEST_ANSWER
from app.errors import ConfigurationError
from app.records.quota import QuotaClass
from tests.contract.port_parts import BASE_URL, IDA, NOTES, READ, TOKEN, UPDATE, Bench, answer, change, client_of, note


@pytest.fixture
async def bench() -> AsyncIterator[Bench]:
    async with client_of(BASE_URL) as http:
        yield Bench(http)


@pytest.fixture
async def hubspot() -> AsyncIterator[respx.MockRouter]:
    async with respx.mock(base_url=BASE_URL) as router:
        yield router


CUTS = [
    httpx.ReadTimeout("slow"),
    httpx.ReadError("reset"),
    httpx.WriteError("reset"),
    httpx.RemoteProtocolError("Server disconnected without sending a response."),
    ConnectionResetError("peer"),
]
NEVER_SENT = [httpx.ConnectError("refused"), httpx.ConnectTimeout("slow"), httpx.PoolTimeout("full")]


@pytest.mark.parametrize("error", CUTS, ids=lambda error: type(error).__name__)
async def test_write_cut_after_it_was_sent_has_an_unknown_outcome(
    bench: Bench, hubspot: respx.MockRouter, error: Exception
) -> None:
    route = hubspot.post(UPDATE).mock(side_effect=error)
    with pytest.raises(OutcomeUnknown):
        await bench.crm.update_contacts([change()])
    assert (route.call_count, bench.breaker.records) == (1, [False])


@pytest.mark.parametrize("error", NEVER_SENT, ids=lambda error: type(error).__name__)
async def test_write_that_was_never_sent_is_an_outage(
    bench: Bench, hubspot: respx.MockRouter, error: Exception
) -> None:
    route = hubspot.post(NOTES).mock(side_effect=error)
    with pytest.raises(Outage):
        await bench.crm.create_notes([note()])
    assert (route.call_count, bench.breaker.records) == (1, [False])


@pytest.mark.parametrize("error", [*CUTS, *NEVER_SENT], ids=lambda error: type(error).__name__)
async def test_read_that_breaks_is_tried_once_more_and_then_is_an_outage(
    bench: Bench, hubspot: respx.MockRouter, error: Exception
) -> None:
    route = hubspot.post(READ).mock(side_effect=error)
    with pytest.raises(Outage):
        await bench.crm.read_contacts([IDA], ["email"])
    assert (route.call_count, bench.breaker.records, len(bench.quota.taken)) == (2, [False, False], 2)


async def test_read_that_breaks_once_succeeds(bench: Bench, hubspot: respx.MockRouter) -> None:
    good = httpx.Response(200, json=answer({"id": "101", "properties": {"email": "ida@example.com"}}))
    hubspot.post(READ).mock(side_effect=[httpx.ReadError("reset"), good])
    assert (await bench.crm.read_contacts([IDA], ["email"])).found[IDA].id == IDA


@pytest.mark.parametrize("status", [500, 502, 504, 520, 524])
async def test_gateway_that_lost_the_answer_leaves_it_open_whether_a_note_was_made(
    bench: Bench, hubspot: respx.MockRouter, status: int
) -> None:
    hubspot.post(NOTES).respond(status)
    hubspot.post(UPDATE).respond(status)
    with pytest.raises(OutcomeUnknown):
        await bench.crm.create_notes([note()])
    with pytest.raises(Outage):
        await bench.crm.update_contacts([change()])


@pytest.mark.parametrize("status", [503, 521, 522, 523])
async def test_server_that_turned_the_request_away_made_nothing(
    bench: Bench, hubspot: respx.MockRouter, status: int
) -> None:
    hubspot.post(NOTES).respond(status)
    with pytest.raises(Outage):
        await bench.crm.create_notes([note()])


UNFIT = {
    "empty list": b"[]",
    "text": b'"ok"',
    "HTML": b"<html>ok</html>",
    "cut": b'{"results":[{"id":"1"',
    "no UTF-8": b"\xff\xfe",
    "deep": b"[" * 100_000,
    "NaN": b'{"results":NaN}',
}


@pytest.mark.parametrize("content", UNFIT.values(), ids=UNFIT)
async def test_answer_that_says_nothing_is_unreadable_and_a_note_may_be_there(
    bench: Bench, hubspot: respx.MockRouter, content: bytes
) -> None:
    for path in (READ, UPDATE, NOTES):
        hubspot.post(path).respond(200, content=content)
    with pytest.raises(Unreadable):
        await bench.crm.read_contacts([IDA], ["email"])
    with pytest.raises(Unreadable):
        await bench.crm.update_contacts([change()])
    with pytest.raises(OutcomeUnknown):
        await bench.crm.create_notes([note()])


@pytest.mark.parametrize("status", [204, 301, 302])
async def test_redirect_is_not_followed_and_no_content_is_no_answer(
    bench: Bench, hubspot: respx.MockRouter, status: int
) -> None:
    hubspot.post(NOTES).respond(status, headers={"Location": "https://elsewhere.example.com/"})
    try:
        outcomes = await bench.crm.create_notes([note()])
        assert isinstance(outcomes["n-101"], OutcomeUnknown)
    except OutcomeUnknown:
        assert status != 204


async def test_answer_beyond_the_size_limit_is_unreadable(bench: Bench, hubspot: respx.MockRouter) -> None:
    hubspot.post(READ).respond(200, content=b" " * (LARGEST_ANSWER + 1))
    with pytest.raises(Unreadable):
        await bench.crm.read_contacts([IDA], ["email"])


async def test_answer_that_never_ends_is_given_up_as_a_whole() -> None:
    async def drip() -> AsyncIterator[bytes]:
        yield b" "
        await asyncio.Event().wait()

    transport = httpx.MockTransport(lambda _: httpx.Response(200, content=drip()))
    async with httpx.AsyncClient(transport=transport, base_url=BASE_URL) as http:
        bench = Bench(http, http_timeout=timedelta(milliseconds=20))
        with pytest.raises(OutcomeUnknown):
            await bench.crm.update_contacts([change()])
        with pytest.raises(Outage):
            await bench.crm.read_contacts([IDA], ["email"])
        assert bench.breaker.records == [False, False, False]


async def test_quota_is_waited_for_and_its_refusal_is_the_calls(bench: Bench, hubspot: respx.MockRouter) -> None:
    route = hubspot.post(READ).respond(200, json=answer({"id": "101", "properties": {}}))
    bench.quota.wait = timedelta(seconds=1.5)
    await bench.crm.read_contacts([IDA], [])
    assert bench.sleeps.seconds == [1.5]
    bench.quota.wait = timedelta(minutes=1)
    with pytest.raises(Throttled):
        await bench.crm.read_contacts([IDA], [])
    assert route.call_count == 1
    assert bench.breaker.checks == 1


async def test_open_breaker_sends_nothing_and_counts_nothing(bench: Bench, hubspot: respx.MockRouter) -> None:
    bench.breaker.shut = timedelta(seconds=30)
    with pytest.raises(BreakerOpen):
        await bench.crm.read_contacts([IDA], [])
    assert hubspot.calls.call_count == 0
    assert (bench.breaker.checks, bench.breaker.records) == (1, [])


LEAKS: list[Callable[[respx.MockRouter], object]] = [
    lambda router: router.post(READ).respond(401, json={"message": f"Bearer {TOKEN} is expired"}),
    lambda router: router.post(READ).respond(400, text=TOKEN),
    lambda router: router.post(READ).mock(side_effect=httpx.ReadError(TOKEN)),
    lambda router: router.post(READ).respond(200, text=TOKEN),
]


@pytest.mark.parametrize("rig", LEAKS)
async def test_token_is_in_no_text(
    bench: Bench,
    hubspot: respx.MockRouter,
    rig: Callable[[respx.MockRouter], object],
    capsys: pytest.CaptureFixture[str],
) -> None:
    rig(hubspot)
    crm = bench.crm
    with pytest.raises(CrmError) as caught:
        await crm.read_contacts([IDA], ["email"])
    told = "".join(traceback.TracebackException.from_exception(caught.value, capture_locals=True).format())
    out, err = capsys.readouterr()
    assert TOKEN not in told + repr(caught.value) + repr(crm) + str(vars(crm)) + out + err
    assert caught.value.__context__ is None


async def test_bodies_are_in_no_log(
    bench: Bench, hubspot: respx.MockRouter, capsys: pytest.CaptureFixture[str]
) -> None:
    hubspot.post(NOTES).respond(201, json=answer({"id": "9", "properties": {"hs_note_body": "private words"}}))
    await bench.crm.create_notes([note()])
    assert "private words" not in "".join(capsys.readouterr())
    assert hubspot.calls[0].request.headers["Authorization"] == f"Bearer {TOKEN}"


@pytest.mark.parametrize("token", ["", "two words", "line\nbreak", "tökèn"])
async def test_token_that_can_be_none_is_refused_without_being_shown(bench: Bench, token: str) -> None:
    with pytest.raises(ConfigurationError) as caught:
        HubspotCrm(bench.http, token, "2026-09", bench.quota, bench.breaker)
    assert not token or token not in str(caught.value)


async def test_an_answer_that_says_the_window_is_full_holds_every_worker_back(
    bench: Bench, hubspot: respx.MockRouter
) -> None:
    full = {"X-HubSpot-RateLimit-Remaining": "0"}
    hubspot.post(READ).respond(200, json=answer({"id": "101", "properties": {}}), headers=full)
    await bench.crm.read_contacts([IDA], [])
    assert bench.quota.pushed_back == [(QuotaClass.GENERAL, timedelta(seconds=1))]
