"""The database: whether it answers, has the right shape and the right time; and what it knows for the other parts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from app.agreement.faults import AgreementError
from app.engine.doctor.check import Check, clock_check, failed, not_looked_at, ok
from app.engine.doctor.patient import Patient
from app.engine.rulebook import Rulebook, rulebook_of
from app.storage import agreements, deliveries, portals
from app.storage.agreements import Version
from app.storage.database import FAILURES, Database
from app.storage.migrate import known_shapes, newest_shape, shape_of
from app.storage.portals import Portal
from app.storage.refusals import Refused, refused

AGENT = "baton doctor"
"""How the doctor's own request to the door names itself, so that it does not count as HubSpot's."""

_LATE = timedelta(seconds=5)
_TOO_LATE = timedelta(seconds=60)
_REFUSALS_MOST = 5


@dataclass(frozen=True, slots=True)
class Stored:
    """What came of it, and what is stored; `lacking` says why nothing could be read."""

    checks: tuple[Check, ...]
    lacking: str = ""
    portal: Portal | None = None
    version: Version | None = None
    rulebook: Rulebook | None = None
    newest_delivery_at: datetime | None = None
    refusals: tuple[Refused, ...] = field(default=())


async def look(patient: Patient) -> Stored:
    """Look at the database; what stands in it is read only where it has the shape that this version expects."""
    if patient.database is None:
        return _unread((failed("database", patient.no_database, "start it, or mend BATON_DATABASE_URL"),))
    try:
        return await _look(patient, patient.database)
    except FAILURES as error:
        broken = failed("database", f"it does not answer as it should ({type(error).__name__})", "see its own log")
        return _unread((broken,))


def _unread(checks: tuple[Check, ...]) -> Stored:
    rest = tuple(not_looked_at(name, "the database is not open") for name in ("migrations", "database clock"))
    return Stored((*checks, *rest), lacking="the database is not open")


async def _look(patient: Patient, database: Database) -> Stored:
    ahead = patient.clock.now() - await database.now()
    answers = await _answers(database)
    clock = clock_check("database clock", "the database's", ahead, warns=_LATE, fails=_TOO_LATE)
    another = await _another_shape(database)
    if another:
        return Stored((answers, another, clock), lacking="the database has another shape")
    stored = await _read(patient, database)
    return replace(stored, checks=(answers, ok("migrations", "the database has the newest shape"), clock))


async def _answers(database: Database) -> Check:
    if await database.is_read_only():
        says = "it answers, and takes no writes: it is a standby, or was made read-only"
        return failed("database", says, "let BATON_DATABASE_URL name the one that takes writes")
    return ok("database", "it answers")


async def _another_shape(database: Database) -> Check | None:
    async with database.begin() as connection:
        shape = await shape_of(connection)
    if shape == newest_shape():
        return None
    if shape is None or shape in known_shapes():
        says = "the database has not the shape that this version expects"
        return failed("migrations", says, "run `baton migrate`")
    says = f"the database has the shape {shape} of a newer Baton"
    return failed("migrations", says, "install the newer version again; `docs/how-to/upgrade.md` says how to go back")


async def _read(patient: Patient, database: Database) -> Stored:
    async with database.begin() as connection:
        portal = await portals.get(connection, patient.portal_id)
        version = await agreements.newest(connection, patient.portal_id)
        at = await deliveries.newest_at(connection, but_by=AGENT)
        refusals = await refused(connection, patient.portal_id, limit=_REFUSALS_MOST)
    return Stored((), "", portal, version, await _rulebook(version), at, tuple(refusals))


async def _rulebook(version: Version | None) -> Rulebook | None:
    """What is decided by; None for a version that reads no more, which the check of the agreement tells."""
    try:
        return await rulebook_of(version) if version else None
    except AgreementError:
        return None
