"""Handoffs that came after the backup: they are found on their records, and go on."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from app.clock import SteppedClock
from app.crm.port import NoteDraft
from app.engine.backup import back_up
from app.engine.recheck import recheck
from app.records.ids import ContactId
from tests.engine.backups import LEADS, ONCE, restored, working
from tests.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "backup.zip"


@asynccontextmanager
async def handed_over_since(url: str, clock: SteppedClock, file: Path) -> AsyncIterator[World]:
    """A live portal whose leads were handed over after the backup in the file."""
    async with working(url, clock) as world:
        await back_up(world.database, file, now=clock.now())
        await world.settle()
        yield world


async def test_a_lead_handed_over_after_the_backup_goes_on_with_that_handoff(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path
) -> None:
    async with handed_over_since(database_url, clock, file) as world:
        was = {row["contact_id"]: (row["id"], row["owner_id"]) for row in await world.rows("SELECT * FROM handoff")}
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            rows = await other.rows("SELECT * FROM handoff")
            assert {row["contact_id"]: (row["id"], row["owner_id"]) for row in rows} == was
            assert list(world.sim.counters.all_effects().values()) == [ONCE] * LEADS
            assert {row["confirmed_at"] is None for row in await other.rows("SELECT * FROM tenure")} == {False}
            found = await recheck(other.database, other.baton.portal_id)
            assert (found.differing, found.same >= LEADS) == ((), True)


async def test_what_a_rep_answered_after_the_backup_is_heard_and_stays(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path
) -> None:
    async with handed_over_since(database_url, clock, file) as world:
        contacts = [row["contact_id"] for row in await world.rows("SELECT contact_id FROM handoff")]
        for contact in contacts:
            world.sim.edit_contact(contact, {"baton_handoff_status": "accepted"})
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            assert {row["state"] for row in await other.rows("SELECT * FROM handoff")} == {"accepted"}
            assert {world.sim.contact(one)["baton_handoff_status"] for one in contacts} == {"accepted"}
            assert list(world.sim.counters.all_effects().values()) == [ONCE] * LEADS


async def test_a_lead_whose_owner_was_taken_off_after_the_backup_is_handed_over_anew_and_its_next_owner_told(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path
) -> None:
    async with handed_over_since(database_url, clock, file) as world:
        [first, *_] = [row["contact_id"] for row in await world.rows("SELECT contact_id FROM handoff")]
        world.sim.edit_contact(first, {"hubspot_owner_id": ""})
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            assert world.sim.contact(first)["hubspot_owner_id"]
            assert [len(world.sim.notes_of(first)), len(world.sim.tasks_of(first))] == [2, 2]


@pytest.mark.parametrize("owner", [{}, {"hubspot_owner_id": ""}], ids=["owned", "given back"])
@pytest.mark.parametrize("said", ["qualified", "rejected"])
async def test_a_handoff_that_a_rep_ended_after_the_backup_is_ended_and_nobody_gets_the_lead_again(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path, said: str, owner: dict[str, str]
) -> None:
    async with handed_over_since(database_url, clock, file) as world:
        contacts = [row["contact_id"] for row in await world.rows("SELECT contact_id FROM handoff")]
        for contact in contacts:
            answer = {"baton_handoff_status": said, "baton_rejection_reason": "no_budget"}
            world.sim.edit_contact(contact, answer | owner)
        await world.settle()
        before = world.sim.counters.all_effects()
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            states = {row["contact_id"]: row["state"] for row in await other.rows("SELECT * FROM handoff")}
            assert states == dict.fromkeys(contacts, said)
            after = world.sim.counters.all_effects()
            told = [(one["notes"], one["tasks"], one["owner_writes"]) for one in after.values()]
            assert told == [(one["notes"], one["tasks"], one["owner_writes"]) for one in before.values()]
            assert {world.sim.contact(one)["baton_handoff_status"] for one in contacts} == {said}


async def test_a_note_that_somebody_put_on_a_second_lead_takes_up_no_handoff_twice(
    database_url: str, empty_database_url: str, clock: SteppedClock, file: Path
) -> None:
    async with handed_over_since(database_url, clock, file) as world:
        first, second, *rest = [row["contact_id"] for row in await world.rows("SELECT contact_id FROM handoff")]
        [note] = world.sim.notes_of(first)
        copy = NoteDraft("copy", ContactId(second), None, clock.now(), note["hs_note_body"])
        await world.baton.crm.create_notes([copy])
        async with restored(empty_database_url, world, file) as other:
            await other.settle()
            rows = await other.rows("SELECT contact_id FROM handoff WHERE closed_at IS NULL")
            assert {row["contact_id"] for row in rows} == {first, second, *rest}
            assert [len(world.sim.notes_of(one)) for one in rest] == [1] * len(rest)


async def test_a_lead_that_comes_back_is_handed_over_anew_although_its_record_tells_of_before(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected", "baton_rejection_reason": "no_time"})
    await world.settle()
    await world.until(world.clock.now() + timedelta(days=31))
    world.sim.submit_form(contact, "Demo request")
    await world.settle()
    states = [row["state"] for row in await world.rows("SELECT state FROM handoff ORDER BY opened_at")]
    assert states == ["rejected", "open"]
    assert len(world.sim.notes_of(contact)) == 2
