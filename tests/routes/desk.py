"""People at the API: each with a key, saving, approving and publishing as the tests ask them to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import httpx

from app.engine import keys
from app.records.people import Role, Side
from app.routes.locations import AGREEMENT, DRAFT
from tests.world import World

SIZE = ("company.numberofemployees: {at_least: 50}", "company.numberofemployees: {at_least: 40}")
POINTS = ("{id: buyer, points: 30", "{id: buyer, points: 35")
"""A change of Marketing's promise alone."""
ACCEPT = ("within: 4 business hours", "within: 3 business hours")
"""A change of Sales' promise alone."""


def edited(text: str, *edits: tuple[str, str]) -> str:
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


@dataclass(frozen=True)
class Person:
    """Somebody with a key, at the API."""

    web: httpx.AsyncClient
    key: str

    async def __call__(self, method: str, path: str, *, send: Any = None, **headers: str) -> httpx.Response:
        """Ask; `send` is text, bytes, or anything else as JSON."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        content: Any = {"content": send} if isinstance(send, str | bytes) else {} if send is None else {"json": send}
        auth = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        return await self.web.request(method, path, headers={**auth, **named}, **content)

    async def text(self) -> tuple[str, str]:
        """What stands to be edited, and its ETag."""
        draft = await self("GET", DRAFT)
        found = draft if draft.status_code == 200 else await self("GET", AGREEMENT)
        return found.text, found.headers["etag"]

    async def save(self, *edits: tuple[str, str]) -> str:
        """Save what stands with these edits; returns the ETag."""
        text, tag = await self.text()
        saved = await self("PUT", DRAFT, send=edited(text, *edits), if_match=tag)
        assert saved.status_code == 200, saved.text
        return saved.headers["etag"]


@dataclass(frozen=True)
class Desk:
    """A portal in shadow that Baton has read, with version 1 in force, and keys for people."""

    world: World

    async def key(self, email: str, role: Role, side: Side | None = None) -> str:
        baton = self.world.baton
        made = await keys.create(
            baton.database,
            baton.portal_id,
            keys.Wanted(email, role, side),
            by="test",
            now=baton.clock.now(),
        )
        return made.text

    async def person(self, email: str, role: Role, side: Side | None = None) -> Person:
        return Person(self.world.web, await self.key(email, role, side))

    def stranger(self, key: str = "") -> Person:
        return Person(self.world.web, key)


async def publish(mia: Person, sam: Person, *edits: tuple[str, str]) -> httpx.Response:
    """Save, let everybody asked approve, publish."""
    tag = await mia.save(*edits)
    review = (await mia("GET", f"{DRAFT}/review")).json()
    for one in review["consents"]["missing"]:
        who = {"mia@example.com": mia, "sam@example.com": sam}[one["contact"]]
        assert (await who("POST", f"{DRAFT}/approve", if_match=tag)).status_code == 200
    return await mia("POST", f"{DRAFT}/publish", send={"message": "A change"}, if_match=tag)
