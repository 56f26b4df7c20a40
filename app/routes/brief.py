"""`/api/v1/contacts/{id}/brief`: what the owner of a lead would be told."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query

from app.engine.preview import preview
from app.routes.answers import Shown
from app.routes.auth import Inside, Reader
from app.routes.contacts import ContactNumber

router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])


class NoteAndTask(Shown):
    """A note and a task, as HubSpot gets them and as lines of text. `remark` says why they would not be sent."""

    route: str
    remark: str
    note_html: str
    note_lines: list[str]
    task_subject: str
    task_html: str
    task_lines: list[str]


class PreviewShown(Shown):
    """A brief as it would be. `version` is null for the draft; `read_at` is when the lead was last read."""

    contact_id: str
    version: int | None
    read_at: datetime
    brief: NoteAndTask


@router.get("/{contact_id}/brief", operation_id="contact_brief")
async def brief(
    contact_id: ContactNumber,
    container: Inside,
    _: Reader,
    *,
    draft: Annotated[bool, Query(description="By the draft; else by the version in force.")] = False,
) -> PreviewShown:
    """The note and the task of a contact as they would be, from what was last read of it. Nothing is sent."""
    found = await preview(container.database, container.portal_id, contact_id, draft=draft)
    return PreviewShown.model_validate(found)
