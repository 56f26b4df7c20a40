"""Reading what leads did before their notes go out: once for each handoff, and never at the note's expense."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

import structlog

from app.crm.errors import CrmError
from app.crm.port import Crm
from app.handoff.content import TRAIL_PROPERTIES, with_past
from app.records.ids import ObjectType, PortalId
from app.storage import briefs
from app.storage.database import Connection, Database

_log = structlog.get_logger(__name__)


async def read_content(crm: Crm, database: Database, portal_id: PortalId, handoff_ids: Sequence[UUID]) -> None:
    """Complete the briefs of these handoffs by the past of their contacts, where the record counts more than they tell.

    A read that the CRM refuses leaves them as they are: what is known is told. Raises no CrmError.
    """
    if not handoff_ids:
        return
    async with database.begin() as connection:
        partial = await briefs.partial(connection, portal_id, handoff_ids)
    if not partial:
        return
    try:
        pasts = await crm.read_histories(
            ObjectType.CONTACT, sorted({one.contact_id for one in partial}), TRAIL_PROPERTIES
        )
    except CrmError as error:
        _log.warning("content_not_read", handoffs=len(partial), why=error.words)
        return
    whole = {one.handoff_id: with_past(one.brief, pasts.get(one.contact_id, {})) for one in partial}

    async def work(connection: Connection) -> None:
        await briefs.keep(connection, portal_id, whole)

    await database.transact(work)
