"""The past of records: kept once, read again only where something is missing, and never of who was forgotten."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from uuid import uuid4

from sqlalchemy import insert, text

from app.records.crm import PastValue
from app.records.ids import ContactId, ObjectType, PortalId
from app.storage import contacts, past, subjects
from app.storage.database import Database
from app.storage.tables import contact, event

PORTAL = PortalId(62515)
AT = datetime(2026, 11, 1, 9, tzinfo=UTC)
NOW = AT + timedelta(days=10)
CONTACT, COMPANY = ObjectType.CONTACT, ObjectType.COMPANY


async def _stored(database: Database, *ids: str, company_id: str | None = None) -> None:
    rows = [
        {"portal_id": PORTAL, "id": one, "properties": {"jobtitle": "VP"}, "company_id": company_id, "read_at": NOW}
        for one in ids
    ]
    async with database.begin() as connection:
        await connection.execute(insert(contact), rows)


async def _told(database: Database, told: Mapping[str, tuple[PastValue, ...]], *properties: str) -> None:
    async with database.begin() as connection:
        pasts = {one: {"jobtitle": values} for one, values in told.items()}
        await past.save(connection, PORTAL, CONTACT, pasts, properties or ("jobtitle",), now=NOW)


async def _unread(database: Database, *properties: str, since: datetime = NOW, of: ObjectType = CONTACT) -> list[str]:
    async with database.begin() as connection:
        return await past.unread(connection, PORTAL, of, properties, since=since)


async def _values(database: Database, contact_id: str) -> list[str | None]:
    async with database.begin() as connection:
        fetched = await subjects.fetch(connection, PORTAL, [ContactId(contact_id)], shadow=False, start_at=AT)
    [subject] = subjects.subjects_of(fetched)
    return [one.value for one in subject.contact.values.get("jobtitle", ())]


async def test_only_what_was_not_read_since_or_not_for_all_properties_is_missing(database: Database) -> None:
    await _stored(database, "1", "2")
    await _told(database, {"1": ()}, "jobtitle", "email")
    assert await _unread(database, "email") == ["2"]
    assert await _unread(database, "email", "city") == ["1", "2"]
    assert await _unread(database, "email", since=NOW + timedelta(seconds=1)) == ["1", "2"]


async def test_a_company_of_several_contacts_is_missing_once(database: Database) -> None:
    await _stored(database, "1", "2", company_id="9")
    assert await _unread(database, "name", of=COMPANY) == ["9"]


async def test_of_two_values_at_one_instant_the_one_that_the_crm_tells_first_is_the_newer(database: Database) -> None:
    await _stored(database, "1")
    await _told(database, {"1": (PastValue("CEO", AT, "a"), PastValue("VP", AT, "b"))})
    assert await _values(database, "1") == ["CEO"]


async def test_a_past_that_is_told_again_stands_once(database: Database) -> None:
    await _stored(database, "1")
    for title in ("VP", "CEO"):
        await _told(database, {"1": (PastValue(title, AT, "a"), PastValue(None, AT - timedelta(days=1), "a"))})
    assert await _values(database, "1") == [None, "CEO"]


def _event(key: str, kind: str, at: datetime, name: str | None = None, value: str | None = None) -> dict[str, object]:
    return {
        "portal_id": PORTAL,
        "key": key,
        "occurred_at": at,
        "delivery_id": uuid4(),
        "received_at": NOW,
        "state": "applied",
        "kind": kind,
        "object_type": "contact",
        "object_id": "1",
        "property_name": name,
        "property_value": value,
        "hand": "CRM_UI userId:7",
    }


async def test_events_tell_of_creation_and_of_what_the_crm_was_not_asked_about_since(database: Database) -> None:
    await _stored(database, "1")
    await _told(database, {"1": (PastValue("VP", AT, "a"),)})
    later = NOW + timedelta(hours=1)
    said = [
        _event("a", "created", AT),
        _event("b", "changed", AT, "jobtitle", "Clerk"),
        _event("c", "changed", AT, "email", "ada@acme.com"),
        _event("d", "changed", later, "jobtitle", "CEO"),
    ]
    async with database.begin() as connection:
        await connection.execute(insert(event), said)
        fetched = await subjects.fetch(connection, PORTAL, [ContactId("1")], shadow=False, start_at=AT)
    [subject] = subjects.subjects_of(fetched)
    told = {name: [(one.value, one.at) for one in values] for name, values in subject.contact.values.items()}
    assert told == {
        "createdate": [("2026-11-01T09:00:00.000Z", AT)],
        "email": [("ada@acme.com", AT)],
        "jobtitle": [("VP", AT), ("CEO", later)],
    }


async def test_contacts_that_are_gone_merged_or_never_read_are_not_asked_about(database: Database) -> None:
    await _stored(database, "1", "2", "3", "4")
    async with database.begin() as connection:
        await contacts.mark_gone(connection, PORTAL, {ContactId("1"): None, ContactId("2"): ContactId("3")}, now=NOW)
        await connection.execute(text("UPDATE contact SET read_at = NULL WHERE id = '4'"))
        assert await past.count_contacts(connection, PORTAL) == 1
        assert await past.contact_page(connection, PORTAL, after="", limit=9) == ["3"]


async def test_who_is_erased_has_no_past(database: Database) -> None:
    await _stored(database, "1", "2")
    await _told(database, {one: (PastValue("VP", AT, "a"),) for one in ("1", "2")})
    async with database.begin() as connection:
        await contacts.erase(connection, PORTAL, [ContactId("1")])
    assert await _values(database, "1") == []
    assert await _values(database, "2") == ["VP"]
    assert await _unread(database, "jobtitle") == ["1"]
