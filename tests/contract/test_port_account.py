"""Whose token it is, and what time HubSpot has."""

from __future__ import annotations

from datetime import timedelta

import httpx
import pytest

from app.clock import SteppedClock
from app.crm.errors import Unauthorized, Unreadable
from app.crm.guard import Unguarded
from app.crm.hubspot import HubspotCrm
from app.crm.simulator import Simulator
from tests.contract.port_parts import NOW, TOKEN, portal


def crm_before(transport: httpx.AsyncBaseTransport, clock: SteppedClock, version: str = "2026-09") -> HubspotCrm:
    http = httpx.AsyncClient(transport=transport, base_url="http://hubspot.test")
    return HubspotCrm(http, TOKEN, version, Unguarded(), Unguarded(), clock=clock)


@pytest.fixture
def sim() -> Simulator:
    return portal()


@pytest.mark.parametrize("version", ["2026-09", "2026-03", "v3"])
async def test_the_account_is_the_tokens_in_every_version(sim: Simulator, version: str) -> None:
    account = await crm_before(httpx.ASGITransport(app=sim.app), SteppedClock(NOW), version).read_account()
    assert (account.portal_id, account.time_zone) == (sim.portal.id, sim.portal.time_zone)


@pytest.mark.parametrize("ahead", [timedelta(), timedelta(seconds=90), timedelta(hours=-2)])
async def test_it_is_told_how_far_the_own_clock_is_ahead(sim: Simulator, ahead: timedelta) -> None:
    account = await crm_before(httpx.ASGITransport(app=sim.app), SteppedClock(NOW + ahead)).read_account()
    assert account.clock_ahead == ahead


@pytest.mark.parametrize("headers", [{}, {"Date": "yesterday"}, {"Date": "Fri, 20 Nov 2026 15:00:00 -0000"}])
async def test_a_date_that_is_none_tells_no_time(headers: dict[str, str]) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json={"portalId": 7}, headers=headers))
    account = await crm_before(answer, SteppedClock(NOW)).read_account()
    assert (account.portal_id, account.clock_ahead) == (7, None)


@pytest.mark.parametrize("body", [{}, {"portalId": None}, {"portalId": "x"}, {"portalId": True}])
async def test_an_answer_that_names_no_account_is_unreadable(body: dict[str, object]) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    with pytest.raises(Unreadable):
        await crm_before(answer, SteppedClock(NOW)).read_account()


async def test_a_token_that_is_refused_is_an_error(sim: Simulator) -> None:
    sim.faults.unauthorized = True
    with pytest.raises(Unauthorized):
        await crm_before(httpx.ASGITransport(app=sim.app), SteppedClock(NOW)).read_account()


@pytest.mark.parametrize("version", ["2026-09", "2026-03", "v3"])
async def test_what_the_token_may_do_is_told_in_every_version(sim: Simulator, version: str) -> None:
    sim.faults.ungranted = {"crm.schemas.contacts.write"}
    scopes = await crm_before(httpx.ASGITransport(app=sim.app), SteppedClock(NOW), version).read_scopes()
    assert "crm.objects.contacts.write" in scopes
    assert "crm.schemas.contacts.write" not in scopes


@pytest.mark.parametrize("body", [{}, {"scopes": None}, {"scopes": "crm.objects.contacts.read"}, {"scopes": [None]}])
async def test_an_answer_that_names_no_scopes_is_unreadable(body: dict[str, object]) -> None:
    answer = httpx.MockTransport(lambda _: httpx.Response(200, json=body))
    with pytest.raises(Unreadable):
        await crm_before(answer, SteppedClock(NOW)).read_scopes()
