"""The how-to about telling people, done as it says, with a mail server on this machine."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import uuid4

from app.handoff.decision import Notice
from app.records.ids import ContactId, PortalId
from app.storage import notices
from app.storage.database import Database
from app.storage.notices import NewNotice
from tests.conftest import NOW
from tests.journeys.page import follow, open_shell
from tests.notify.receiver import HOST
from tests.notify.test_mail import MailServer, serving
from tests.world import PORTAL

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "notify.md"


async def test_people_are_told_as_the_page_says(tmp_path: Path, database: Database, database_url: str) -> None:
    await _skipped(database)
    async with serving(MailServer()) as server:
        environ = {
            "BATON_DATABASE_URL": database_url,
            "BATON_PORTAL_ID": str(PORTAL),
            "BATON_SMTP_URL": f"smtp://{HOST}:{server.port}",
            "BATON_SMTP_FROM": "baton@example.com",
            "BATON_NOTIFY_ALLOW_PRIVATE_HOSTS": HOST,
        }
        with open_shell(tmp_path, **environ) as shell:
            await asyncio.to_thread(follow, PAGE, shell, tmp_path)
    assert [mail["To"] for mail in server.taken] == ["ann@example.com"]
    async with database.begin() as connection:
        [found] = await notices.listed(connection, PortalId(PORTAL), limit=10)
    assert found.state.value == "due"


async def _skipped(database: Database) -> None:
    """A notice of the time before a channel was set."""
    notice = Notice("a", "ann@example.com", "breached", "The first touch is overdue", ("Call now.",))
    async with database.begin() as connection:
        portal_id, new = PortalId(PORTAL), NewNotice("a", uuid4(), ContactId("1"), notice)
        await notices.add(connection, portal_id, [new], shadow=False, now=NOW)
        await notices.spread(connection, portal_id, [], limit=10, now=NOW)
