"""What must stand before a portal is looked at: access, its property definitions and owners, a usable agreement.

While one is missing, lanes wait, and the portal's row says why in a sentence that a person can act on.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import structlog

from app.agreement.faults import AgreementError, Fault, Severity
from app.agreement.model import Agreement
from app.agreement.portal import PortalWords
from app.clock import Clock
from app.crm.errors import BreakerOpen, CrmError, Outage, Unauthorized
from app.crm.port import Crm
from app.engine.heard import Heard
from app.engine.rulebook import Rulebook, frozen_for, portal_words, rulebook_of
from app.handoff.lint import check_document
from app.handoff.properties import DISPENSABLE, own_properties
from app.records.crm import Owner, PropertyDefinition
from app.records.ids import ObjectType, PortalId
from app.records.stages import HUBSPOT_DEFAULT_STAGES
from app.storage import agreements, outages, portals
from app.storage.agreements import Version
from app.storage.database import Database
from app.storage.portals import Portal

_log = structlog.get_logger(__name__)

REFRESH_SECONDS = 300
"""Definitions and owners are read anew this often: owners leave, and admins delete properties."""
RETRY_SECONDS = 5


@dataclass(frozen=True, slots=True)
class Seen:
    """What the portal answered."""

    definitions: Mapping[ObjectType, tuple[PropertyDefinition, ...]]
    owners: tuple[Owner, ...]

    def by_name(self) -> dict[str, PropertyDefinition]:
        return {f"{kind.value}.{one.name}": one for kind, many in self.definitions.items() for one in many}

    def stages(self) -> tuple[str, ...]:
        """Lifecycle stages in the portal's order: the options of `lifecyclestage` in theirs."""
        stage = self.by_name().get("contact.lifecyclestage")
        return tuple(option.value for option in stage.options) if stage and stage.options else HUBSPOT_DEFAULT_STAGES


async def see(crm: Crm, agreement: Agreement) -> Seen:
    """Read definitions and owners. What deals consist of takes a scope of its own, which few portals need.

    Raises CrmError when the portal cannot be asked.
    """
    definitions = {kind: await crm.read_definitions(kind) for kind in (ObjectType.CONTACT, ObjectType.COMPANY)}
    try:
        definitions[ObjectType.DEAL] = await crm.read_definitions(ObjectType.DEAL)
    except Unauthorized:
        if agreement.reads.deal:
            raise
    return Seen(definitions, await crm.read_owners())


