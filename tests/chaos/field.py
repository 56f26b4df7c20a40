"""The field of a fault test: HubSpot and the door in processes that live, and workers that need not."""

from __future__ import annotations

import os
import socket
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import text

from app.bootstrap import Container, open_container
from app.handoff.properties import GROUP, own_properties
from app.records.ids import ObjectType
from app.settings import load_settings
from app.storage import portals
from tests.chaos.children import ROOT, Children, Workers, until
from tests.notify.receiver import Receiver
from tests.world import OWNERS, PORTAL, SECRET, TOKEN

EXAMPLE = (ROOT / "config" / "agreement.yaml").read_text(encoding="utf-8")
SOON = timedelta(minutes=1)
LATENCY_S = 0.03
"""How long the simulated HubSpot sits on a call before it acts: a killed worker's call is applied all the same."""
_OPENS_WITHIN_S = 60


@dataclass(slots=True)
class Field:
    """What a driver does to the running system, and what it sees of it."""

    hubspot: httpx.AsyncClient
    baton: Container
    workers: Workers
    bank: str = ""
    softworks: str = ""
    contacts: list[str] = field(default_factory=list)

    async def ask(self, path: str) -> Any:  # JSON of any shape
        response = await self.hubspot.get(f"/_sim/{path}")
        return response.raise_for_status().json()

    async def tell(self, path: str, body: object = None, *, method: str = "POST") -> Any:
        response = await self.hubspot.request(method, f"/_sim/{path}", json={} if body is None else body)
        return response.raise_for_status().json()

    async def rows(self, query: str, **values: object) -> list[Mapping[str, Any]]:
        async with self.baton.database.begin() as connection:
            return [dict(row) for row in (await connection.execute(text(query), values)).mappings()]

    async def add_leads(self, many: int) -> None:
        """Every second one a vice president who asks for a demo, the others for the inbound pool."""
        for number in range(len(self.contacts), len(self.contacts) + many):
            title, firm, form = (
                ("VP Sales", self.bank, "Demo request")
                if number % 2
                else ("Operations Lead", self.softworks, "Pricing guide")
            )
            given = {"firstname": "Lead", "lastname": str(number), "jobtitle": title}
            body = {"properties": {**given, "email": f"lead{number}@firm.example"}, "company_id": firm}
            contact = (await self.tell("contacts", body))["ids"][0]
            await self.tell(f"contacts/{contact}/forms", {"form_name": form})
            self.contacts.append(contact)

    async def delivered(self) -> None:
        """Wait until HubSpot got rid of every event: each is on disk then."""

        async def nothing_pending() -> bool:
            return not (await self.ask("events"))["pending"]

        await until(nothing_pending, "every webhook is taken in")

    async def quiet(self, *, within: float) -> None:
        """Wait until nothing is left to do.

        Every event is taken in and unpacked, no lane about to wake, no write due, no notice on its way.
        """
        await until(self._is_quiet, "nothing is left to do", within=within)

    async def _is_quiet(self) -> bool:
        # From what makes work to what is made of it, so that nothing can slip past between two questions.
        requests = await self._many("delivery")
        if (await self.ask("events"))["pending"] or await self._many("delivery WHERE unpacked_at IS NULL"):
            return False
        if await self._many(_AWAKE, soon=self.baton.clock.now() + SOON) or await self._many(_UNSETTLED):
            return False
        if await self._many("notice WHERE spread_at IS NULL") or await self._many(_UNTOLD):
            return False
        return not (await self.ask("events"))["pending"] and await self._many("delivery") == requests

    async def _many(self, what: str, **values: object) -> int:
        (row,) = await self.rows(f"SELECT count(*) AS many FROM {what}", **values)
        return int(row["many"])


_AWAKE = "lane WHERE object_type = 'contact' AND NOT parked AND (lease_token IS NOT NULL OR wake_at <= :soon)"
_UNSETTLED = "write WHERE state IN ('due', 'sending')"
_UNTOLD = "notice_delivery WHERE state IN ('due', 'sending')"


