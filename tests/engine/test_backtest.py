"""Backtests on a real database and a simulated HubSpot: right, watched, stopped, taken over, and forgetful."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from app.agreement.faults import AgreementError
from app.engine.backtest import (
    BacktestRefused,
    cancel,
    changed_contacts,
    processes,
    run_next,
    trials_of,
)
from app.handoff.backtest.timeline import Timeline, timeline_of
from app.handoff.backtest.trial import Period, reads_of_both
from app.records.ids import ObjectType
from app.storage import backtests
from app.storage.backtests import BacktestState, Progress
from tests.engine.pasts import Here, all_subjects, ask, changed, done, effort, live, owners_in, right, state
from tests.engine.test_erasure import tables_that_know
from tests.world import World

NO_TIME = timedelta(0)


async def test_every_outcome_reason_and_owner_is_that_of_deciding_each_contact_at_its_time(world: World) -> None:
    period = await live(world, 120)
    backtest_id = await ask(world, period)
    assert await run_next(world.baton.bench, effort(executor=processes, page=50, steps=40))
    found = await state(world, backtest_id)
    assert (found.state, found.reason) == (BacktestState.DONE, None)
    assert found.result is not None
    expected = await right(world.baton.bench, found)
    assert found.result.matrix == expected.tally.matrix()
    assert await changed(world.baton.bench, backtest_id) == sorted(expected.changed, key=lambda one: one.contact_id)
    assert owners_in(found.result) == [one.leads_by_address() for one in expected.sides]
    assert found.result.changed > 0
    assert found.result.unknown.contacts == 0


async def test_the_contacts_of_one_cell_of_the_matrix_can_be_read_alone(world: World) -> None:
    backtest_id = await ask(world, await live(world, 40))
    assert await run_next(world.baton.bench, effort())
    found = await state(world, backtest_id)
    assert found.result is not None
    assert found.result.changed > 0
    for move in found.result.matrix:
        page = await changed_contacts(
            world.database, world.baton.portal_id, backtest_id, move=(move.before, move.after)
        )
        assert len(page) in ({move.contacts} if move.before != move.after else {0})


async def test_what_stood_at_each_instant_is_what_hubspot_had_then(world: World) -> None:
    period = await live(world, 30)
    backtest_id = await ask(world, period)
    assert await run_next(world.baton.bench, effort())
    backtest = await state(world, backtest_id)
    names = reads_of_both(*(one.agreement for one in await trials_of(world.baton.bench, backtest)))
    for subject in await all_subjects(world.baton.bench, period.start_at):
        timeline = timeline_of(subject, names, period)
        for name in ("jobtitle", "recent_conversion_event_name"):
            history = world.sim.history(subject.contact_id, name)
            for at in [at for _, at, *_ in history if period.holds(at)]:
                had = next(value for value, since, *_ in history if since <= at)
                assert as_of(timeline, name, at) == (had or None)


def as_of(timeline: Timeline, name: str, at: datetime) -> str | None:
    """The value of a contact's property at an instant."""
    so_far = (one for one in timeline.changes if (one.of, one.name) == (ObjectType.CONTACT, name) and one.at <= at)
    return next((one.value for one in reversed(list(so_far))), timeline.contact[name])


async def test_progress_only_grows_within_a_phase_and_ends_at_its_total(world: World) -> None:
    period = await live(world, 30)
    async with world.database.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (n serial, phase text, done int, total int)"))
        await connection.execute(
            text("""
                CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
                    INSERT INTO seen (phase, done, total) VALUES (new.phase, new.done, new.total); RETURN new;
                END $$
            """)
        )
        await connection.execute(
            text(
                "CREATE TRIGGER see AFTER UPDATE ON backtest FOR EACH ROW WHEN (new.phase <> '') EXECUTE FUNCTION see()"
            )
        )
    await done(world, period)
    seen = [(row["phase"], row["done"], row["total"]) for row in await world.rows("SELECT * FROM seen ORDER BY n")]
    phases = list(dict.fromkeys(phase for phase, *_ in seen))
    assert phases == ["reading the past", "deciding", "in the order of time"]
    for phase in phases:
        steps = [(many, total) for name, many, total in seen if name == phase]
        assert [many for many, _ in steps] == sorted(many for many, _ in steps)
        assert len({total for _, total in steps}) == 1
        assert steps[0][0] == 0
        assert steps[-1][0] == steps[-1][1] > 0


