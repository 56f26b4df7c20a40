"""Who made an engagement, and who reached out to whom, as far as HubSpot's properties tell. Pure.

HubSpot notes on every record which of its tools, or whose integration, made it. What is not in these tables
tells nothing, and counts as nobody's doing. docs/reference/touches.md says of each row where it is from.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import assert_never

from app.records.engagement import Direction, EngagementKind, Maker

Values = Mapping[str, str | None]

BY_HAND = frozenset(
    {
        "CRM_UI",
        "EMAIL",
        "EMAIL_INTEGRATION",
        "GMAIL_INTEGRATION",
        "MEETINGS",
        "MEETINGS_PUBLIC",
        "MEETINGS_EMBEDDED",
        "BIDIRECTIONAL_SYNC",
        "MOBILE_ANDROID",
        "MOBILE_IOS",
    }
)
"""Sources behind which somebody sits: the record page, the phone app, a mailbox or calendar that is connected."""

BY_ITSELF = frozenset(
    {
        "API",
        "AUTOMATION_JOURNEY",
        "AUTOMATION_PLATFORM",
        "BATCH_UPDATE",
        "BIDIRECTIONAL_API",
        "BOT",
        "BREEZE_AGENT",
        "CUSTOMER_AGENT",
        "EMAIL_INBOX_IMPORT",
        "FORM",
        "HELP_DESK_AI",
        "IMPORT",
        "INTEGRATION",
        "INTEGRATIONS_PLATFORM",
        "INTEGRATIONS_SYNC",
        "INTERNAL_PROCESSING",
        "MIGRATION",
        "PRIMARY_AUTOMATION",
        "PROSPECTING_AGENT",
        "SALESFORCE",
        "SEQUENCES",
        "SLACK_INTEGRATION",
        "WORKFLOWS",
    }
)
"""Sources that need nobody: automation, agents, integrations, imports."""

_SOURCES = ("hs_object_source", "hs_engagement_source")
_MORE_SOURCES = {EngagementKind.CALL: ("hs_call_source",), EngagementKind.MEETING: ("hs_meeting_source",)}
_SEQUENCE = "hs_sequence_id"
_OUT_OF_OFFICE = "hs_incoming_email_is_out_of_office"

NOT_MADE = frozenset(
    {"CALLING_CRM_USER", "CANCELED", "CONNECTING", "FAILED", "HOLD", "MISSED", "QUEUED", "RINGING", "UNKNOWN"}
)
"""States of a call in which the other side was not called, or not yet."""
_CALLED = {"OUTBOUND": Direction.OUTBOUND, "INBOUND": Direction.INBOUND}
DISPOSITIONS = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": Direction.OUTBOUND,  # busy
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": Direction.OUTBOUND,  # left live message
    "b2cf5968-551e-4856-9783-52b3da59a7d0": Direction.OUTBOUND,  # left voicemail
    "73a0d17f-1163-4015-bdd5-ec830791da20": Direction.OUTBOUND,  # no answer
    "17b47fee-58de-441e-a44c-c6300d46f273": Direction.OUTBOUND,  # wrong number
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": Direction.TWO_WAY,  # connected: they spoke, whoever called
}
"""Outcomes that every account has, and what they say of a call whose direction nobody filled in."""

NOT_SENT = frozenset({"BOUNCED", "FAILED", "SCHEDULED", "SENDING"})
_MAILED = {"EMAIL": Direction.OUTBOUND, "INCOMING_EMAIL": Direction.INBOUND}
NOT_HELD = frozenset({"CANCELED", "NO_SHOW", "RESCHEDULED"})
CHANNELS = frozenset({"LINKEDIN_MESSAGE", "SMS", "WHATS_APP"})


@dataclass(frozen=True, slots=True)
class Told:
    """What a record tells; `because` names the properties and values that told it."""

    maker: Maker
    direction: Direction
    because: str


def told_by(kind: EngagementKind, values: Values) -> Told:
    """Judge an engagement by its properties. A sign of automation outweighs every sign of a person."""
    maker, telling = _maker(kind, values)
    direction, deciding = _direction(kind, values)
    said = [_says(name, values) for name in (telling, deciding) if name]
    return Told(maker, direction, "; ".join(said) or "nothing on the record says who made it")


def _maker(kind: EngagementKind, values: Values) -> tuple[Maker, str]:
    """Whose doing it was, and the name of the property that tells; "" where none does."""
    if kind is EngagementKind.EMAIL and values.get(_SEQUENCE):
        return Maker.AUTOMATIC, _SEQUENCE
    if kind is EngagementKind.EMAIL and values.get(_OUT_OF_OFFICE) == "true":
        return Maker.AUTOMATIC, _OUT_OF_OFFICE
    names = [name for name in (*_SOURCES, *_MORE_SOURCES.get(kind, ())) if values.get(name)]
    for maker, signs in ((Maker.AUTOMATIC, BY_ITSELF), (Maker.HUMAN, BY_HAND)):
        for name in names:
            if values.get(name) in signs:
                return maker, name
    return Maker.UNKNOWN, next(iter(names), "")


def _direction(kind: EngagementKind, values: Values) -> tuple[Direction, str]:
    """Who reached out to whom, and the name of the property on account of which it was nobody."""
    match kind:
        case EngagementKind.CALL:
            return _of_call(values)
        case EngagementKind.EMAIL:
            return _of_email(values)
        case EngagementKind.MEETING:
            not_held = values.get("hs_meeting_outcome") in NOT_HELD
            return (Direction.NONE, "hs_meeting_outcome") if not_held else (Direction.TWO_WAY, "")
        case EngagementKind.COMMUNICATION:
            return _of_communication(values)
        case EngagementKind.NOTE | EngagementKind.TASK:
            return Direction.NONE, ""
        case _:
            assert_never(kind)


def _of_call(values: Values) -> tuple[Direction, str]:
    if values.get("hs_call_status") in NOT_MADE:
        return Direction.NONE, "hs_call_status"
    direction = _CALLED.get(values.get("hs_call_direction") or "")
    direction = direction or DISPOSITIONS.get(values.get("hs_call_disposition") or "")
    return (direction, "") if direction else (Direction.NONE, "hs_call_direction")


def _of_email(values: Values) -> tuple[Direction, str]:
    if values.get("hs_email_status") in NOT_SENT:
        return Direction.NONE, "hs_email_status"
    direction = _MAILED.get(values.get("hs_email_direction") or "")
    return (direction, "") if direction else (Direction.NONE, "hs_email_direction")


def _of_communication(values: Values) -> tuple[Direction, str]:
    """HubSpot keeps no direction of messages: one that was logged is taken for an exchange."""
    for name, known in (("hs_communication_logged_from", {"CRM"}), ("hs_communication_channel_type", CHANNELS)):
        if values.get(name) not in known:
            return Direction.NONE, name
    return Direction.TWO_WAY, ""


def _says(name: str, values: Values) -> str:
    return f"{name} is {values.get(name) or 'not set'}"
