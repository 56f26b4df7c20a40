"""Engagements in the database: what is news, for whom, and what a late reading may not undo."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from app.records.engagement import Direction, Engagement, EngagementKind, Maker
from app.records.ids import ContactId, OwnerId, PortalId
from app.storage import engagements
from app.storage.database import Connection, Database
from app.storage.engagements import Kept

PORTAL = PortalId(62515)
ADA, MAX = ContactId("101"), ContactId("102")
NOW = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
CALL = Engagement("9", EngagementKind.CALL, NOW, OwnerId("7"), Maker.HUMAN, Direction.OUTBOUND, "told", "Intro")


def kept(call: Engagement = CALL, *contacts: ContactId) -> Kept:
    return Kept(call, frozenset(contacts or (ADA,)))


async def save(connection: Connection, one: Kept, *, now: datetime = NOW) -> frozenset[ContactId]:
    return await engagements.save(connection, PORTAL, one.engagement.kind, [one], now=now)


async def of(connection: Connection, contact: ContactId, *, since: datetime = NOW) -> tuple[Engagement, ...]:
    return (await engagements.of_contacts(connection, PORTAL, [contact], since=since)).get(contact, ())


async def test_what_is_kept_comes_back_as_it_was(database: Database) -> None:
    async with database.begin() as connection:
        await save(connection, kept(CALL, ADA, MAX))
        assert await of(connection, ADA) == (CALL,)
        assert await of(connection, MAX) == (CALL,)


async def test_the_same_reading_is_no_news(database: Database) -> None:
    async with database.begin() as connection:
        assert await save(connection, kept()) == {ADA}
        assert await save(connection, kept(), now=NOW + timedelta(hours=1)) == frozenset()


async def test_a_correction_is_news_to_those_before_and_those_now(database: Database) -> None:
    async with database.begin() as connection:
        await save(connection, kept())
        corrected = replace(CALL, direction=Direction.NONE)
        assert await save(connection, kept(corrected, MAX), now=NOW + timedelta(hours=1)) == {ADA, MAX}
        assert (await of(connection, ADA), await of(connection, MAX)) == ((), (corrected,))


async def test_an_older_reading_that_comes_late_changes_nothing(database: Database) -> None:
    async with database.begin() as connection:
        newer = replace(CALL, direction=Direction.NONE)
        await save(connection, kept(newer), now=NOW + timedelta(hours=1))
        assert await save(connection, kept(), now=NOW) == frozenset()
        assert await of(connection, ADA) == (newer,)


async def test_engagements_come_from_the_instant_asked_for_on_the_oldest_first(database: Database) -> None:
    later = replace(CALL, id="1", occurred_at=NOW + timedelta(days=2))
    async with database.begin() as connection:
        for one in (later, CALL, replace(CALL, id="8", occurred_at=NOW - timedelta(microseconds=1))):
            await save(connection, kept(one))
        assert await of(connection, ADA) == (CALL, later)


async def test_two_kinds_may_have_the_same_id(database: Database) -> None:
    email = replace(CALL, kind=EngagementKind.EMAIL)
    async with database.begin() as connection:
        await save(connection, kept())
        await save(connection, kept(email))
        assert await engagements.remove(connection, PORTAL, EngagementKind.CALL, ["9"]) == {ADA}
        assert await of(connection, ADA) == (email,)


@pytest.mark.parametrize("shared", [False, True])
async def test_who_was_merged_hands_over_the_engagements(database: Database, *, shared: bool) -> None:
    async with database.begin() as connection:
        await save(connection, kept(CALL, ADA, *([MAX] if shared else [])))
        await engagements.move(connection, PORTAL, ADA, MAX)
        assert (await of(connection, ADA), await of(connection, MAX)) == ((), (CALL,))


async def test_who_is_erased_keeps_when_and_loses_what(database: Database) -> None:
    async with database.begin() as connection:
        await save(connection, kept())
        await engagements.erase(connection, PORTAL, [ADA])
        assert await of(connection, ADA) == (replace(CALL, title=""),)
