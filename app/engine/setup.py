"""What Baton needs in the portal: its properties, made here, and what only an admin can grant, listed.

Making is done once however often it is asked for. A property that stands with another type is somebody
else's or was changed by hand: it is told of, never changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from app.agreement.model import Agreement
from app.crm.port import Crm
from app.handoff.properties import GROUP, OWN_PROPERTIES, READS, own_properties
from app.records.crm import PropertyDefinition
from app.records.engagement import EngagementKind
from app.records.ids import ObjectType, PortalId
from app.storage import audit, portals
from app.storage.database import Database

GROUP_LABEL = "Baton handoff"

SCOPES = (
    "crm.objects.contacts.read",
    "crm.objects.contacts.write",
    "crm.objects.companies.read",
    "crm.objects.owners.read",
    "crm.schemas.contacts.read",
    "crm.schemas.contacts.write",
    "crm.schemas.companies.read",
    "sales-email-read",
)
"""What the app must be allowed; calls, meetings, messages, notes and tasks come with the contacts' own scopes."""
DEAL_SCOPES = ("crm.objects.deals.read", "crm.schemas.deals.read")
"""What it must be allowed beside, for an agreement that looks at deals."""

_LIFE = ("creation", "deletion", "merge", "restore", "privacyDeletion", "associationChange")
_FATES = ("deletion", "merge", "restore")
_ENGAGEMENTS: Mapping[EngagementKind, tuple[str, ...]] = {
    EngagementKind.CALL: ("hs_call_direction", "hs_call_disposition", "hs_call_status", "hubspot_owner_id"),
    EngagementKind.EMAIL: ("hs_email_direction", "hs_email_status", "hubspot_owner_id"),
    EngagementKind.MEETING: ("hs_meeting_outcome", "hs_meeting_start_time", "hubspot_owner_id"),
    EngagementKind.COMMUNICATION: ("hubspot_owner_id",),
    EngagementKind.NOTE: (),
    EngagementKind.TASK: (),
}
"""What may be corrected on an engagement later, so that it counts otherwise."""
_NEVER_TOLD = frozenset({"num_unique_conversion_events", "hs_lastmodifieddate"})
"""Properties that the CRM sends no change of."""


@dataclass(frozen=True, slots=True)
class Lacking:
    """What the portal lacks, or lacked before it was made; `differing` are sentences for a person."""

    group: bool
    properties: tuple[PropertyDefinition, ...]
    differing: tuple[str, ...]
    scopes: tuple[str, ...]
    subscriptions: tuple[str, ...]


async def plan(crm: Crm, agreement: Agreement) -> Lacking:
    """Look at the portal; change nothing. Raises CrmError when it cannot be asked."""
    stands = {one.name: one for one in await crm.read_definitions(ObjectType.CONTACT)}
    wanted = own_properties(agreement)
    return Lacking(
        group=all(one.group != GROUP for one in stands.values()),
        properties=tuple(one for one in wanted if one.name not in stands),
        differing=tuple(_differing(wanted, stands)),
        scopes=scopes(agreement),
        subscriptions=subscriptions(agreement),
    )


async def apply(
    crm: Crm, database: Database, portal_id: PortalId, agreement: Agreement, *, by: str, now: datetime
) -> Lacking:
    """Make what is lacking. Returns what was made."""
    lacking = await plan(crm, agreement)
    if lacking.group or lacking.properties:
        await crm.create_property_group(ObjectType.CONTACT, GROUP, GROUP_LABEL)
    if lacking.properties:
        await crm.create_properties(ObjectType.CONTACT, lacking.properties)
        names = [one.name for one in lacking.properties]
        async with database.begin() as connection:
            await portals.add_definitions(connection, portal_id, ObjectType.CONTACT, lacking.properties)
            await audit.note(connection, portal_id, by, "properties created", {"names": names}, now=now)
    return lacking


def scopes(agreement: Agreement) -> tuple[str, ...]:
    """What the app must be allowed, for this agreement."""
    return (*SCOPES, *DEAL_SCOPES) if agreement.reads.deal else SCOPES


def subscriptions(agreement: Agreement) -> tuple[str, ...]:
    """Every webhook that deciding wants: the fate of contacts, each property that is read or watched, engagements."""
    contact = READS.contact | agreement.reads.contact | {one.name for one in OWN_PROPERTIES}
    company = READS.company | agreement.reads.company
    return (
        *(f"contact.{change}" for change in _LIFE),
        *(f"contact.propertyChange {name}" for name in sorted(contact - _NEVER_TOLD)),
        *(f"company.{change}" for change in _FATES),
        *(f"company.propertyChange {name}" for name in sorted(company - _NEVER_TOLD)),
        *_of_deals(agreement),
        *(line for kind, names in _ENGAGEMENTS.items() for line in _of_engagements(kind, names)),
    )


def _of_deals(agreement: Agreement) -> tuple[str, ...]:
    names = sorted(agreement.reads.deal - _NEVER_TOLD)
    return (*(f"deal.{change}" for change in _FATES), *(f"deal.propertyChange {one}" for one in names)) if names else ()


def _of_engagements(kind: EngagementKind, names: Iterable[str]) -> Iterable[str]:
    """Engagements have no event names of their own: the object is named beside."""
    yield f"object.creation {kind.value}"
    yield f"object.deletion {kind.value}"
    yield from (f"object.propertyChange {kind.value} {name}" for name in names)


def _differing(wanted: Iterable[PropertyDefinition], stands: Mapping[str, PropertyDefinition]) -> Iterable[str]:
    for one in wanted:
        there = stands.get(one.name)
        if there is None:
            continue
        if there.type != one.type:
            yield f"{one.name} is of type {there.type} and Baton needs {one.type}; delete it, then apply again"
        have = {option.value for option in there.options}
        lacks = [option.value for option in one.options if option.value not in have]
        if there.type == one.type and lacks:
            yield f"{one.name} lacks the options {', '.join(lacks)}; add them in HubSpot"
