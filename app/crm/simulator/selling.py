"""What people who sell do with a contact, and what automation leaves behind in their name."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from app.crm.simulator import people
from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import (
    CALLS,
    COMMUNICATIONS,
    CONTACTS,
    EMAILS,
    MEETINGS,
    TASKS,
    ObjectType,
    object_type,
)
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Source

PERSON = "userId:1001"

_LENGTH = timedelta(minutes=30)
_SEQUENCE = "7001"


class Selling:
    """The activities of contacts. Ids that are not there raise KeyError; times are now unless `at` is given."""

    portal: Portal

    def log_activity(
        self,
        object_type: str,
        contact_id: str,
        properties: Mapping[str, str] | None = None,
        *,
        source: str = "CRM_UI",
        by: str = PERSON,
    ) -> str:
        """An activity of any kind, as told by its properties; `hs_timestamp` says when."""
        kind, contact = kind_named(object_type), record_of(self.portal, CONTACTS, contact_id)
        return people.log_activity(self.portal, kind, contact, properties or {}, Source(source, by)).id

    def log_call(self, contact_id: str, *, owner_id: str, at: datetime | None = None, **properties: str) -> str:
        """A call that the owner made and logged on the record page."""
        told = {"hs_call_direction": "OUTBOUND", "hs_call_status": "COMPLETED", "hs_call_title": "Call", **properties}
        return self._log(CALLS, contact_id, owner_id, at, told)

    def log_email(self, contact_id: str, *, owner_id: str, at: datetime | None = None, **properties: str) -> str:
        """An e-mail that the owner wrote in the mailbox that is connected."""
        told = {"hs_email_direction": "EMAIL", "hs_email_status": "SENT", "hs_email_subject": "Hello", **properties}
        return self._log(EMAILS, contact_id, owner_id, at, self._sent(owner_id) | told, source="EMAIL")

    def send_sequence_email(self, contact_id: str, *, owner_id: str, at: datetime | None = None) -> str:
        """An e-mail that a sequence sent from the owner's mailbox: the sequence's id alone tells it from theirs.

        That it stands there, public clients of the API show; by which source such an e-mail goes is documented nowhere.
        """
        return self.log_email(contact_id, owner_id=owner_id, at=at, hs_sequence_id=_SEQUENCE)

    def hold_meeting(self, contact_id: str, *, owner_id: str, at: datetime | None = None, **properties: str) -> str:
        """A meeting of half an hour from `at` on, which was held."""
        start = at or self.portal.now()
        told = {
            "hs_meeting_title": "Meeting",
            "hs_meeting_start_time": iso(start),
            "hs_meeting_end_time": iso(start + _LENGTH),
            "hs_meeting_outcome": "COMPLETED",
            **properties,
        }
        return self._log(MEETINGS, contact_id, owner_id, start, told)

    def log_message(self, contact_id: str, *, owner_id: str, at: datetime | None = None, **properties: str) -> str:
        """A message on a social network, which the owner wrote and logged on the record page."""
        told = {"hs_communication_channel_type": "LINKEDIN_MESSAGE", "hs_communication_logged_from": "CRM"}
        return self._log(COMMUNICATIONS, contact_id, owner_id, at, told | properties)

    def edit_activity(self, object_type: str, activity_id: str, properties: Mapping[str, str]) -> None:
        """Somebody corrects an activity on the record page."""
        record = record_of(self.portal, kind_named(object_type), activity_id)
        people.edit_record(self.portal, record, properties, Source("CRM_UI", PERSON))

    def delete_activity(self, object_type: str, activity_id: str) -> None:
        people.delete(
            self.portal, record_of(self.portal, kind_named(object_type), activity_id), Source("CRM_UI", PERSON)
        )

    def complete_task(self, task_id: str, *, by: str = PERSON) -> None:
        done = {"hs_task_status": "COMPLETED"}
        people.edit_record(self.portal, record_of(self.portal, TASKS, task_id), done, Source("CRM_UI", by))

    def _log(
        self,
        kind: ObjectType,
        contact_id: str,
        owner_id: str,
        at: datetime | None,
        properties: Mapping[str, str],
        *,
        source: str = "CRM_UI",
    ) -> str:
        given = {"hubspot_owner_id": owner_id, "hs_timestamp": iso(at or self.portal.now()), **properties}
        owner = self.portal.owners.get(owner_id)
        by = f"userId:{owner.user_id}" if owner else PERSON
        return self.log_activity(kind.name, contact_id, given, source=source, by=by)

    def _sent(self, owner_id: str) -> dict[str, str]:
        owner = self.portal.owners.get(owner_id)
        return {"hs_email_from_email": owner.email} if owner else {}


def record_of(portal: Portal, kind: ObjectType, record_id: str) -> Record:
    """A record that is there. KeyError where it is not."""
    record = portal.records.find(kind, record_id)
    if record is None:
        raise KeyError(record_id)
    return record


def kind_named(word: str) -> ObjectType:
    """A kind by plural, singular or type id. KeyError for another word."""
    kind = object_type(word)
    if kind is None:
        raise KeyError(word)
    return kind
