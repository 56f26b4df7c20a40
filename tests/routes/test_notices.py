"""What people were told, over HTTP."""

from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from app.handoff.decision import Notice
from app.records.ids import ContactId, PortalId
from app.records.people import Role
from app.storage import notices
from app.storage.notices import NewNotice
from tests.conftest import NOW
from tests.routes.desk import Desk, Person
from tests.world import PORTAL

NOTICES = "/api/v1/notices"


@pytest.fixture
async def olga(desk: Desk) -> Person:
    return await desk.person("olga@example.com", Role.OPERATOR)


async def keep(desk: Desk, key: str) -> None:
    notice = Notice(key, "ann@example.com", "breached", "The first touch is overdue", ("Call now.",))
    async with desk.world.database.begin() as connection:
        new = NewNotice(key, uuid4(), ContactId("1"), notice)
        await notices.add(connection, PortalId(PORTAL), [new], shadow=False, now=NOW)


async def test_notices_are_told_newest_first_and_by_state(desk: Desk, olga: Person) -> None:
    await keep(desk, "a")
    await desk.world.baton.notifying.send_due()
    [skipped] = (await olga("GET", NOTICES)).json()["notices"]
    assert (skipped["state"], skipped["words"]) == ("skipped", notices.NO_CHANNEL)
    assert (skipped["recipient"], skipped["made_at"]) == ("ann@example.com", "2026-11-20T15:00:00Z")
    assert (await olga("GET", f"{NOTICES}?state=sent")).json() == {"notices": []}
    assert (await olga("GET", f"{NOTICES}?state=lost")).status_code == 422


async def test_a_skipped_notice_goes_out_after_all_once(desk: Desk, olga: Person) -> None:
    await keep(desk, "a")
    await desk.world.baton.notifying.send_due()
    [skipped] = (await olga("GET", NOTICES)).json()["notices"]
    assert (await olga("POST", f"{NOTICES}/{skipped['id']}/retry")).status_code == 204
    [due] = (await olga("GET", f"{NOTICES}?state=due")).json()["notices"]
    assert due["id"] == skipped["id"]
    refused = await olga("POST", f"{NOTICES}/{UUID(int=0)}/retry")
    assert (refused.status_code, "baton notice list" in refused.json()["detail"]) == (404, True)
