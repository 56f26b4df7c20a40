"""HubSpot's names for objects and changes, in Baton's words."""

from __future__ import annotations

from app.records.event import EventKind
from app.records.ids import ObjectType

OBJECT_NOUN = "object"
"""`object.creation` and its like say in `objectTypeId` which object they mean."""

BY_NOUN = {
    "contact": ObjectType.CONTACT,
    "company": ObjectType.COMPANY,
    "deal": ObjectType.DEAL,
}

BY_TYPE_ID = {
    "0-1": ObjectType.CONTACT,
    "0-2": ObjectType.COMPANY,
    "0-3": ObjectType.DEAL,
    "0-48": ObjectType.CALL,
    "0-49": ObjectType.EMAIL,
    "0-47": ObjectType.MEETING,
    "0-46": ObjectType.NOTE,
    "0-27": ObjectType.TASK,
    "0-18": ObjectType.COMMUNICATION,
}
"""Source: HubSpot developer documentation, "Understanding the CRM", object type ids."""

KINDS = {
    "creation": EventKind.CREATED,
    "propertyChange": EventKind.CHANGED,
    "deletion": EventKind.DELETED,
    "privacyDeletion": EventKind.ERASED,
    "restore": EventKind.RESTORED,
    "merge": EventKind.MERGED,
    "associationChange": EventKind.ASSOCIATED,
}

ASSOCIATED_NOUNS = {
    "CONTACT": ObjectType.CONTACT,
    "COMPANY": ObjectType.COMPANY,
    "DEAL": ObjectType.DEAL,
    "CALL": ObjectType.CALL,
    "EMAIL": ObjectType.EMAIL,
    "MEETING": ObjectType.MEETING,
    "MEETING_EVENT": ObjectType.MEETING,
    "NOTE": ObjectType.NOTE,
    "TASK": ObjectType.TASK,
    "COMMUNICATION": ObjectType.COMMUNICATION,
}
"""The ends of an `associationType` such as CONTACT_TO_COMPANY that Baton looks at. HubSpot lists contacts,
companies, deals, tickets and line items; the engagements are here in case it comes to list them."""

PLURALS = {
    ObjectType.CONTACT: "contacts",
    ObjectType.COMPANY: "companies",
    ObjectType.DEAL: "deals",
    ObjectType.CALL: "calls",
    ObjectType.EMAIL: "emails",
    ObjectType.MEETING: "meetings",
    ObjectType.NOTE: "notes",
    ObjectType.TASK: "tasks",
    ObjectType.COMMUNICATION: "communications",
}
"""How paths name the objects."""
