"""A worker killed anywhere on a notice's way out, again and again, loses none; a receiver can tell each repeat."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from sqlalchemy import text

from app.engine.probes import AFTER_NOTICE_SETTLED, AFTER_NOTIFY, BEFORE_NOTIFY, NOTICE_POINTS
from app.handoff.decision import Notice
from app.records.ids import ContactId, PortalId
from app.storage import notices
from app.storage.database import Database
from app.storage.notices import NewNotice
from tests.chaos.children import Children, Workers, until
from tests.conftest import NOW
from tests.notify.receiver import Receiver, receiving
from tests.world import PORTAL

SOAK = os.environ.get("BATON_SOAK") == "1"
ROUNDS = 20 if SOAK else 2
WAVE = 30
AT_ONCE = 8
"""How many notices a worker has in hand when it dies, at most."""
DOOMS = tuple((point, nth) for nth in (1, 5) for point in (BEFORE_NOTIFY, AFTER_NOTIFY, AFTER_NOTICE_SETTLED))


@dataclass(slots=True)
class Post:
    """The outbox, the workers that empty it, and the receiver that they tell."""

    database: Database
    workers: Workers
    receiver: Receiver
    kept: int = 0

    async def keep(self, many: int) -> None:
        new = [_new(number) for number in range(self.kept, self.kept + many)]
        self.kept += many
        async with self.database.begin() as connection:
            await notices.add(connection, PortalId(PORTAL), new, shadow=False, now=NOW)

    async def rows(self, query: str) -> list[Mapping[str, Any]]:
        async with self.database.begin() as connection:
            return [dict(row) for row in (await connection.execute(text(query))).mappings()]

    async def is_empty(self) -> bool:
        [row] = await self.rows("SELECT count(*) AS sent FROM notice_delivery WHERE state = 'sent'")
        return bool(row["sent"] == self.kept)


@pytest.fixture
async def post(database: Database, database_url: str, tmp_path: Path) -> AsyncIterator[Post]:
    async with AsyncExitStack() as stack:
        children = await stack.enter_async_context(Children(tmp_path))
        receiver = await stack.enter_async_context(receiving(tmp_path))
        plain = {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}
        hook = {"HOOK_URL": receiver.url, "HOOK_FOLDER": str(tmp_path)}
        workers = Workers(await children.start("tests.chaos.killable", [], plain | hook | _settings(database_url)))
        stack.callback(workers.abandon)
        yield Post(database, workers, receiver)


@pytest.mark.soak
@pytest.mark.xdist_group("chaos")
async def test_workers_killed_everywhere_tell_everybody_everything_once_by_key(post: Post) -> None:
    assert {point for point, _ in DOOMS} == set(NOTICE_POINTS), "a failpoint at which nobody is killed"
    interrupted = 0
    for _ in range(ROUNDS):
        for point, nth in DOOMS:
            await post.keep(WAVE)
            await post.workers.start({"point": point, "nth": nth})
            await post.workers.dies()
            interrupted += len(await post.rows("SELECT 1 FROM notice_delivery WHERE state = 'sending'"))
    assert interrupted, "no kill came between a claim and its settling"
    await post.workers.start(None)
    await until(post.is_empty, "every notice is sent", within=120)
    await post.workers.stop()
    _assert_once_by_key(post)


def _assert_once_by_key(post: Post) -> None:
    bodies: dict[str, set[bytes]] = {}
    for request in post.receiver.requests:
        bodies.setdefault(request.headers["idempotency-key"], set()).add(request.body)
    assert set(bodies) == {f"{PORTAL}:notice-{number}" for number in range(post.kept)}, "a notice that nobody got"
    assert {len(one) for one in bodies.values()} == {1}, "a repeat that is not the same"
    after_it_was_taken = [point for point, _ in DOOMS if point == AFTER_NOTIFY] * ROUNDS
    repeats = len(post.receiver.requests) - post.kept
    assert len(after_it_was_taken) <= repeats <= AT_ONCE * ROUNDS * len(DOOMS), "as many as kills explain"


def _new(number: int) -> NewNotice:
    key = f"notice-{number}"
    notice = Notice(key, "ann@example.com", "breached", f"Lead {number} waits", ("Call now.",))
    return NewNotice(key, uuid4(), ContactId(str(number)), notice)


def _settings(database_url: str) -> dict[str, str]:
    return {
        "BATON_DATABASE_URL": database_url,
        "BATON_PORTAL_ID": str(PORTAL),
        "BATON_LEASE_SECONDS": "3",
        "BATON_HTTP_TIMEOUT_SECONDS": "1",
        "BATON_PATIENCE_SECONDS": "0.2",
        "BATON_MARGIN_SECONDS": "0.5",
        "BATON_POLL_SECONDS": "0.05",
    }
