"""Starting: the portal's row, and version 1 of the agreement, in shadow.

A version that a start made and that never fitted the portal was never in force: a mended file takes its place,
as the next version, at the next start. What a person published stays.
"""

from __future__ import annotations

import asyncio
from pathlib import Path

import structlog

from app.agreement.faults import AgreementError
from app.agreement.parse import parse_agreement
from app.clock import Clock
from app.engine.checking import check
from app.engine.drafting import demand
from app.engine.refusals import NotPublishable
from app.records.ids import PortalId
from app.records.people import Actor, Right
from app.storage import agreements, audit, portals
from app.storage.agreements import NewVersion, Version
from app.storage.database import Connection, Database

_log = structlog.get_logger(__name__)


def packaged_agreement() -> Path:
    """The example agreement: in the wheel beside the package, in a checkout under config/."""
    packaged = Path(__file__).parents[1] / "agreement" / "agreement.yaml"
    return packaged if packaged.is_file() else Path(__file__).parents[2] / "config" / "agreement.yaml"


async def first_start(database: Database, portal_id: PortalId, clock: Clock, agreement_file: Path | None) -> str | None:
    """Make what is missing. Returns why lanes must wait when there is no usable agreement, else None.

    A file that has faults keeps nothing from starting: requests are taken in while it is mended.
    """
    now = clock.now()
    async with database.begin() as connection:
        await portals.ensure(connection, portal_id, now=now)
        version = await agreements.newest(connection, portal_id)
    file = agreement_file or packaged_agreement()
    if version is not None and (version.frozen is not None or version.published_by is not None):
        _warn_if_differs(version, agreement_file)
        return None
    return await _publish(database, portal_id, file, clock, before=version)


async def begin(database: Database, portal_id: PortalId, clock: Clock, text: str, actor: Actor, message: str) -> None:
    """Publish version 1 before any service has started: nobody is bound by anything yet, so nobody has to agree.

    Where there is a version already, nothing happens. Raises NotAllowed, AgreementError, and NotPublishable for a
    text whose examples fail.
    """
    demand(actor, Right.PUBLISH)
    checked = await check(text, None, file="agreement")
    if checked.errors:
        raise AgreementError(checked.errors)
    if checked.failed:
        raise NotPublishable(checked.failures)
    now = clock.now()

    async def work(connection: Connection) -> None:
        await portals.ensure(connection, portal_id, now=now)
        portal = await portals.hold(connection, portal_id)
        if portal is None or await agreements.newest_number(connection, portal_id) is not None:
            return
        new = NewVersion(1, text, actor.name, message, published_by=actor.name, mode=portal.mode.value)
        await agreements.publish(connection, portal_id, new, now=now)
        detail = {"version": 1, "message": message}
        await audit.note(connection, portal_id, actor.name, "agreement published", detail, now=now)

    await database.transact(work)


def _warn_if_differs(version: Version, file: Path | None) -> None:
    if file and _read(file) not in {None, version.text}:
        why = "the published version stays in force"
        _log.warning("agreement_file_differs", file=str(file), version=version.number, why=why)


async def _publish(
    database: Database, portal_id: PortalId, file: Path, clock: Clock, *, before: Version | None
) -> str | None:
    """Publish the file, unless it is what was published `before` and never fitted the portal."""
    text = _read(file)
    if text is None:
        return f"the agreement {file} cannot be read; set BATON_AGREEMENT_FILE to a file that can, and start again"
    if before is not None and before.text == text:
        return None
    try:
        await asyncio.to_thread(parse_agreement, text, file=str(file))
    except AgreementError as error:
        return f"the agreement cannot be used; mend it and start again: {error}"
    number = before.number + 1 if before else 1
    new = NewVersion(number, text, author="start", message=f"Taken from {file.name}")
    if await _make(database, portal_id, new, clock):
        _log.info("agreement_published", version=number, file=file.name)
    return None


async def _make(database: Database, portal_id: PortalId, new: NewVersion, clock: Clock) -> bool:
    """Make the version, unless somebody published another meanwhile; whether it was made."""

    async def work(connection: Connection) -> bool:
        await portals.hold(connection, portal_id)
        if (await agreements.newest_number(connection, portal_id) or 0) + 1 != new.number:
            return False
        await agreements.publish(connection, portal_id, new, now=clock.now())
        return True

    return await database.transact(work)


def _read(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None
