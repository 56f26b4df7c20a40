"""A reading from what is stored: enough for a look that a clock alone woke, and no call to the CRM."""

from __future__ import annotations

from collections.abc import Sequence

from app.engine.read import Reading
from app.records.ids import ContactId, PortalId
from app.storage import contacts
from app.storage.database import Database


async def stored_reading(database: Database, portal_id: PortalId, ids: Sequence[ContactId]) -> Reading:
    """The contacts as last read or written, with their companies; those that are not known are left out."""
    async with database.begin() as connection:
        known = await contacts.snapshots(connection, portal_id, ids)
        company_ids = {one: company_id for one, (_, company_id) in known.items() if company_id is not None}
        companies = await contacts.companies(connection, portal_id, sorted(set(company_ids.values())))
    return Reading({one: contact for one, (contact, _) in known.items()}, company_ids, companies, frozenset(), {})
