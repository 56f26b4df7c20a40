"""A crowd of handed-over leads: copies of one that stands, straight into the database."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import text

from app.records.ids import ContactId, PortalId
from app.storage.database import Database


def copy_id(number: int) -> ContactId:
    """The id of the copy of that number, from 1; in the order of the numbers."""
    return ContactId(f"9{number:09}")


async def make_crowd(
    database: Database, portal_id: PortalId, contact_id: str, *, copies: int, due: int, later: timedelta
) -> None:
    """Copy a contact with its open handoff so often. The first `due` keep its times, the others have all `later`."""
    values = {"portal_id": portal_id, "contact_id": contact_id, "copies": copies, "due": due, "later": later}
    async with database.begin() as connection:
        await connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        await connection.execute(text(_COPIES), values)
        for table, which, changes in _ROWS:
            await connection.execute(text(_copying(table, which, changes)), values)
            await connection.exec_driver_sql(f"ANALYZE {table}")


_COPIES = """
    CREATE TEMPORARY TABLE copy ON COMMIT DROP AS
    SELECT '9' || lpad(CAST(number AS text), 9, '0') AS contact_id, gen_random_uuid() AS handoff_id,
           CASE WHEN number <= :due THEN interval '0' ELSE CAST(:later AS interval) END AS later
    FROM generate_series(1, CAST(:copies AS integer)) AS number
"""


def _copying(table: str, which: str, changes: str) -> str:
    """The rows of the one contact, first taken aside, so that the copies are not read again for each copy."""
    return f"""
        WITH template AS MATERIALIZED (SELECT {table} AS own FROM {table} WHERE portal_id = :portal_id AND {which})
        INSERT INTO {table}
        SELECT made.* FROM template, copy, jsonb_populate_record(own, jsonb_build_object({changes})) AS made
    """


_OF_CONTACT = "contact_id = :contact_id"

_ROWS = (
    ("contact", "id = :contact_id", "'id', copy.contact_id"),
    (
        "lane",
        "object_type = 'contact' AND object_id = :contact_id",
        "'object_id', copy.contact_id, 'wake_at', (own).wake_at + later",
    ),
    (
        "clock",
        _OF_CONTACT,
        """
        'contact_id', copy.contact_id, 'handoff_id', copy.handoff_id, 'started_at', (own).started_at + later,
        'due_at', (own).due_at + later, 'next_at', (own).next_at + later
        """,
    ),
    (
        "write",
        _OF_CONTACT + " AND kind <> 'properties'",
        """
        'id', gen_random_uuid(), 'contact_id', copy.contact_id, 'handoff_id', copy.handoff_id,
        'key', copy.handoff_id || substr((own).key, 37)
        """,
    ),
    (
        "tenure",
        "handoff_id = (SELECT id FROM handoff WHERE portal_id = :portal_id AND contact_id = :contact_id)",
        """
        'handoff_id', copy.handoff_id, 'assigned_at', (own).assigned_at + later,
        'confirmed_at', (own).confirmed_at + later
        """,
    ),
    (
        "handoff",
        _OF_CONTACT,
        """
        'id', copy.handoff_id, 'contact_id', copy.contact_id, 'opened_at', (own).opened_at + later,
        'owner_confirmed_at', (own).owner_confirmed_at + later, 'due_at', (own).due_at + later
        """,
    ),
)
"""Each table, which of its rows are the contact's, and what is otherwise in those of a copy."""