class PortalWatch:
    """Keeps what is known of the portal fresh, and says whether looks may be taken."""

    def __init__(
        self,
        database: Database,
        crm: Crm,
        portal_id: PortalId,
        clock: Clock,
        *,
        missing: str | None = None,
        tier: str | None = None,
        heard: Heard | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        """`missing` names the setting without which HubSpot cannot be asked at all; `tier` is its edition."""
        self._heard = heard or Heard()
        self._database = database
        self._crm = crm
        self._portal_id = portal_id
        self._clock = clock
        self._missing = missing
        self._tier = tier
        self._monotonic = monotonic
        self._rulebook: Rulebook | None = None
        self._checked_mode: portals.Mode | None = None
        self._due = 0.0

    async def ready(self) -> tuple[Portal, Rulebook] | None:
        """The portal and what to decide by, or None while lanes must wait (the reason is on the portal's row)."""
        portal = await self._portal()
        if portal is None or portal.paused_reason:
            return None
        if self._monotonic() >= self._due or portal.mode is not self._checked_mode or await self._is_superseded():
            await self._refresh(portal)
            portal = await self._portal()
        if portal is not None and portal.blocked_reason:
            self.refresh_soon()
        if portal is None or self._rulebook is None or portal.blocked_reason:
            return None
        return portal, self._rulebook

    def refresh_soon(self) -> None:
        """Something about the portal turned out to be different: ask again at the next occasion."""
        self._due = min(self._due, self._monotonic() + RETRY_SECONDS)

    def forget(self) -> None:
        """Ask again at once: somebody says that it was mended."""
        self._due = 0.0

    async def _is_superseded(self) -> bool:
        """Whether a newer version of the agreement is in force than the one at hand."""
        if self._rulebook is None:
            return False
        async with self._database.begin() as connection:
            return await agreements.newest_number(connection, self._portal_id) != self._rulebook.version

    async def _portal(self) -> Portal | None:
        async with self._database.begin() as connection:
            return await portals.get(connection, self._portal_id)

    async def _refresh(self, portal: Portal) -> None:
        reason = self._missing or await self._check(portal)
        self._due = self._monotonic() + (RETRY_SECONDS if reason else REFRESH_SECONDS)
        self._checked_mode = portal.mode
        if reason != portal.blocked_reason:
            _log.warning("lanes_wait", portal=self._portal_id, why=reason) if reason else _log.info("lanes_go_on")
        async with self._database.begin() as connection:
            await portals.block(connection, self._portal_id, reason)

    async def _check(self, portal: Portal) -> str | None:
        async with self._database.begin() as connection:
            version = await agreements.newest(connection, self._portal_id)
        if version is None:
            return "no agreement is published; set BATON_AGREEMENT_FILE and start again"
        try:
            rulebook = await rulebook_of(version)
            return await self._hold_against(version, rulebook, await self._ask(rulebook.agreement), portal)
        except AgreementError as error:
            return f"agreement version {version.number} cannot be used: {error}"
        except CrmError as error:
            await self._note(error)
            held = portal.blocked_reason if isinstance(error, BreakerOpen) else None
            return held or f"HubSpot cannot be asked: {error.words}"

    async def _note(self, error: CrmError) -> None:
        """While the CRM is out, no clock runs."""
        if isinstance(error, Outage):
            silent_since = self._heard.silent_since(self._clock.now())
            async with self._database.begin() as connection:
                await outages.begin(connection, self._portal_id, at=silent_since)
            self._heard.at = None

    async def _ask(self, agreement: Agreement) -> Seen:
        seen = await see(self._crm, agreement)
        self._heard.at = self._clock.now()
        async with self._database.begin() as connection:
            await portals.hold(connection, self._portal_id)
            await outages.end(connection, self._portal_id, at=self._clock.now())
            await portals.save_definitions(connection, self._portal_id, seen.definitions)
            await portals.save_owners(connection, self._portal_id, seen.owners, now=self._clock.now())
            await portals.checked(connection, self._portal_id, seen.stages(), now=self._clock.now())
        return seen

    async def _hold_against(self, version: Version, rulebook: Rulebook, seen: Seen, portal: Portal) -> str | None:
        faults = await asyncio.to_thread(_faults, version, self._words(seen))
        now = self._clock.now()
        frozen = await frozen_for(rulebook.agreement, seen.by_name(), seen.owners, now.date())
        errors = [fault for fault in faults if fault.severity is Severity.ERROR]
        async with self._database.begin() as connection:
            await agreements.checked(
                connection,
                self._portal_id,
                version.number,
                frozen,
                [str(one) for one in faults],
                fits=not errors,
                now=now,
            )
            stored = await agreements.get(connection, self._portal_id, version.number)
        if errors and version.frozen is None:
            return f"agreement version {version.number} does not fit the portal: {errors[0]}"
        _tell_drift(version, errors)
        missing = missing_properties(rulebook.agreement, seen.by_name())
        if missing and not portal.is_shadow:
            return f"the portal lacks {missing[0].name} and {len(missing) - 1} more; run `baton setup --apply`"
        self._rulebook = rulebook if stored is None or stored.frozen == version.frozen else await rulebook_of(stored)
        return None

    def _words(self, seen: Seen) -> PortalWords:
        return portal_words(seen.by_name(), seen.owners, seen.stages(), self._tier)


def _faults(version: Version, words: PortalWords) -> list[Fault]:
    return check_document(version.text, file=f"agreement version {version.number}", portal=words)


def _tell_drift(version: Version, errors: Sequence[Fault]) -> None:
    """What fitted once and no longer does, told when it is first seen: a leaver, a deleted property."""
    for fault in errors:
        if str(fault) not in version.faults:
            _log.warning("agreement_drifts", version=version.number, fault=str(fault))


def missing_properties(agreement: Agreement, known: Mapping[str, PropertyDefinition]) -> tuple[PropertyDefinition, ...]:
    """Baton's own contact properties that the portal does not have and that it cannot do without."""
    needed = (one for one in own_properties(agreement) if one.name not in DISPENSABLE)
    return tuple(one for one in needed if f"contact.{one.name}" not in known)
