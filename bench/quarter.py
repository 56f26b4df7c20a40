"""A made-up portal: contacts with a quarter of history, straight into the database, the same for one seed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

from sqlalchemy import insert

from app.engine.rulebook import Rulebook
from app.handoff.backtest.trial import CREATED, Period, names_to_read
from app.records.crm import Owner
from app.records.ids import OwnerId, PortalId
from app.storage import portals
from app.storage.database import Connection, Database
from app.storage.tables import company, contact, past_reading, past_value

START = datetime(2026, 8, 20, tzinfo=UTC)
QUARTER = Period(START, START + timedelta(days=92))
PEOPLE = ("ann", "bob", "cy", "eve", "sam")
_DAY = timedelta(days=1)
_BATCH = 500
_TITLES = ("VP Sales", "Head of Operations", "Senior Engineer", "Clerk", "Office Manager", "Student")
_FORMS = ("Demo request", "Pricing guide", "Webinar on costs", "Newsletter", "Contact us")
_INDUSTRIES = ("BANKING", "COMPUTER_SOFTWARE", "RETAIL", "FINANCIAL_SERVICES")
_SIZES = ("12", "35", "48", "80", "300", "2000")
_WORDS = (("accepted", "qualified"), ("accepted", "rejected"), ("rejected",), ("accepted", "working"))

Row = dict[str, object]


@dataclass(slots=True)
class _Record:
    """A record as it grows: its past, oldest first, and so what it says today."""

    kind: str
    id: str
    past: list[tuple[str, datetime, str | None]] = field(default_factory=list)

    def put(self, at: datetime, **values: str | None) -> None:
        self.past += [(name, at, value) for name, value in values.items()]

    @property
    def today(self) -> dict[str, str | None]:
        return {name: value for name, _, value in sorted(self.past, key=lambda one: one[1])}

    def rows(self, portal_id: PortalId) -> Iterator[Row]:
        told = {(name, at): value for name, at, value in self.past}
        for (name, at), value in told.items():
            yield {
                "portal_id": portal_id, "object_type": self.kind, "object_id": self.id, "property": name,
                "at": at, "value": value, "hand": "CRM_UI userId:7",
            }  # fmt: skip


async def make_portal(database: Database, portal_id: PortalId, rulebook: Rulebook, *, contacts: int, seed: int) -> None:
    """A portal with its owners, and so many contacts, every past told in full."""
    rng = Random(seed)  # noqa: S311  made-up people, no secret
    owners = [Owner(OwnerId(name), f"{name}@example.com", name.capitalize(), active=True) for name in PEOPLE]
    async with database.begin() as connection:
        await portals.ensure(connection, portal_id, now=START)
        await portals.save_owners(connection, portal_id, owners, now=START)
    names = names_to_read(rulebook.agreement, rulebook.agreement)
    read = {"contact": sorted(names.contact), "company": sorted(names.company)}
    for first in range(0, contacts, _BATCH):
        pairs = [_pair(rng, number) for number in range(first, min(first + _BATCH, contacts))]
        async with database.begin() as connection:
            await _store(connection, portal_id, pairs, read)


async def _store(
    connection: Connection, portal_id: PortalId, pairs: Sequence[tuple[_Record, _Record]], read: dict[str, list[str]]
) -> None:
    at, records = QUARTER.end_at, [record for pair in pairs for record in pair]
    firms = [_row(portal_id, firm, at) for _, firm in pairs]
    people = [{**_row(portal_id, person, at), "company_id": firm.id} for person, firm in pairs]
    await connection.execute(insert(company), firms)
    await connection.execute(insert(contact), people)
    await connection.execute(insert(past_value), [row for record in records for row in record.rows(portal_id)])
    readings = [
        {
            "portal_id": portal_id, "object_type": record.kind, "object_id": record.id,
            "properties": read[record.kind], "read_at": at,
        }
        for record in records
    ]  # fmt: skip
    await connection.execute(insert(past_reading), readings)


def _row(portal_id: PortalId, record: _Record, at: datetime) -> Row:
    return {"portal_id": portal_id, "id": record.id, "properties": record.today, "read_at": at}


def _pair(rng: Random, number: int) -> tuple[_Record, _Record]:
    """A contact and its company through the quarter; half of the contacts were there before it."""
    came_at = START + rng.uniform(-60, 80) * _DAY
    firm = _Record("company", str(900_000_000 + number))
    firm.put(came_at, name=f"Firm {number}", industry=rng.choice(_INDUSTRIES), numberofemployees=rng.choice(_SIZES))
    if rng.random() < 0.3:  # noqa: PLR2004  how often somebody enriches a company
        firm.put(_later(rng, came_at), numberofemployees=rng.choice(_SIZES))
    person = _Record("contact", str(100_000_000 + number))
    person.put(
        came_at,
        **{CREATED: came_at.isoformat()},
        firstname="Lead", lastname=str(number), email=f"lead{number}@{rng.choice(('firm.example', 'rival.com'))}",
        jobtitle=rng.choice(_TITLES), lifecyclestage="lead",
    )  # fmt: skip
    _live(rng, person, came_at)
    return person, firm


def _live(rng: Random, person: _Record, came_at: datetime) -> None:
    """Forms, a new job, words of a rep, a deal: what may happen to a contact."""
    for number in range(rng.choice((0, 1, 1, 2, 3))):
        at = _later(rng, came_at) if number else came_at
        person.put(at, recent_conversion_event_name=rng.choice(_FORMS), recent_conversion_date=at.isoformat())
        if rng.random() < 0.5:  # noqa: PLR2004  how often a rep answers
            _answer(rng, person, at)
    if rng.random() < 0.1:  # noqa: PLR2004  how often somebody changes jobs
        person.put(_later(rng, came_at), jobtitle=rng.choice(_TITLES))
    if rng.random() < 0.05:  # noqa: PLR2004  how often a deal begins
        person.put(_later(rng, came_at), lifecyclestage="opportunity")


def _answer(rng: Random, person: _Record, asked_at: datetime) -> None:
    at = asked_at
    for word in rng.choice(_WORDS):
        at += timedelta(hours=rng.uniform(0.1, 90))
        reason = {"baton_rejection_reason": rng.choice(("no_budget", "no_time"))} if word == "rejected" else {}
        person.put(at, baton_handoff_status=word, **reason)


def _later(rng: Random, at: datetime) -> datetime:
    return max(at, START) + rng.uniform(0, 60) * _DAY
