"""The doctor finds what is broken, says what mends it, and looks at the rest all the same."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.bootstrap import make_patient
from app.clock import SteppedClock
from app.engine.doctor import Check, Patient, Verdict, examine
from app.storage.database import Database
from tests.world import PUBLIC_URL, World, make_simulator, open_world, settings_for

ALL = {
    *("settings", "public address", "API version", "database", "migrations", "database clock", "validation rules"),
    *("token", "portal", "HubSpot clock", "scopes", "properties", "owners", "stages", "agreement"),
    *("signature", "way in", "last webhook"),
}


@pytest.fixture
async def now(database: Database, clock: SteppedClock) -> SteppedClock:
    """The clock at the database's time, to the second, as HubSpot tells it: all three are compared."""
    clock.set((await database.now()).replace(microsecond=0))
    return clock


@pytest.fixture
async def world(database_url: str, now: SteppedClock) -> AsyncIterator[World]:
    async with open_world(database_url, now) as opened:
        opened.vp()
        await opened.settle()
        now.set(await opened.database.now())
        yield opened


def patient_of(world: World, **changes: Any) -> Patient:
    hubspot = httpx.AsyncClient(transport=httpx.ASGITransport(app=world.sim.app), base_url="http://hubspot.test")
    loaded = settings_for("postgresql://unused/unused", **changes)
    return make_patient(loaded, world.clock, world.database, hubspot=hubspot, outside=world.web)


async def found(patient: Patient) -> dict[str, Check]:
    checks = [one async for one in examine(patient)]
    by_name = {one.name: one for one in checks}
    assert len(by_name) == len(checks)
    assert by_name.keys() == ALL
    assert all(bool(one.remedy) is (one.verdict is not Verdict.OK) for one in checks)
    return by_name


def not_ok(checks: dict[str, Check]) -> dict[str, Verdict]:
    return {name: one.verdict for name, one in checks.items() if one.verdict is not Verdict.OK}


async def test_of_a_sound_installation_nothing_is_said_but_that_it_is(world: World) -> None:
    checks = await found(patient_of(world))
    assert not_ok(checks) == {}
    assert checks["last webhook"].says.endswith("ago")


async def test_looking_changes_nothing_in_hubspot(world: World) -> None:
    world.sim.counters.reset()
    await found(patient_of(world))
    reading = re.compile("GET .*|POST .*/read|POST private-apps/get/access-token-info")
    assert [name for name in world.sim.counters.calls if not reading.fullmatch(name)] == []
    assert world.sim.counters.total_calls > 0


async def test_while_hubspot_is_down_the_rest_is_looked_at(world: World) -> None:
    world.sim.faults.down = True
    checks = await found(patient_of(world))
    assert checks["token"].verdict is Verdict.FAILED
    assert {"portal", "scopes", "owners", "HubSpot clock"} <= not_ok(checks).keys()
    assert {"database", "migrations", "signature", "way in"}.isdisjoint(not_ok(checks))


async def test_a_token_that_hubspot_refuses_is_told(world: World) -> None:
    world.sim.faults.unauthorized = True
    token = (await found(patient_of(world)))["token"]
    assert token.verdict is Verdict.FAILED
    assert "BATON_HUBSPOT_ACCESS_TOKEN" in token.remedy


async def test_each_scope_that_is_not_granted_is_named(world: World) -> None:
    world.sim.faults.forbidden = {"POST emails/batch/read", "GET owners"}
    scopes = (await found(patient_of(world)))["scopes"]
    assert scopes.verdict is Verdict.FAILED
    assert "sales-email-read" in scopes.says
    assert "crm.objects.owners.read" in scopes.says
    assert "contacts" not in scopes.says


async def test_a_scope_for_writing_that_is_not_granted_is_found_without_a_write(world: World) -> None:
    world.sim.faults.ungranted = {"crm.objects.contacts.write"}
    scopes = (await found(patient_of(world)))["scopes"]
    assert (scopes.verdict, scopes.says) == (Verdict.FAILED, "the token lacks crm.objects.contacts.write")


async def test_where_hubspot_names_no_scopes_those_for_writing_are_said_to_be_untried(world: World) -> None:
    world.sim.faults.forbidden = {"POST private-apps/get/access-token-info"}
    scopes = (await found(patient_of(world)))["scopes"]
    assert scopes.verdict is Verdict.OK
    assert "not tried" in scopes.says
    assert "crm.schemas.contacts.write" in scopes.says


async def test_a_token_of_another_portal_is_told(world: World) -> None:
    portal = (await found(patient_of(world, portal_id=999)))["portal"]
    assert portal.verdict is Verdict.FAILED
    assert "999" in portal.says


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [(timedelta(seconds=2), Verdict.OK), (timedelta(seconds=20), Verdict.WARNING), (timedelta(days=1), Verdict.FAILED)],
)
async def test_a_clock_that_is_not_the_databases_is_told(world: World, ahead: timedelta, verdict: Verdict) -> None:
    world.clock.advance(ahead)
    assert (await found(patient_of(world)))["database clock"].verdict is verdict


