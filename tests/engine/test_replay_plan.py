"""A plan says which records a filter means and what would come of them, and changes nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.agreement.faults import AgreementError
from app.crm.simulator.faults import ValidationRule
from app.engine import replay
from app.engine.replay import Plan
from app.storage.writes import WriteKind
from tests.engine.test_drafting import SIZE, publish
from tests.world import World

BELOW = ("numberofemployees: 49", "numberofemployees: 30")
"""The example of a firm that is just too small, with SIZE."""
PHONE_WANTED = ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")


async def planned(world: World, line: str, **more: int) -> Plan:
    return await replay.plan(world.baton.bench, line, now=world.clock.now(), **more)


async def meant(world: World, line: str) -> set[str]:
    """The contacts that the line means, by a plan that rehearses them all."""
    found = await planned(world, line, sample=100)
    assert found.count == len(found.sample)
    return {one.contact_id for one in found.sample}


async def test_each_word_narrows_what_is_meant(world: World) -> None:
    demo = world.vp()
    await world.settle()
    world.clock.advance(timedelta(days=2))
    company = world.sim.create_company({"name": "B", "numberofemployees": "90", "industry": "BANKING"})
    guide = world.lead("Pricing guide", company)
    await world.settle()
    world.sim.faults.validation_rules = [PHONE_WANTED]
    parked = world.vp(email="parked@northbank.example")
    await world.settle()
    assert await meant(world, "route:demo") == {demo, parked}
    assert await meant(world, "route:demo state:parked") == await meant(world, "error:invalid") == {parked}
    assert await meant(world, "error:'phone is required'") == {parked}
    assert await meant(world, "error:locked") == set()
    assert await meant(world, "type:contact.creation since:7d") == {demo, guide, parked}
    assert await meant(world, "state:parked type:contact.deletion") == set()
    assert await meant(world, "state:applied since:24h route:demo") == {parked}
    assert await meant(world, "type:contact.creation since:24h") == {guide, parked}
    assert await meant(world, "type:contact.creation since:7d until:24h") == {demo}
    assert await meant(world, f"type:contact.creation record:{demo}") == {demo}
    assert await meant(world, "state:pending type:contact.creation") == set()
    assert await meant(world, f"record:{guide}") == {guide}
    [owner] = await world.rows(
        "SELECT email FROM owner JOIN handoff ON owner.id = owner_id WHERE contact_id = :id", id=guide
    )
    assert guide in await meant(world, f"owner:{owner['email'].upper()}")
    assert await meant(world, "owner:nobody@example.com") == set()


async def test_one_event_means_the_record_that_it_is_about(world: World) -> None:
    first, _ = world.vp(), world.vp(email="other@northbank.example")
    await world.settle()
    [event] = await world.rows("SELECT key FROM event WHERE object_id = :id LIMIT 1", id=first)
    assert await meant(world, f"event:{event['key']}") == {first}
    assert await meant(world, f"event:{event['key'][:12].upper()}") == {first}
    assert await meant(world, f"event:{event['key']} type:contact.merge") == set()


async def test_a_plan_counts_by_reason_with_the_oldest_and_the_newest(world: World) -> None:
    begun = world.clock.now()
    world.sim.faults.validation_rules = [PHONE_WANTED]
    for n in range(2):
        world.vp(email=f"vp{n}@northbank.example")
    await world.settle()
    found = await planned(world, "state:parked")
    assert [(one.code, one.count) for one in found.by_reason] == [("invalid", 2)]
    assert found.oldest is not None
    assert found.newest is not None
    assert begun <= found.oldest <= found.newest <= world.clock.now()


async def test_a_plan_tells_what_is_tried_again_and_what_stands_and_is_not_repeated(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await world.rows(
        "WITH done AS (UPDATE write SET state = 'parked' WHERE kind = 'task' RETURNING 1) SELECT 1 FROM done"
    )
    found = await planned(world, f"record:{contact}")
    told = {one.kind: (one.again, one.standing, one.unknown) for one in found.effects}
    assert told == {WriteKind.NOTE: (0, 1, 0), WriteKind.TASK: (1, 0, 0)}


async def test_the_sample_says_what_the_next_look_would_decide_and_send(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    contact = world.vp()
    await world.settle()
    [one] = (await planned(world, "state:parked")).sample
    assert (one.contact_id, one.differs) == (contact, True)
    assert one.last is not None
    assert one.next is not None
    assert (one.last.kind, one.next.kind) == ("handed off", "kept")
    assert any("lifecyclestage" in write for write in one.writes)


async def test_the_sample_can_be_decided_by_an_older_version(world: World) -> None:
    small = world.sim.create_company({"name": "B", "numberofemployees": "45", "industry": "BANKING"})
    contact = world.lead("Demo request", small, jobtitle="VP Sales")
    await world.settle()
    await publish(world.baton.drafting, SIZE, BELOW)
    by_newest = (await planned(world, f"record:{contact}")).sample[0].next
    by_first = (await planned(world, f"record:{contact}", version=1)).sample[0].next
    assert by_newest is not None
    assert by_first is not None
    assert (by_newest.kind, by_first.kind) == ("handed off", "not ready")


async def test_a_version_that_can_no_longer_be_read_is_refused_by_name_and_keeps_no_other_plan(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await publish(world.baton.drafting, SIZE, BELOW)
    spoil = "UPDATE agreement_version SET text = 'agreement: [', digest = 'spoilt' WHERE number = 1 RETURNING 1"
    await world.rows(f"WITH spoilt AS ({spoil}) SELECT 1 FROM spoilt")
    with pytest.raises(AgreementError, match="version 1"):
        await planned(world, f"record:{contact}", version=1)
    assert (await planned(world, f"record:{contact}")).sample[0].next is not None


async def test_a_plan_changes_nothing(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    world.vp()
    await world.settle()
    before = [await world.rows(f"SELECT * FROM {table}") for table in ("lane", "write", "decision", "pool", "replay")]
    world.sim.counters.reset()
    await planned(world, "state:parked")
    after = [await world.rows(f"SELECT * FROM {table}") for table in ("lane", "write", "decision", "pool", "replay")]
    assert before == after
    assert world.sim.counters.total_calls == 0