async def test_a_past_that_was_read_is_not_read_again(world: World) -> None:
    period = await live(world, 10)
    first = await done(world, period)
    world.sim.faults.down = True
    assert await done(world, period) == first


async def test_a_cancelled_backtest_stops_and_keeps_no_result(world: World) -> None:
    period = await live(world, 10)
    backtest_id = await ask(world, period)

    async def stop() -> None:
        assert await cancel(world.database, world.baton.portal_id, backtest_id, now=world.clock.now())

    assert await run_next(world.baton.bench, effort(executor=lambda: Here(stop)))
    found = await state(world, backtest_id)
    assert (found.state, found.result) == (BacktestState.CANCELLED, None)
    assert not await run_next(world.baton.bench, effort())
    assert not await cancel(world.database, world.baton.portal_id, backtest_id, now=world.clock.now())


async def test_a_backtest_whose_worker_fell_silent_is_taken_over_and_the_old_worker_changes_nothing(
    world: World,
) -> None:
    period = await live(world, 10)
    backtest_id = await ask(world, period)
    portal_id, now = world.baton.portal_id, world.clock.now()
    async with world.database.begin() as connection:
        silent = await backtests.claim(connection, portal_id, lease=NO_TIME, now=now)
    assert silent is not None
    assert await run_next(world.baton.bench, effort())
    found = await state(world, backtest_id)
    assert (found.state, found.attempts) == (BacktestState.DONE, 2)
    assert found.result is not None
    async with world.database.begin() as connection:
        assert not await backtests.report(connection, portal_id, silent, Progress("x", 1, 2), lease=NO_TIME)
        assert not await backtests.finish(connection, portal_id, silent, found.result, now=now)
        assert not await backtests.fail(connection, portal_id, silent, "late", now=now)
        assert not await backtests.fence(connection, portal_id, silent)
    assert await state(world, backtest_id) == found


async def test_a_worker_that_loses_its_backtest_on_the_way_leaves_it_to_the_other(world: World) -> None:
    period = await live(world, 10)
    backtest_id = await ask(world, period)

    async def taken() -> None:
        await world.rows(
            "WITH late AS (UPDATE backtest SET leased_until = now() - interval '1 s' RETURNING 1) TABLE late"
        )
        assert await run_next(world.baton.bench, effort())

    assert await run_next(world.baton.bench, effort(executor=lambda: Here(taken)))
    found = await state(world, backtest_id)
    assert (found.state, found.attempts) == (BacktestState.DONE, 2)
    assert found.result is not None
    assert len(await changed(world.baton.bench, backtest_id)) == found.result.changed


async def test_a_backtest_that_silences_every_worker_is_given_up(world: World) -> None:
    backtest_id = await ask(world, await live(world, 1))
    for _ in range(3):
        async with world.database.begin() as connection:
            await backtests.claim(connection, world.baton.portal_id, lease=NO_TIME, now=world.clock.now())
    assert await run_next(world.baton.bench, effort())
    found = await state(world, backtest_id)
    assert found.state is BacktestState.FAILED
    assert "fell silent 3 times" in (found.reason or "")


async def test_a_worker_that_is_told_to_stop_puts_the_backtest_back(world: World) -> None:
    backtest_id = await ask(world, await live(world, 10))
    running: list[asyncio.Task[bool]] = []

    async def stop() -> None:
        running[0].cancel()

    running.append(asyncio.ensure_future(run_next(world.baton.bench, effort(executor=lambda: Here(stop)))))
    with pytest.raises(asyncio.CancelledError):
        await running[0]
    found = await state(world, backtest_id)
    assert (found.state, found.attempts) == (BacktestState.QUEUED, 0)
    assert await run_next(world.baton.bench, effort())
    assert (await state(world, backtest_id)).state is BacktestState.DONE


async def test_who_is_gone_was_merged_or_asked_to_be_forgotten_is_left_out(world: World) -> None:
    period = await live(world, 12)
    first, second, third, fourth = sorted(world.sim.contact_ids())[:4]
    world.sim.delete_contact(first)
    world.sim.merge_contacts(second, third)
    world.sim.erase_contact(fourth)
    await world.settle()
    result = await done(world, period)
    assert result.contacts == len(world.sim.contact_ids())


