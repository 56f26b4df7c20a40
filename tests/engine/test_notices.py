"""Every notice reaches its receiver once by its key, whatever fails."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID

import pytest
import structlog

from app.clock import SteppedClock
from app.engine import notifying as use_cases
from app.engine.probes import AFTER_NOTIFY, BEFORE_NOTIFY
from app.engine.refusals import NothingThere
from app.notify.errors import Busy, Denied, NotifyError, Refused, Unreachable
from app.notify.manners import ATTEMPTS_MOST, LONGEST_PAUSE
from app.records.ids import ContactId
from app.storage import contacts, notices
from app.storage.database import Database
from tests.chaos.children import until
from tests.conftest import NOW
from tests.engine.outbox import PORTAL_ID, Ear, keep, listed, new, only, rows, worker


class Crashing:
    """Breaks off at a point, once: what a process that is killed there leaves behind."""

    def __init__(self, point: str) -> None:
        self._points = [point]

    async def at(self, point: str) -> None:
        if point in self._points:
            self._points.clear()
            raise Killed


class Killed(BaseException):
    """Stands for the end of the process: nothing in the engine catches it."""


async def test_a_notice_is_kept_once_by_its_key_and_sent_once(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    await keep(database, new("a"))
    await keep(database, new("a"), new("b"))
    notifying = worker(database, clock, ear)
    assert await notifying.send_due() == 2
    assert await notifying.send_due() == 0
    assert ear.keys == Counter(["a", "b"])
    assert {(one.state.value, one.sent_at) for one in await listed(database)} == {("sent", NOW)}


async def test_two_workers_at_once_send_each_notice_once(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    keys = [f"n{number}" for number in range(100)]
    await keep(database, *(new(key) for key in keys))
    await asyncio.gather(*(worker(database, clock, ear).send_due(100) for _ in range(2)))
    assert ear.keys == Counter(keys)


async def test_a_notice_goes_out_by_every_channel(database: Database, clock: SteppedClock) -> None:
    slack, mail = Ear("slack"), Ear("mail", raises=[Refused("550: no such user")])
    await keep(database, new("a"))
    await worker(database, clock, slack, mail).send_due()
    assert {(one.channel, one.state.value) for one in await listed(database)} == {("slack", "sent"), ("mail", "dead")}


async def test_a_notice_of_shadow_mode_is_kept_and_never_sent(database: Database, clock: SteppedClock) -> None:
    ear = Ear()
    await keep(database, new("a"), shadow=True)
    assert await worker(database, clock, ear).send_due() == 0
    found = await only(database)
    assert (found.state.value, found.words) == ("skipped", notices.SHADOW)
    with pytest.raises(NothingThere):
        await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=NOW)


async def test_without_a_channel_a_notice_is_skipped_and_can_go_out_later(
    database: Database, clock: SteppedClock
) -> None:
    await keep(database, new("a"))
    await worker(database, clock).send_due()
    found = await only(database)
    assert (found.state.value, found.words, found.channel) == ("skipped", notices.NO_CHANNEL, None)
    ear = Ear()
    assert await worker(database, clock, ear).send_due() == 0
    await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=NOW)
    assert await worker(database, clock, ear).send_due() == 1


async def test_what_fails_is_tried_again_after_growing_pauses_under_the_same_key(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Unreachable("no answer"), Busy("503", retry_after=timedelta(hours=1))])
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    await notifying.send_due()
    found = await only(database)
    assert (found.state.value, found.code, found.words) == ("due", "unreachable", "no answer")
    assert found.next_at == NOW + timedelta(minutes=1)
    assert await notifying.send_due() == 0
    clock.advance(timedelta(minutes=1))
    await notifying.send_due()
    assert (await only(database)).next_at == clock.now() + timedelta(hours=1), "as the receiver asked"
    clock.advance(timedelta(hours=1))
    await notifying.send_due()
    found = await only(database)
    assert (found.state.value, found.attempts, found.words) == ("sent", 3, None)
    assert ear.keys == Counter(["a"])


async def test_after_twelve_attempts_a_notice_is_dead_until_somebody_retries_it(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Unreachable("no answer")] * ATTEMPTS_MOST)
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    for _ in range(ATTEMPTS_MOST):
        assert await notifying.send_due() == 1
        clock.advance(LONGEST_PAUSE)
    assert await notifying.send_due() == 0
    found = await only(database)
    assert (found.state.value, found.attempts) == ("dead", ATTEMPTS_MOST)
    assert found.words == "no answer; given up after 12 attempts"
    await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=clock.now())
    await notifying.send_due()
    assert (await only(database)).state.value == "sent"
    [line] = await rows(database, "SELECT actor, action FROM audit")
    assert line == {"actor": "ann", "action": "notice retried"}


async def test_what_is_refused_for_good_is_not_tried_again(database: Database, clock: SteppedClock) -> None:
    ear = Ear(raises=[Refused("the receiver answered 404")])
    await keep(database, new("a"))
    notifying = worker(database, clock, ear)
    await notifying.send_due()
    clock.advance(timedelta(days=1))
    assert await notifying.send_due() == 0
    found = await only(database)
    assert (found.state.value, found.code, found.words) == ("dead", "refused", "the receiver answered 404")


async def test_a_notice_that_was_sent_cannot_be_sent_again(database: Database, clock: SteppedClock) -> None:
    await keep(database, new("a"))
    await worker(database, clock, Ear()).send_due()
    found = await only(database)
    for notice_id in (found.id, UUID(int=0)):
        with pytest.raises(NothingThere, match="baton notice list"):
            await use_cases.retry(database, PORTAL_ID, notice_id, by="ann", now=NOW)


async def test_a_defect_over_one_notice_holds_up_no_other(database: Database, clock: SteppedClock) -> None:
    ear = Ear(raises=[ValueError("Zoe Canarywood")])
    await keep(database, new("a"), new("b"), new("c"))
    with structlog.testing.capture_logs() as logged:
        await worker(database, clock, ear).send_due()
    assert sorted(one.state.value for one in await listed(database)) == ["due", "sent", "sent"]
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["notice_defect"]
    assert "Canarywood" not in str(logged)
    assert "ann@example.com" not in str(logged)


@pytest.mark.parametrize(("point", "times"), [(BEFORE_NOTIFY, 1), (AFTER_NOTIFY, 2)])
async def test_what_a_killed_worker_held_is_sent_again_by_another_under_the_same_key(
    database: Database, clock: SteppedClock, point: str, times: int
) -> None:
    ear = Ear()
    await keep(database, new("a"))
    with pytest.raises(Killed):
        await worker(database, clock, ear, lease=0.3, probes=Crashing(point)).send_due()
    other = worker(database, clock, ear)

    async def is_found() -> bool:
        return bool(await other.send_due())

    await until(is_found, "the lease runs out")
    assert ear.keys == Counter({"a": times})
    assert len({message.key for message in ear.heard}) == 1
    assert (await only(database)).state.value == "sent"


async def test_a_worker_whose_lease_is_nearly_over_leaves_the_sending_to_another(
    database: Database, clock: SteppedClock
) -> None:
    ear, ticks = Ear(), iter([0.0, 61.0])
    await keep(database, new("a"))
    await worker(database, clock, ear, monotonic=lambda: next(ticks)).send_due(1)
    assert ear.heard == []
    assert (await only(database)).state.value == "sending"


async def test_a_worker_that_comes_back_after_its_lease_settles_nothing(
    database: Database, clock: SteppedClock
) -> None:
    await keep(database, new("a"))
    deaf = Ear(raises=[Refused("too late")])
    asleep, woken = asyncio.Event(), asyncio.Event()

    class Sleepy:
        async def at(self, point: str) -> None:
            if point == AFTER_NOTIFY:
                asleep.set()
                await woken.wait()

    late = asyncio.create_task(worker(database, clock, deaf, lease=0.1, probes=Sleepy()).send_due())
    await asyncio.wait_for(asleep.wait(), 30)
    ear = Ear()
    other = worker(database, clock, ear)

    async def is_found() -> bool:
        return bool(await other.send_due())

    await until(is_found, "the lease runs out")
    woken.set()
    await asyncio.wait_for(late, 30)
    assert (await only(database)).state.value == "sent"


async def test_the_notices_of_an_erased_person_say_nothing_and_are_not_sent(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Busy("Zoe Canarywood is unknown")])
    await keep(database, new("tried"))
    await worker(database, clock, ear).send_due()
    await keep(database, new("fresh"), new("another's", contact="102"))
    async with database.begin() as connection:
        await contacts.erase(connection, PORTAL_ID, [ContactId("101")])
    clock.advance(timedelta(days=1))
    await worker(database, clock, ear).send_due()
    assert ear.keys == Counter(["another's"])
    erased = [one for one in await listed(database) if one.contact_id == "101"]
    assert {(one.subject, one.state.value, one.words) for one in erased} == {("erased", "skipped", notices.ERASED)}
    assert await rows(database, "SELECT 1 FROM notice WHERE contact_id = '101' AND lines <> '[]'") == []


async def test_what_is_dead_when_a_person_is_erased_cannot_be_sent_again(
    database: Database, clock: SteppedClock
) -> None:
    ear = Ear(raises=[Refused("550: no such user")])
    await keep(database, new("a"))
    await worker(database, clock, ear).send_due()
    async with database.begin() as connection:
        await contacts.erase(connection, PORTAL_ID, [ContactId("101")])
    found = await only(database)
    assert (found.state.value, found.words) == ("skipped", notices.ERASED)
    with pytest.raises(NothingThere):
        await use_cases.retry(database, PORTAL_ID, found.id, by="ann", now=NOW)
    assert await worker(database, clock, ear).send_due() == 0


@pytest.mark.parametrize("error", [Unreachable("no answer"), Denied("535: bad credentials")], ids=lambda one: one.code)
async def test_a_channel_that_fails_as_a_whole_is_left_alone_for_a_minute_and_holds_up_no_other(
    database: Database, clock: SteppedClock, error: NotifyError
) -> None:
    keys = [f"n{number}" for number in range(20)]
    slack, mail = Ear("slack", raises=[error] * len(keys)), Ear("mail")
    await keep(database, *(new(key) for key in keys))
    notifying = worker(database, clock, slack, mail)
    await notifying.send_due()
    assert mail.keys == Counter(keys)
    left = len(slack.raises)
    assert left >= len(keys) - 8, "those under way at once, and no more"
    assert await notifying.send_due() == 0
    slack.raises.clear()
    clock.advance(timedelta(minutes=1))
    await notifying.send_due()
    assert slack.keys == mail.keys == Counter(keys)