@asynccontextmanager
async def open_field(
    database_url: str, folder: Path, *, document: str = EXAMPLE, receiver: Receiver | None = None
) -> AsyncIterator[Field]:
    """A live portal with its owners and two firms; nobody works yet.

    `document` is the agreement, for whatever day it is. `receiver`, whose folder this is, hears of notices.
    """
    async with AsyncExitStack() as stack:
        children = await stack.enter_async_context(Children(folder))
        listening = stack.enter_context(socket.create_server(("127.0.0.1", 0)))
        public_url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        arguments = ["--portal-id", str(PORTAL), "--token", TOKEN, "--secret", SECRET, "--retry-scale", "0.001"]
        target = ["--target-url", f"{public_url}/webhooks/hubspot"]
        simulator = await children.start("app.crm.simulator", [*arguments, *target], _plain_env())
        base_url = (await simulator.told(within=60))["url"]
        hubspot = await stack.enter_async_context(httpx.AsyncClient(base_url=base_url, timeout=30))
        for email, name in OWNERS.items():
            await hubspot.post("/_sim/owners", json={"email": email, "first_name": name, "last_name": "Example"})
        env = {**_plain_env(), **_settings(database_url, public_url, base_url, _endless(document, folder))}
        loaded = load_settings(env, file=Path(os.devnull))
        baton = await stack.enter_async_context(open_container(loaded, migrates=False))
        await _go_live(baton)
        serve = ["app.main:app", "--fd", str(listening.fileno()), "--no-access-log"]
        await children.start("uvicorn", serve, env, fds=[listening.fileno()])
        (await hubspot.get(f"{public_url}/healthz", timeout=_OPENS_WITHIN_S)).raise_for_status()
        hook = {} if receiver is None else {"HOOK_URL": receiver.url, "HOOK_FOLDER": str(folder)}
        workers = Workers(await children.start("tests.chaos.killable", [], env | hook))
        stack.callback(workers.abandon)
        opened = Field(hubspot, baton, workers)
        await _furnish(opened)
        yield opened


async def _furnish(opened: Field) -> None:
    size = {"numberofemployees": "1200"}
    bank = await opened.tell("companies", {"properties": {"name": "North Bank", "industry": "BANKING", **size}})
    soft = {"name": "Softworks", "industry": "COMPUTER_SOFTWARE", **size}
    softworks = await opened.tell("companies", {"properties": soft})
    opened.bank, opened.softworks = bank["id"], softworks["id"]
    await opened.tell("faults", {"latency": LATENCY_S}, method="PATCH")
    await opened.tell("counters/reset")


async def _go_live(baton: Container) -> None:
    ready = await baton.watch.ready()
    assert ready is not None, "the portal is blocked"
    await baton.crm.create_property_group(ObjectType.CONTACT, GROUP, "Baton handoff")
    await baton.crm.create_properties(ObjectType.CONTACT, own_properties(ready[1].agreement))
    async with baton.database.begin() as connection:
        await portals.set_mode(connection, baton.portal_id, portals.Mode.LIVE, now=baton.clock.now())


def _settings(database_url: str, public_url: str, base_url: str, agreement: Path) -> dict[str, str]:
    return {
        "BATON_DATABASE_URL": database_url,
        "BATON_PUBLIC_URL": public_url,
        "BATON_PORTAL_ID": str(PORTAL),
        "BATON_HUBSPOT_ACCESS_TOKEN": TOKEN,
        "BATON_HUBSPOT_CLIENT_SECRET": SECRET,
        "BATON_HUBSPOT_BASE_URL": base_url,
        "BATON_AGREEMENT_FILE": str(agreement),
        "BATON_LEASE_SECONDS": "3",
        "BATON_HTTP_TIMEOUT_SECONDS": "1",
        "BATON_PATIENCE_SECONDS": "0.2",
        "BATON_MARGIN_SECONDS": "0.5",
        "BATON_POLL_SECONDS": "0.05",
        "BATON_SETTLING_SECONDS": "0.05",
        "BATON_LOG_LEVEL": "debug",
    }


def _plain_env() -> dict[str, str]:
    """The environment without anybody's own settings of Baton."""
    return {name: value for name, value in os.environ.items() if not name.startswith("BATON_")}


def _endless(document: str, folder: Path) -> Path:
    """The agreement, in force whatever day it is: these processes run on the machine's own clock."""
    terms = {"starts_on": "  starts_on: 2020-01-01", "ends_on": "  ends_on: never"}
    lines = [terms.get(line.strip().partition(":")[0], line) for line in document.splitlines()]
    file = folder / "agreement.yaml"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file
