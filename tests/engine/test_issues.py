"""Issues: whatever needs a person is in one list, in plain words, until it is mended."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.crm.port import Verdict
from app.crm.simulator.faults import ValidationRule
from app.engine import issues, replay
from app.engine.issues import Issue
from app.engine.refusals import NothingThere
from app.engine.replaying import go_on
from app.storage.issues import IssueKind, IssueState
from tests.world import World

PHONE_WANTED = ValidationRule("lifecyclestage", "marketingqualifiedlead", ("phone",), "Phone is required.")


async def listed(world: World, state: IssueState | None = None) -> list[Issue]:
    return await issues.listed(world.database, world.baton.portal_id, state=state, now=world.clock.now())


async def say(world: World, one: Issue, state: IssueState) -> None:
    await issues.say(
        world.database, world.baton.portal_id, one.found.fingerprint, state, by="ann", now=world.clock.now()
    )


async def test_leads_that_hubspot_refuses_are_one_issue_with_cause_remedy_and_counts(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    begun = world.clock.now()
    for n in range(3):
        world.vp(email=f"vp{n}@northbank.example")
    await world.settle()
    [one] = await listed(world)
    found = one.found
    assert (found.kind, found.place, found.code) == (IssueKind.WRITE, "properties", "invalid")
    assert (found.count, found.records, found.state) == (3, 3, IssueState.OPEN)
    assert begun <= found.first_seen_at <= found.last_seen_at <= world.clock.now()
    assert one.cause == "HubSpot refuses the change."
    assert "validation rule" in one.remedy
    assert "Phone is required" in found.words
    assert (found.last_hour, found.hour_before, one.trend) == (3, 0, "rising")


async def test_an_issue_is_gone_when_a_replay_of_its_filter_mended_it(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    world.vp()
    await world.settle()
    [one] = await listed(world)
    world.sim.faults.clear()
    assert one.filter is not None
    planned = await replay.plan(world.baton.bench, one.filter, now=world.clock.now())
    assert planned.count == one.found.records
    asked = replay.Asked(one.filter, "mended", "ann")
    await replay.start(world.database, world.baton.portal_id, asked, now=world.clock.now())
    await go_on(world.baton.bench)
    await world.settle()
    assert await listed(world) == []


async def test_a_resolved_issue_is_open_again_when_it_is_seen_again(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    world.vp()
    await world.settle()
    [one] = await listed(world)
    await say(world, one, IssueState.RESOLVED)
    assert [each.found.state for each in await listed(world)] == [IssueState.RESOLVED]
    world.vp(email="another@northbank.example")
    await world.settle()
    assert [(each.found.state, each.found.count) for each in await listed(world)] == [(IssueState.OPEN, 2)]


async def test_an_issue_that_was_resolved_while_a_record_was_still_tried_is_open_when_that_is_parked(
    world: World,
) -> None:
    contact = world.vp()
    world.sim.faults.fail_next = [423] * 1_000
    await world.settle()
    while not await listed(world):
        world.clock.advance(timedelta(minutes=1))
        await world.baton.worker.work()
    [one] = await listed(world)
    assert (one.found.kind, one.found.code) == (IssueKind.LOOK, "locked")
    await replay.start(
        world.database, world.baton.portal_id, replay.Asked("state:parked", "again", "ann"), now=world.clock.now()
    )
    await go_on(world.baton.bench)
    world.clock.advance(timedelta(minutes=1))
    await world.rows("WITH put AS (UPDATE lane SET parked = true RETURNING 1) SELECT 1 FROM put")
    await say(world, one, IssueState.RESOLVED)
    await world.rows("WITH put AS (UPDATE lane SET parked = false RETURNING 1) SELECT 1 FROM put")
    while not await listed(world):
        world.clock.advance(timedelta(minutes=1))
        await world.baton.worker.work()
    assert [(each.found.state, each.found.last_seen_at) for each in await listed(world)] == [
        (IssueState.OPEN, world.clock.now())
    ]
    assert await world.rows("SELECT 1 FROM lane WHERE object_id = :id AND parked", id=contact)


async def test_an_acknowledged_or_ignored_issue_stays_so_when_it_is_seen_again(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    world.vp()
    await world.settle()
    [one] = await listed(world)
    for state in (IssueState.ACKNOWLEDGED, IssueState.IGNORED):
        await say(world, one, state)
        world.vp(email=f"{state}@northbank.example")
        await world.settle()
        assert [each.found.state for each in await listed(world)] == [state]
        assert await listed(world, IssueState.OPEN) == []
    said = await world.rows("SELECT action FROM audit WHERE actor = 'ann' ORDER BY at, id")
    assert {row["action"] for row in said} == {"issue acknowledged", "issue ignored"}


async def test_a_lane_that_is_parked_without_a_refused_write_is_an_issue_of_its_own(world: World) -> None:
    contact = world.vp()
    await world.settle()
    await world.rows(
        "WITH done AS (UPDATE lane SET parked = true, code = 'defect', reason = 'no' RETURNING 1) SELECT 1 FROM done"
    )
    [one] = await listed(world)
    assert (one.found.kind, one.found.place, one.found.code) == (IssueKind.LOOK, "contact", "defect")
    assert one.filter == "state:parked error:defect"
    assert (await replay.plan(world.baton.bench, one.filter, now=world.clock.now())).sample[0].contact_id == contact


async def test_what_is_no_event_is_an_issue_that_no_replay_could_help(world: World) -> None:
    await world.post([{"portalId": "many"}])
    await world.unpack()
    [one] = await listed(world)
    assert (one.found.kind, one.found.code, one.found.count, one.filter) == (IssueKind.EVENT, "quarantined", 1, None)


async def test_requests_that_are_turned_away_are_counted_and_cost_one_write_a_minute(world: World) -> None:
    for _ in range(5):
        answer = await world.web.post("/webhooks/hubspot", content=b"[]")
        assert answer.status_code == 401
    assert [one.found.count for one in await listed(world)] == [1]
    world.clock.advance(timedelta(minutes=2))
    await world.web.post("/webhooks/hubspot", content=b"[]")
    [one] = await listed(world)
    assert (one.found.kind, one.found.place, one.found.count) == (IssueKind.REQUEST, "hubspot", 6)
    assert "proxy" in one.remedy


async def test_a_wrong_secret_and_a_wrong_clock_are_issues_of_their_own_with_remedies_of_their_own(
    world: World,
) -> None:
    body, now = b"[]", world.clock.now()
    wrong = {**world.sender.sign(b"[1]", now)}
    late = {**world.sender.sign(body, now - timedelta(hours=1))}
    for headers in (wrong, late):
        assert (await world.web.post("/webhooks/hubspot", content=body, headers=headers)).status_code == 401
    remedies = {one.found.code: one.remedy for one in await listed(world)}
    assert "BATON_HUBSPOT_CLIENT_SECRET" in remedies[Verdict.MISMATCH]
    assert "clock" in remedies[Verdict.TOO_OLD]


async def test_the_trend_sets_the_last_hour_against_the_hour_before(world: World) -> None:
    world.sim.faults.validation_rules = [PHONE_WANTED]
    for n in range(2):
        world.vp(email=f"vp{n}@northbank.example")
    await world.settle()
    world.clock.advance(timedelta(minutes=90))
    [one] = await listed(world)
    assert (one.found.last_hour, one.found.hour_before, one.trend) == (0, 2, "falling")
    world.clock.advance(timedelta(hours=1))
    assert [each.trend for each in await listed(world)] == ["steady"]


async def test_nobody_can_speak_of_an_issue_that_does_not_stand(world: World) -> None:
    with pytest.raises(NothingThere, match="baton issue list"):
        await issues.say(
            world.database, world.baton.portal_id, "nope", IssueState.RESOLVED, by="ann", now=world.clock.now()
        )