async def test_a_clock_that_is_not_hubspots_is_told(database_url: str, now: SteppedClock) -> None:
    theirs = SteppedClock(now.now() - timedelta(minutes=3))
    async with open_world(database_url, now, sim=make_simulator(theirs), live=False) as world:
        clock = (await found(patient_of(world)))["HubSpot clock"]
    assert clock.verdict is Verdict.FAILED
    assert "180 s ahead" in clock.says


async def test_properties_that_are_not_set_up_are_a_warning_in_shadow_mode(
    database_url: str, now: SteppedClock
) -> None:
    async with open_world(database_url, now, live=False) as world:
        properties = (await found(patient_of(world)))["properties"]
    assert properties.verdict is Verdict.WARNING
    assert "baton_handoff_status" in properties.says
    assert "baton setup --apply" in properties.remedy


async def test_an_owner_who_left_is_told_by_name_of_the_line(world: World) -> None:
    [eve] = [one for one in world.sim.portal.owners.all() if one.email == "eve@example.com"]
    world.sim.archive_owner(eve.id)
    checks = await found(patient_of(world))
    assert checks["owners"].verdict is Verdict.FAILED
    assert "eve@example.com" in checks["owners"].says
    assert checks["agreement"].verdict is Verdict.OK


async def test_what_hubspot_refuses_by_a_rule_is_told_in_its_words(world: World) -> None:
    world.sim.faults.reject_stage_values = {"marketingqualifiedlead"}
    world.vp()
    await world.settle()
    rules = (await found(patient_of(world)))["validation rules"]
    assert rules.verdict is Verdict.WARNING
    assert "parked" in rules.says


@pytest.mark.parametrize(
    ("version", "days", "verdict"),
    [("v3", -1, Verdict.FAILED), ("v3", 30, Verdict.WARNING), ("2026-09", 30, Verdict.WARNING)],
)
async def test_the_end_of_the_api_version_is_foretold(world: World, version: str, days: int, verdict: Verdict) -> None:
    patient = patient_of(world, hubspot_api_version=version)
    ending = replace(patient, api_ends_on=world.clock.now().date() + timedelta(days=days))
    assert (await found(ending))["API version"].verdict is verdict


async def test_a_secret_that_the_door_does_not_know_is_told(world: World) -> None:
    checks = await found(patient_of(world, hubspot_client_secret="another"))
    assert checks["signature"].verdict is Verdict.OK
    assert checks["way in"].verdict is Verdict.FAILED


async def test_without_a_secret_the_door_is_told_to_be_shut(world: World) -> None:
    checks = await found(patient_of(world, hubspot_client_secret=""))
    assert checks["signature"].verdict is Verdict.FAILED
    assert "BATON_HUBSPOT_CLIENT_SECRET" in checks["signature"].remedy


async def test_an_address_at_which_nobody_answers_is_told(world: World) -> None:
    def refuse(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    nobody = httpx.AsyncClient(transport=httpx.MockTransport(refuse))
    way_in = (await found(replace(patient_of(world), http=nobody)))["way in"]
    assert way_in.verdict is Verdict.FAILED
    assert PUBLIC_URL in way_in.says


@pytest.mark.parametrize("url", ["http://baton.example.com", "https://localhost", "https://10.0.0.8", "https://baton"])
async def test_an_address_that_hubspot_cannot_reach_is_a_warning(world: World, url: str) -> None:
    assert (await found(patient_of(world, public_url=url)))["public address"].verdict is Verdict.WARNING


async def test_the_doctors_own_request_does_not_count_as_hubspots(database_url: str, now: SteppedClock) -> None:
    async with open_world(database_url, now, live=False) as world:
        first, second = [(await found(patient_of(world)))["last webhook"] for _ in range(2)]
    assert [first.says, second.says] == ["none has come yet"] * 2


async def test_without_a_database_hubspot_is_still_looked_at(world: World) -> None:
    patient = replace(patient_of(world), database=None, no_database="PostgreSQL does not answer")
    checks = await found(patient)
    assert (checks["database"].verdict, checks["database"].says) == (Verdict.FAILED, "PostgreSQL does not answer")
    assert {"token", "portal", "scopes", "HubSpot clock"}.isdisjoint(not_ok(checks))


async def test_a_database_of_an_old_shape_is_told(world: World) -> None:
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    migrations = (await found(patient_of(world)))["migrations"]
    assert migrations.verdict is Verdict.FAILED
    assert "baton migrate" in migrations.remedy


async def test_a_database_of_a_newer_version_is_not_to_be_migrated(world: World) -> None:
    async with world.database.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    migrations = (await found(patient_of(world)))["migrations"]
    assert "9999 of a newer Baton" in migrations.says
    assert "baton migrate" not in migrations.remedy


async def test_a_database_that_takes_no_writes_is_told(world: World) -> None:
    async with world.database.begin() as connection:
        name = world.database.engine.url.database
        await connection.exec_driver_sql(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    await world.database.close()  # connections that are open keep to what they began with
    assert "takes no writes" in (await found(patient_of(world)))["database"].says


async def test_no_secret_is_ever_said(world: World) -> None:
    for down in (False, True):
        world.sim.faults.down = down
        said = str(await found(patient_of(world)))
        assert [one for one in ("sim-token", "sim-secret") if one in said] == []
