"""Names for identifiers, so that one kind is never passed for another.

CRM object ids are text everywhere although HubSpot sends numbers: they outgrew 32 bits long ago
and are never counted with.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NewType

PortalId = NewType("PortalId", int)
ContactId = NewType("ContactId", str)
CompanyId = NewType("CompanyId", str)
OwnerId = NewType("OwnerId", str)
PoolId = NewType("PoolId", str)


class ObjectType(StrEnum):
    """The CRM records whose changes Baton takes as hints."""

    CONTACT = "contact"
    COMPANY = "company"
    DEAL = "deal"
    CALL = "call"
    EMAIL = "email"
    MEETING = "meeting"
    NOTE = "note"
    TASK = "task"
    COMMUNICATION = "communication"
