"""`/metrics` tells what was done and how the portal stands, to whoever may read, and nothing about a person."""

from __future__ import annotations

from datetime import timedelta

import pytest
from prometheus_client.parser import text_string_to_metric_families

from app.records.people import Role
from tests.routes.desk import Desk, Person
from tests.world import go_live

Sample = tuple[str, tuple[tuple[str, str], ...]]


@pytest.fixture
async def prometheus(desk: Desk) -> Person:
    return await desk.person("prometheus@example.com", Role.VIEWER)


async def scraped(prometheus: Person) -> dict[Sample, float]:
    answer = await prometheus("GET", "/metrics")
    assert answer.status_code == 200, answer.text
    families = text_string_to_metric_families(answer.text)
    return {(one.name, tuple(sorted(one.labels.items()))): one.value for many in families for one in many.samples}


def of(name: str, **labels: str) -> Sample:
    return name, tuple(sorted(labels.items()))


async def test_without_a_key_nothing_is_told(desk: Desk) -> None:
    assert (await desk.stranger()("GET", "/metrics")).status_code == 401


async def test_what_waits_is_counted_and_how_long_it_has_waited(desk: Desk, prometheus: Person) -> None:
    desk.world.vp()
    await desk.world.deliver()
    desk.world.clock.advance(timedelta(seconds=90))
    told = await scraped(prometheus)
    assert told[of("baton_inbox_pending")] > 0
    assert told[of("baton_inbox_oldest_age_seconds")] >= 90
    await desk.world.unpack()
    desk.world.clock.advance(timedelta(seconds=30))
    told = await scraped(prometheus)
    assert told[of("baton_inbox_pending")] == 0
    assert told[of("baton_inbox_oldest_age_seconds")] == 0
    assert told[of("baton_lanes", state="due")] >= 1
    assert told[of("baton_lanes_oldest_due_seconds")] >= 30


async def test_a_handed_over_lead_shows_in_clocks_decisions_calls_and_looks(desk: Desk, prometheus: Person) -> None:
    await go_live(desk.world)
    before = await scraped(prometheus)
    desk.world.vp()
    await desk.world.settle()
    told = await scraped(prometheus)

    def more(name: str, **labels: str) -> float:
        return told[of(name, **labels)] - before.get(of(name, **labels), 0)

    assert more("baton_webhook_requests_total", outcome="stored") > 0
    assert more("baton_webhook_ack_seconds_count") > 0
    assert more("baton_events_received_total") > 0
    assert more("baton_decisions_total", kind="handed off") == 1
    assert more("baton_look_seconds_count") > 0
    update = "/crm/objects/2026-09/contacts/batch/update"
    assert more("baton_hubspot_requests_total", method="POST", endpoint=update, outcome="ok") >= 1
    assert told[of("baton_clocks", state="open")] == 3
    assert told[of("baton_portal", state="live")] == 1
    assert told[of("baton_portal", state="shadow")] == 0
    assert told[of("baton_hubspot_ratelimit_remaining", window="ten_seconds")] > 0


async def test_a_clock_that_ran_out_is_counted_as_breached(desk: Desk, prometheus: Person) -> None:
    await go_live(desk.world)
    desk.world.vp()
    await desk.world.settle()
    await desk.world.until(desk.world.clock.now() + timedelta(minutes=20))
    assert (await scraped(prometheus))[of("baton_clocks", state="breached")] == 1


async def test_a_lead_that_nobody_can_take_is_told(desk: Desk, prometheus: Person) -> None:
    for owner in desk.world.sim.portal.owners.all():
        desk.world.sim.archive_owner(owner.id)
    desk.world.baton.watch.forget()
    desk.world.vp()
    await desk.world.settle()
    assert (await scraped(prometheus))[of("baton_leads_waiting")] == 1


async def test_a_write_that_hubspot_refused_is_told_as_parked(desk: Desk, prometheus: Person) -> None:
    await go_live(desk.world)
    desk.world.sim.faults.reject_stage_values = {"marketingqualifiedlead"}
    desk.world.vp()
    await desk.world.settle()
    assert (await scraped(prometheus))[of("baton_writes", state="parked")] >= 1


async def test_an_outage_is_told_with_its_length(desk: Desk, prometheus: Person) -> None:
    desk.world.sim.faults.down = True
    desk.world.vp()
    await desk.world.unpack()
    await desk.world.baton.worker.work()
    desk.world.clock.advance(timedelta(minutes=5))
    assert (await scraped(prometheus))[of("baton_hubspot_outage_seconds")] >= 300


async def test_no_person_and_no_record_is_ever_in_it(desk: Desk, prometheus: Person) -> None:
    await go_live(desk.world)
    contact = desk.world.vp(firstname="Quintessa", lastname="Zuckerberg")
    await desk.world.settle()
    text = (await prometheus("GET", "/metrics")).text
    assert [one for one in ("Quintessa", "Zuckerberg", "@", f'"{contact}"', "sim-token") if one in text] == []
