"""HubSpot: whether it answers, whose token it is, what that may do, and whether the agreement fits the portal."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import timedelta

from app.agreement.faults import Fault, Severity
from app.agreement.model import Agreement
from app.crm.errors import CrmError, Unauthorized
from app.crm.port import Account, Crm
from app.engine import setup
from app.engine.doctor.check import Check, clock_check, failed, not_looked_at, ok, warning
from app.engine.doctor.patient import Patient
from app.engine.doctor.store import Stored
from app.engine.portal import Seen, see
from app.engine.rulebook import portal_words
from app.handoff.lint import check_document
from app.records.engagement import EngagementKind
from app.records.ids import CompanyId, ContactId, ObjectType
from app.storage.agreements import Version

_LATE = timedelta(seconds=5)
_TOO_LATE = timedelta(seconds=60)
"""A webhook that seems to come from further in the future than a minute is refused."""
_SOME_ID = "1"
"""Asked for to see whether asking is allowed; whether it is there does not matter."""
_OWNER_CODES = frozenset({"unknown_owner", "inactive_owner"})
_STAGE_CODES = frozenset({"unknown_stage"})
_NEED_HUBSPOT = ("HubSpot clock", "portal", "scopes", "properties", "owners", "stages", "agreement")


async def checks(patient: Patient, stored: Stored) -> AsyncIterator[Check]:
    """Everything about HubSpot. While it does not answer, no more than one call is made."""
    async for check in _asked(patient, stored):
        yield check
    yield _validation_rules(stored)


async def _asked(patient: Patient, stored: Stored) -> AsyncIterator[Check]:
    account = await _account(patient)
    if isinstance(account, Check):
        yield account
        for name in _NEED_HUBSPOT:
            yield not_looked_at(name, account.says)
        return
    yield ok("token", "HubSpot takes it")
    yield _whose(account, patient)
    yield _clock(account)
    async for check in _granted(patient.crm, stored.rulebook.agreement if stored.rulebook else None):
        yield check
    async for check in _fits(patient, stored):
        yield check


async def _account(patient: Patient) -> Account | Check:
    if patient.missing:
        return not_looked_at("token", patient.missing.partition("; ")[0])
    try:
        return await patient.crm.read_account()
    except Unauthorized as error:
        remedy = "set BATON_HUBSPOT_ACCESS_TOKEN to the token that HubSpot shows for the app"
        return failed("token", f"HubSpot refuses it: {error.words}", remedy)
    except CrmError as error:
        return failed("token", f"HubSpot cannot be asked: {error.words}", "look at status.hubspot.com and the network")


def _whose(account: Account, patient: Patient) -> Check:
    if account.portal_id == patient.portal_id:
        return ok("portal", f"the token is of portal {account.portal_id}")
    says = f"the token is of portal {account.portal_id}, and BATON_PORTAL_ID is {patient.portal_id}"
    return failed("portal", says, "set the one that is wrong")


def _clock(account: Account) -> Check:
    if account.clock_ahead is None:
        return not_looked_at("HubSpot clock", "its answer told no time")
    return clock_check("HubSpot clock", "HubSpot's", account.clock_ahead, warns=_LATE, fails=_TOO_LATE)


async def _granted(crm: Crm, agreement: Agreement | None) -> AsyncIterator[Check]:
    """What reads are refused, and what scopes for writing HubSpot does not name: nothing is written to find out."""
    asked = [(scope, ask) for scope, ask in _asks(crm).items() if _is_needed(scope, agreement)]
    refused = [scope for scope, ask in asked if not await _is_allowed(ask)]
    writing = [scope for scope in setup.SCOPES if scope.endswith(".write")]
    named = await _named(crm)
    lacking = [*refused, *(scope for scope in writing if named is not None and scope not in named)]
    if lacking:
        says = f"the token lacks {', '.join(lacking)}"
        yield failed("scopes", says, "add them to the app in HubSpot, install it again, and set the new token")
    elif named is None:
        untried = ", ".join(writing)
        yield ok("scopes", f"all that allow reading are granted; not tried, because it takes a write: {untried}")
    else:
        yield ok("scopes", "all that are needed are granted")


async def _named(crm: Crm) -> frozenset[str] | None:
    """The scopes that HubSpot names; None where it names none for this sort of token."""
    try:
        return await crm.read_scopes()
    except CrmError:
        return None


def _is_needed(scope: str, agreement: Agreement | None) -> bool:
    return scope in (setup.SCOPES if agreement is None else setup.scopes(agreement))


def _asks(crm: Crm) -> Mapping[str, Callable[[], Awaitable[object]]]:
    """For each scope that allows reading, a call that needs it."""
    return {
        "crm.objects.contacts.read": lambda: crm.read_contacts([ContactId(_SOME_ID)], ("email",)),
        "crm.objects.companies.read": lambda: crm.read_companies([CompanyId(_SOME_ID)], ("name",)),
        "crm.objects.owners.read": crm.read_owners,
        "crm.objects.deals.read": lambda: crm.read_contacts_of(ObjectType.DEAL, [_SOME_ID]),
        "crm.schemas.contacts.read": lambda: crm.read_definitions(ObjectType.CONTACT),
        "crm.schemas.companies.read": lambda: crm.read_definitions(ObjectType.COMPANY),
        "crm.schemas.deals.read": lambda: crm.read_definitions(ObjectType.DEAL),
        "sales-email-read": lambda: crm.read_engagements(EngagementKind.EMAIL, [_SOME_ID]),
    }


async def _is_allowed(ask: Callable[[], Awaitable[object]]) -> bool:
    """Whether HubSpot lets the call through. One that fails otherwise was let through as far as anybody can tell."""
    try:
        await ask()
    except Unauthorized:
        return False
    except CrmError:
        return True
    return True


async def _fits(patient: Patient, stored: Stored) -> AsyncIterator[Check]:
    names = ("properties", "owners", "stages", "agreement")
    if stored.version is None or stored.rulebook is None:
        because = stored.lacking or "no agreement is in force that can be read"
        for name in names:
            yield not_looked_at(name, because)
        return
    try:
        lacking = await setup.plan(patient.crm, stored.rulebook.agreement)
        seen = await see(patient.crm, stored.rulebook.agreement)
    except CrmError as error:
        for name in names:
            yield not_looked_at(name, f"HubSpot did not answer: {error.words}")
        return
    yield _properties(lacking, stored)
    for check in await asyncio.to_thread(_held_against, stored.version, seen, patient.tier):
        yield check


def _properties(lacking: setup.Lacking, stored: Stored) -> Check:
    says = [*lacking.differing]
    if lacking.properties:
        says.append(f"the portal lacks {', '.join(one.name for one in lacking.properties)}")
    if not says:
        return ok("properties", "the portal has every property that Baton writes, each of the right type")
    tell = warning if stored.portal is None or stored.portal.is_shadow else failed
    return tell("properties", "; ".join(says), "run `baton setup --apply`, which says what is left to do by hand")


def _held_against(version: Version, seen: Seen, tier: str | None) -> list[Check]:
    """The agreement in force beside the portal as it is now, whatever the portal was when it was published."""
    words = portal_words(seen.by_name(), seen.owners, seen.stages(), tier)
    faults = check_document(version.text, file=f"agreement version {version.number}", portal=words)
    named = _OWNER_CODES | _STAGE_CODES
    return [
        _told("owners", [one for one in faults if one.code in _OWNER_CODES], "each that the agreement names can own"),
        _told("stages", [one for one in faults if one.code in _STAGE_CODES], "the portal has each that is named"),
        _told("agreement", [one for one in faults if one.code not in named], f"version {version.number} fits"),
    ]


def _told(name: str, faults: Sequence[Fault], fine: str) -> Check:
    if not faults:
        return ok(name, fine)
    errors = [one for one in faults if one.severity is Severity.ERROR]
    first = (errors or faults)[0]
    more = f", and {len(faults) - 1} more" if len(faults) > 1 else ""
    says = f"{first.file}:{first.line}: {first.message}{more}"
    return (failed if errors else warning)(name, says, f"{first.fix}; `baton agreement validate` lists all")


def _validation_rules(stored: Stored) -> Check:
    """HubSpot's API lists no rules that an admin made: what they refused is what there is to go by."""
    name = "validation rules"
    if stored.lacking:
        return not_looked_at(name, stored.lacking)
    if not stored.refusals:
        return ok(name, "HubSpot refuses no write for now; its API does not list the rules that admins make")
    first = stored.refusals[0]
    many = sum(one.many for one in stored.refusals)
    says = f"{many} writes are parked; the commonest reason is: {first.words}"
    return warning(name, says, first.hint or "mend it in HubSpot; the next change of the record writes again")
