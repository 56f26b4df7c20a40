"""HubSpot refuses, vanishes, merges and lies; each ends right, or parked with a sentence a person can act on."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.clock import SteppedClock
from app.engine.probes import AFTER_READ, BETWEEN_CLEAR_AND_SET, POINTS
from tests.world import World, open_world


class Crash(BaseException):
    """The process is gone: nothing after this runs."""


class CrashOnce:
    """Crashes the first time the engine reaches a point."""

    def __init__(self, point: str) -> None:
        self.point: str | None = point

    async def at(self, point: str) -> None:
        if point == self.point:
            self.point = None
            raise Crash


async def expire_leases(world: World) -> None:
    """As if the lease of a dead worker had run out and its last request had long been answered or lost."""
    await rows_changed(world, "UPDATE lane SET leased_until = now() - interval '1 s' WHERE lease_token IS NOT NULL")
    await rows_changed(world, "UPDATE write SET sent_at = now() - interval '1 h' WHERE state = 'sending'")


async def rows_changed(world: World, statement: str) -> None:
    await world.rows(f"WITH changed AS ({statement} RETURNING 1) SELECT count(*) FROM changed")


async def test_a_rejected_lead_goes_back_to_an_earlier_stage_by_clearing_and_setting(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_rejection_reason": "no_budget"})
    world.sim.edit_contact(contact, {"baton_handoff_status": "rejected"})
    await world.settle()
    assert world.sim.contact(contact)["lifecyclestage"] == "lead"
    [row] = await world.rows("SELECT stage_move FROM contact")
    assert row["stage_move"] is None
    [handoff] = await world.rows("SELECT state, reason, returns_at, closed_at FROM handoff")
    assert (handoff["state"], handoff["reason"]) == ("rejected", "no_budget")
    assert handoff["returns_at"] - handoff["closed_at"] > timedelta(days=89)


async def test_a_rejected_lead_does_not_rise_again_by_itself(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.sim.edit_contact(contact, {"baton_rejection_reason": "not_a_fit", "baton_handoff_status": "rejected"})
    await world.settle()
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert world.sim.contact(contact)["lifecyclestage"] == "lead"
    assert len(await world.rows("SELECT * FROM handoff")) == 1


async def test_a_crash_between_clear_and_set_is_finished_by_the_next_look(
    database_url: str, clock: SteppedClock
) -> None:
    probe = CrashOnce(BETWEEN_CLEAR_AND_SET)
    async with open_world(database_url, clock, probes=probe) as world:
        contact = world.vp()
        await world.settle()
        world.sim.edit_contact(contact, {"baton_rejection_reason": "no_budget", "baton_handoff_status": "rejected"})
        with pytest.raises(Crash):
            await world.settle()
        assert not world.sim.contact(contact).get("lifecyclestage")
        await expire_leases(world)
        await world.settle()
        assert world.sim.contact(contact)["lifecyclestage"] == "lead"


@pytest.mark.parametrize("point", [point for point in POINTS if point != BETWEEN_CLEAR_AND_SET])
async def test_a_crash_anywhere_leaves_one_note_one_task_one_owner(
    database_url: str, clock: SteppedClock, point: str
) -> None:
    async with open_world(database_url, clock, probes=CrashOnce(point)) as world:
        contact = world.vp()
        with pytest.raises(Crash):
            await world.settle()
        await expire_leases(world)
        await world.settle()
        assert world.sim.contact(contact)["lifecyclestage"] == "marketingqualifiedlead"
        assert len(world.sim.notes_of(contact)) == 1
        assert len(world.sim.tasks_of(contact)) == 1
        assert len(await world.rows("SELECT * FROM assignment")) == 1


async def test_a_second_event_in_the_middle_of_a_look_leads_to_no_second_assignment(
    database_url: str, clock: SteppedClock
) -> None:
    class SubmitsAgain:
        world: World
        contact = ""

        async def at(self, point: str) -> None:
            if point == AFTER_READ and self.contact:
                contact, self.contact = self.contact, ""
                self.world.sim.submit_form(contact, "Demo request, once more")
                await self.world.unpack()

    probe = SubmitsAgain()
    async with open_world(database_url, clock, probes=probe) as world:
        probe.world, probe.contact = world, world.vp()
        contact = probe.contact
        await world.settle()
        assert len(await world.rows("SELECT * FROM decision WHERE contact_id = :id", id=contact)) == 2
        assert len(await world.rows("SELECT * FROM assignment")) == 1
        assert await world.rows("SELECT * FROM event WHERE state = 'pending' AND object_type = 'contact'") == []
        assert len(world.sim.notes_of(contact)) == 1


async def test_an_owner_who_left_meanwhile_is_replaced_by_the_next_in_the_pool(world: World) -> None:
    company = world.sim.create_company({"name": "B", "numberofemployees": "90", "industry": "BANKING"})
    assert await world.baton.watch.ready() is not None
    [ann] = await world.rows("SELECT id FROM owner WHERE email = 'ann@example.com'")
    world.sim.archive_owner(ann["id"])
    leads = [world.lead("Pricing guide", company) for _ in range(4)]
    await world.settle()
    owners = {world.sim.contact(lead)["hubspot_owner_id"] for lead in leads}
    assert ann["id"] not in owners
    assert all(len(world.sim.tasks_of(lead)) == 1 for lead in leads)
    assert {row["owner_id"] for row in await world.rows("SELECT owner_id FROM handoff")} == owners


async def test_two_merged_contacts_go_on_as_one_with_the_earlier_handoff(world: World) -> None:
    first = world.vp()
    await world.settle()
    second = world.vp(email="other@northbank.example")
    await world.settle()
    survivor = world.sim.merge_contacts(first, second)
    await world.settle()
    open_ = await world.rows("SELECT contact_id FROM handoff WHERE closed_at IS NULL")
    assert [row["contact_id"] for row in open_] == [survivor]
    ended = await world.rows("SELECT reason FROM handoff WHERE closed_at IS NOT NULL")
    assert [row["reason"] for row in ended] == ["merged with an earlier handoff"]
    assert await world.rows("SELECT * FROM lane WHERE parked AND object_type = 'contact'") == []


async def test_news_of_a_merged_record_before_the_merge_itself_hands_nobody_over_twice(world: World) -> None:
    first = world.vp()
    await world.settle()
    second = world.sim.create_contact({"email": "twin@northbank.example"})
    await world.settle()
    survivor = world.sim.merge_contacts(first, second)
    await world.post(
        [{"eventId": 91, "portalId": 62515, "subscriptionType": "contact.propertyChange", "objectId": int(survivor),
          "occurredAt": 1795186800000, "propertyName": "firstname", "propertyValue": "X", "changeSource": "CRM_UI"}]
    )  # fmt: skip
    for _ in range(4):
        world.clock.advance(timedelta(seconds=1))
        await world.baton.worker.work()
    await world.settle()
    assert len(world.sim.notes_of(survivor)) == len(world.sim.tasks_of(survivor)) == 1
    assert len(await world.rows("SELECT 1 FROM assignment")) == 1


async def test_a_contact_merged_in_the_middle_of_a_look_is_handed_over_under_its_new_id(
    database_url: str, clock: SteppedClock
) -> None:
    class Merges:
        world: World
        pair: tuple[str, str] | None = None

        async def at(self, point: str) -> None:
            if point == AFTER_READ and self.pair:
                pair, self.pair = self.pair, None
                self.world.sim.merge_contacts(*pair)

    probe = Merges()
    async with open_world(database_url, clock, probes=probe) as world:
        probe.world, probe.pair = world, (world.vp(), world.vp(email="twin@northbank.example"))
        await world.settle()
        [survivor] = [row["contact_id"] for row in await world.rows("SELECT * FROM handoff WHERE closed_at IS NULL")]
        assert world.sim.contact(survivor)["lifecyclestage"] == "marketingqualifiedlead"
        assert len(world.sim.tasks_of(survivor)) == 1


async def test_a_stage_that_hubspot_silently_leaves_is_parked_with_a_sentence(world: World) -> None:
    contact = world.vp()
    world.sim.faults.refuse_stage_silently.add(contact)
    await world.settle()
    [lane] = await world.rows("SELECT code, reason FROM lane WHERE parked")
    assert lane["code"] == "not_applied"
    assert "lifecyclestage" in lane["reason"]
    assert world.sim.tasks_of(contact) == []
    world.sim.faults.clear()
    world.sim.submit_form(contact, "Demo request again")
    await world.settle()
    assert world.sim.contact(contact)["lifecyclestage"] == "marketingqualifiedlead"
    assert len(world.sim.tasks_of(contact)) == 1


async def test_while_hubspot_is_down_nothing_is_lost_and_the_door_stays_open(world: World) -> None:
    world.sim.faults.down = True
    contacts = [world.vp(email=f"vp{n}@northbank.example") for n in range(3)]
    for _ in range(6):
        await world.unpack()
        await world.baton.worker.work()
        world.clock.advance(timedelta(seconds=10))
    assert await world.rows("SELECT * FROM lane WHERE parked") == []
    world.sim.faults.down = False
    await rows_changed(world, "UPDATE breaker SET open_until = now() - interval '1 s', probe_until = NULL")
    world.clock.advance(timedelta(minutes=6))
    await world.settle()
    assert {world.sim.contact(one)["lifecyclestage"] for one in contacts} == {"marketingqualifiedlead"}
    assert all(len(world.sim.notes_of(one)) == 1 for one in contacts)


async def test_answers_that_get_lost_double_neither_note_nor_task(world: World) -> None:
    world.sim.faults.lose_answer_on = {"POST notes/batch/create", "POST tasks/batch/create"}
    contact = world.vp()
    await world.unpack()
    for _ in range(4):
        await world.baton.worker.work()
        world.sim.faults.lose_answer_on = None
        await expire_leases(world)
        world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert len(world.sim.notes_of(contact)) == 1
    assert len(world.sim.tasks_of(contact)) == 1
    states = await world.rows("SELECT DISTINCT state FROM write WHERE kind <> 'properties'")
    assert [row["state"] for row in states] == ["done"]


async def test_an_update_whose_answer_is_lost_is_decided_again_and_settled(world: World) -> None:
    world.sim.faults.lose_answer_on = {"POST contacts/batch/update"}
    contact = world.vp()
    await world.unpack()
    await world.baton.worker.work()
    world.sim.faults.lose_answer_on = None
    world.clock.advance(timedelta(minutes=1))
    await world.settle()
    assert world.sim.counters.effects(contact)["owner_writes"] == 1
    assert len(world.sim.tasks_of(contact)) == 1


async def test_an_echo_that_comes_before_the_answer_makes_no_second_write(world: World) -> None:
    world.sim.faults.echo_before_answer = True
    world.sim.on_echo = world.sender.flush
    contact = world.vp()
    await world.settle()
    effects = world.sim.counters.effects(contact)
    assert (effects["stage_writes"], effects["owner_writes"], effects["notes"], effects["tasks"]) == (1, 1, 1, 1)


@pytest.mark.parametrize("answer", [423, 477, 500, 502, "429:TEN_SECONDLY_ROLLING", "429:DAILY"])
async def test_a_passing_refusal_is_waited_out(world: World, answer: int | str) -> None:
    contact = world.vp()
    world.sim.faults.retry_after_s = 30
    await world.unpack()
    world.sim.faults.fail_next = [answer]
    await world.baton.worker.work()
    await rows_changed(world, "UPDATE quota SET arrival_at = now()")
    world.clock.advance(timedelta(days=1, minutes=1))
    await world.settle()
    assert len(world.sim.notes_of(contact)) == 1
    assert await world.rows("SELECT * FROM lane WHERE parked") == []


async def test_a_refused_token_makes_lanes_wait_with_that_reason_and_nothing_is_lost(world: World) -> None:
    contact = world.vp()
    world.sim.faults.unauthorized = True
    await world.unpack()
    await world.baton.worker.work()
    [portal] = await world.rows("SELECT blocked_reason FROM portal")
    assert "HubSpot refuses access" in portal["blocked_reason"]
    world.sim.faults.unauthorized = False
    world.baton.watch.forget()
    world.clock.advance(timedelta(minutes=2))
    await world.settle()
    assert len(world.sim.tasks_of(contact)) == 1
