"""What the doctor looks at: an installation, as far as it could be opened."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import httpx

from app.clock import Clock
from app.crm.port import Crm, Inbox, Secrets
from app.records.ids import PortalId
from app.storage.database import Database


@dataclass(frozen=True, slots=True)
class Patient:
    """`database` is None where it could not be opened, for the reason `no_database`; `missing` is the setting without
    which the CRM cannot be asked. `http` reaches the public address. `tier` is the portal's edition, where it is set.
    """

    clock: Clock
    portal_id: PortalId
    crm: Crm
    missing: str | None
    api_version: str
    api_ends_on: date
    tier: str | None
    inbox: Inbox
    secrets: Secrets | None
    public_url: str
    http: httpx.AsyncClient
    database: Database | None
    no_database: str = ""
    warnings: tuple[str, ...] = ()