async def test_who_asks_to_be_forgotten_later_is_forgotten_in_pasts_and_backtests_too(world: World) -> None:
    contact = world.vp(lastname="Canarywood")
    await world.settle()
    period = Period(world.clock.now() - timedelta(days=1), world.clock.now())
    document = (await world.rows("SELECT text FROM agreement_version"))[0]["text"]
    result = await done(world, period, draft=document.replace("at_least: 50", "at_least: 5000"))
    assert result.changed == 1
    assert "past_value" in await tables_that_know(world, "Canarywood")
    world.sim.erase_contact(contact)
    await world.settle()
    assert await tables_that_know(world, "Canarywood") == []
    assert await world.rows("SELECT 1 FROM past_reading WHERE object_type = 'contact'") == []
    assert await world.rows("SELECT 1 FROM backtest_contact WHERE told <> '{}'") == []


async def test_who_asks_to_be_forgotten_while_it_runs_is_told_nothing_about(world: World) -> None:
    contact = world.vp()
    await world.settle()
    period = Period(world.clock.now() - timedelta(days=1), world.clock.now())
    document = (await world.rows("SELECT text FROM agreement_version"))[0]["text"]

    async def erased() -> None:
        world.sim.erase_contact(contact)
        await world.unpack()

    await done(
        world, period, effort(executor=lambda: Here(erased)), draft=document.replace("at_least: 50", "at_least: 5000")
    )
    assert [row["told"] for row in await world.rows("SELECT told FROM backtest_contact")] == [{}]


async def test_while_hubspot_cannot_be_asked_stored_events_stand_in_and_the_result_says_so(world: World) -> None:
    period = await live(world, 12)
    world.sim.faults.down = True
    result = await done(world, period)
    assert any(sentence.startswith("The past could not all be read from HubSpot") for sentence in result.assumptions)
    assert result.contacts == 12
    assert 0 < result.unknown.contacts <= 12
    assert result.unknown.by_property["contact.num_associated_deals"] == result.unknown.contacts


async def test_reading_the_past_waits_for_quota_and_goes_on(world: World) -> None:
    period = await live(world, 12)
    waited: list[float] = []

    async def wait(seconds: float) -> None:
        waited.append(seconds)
        world.sim.faults.throttle_next = 0
        await world.rows("WITH free AS (DELETE FROM quota RETURNING 1) TABLE free")

    world.sim.faults.throttle_next = 1
    result = await done(world, period, effort(pause=wait))
    assert waited
    assert result.unknown.contacts == 0


async def test_a_handoff_that_was_open_before_the_period_stays_with_sales(world: World) -> None:
    contact = world.vp()
    await world.settle()
    world.clock.advance(timedelta(days=1))
    start = world.clock.now()
    world.sim.submit_form(contact, "Pricing guide")
    await world.settle()
    result = await done(world, Period(start, world.clock.now()))
    assert [(one.before, one.after, one.contacts) for one in result.matrix] == [
        ("with Sales already", "with Sales already", 1)
    ]


async def test_what_baton_wrote_itself_does_not_count_as_news(world: World) -> None:
    start = world.clock.now()
    world.clock.advance(timedelta(hours=1))
    world.vp()
    await world.settle()
    document = (await world.rows("SELECT text FROM agreement_version"))[0]["text"]
    draft = document.replace("at_least: 50", "at_least: 5000")
    result = await done(world, Period(start, world.clock.now()), draft=draft)
    [move] = result.matrix
    assert (move.before, move.after) == ("handed over by demo", "not ready")
    assert (result.before.handoffs, result.after.handoffs) == (1, 0)


async def test_a_period_or_a_draft_that_cannot_be_tried_is_refused_at_once(world: World) -> None:
    now = world.clock.now()
    refused = {
        "not after its start": Period(now, now),
        "yet to come": Period(now - timedelta(days=1), now + timedelta(days=1)),
        "longer than 370 days": Period(now - timedelta(days=400), now),
    }
    for words, period in refused.items():
        with pytest.raises(BacktestRefused, match=words):
            await ask(world, period)
    with pytest.raises(AgreementError):
        await ask(world, Period(now - timedelta(days=1), now), draft="agreement: {}")
    assert not await run_next(world.baton.bench, effort())


async def test_a_backtest_beside_a_version_that_is_not_there_fails_with_the_remedy(world: World) -> None:
    backtest_id = await ask(world, await live(world, 1))
    await world.rows("WITH moved AS (UPDATE backtest SET base = 99 RETURNING 1) TABLE moved")
    assert await run_next(world.baton.bench, effort())
    found = await state(world, backtest_id)
    assert (found.state, found.result) == (BacktestState.FAILED, None)
    assert "agreement version 99 is not there" in (found.reason or "")
