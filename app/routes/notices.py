"""`/api/v1/notices`: what people were told, what waits, and sending again what could not be sent."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from app.engine import notifying
from app.routes.answers import Shown
from app.routes.auth import Inside, Operator, Reader
from app.storage import notices
from app.storage.notices import DeliveryState

router = APIRouter(prefix="/api/v1/notices", tags=["notices"])


class NoticeShown(Shown):
    """A notice and how far one channel is with it; `channel` is null where it was given to none.

    `words` say why it was skipped, is dead, or was not taken yet.
    """

    id: UUID
    kind: str
    recipient: str
    subject: str
    handoff_id: UUID | None
    contact_id: str | None
    channel: str | None
    state: DeliveryState
    attempts: int
    next_at: datetime | None
    code: str | None
    words: str | None
    made_at: datetime
    sent_at: datetime | None


class Notices(Shown):
    """Notices by channel, newest first."""

    notices: list[NoticeShown]


@router.get("", operation_id="notices_list")
async def list_notices(
    container: Inside,
    _: Reader,
    state: Annotated[DeliveryState | None, Query(description="Only those in this state.")] = None,
    limit: Annotated[int, Query(ge=1, le=1000, description="How many at most.")] = 50,
) -> Notices:
    """What people were told, and whether it reached them."""
    async with container.database.begin() as connection:
        found = await notices.listed(connection, container.portal_id, state=state, limit=limit)
    return Notices(notices=[NoticeShown.model_validate(one) for one in found])


@router.post("/{notice_id}/retry", status_code=204, operation_id="notices_retry")
async def retry(notice_id: UUID, container: Inside, actor: Operator) -> None:
    """Send a notice again that is dead, or that was skipped because no channel was set."""
    now = container.clock.now()
    await notifying.retry(container.database, container.portal_id, notice_id, by=actor.name, now=now)
