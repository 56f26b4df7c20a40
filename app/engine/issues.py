"""Issues for people: what stands and needs somebody, why in plain words, what to do, and what was said of it."""

from __future__ import annotations

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import assert_never

from app.crm.port import Verdict
from app.engine.refusals import NothingThere
from app.records.ids import PortalId
from app.storage import audit, issues
from app.storage.database import Connection, Database
from app.storage.issues import Found, IssueKind, IssueState

_LATER = "Replay them when HubSpot answers as it should."
_MEND = "Mend that in HubSpot or in the agreement, then replay them."
_THEN = "Then replay them."
_OF_CODE: Mapping[str, tuple[str, str]] = {
    "invalid": ("HubSpot refuses the change.", _MEND),
    "not_applied": ("HubSpot took the change and left the value as it was.", _MEND),
    "invalid_owner": (
        "HubSpot does not let this owner own records.",
        "Put an active owner in place, then replay them.",
    ),
    "locked": ("The records stayed locked over every try.", _LATER),
    "gone": ("HubSpot says there is no such record, over every try.", _LATER),
    "moved": ("The records answer under another id, over every try.", _LATER),
    "outcome_unknown": ("HubSpot took requests and never said what became of them.", _LATER),
    "unreadable": ("HubSpot's answers could not be read.", _LATER),
    "unassociated": ("HubSpot names no contact that these records belong to.", "Associate them, or ignore the issue."),
    "defect": (
        "Baton fails whenever it looks at these records.",
        "Report it with the log; replay them once it is mended.",
    ),
    "quarantined": ("What came is no event.", "See it with `baton events list --state quarantined`, and report it."),
}
_MISSIGNED = (
    "Requests to the webhook were not signed as they must be.",
    "Compare the app's client secret and public URL with BATON_HUBSPOT_CLIENT_SECRET and BATON_PUBLIC_URL.",
)
_UNSIGNED = (
    "Requests to the webhook did not bear HubSpot's signature.",
    "If they are HubSpot's, let the proxy before Baton pass on their headers; if strangers knock, ignore the issue.",
)
_UNTIMELY = (
    "Requests to the webhook were signed at a time that is not now.",
    "Set this machine's clock right: `baton doctor` compares it with HubSpot's.",
)
_OF_VERDICT: Mapping[str, tuple[str, str]] = {
    Verdict.NO_SIGNATURE: _UNSIGNED,
    Verdict.BAD_HEADER: _UNSIGNED,
    Verdict.BAD_TIMESTAMP: _UNSIGNED,
    Verdict.TOO_OLD: _UNTIMELY,
    Verdict.IN_FUTURE: _UNTIMELY,
    Verdict.MISMATCH: _MISSIGNED,
}
_ELSE = ("The last look at these records did not finish.", "Read the words, mend what they name, then replay them.")


@dataclass(frozen=True, slots=True)
class Issue:
    """A group of what stands, in plain words. `filter` chooses its records for a replay; None where none could help."""

    found: Found
    cause: str
    remedy: str
    filter: str | None

    @property
    def trend(self) -> str:
        """The last hour against the hour before: `rising`, `falling` or `steady`."""
        difference = self.found.last_hour - self.found.hour_before
        return "rising" if difference > 0 else "falling" if difference < 0 else "steady"


async def listed(
    database: Database, portal_id: PortalId, *, state: IssueState | None = None, now: datetime
) -> list[Issue]:
    """What stands, the one seen last first; only in `state`, if given."""
    async with database.begin() as connection:
        found = await issues.listed(connection, portal_id, now=now)
    return [_issue(one) for one in found if state is None or one.state is state]


async def issue_of(database: Database, portal_id: PortalId, fingerprint: str, *, now: datetime) -> Issue:
    """The issue of this fingerprint. Raises NothingThere, also for one of which nothing stands any more."""
    async with database.begin() as connection:
        return await _there(connection, portal_id, fingerprint, now)


async def say(
    database: Database, portal_id: PortalId, fingerprint: str, state: IssueState, *, by: str, now: datetime
) -> Issue:
    """Acknowledge, resolve or ignore an issue. Raises NothingThere."""

    async def work(connection: Connection) -> Issue:
        await _there(connection, portal_id, fingerprint, now)
        await issues.say(connection, portal_id, fingerprint, state, by=by, now=now)
        await audit.note(connection, portal_id, by, f"issue {state}", {"issue": fingerprint}, now=now)
        return await _there(connection, portal_id, fingerprint, now)

    return await database.transact(work)


async def _there(connection: Connection, portal_id: PortalId, fingerprint: str, now: datetime) -> Issue:
    for one in await issues.listed(connection, portal_id, now=now):
        if one.fingerprint == fingerprint:
            return _issue(one)
    raise NothingThere(f"there is no issue {fingerprint!r}; `baton issue list --all` shows what stands")


def _issue(found: Found) -> Issue:
    match found.kind:
        case IssueKind.WRITE:
            cause, remedy = _OF_CODE.get(found.code, _ELSE)
            if found.sort:
                remedy = f"{found.sort} {_THEN if remedy is _MEND else remedy}"
            return Issue(found, cause, remedy, _filter(found))
        case IssueKind.LOOK:
            return Issue(found, *_OF_CODE.get(found.code, _ELSE), _filter(found))
        case IssueKind.EVENT:
            return Issue(found, *_OF_CODE.get(found.code, _ELSE), None)
        case IssueKind.REQUEST:
            return Issue(found, *_OF_VERDICT.get(found.code, _MISSIGNED), None)
        case _:
            assert_never(found.kind)


def _filter(found: Found) -> str:
    return f"state:parked error:{shlex.quote(found.code)}"
