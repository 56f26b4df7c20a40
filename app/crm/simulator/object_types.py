"""The kinds of CRM records, by name and by HubSpot's object type id, and how they are associated."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ObjectType:
    """One kind of record. `own_events` says that webhooks call it by name (`contact.creation`)."""

    name: str
    singular: str
    type_id: str
    own_events: bool = False

    @property
    def modified_property(self) -> str:
        """Contacts alone keep the old name; every other kind uses `hs_lastmodifieddate`."""
        return "lastmodifieddate" if self.name == "contacts" else "hs_lastmodifieddate"

    @property
    def created_property(self) -> str:
        return "createdate" if self.name in {"contacts", "companies", "deals"} else "hs_createdate"


CONTACTS = ObjectType("contacts", "contact", "0-1", own_events=True)
COMPANIES = ObjectType("companies", "company", "0-2", own_events=True)
DEALS = ObjectType("deals", "deal", "0-3", own_events=True)
TASKS = ObjectType("tasks", "task", "0-27")
NOTES = ObjectType("notes", "note", "0-46")
MEETINGS = ObjectType("meetings", "meeting", "0-47")
CALLS = ObjectType("calls", "call", "0-48")
EMAILS = ObjectType("emails", "email", "0-49")
COMMUNICATIONS = ObjectType("communications", "communication", "0-18")

OBJECT_TYPES = (CONTACTS, COMPANIES, DEALS, TASKS, NOTES, MEETINGS, CALLS, EMAILS, COMMUNICATIONS)
ACTIVITIES = (TASKS, NOTES, MEETINGS, CALLS, EMAILS, COMMUNICATIONS)
_BY_WORD = {word: kind for kind in OBJECT_TYPES for word in (kind.name, kind.singular, kind.type_id)}


def object_type(word: str) -> ObjectType | None:
    """Find a kind by plural, singular or type id (`contacts`, `contact`, `0-1`)."""
    return _BY_WORD.get(word.lower())


# HubSpot-defined, unlabelled association types, from -> to.
DEFAULT_TYPE_IDS = {
    ("contacts", "companies"): 279,
    ("companies", "contacts"): 280,
    ("contacts", "deals"): 4,
    ("deals", "contacts"): 3,
    ("companies", "deals"): 342,
    ("deals", "companies"): 341,
    ("contacts", "tasks"): 203,
    ("contacts", "notes"): 201,
    ("contacts", "calls"): 193,
    ("contacts", "emails"): 197,
    ("contacts", "meetings"): 199,
    ("contacts", "communications"): 82,
    ("tasks", "contacts"): 204,
    ("notes", "contacts"): 202,
    ("calls", "contacts"): 194,
    ("emails", "contacts"): 198,
    ("meetings", "contacts"): 200,
    ("communications", "contacts"): 81,
    ("tasks", "companies"): 192,
    ("notes", "companies"): 190,
    ("calls", "companies"): 182,
    ("emails", "companies"): 186,
    ("meetings", "companies"): 188,
    ("communications", "companies"): 87,
    ("companies", "tasks"): 191,
    ("companies", "notes"): 189,
    ("companies", "calls"): 181,
    ("companies", "emails"): 185,
    ("companies", "meetings"): 187,
    ("companies", "communications"): 88,
    ("tasks", "deals"): 216,
    ("notes", "deals"): 214,
    ("calls", "deals"): 206,
    ("emails", "deals"): 210,
    ("meetings", "deals"): 212,
    ("communications", "deals"): 85,
    ("deals", "tasks"): 215,
    ("deals", "notes"): 213,
    ("deals", "calls"): 205,
    ("deals", "emails"): 209,
    ("deals", "meetings"): 211,
    ("deals", "communications"): 86,
}

# The label "Primary": a contact has one primary company, which also carries the unlabelled type.
PRIMARY_TYPE_IDS = {
    ("contacts", "companies"): 1,
    ("companies", "contacts"): 2,
    ("deals", "companies"): 5,
    ("companies", "deals"): 6,
}
