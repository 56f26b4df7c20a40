"""The page about what counts as a touch, made from rows that the classifier is held against."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from app.crm.hubspot.makers import DISPOSITIONS
from app.records.engagement import Direction, EngagementKind, Maker
from tests.house.tables import table

_INTRO = """\
# What counts as a touch

A touch is what Sales promised: somebody of theirs reached out to the lead. It accepts a handoff and stops the clock of
the first touch. HubSpot has no property that says *a person did this*, so Baton judges each call, e-mail, meeting and
message by what HubSpot notes of it, and counts it when both are told:

- **a person did it**: not a sequence, a workflow, an agent, an integration or an import. A sign of automation outweighs
  every sign of a person. What nothing tells counts as not done by a person;
- **it went out to the lead**, or both took part. That a lead called or wrote is kept and is no touch.

It counts for the engagement's owner (`hubspot_owner_id`). Where an e-mail has none, that is the owner with the address
it was sent from. Somebody else may have logged it: it counts for the owner whom it names. It counts from when it took
place, not from when it was logged: a meeting from its start.

Beside these, the agreement may name contact properties whose change counts as a touch (`counts_as_touch` of a promise).
That is the way for a dialer or a mail tool that writes into HubSpot as an integration.

Baton keeps with each engagement the property and the value that told. When somebody corrects or deletes an engagement
in HubSpot, it is read anew, and the clocks are judged again.

Each row below is run through the code by a test. The sources are:

- **documentation**: HubSpot's developer documentation, "Activities" (calls, e-mail, meetings) and "Communications";
- **knowledge base**: HubSpot's, "View and use record source properties";
- **client**: HubSpot's own Python client, which lists the values of `hs_engagement_source`. It lists names; what a tool
  of that name does is taken from the name where no other source says it;
- **portal**: one portal's figures that were made public. Of about 1,800 e-mails each had an `hs_object_source`: `EMAIL`
  where the mailbox was synchronised, `INTEGRATION` where a sequencing tool had sent it, `CRM_UI` seldom;
- **code**: public programs that read HubSpot.

## Who did it

Looked at are `hs_object_source` and `hs_engagement_source`, of calls `hs_call_source`, of meetings `hs_meeting_source`.

"""
_NOT_FOUND = """
## What could not be found

- By which source an e-mail goes that a **sequence** of HubSpot's sent. `hs_sequence_id` is what tells it, by public
  code; the documentation of sequences does not name a property.
- How a call through **HubSpot's own calling tool** differs from one that was logged by hand. Both are a person's.
- Whether a call that a **calling app** logged was dialled by a person. HubSpot notes an integration, so it does not
  count. Where reps call through such an app, let a property that it sets count as a touch.
- Who sent an e-mail that was logged with the **BCC address** (`BCC_TO_CRM`): a person's mail program or any tool. It
  does not count. Nor do `CONVERSATIONS`, `HELP_DESK`, `SALES`, `SIDEKICK`, `EXTENSION`, `SALES_MESSAGES`, `PLAYBOOKS`,
  `WORK_UI`, `TASK`, `CRM_UI_BULK_ACTION` and every value that is in no table here.
- The **direction of a message** (SMS, WhatsApp, LinkedIn): HubSpot keeps none. One that somebody logged by hand is
  taken for an exchange.
- Whether a meeting whose outcome is still `SCHEDULED`, or empty, was **held**. It counts once it has begun, until
  somebody sets another outcome.
- A call without a **direction** counts as made where its outcome says so (busy, no answer, a message left, a wrong
  number, connected), and else not at all. What an account's own outcomes mean is not known.
"""


@dataclass(frozen=True, slots=True)
class Row:
    """Values as HubSpot would have them, what they amount to, and where that is from."""

    kind: EngagementKind
    given: Mapping[str, str]
    maker: Maker
    direction: Direction
    source: str

    @property
    def counts(self) -> bool:
        return self.maker is Maker.HUMAN and self.direction in {Direction.OUTBOUND, Direction.TWO_WAY}


BY_HAND_TOLD = {
    "CRM_UI": ("logged or written on the record page", "knowledge base; portal"),
    "EMAIL": ("a mailbox that is connected and synchronised", "portal"),
    "EMAIL_INTEGRATION": ("a mailbox that is connected", "client, by its name"),
    "GMAIL_INTEGRATION": ("a Gmail mailbox that is connected", "client, by its name"),
    "MOBILE_ANDROID": ("the phone app", "client, by its name"),
    "MOBILE_IOS": ("the phone app", "client, by its name"),
    "MEETINGS": ("the meetings tool", "client: of every meeting booked through it"),
    "MEETINGS_PUBLIC": ("a meeting booked through somebody's link", "code"),
    "MEETINGS_EMBEDDED": ("the same, on a page of one's own", "code"),
    "BIDIRECTIONAL_SYNC": ("a meeting from a calendar that is synchronised", "code"),
}
BY_ITSELF_TOLD = {
    "SEQUENCES": ("a sequence", "client, by its name"),
    "WORKFLOWS": ("a workflow", "client, by its name"),
    "AUTOMATION_PLATFORM": ("a workflow", "client, by its name"),
    "AUTOMATION_JOURNEY": ("a customer journey", "client, by its name"),
    "PRIMARY_AUTOMATION": ("automation", "client, by its name"),
    "BOT": ("a chatbot", "knowledge base; client"),
    "BREEZE_AGENT": ("an agent", "client, by its name"),
    "CUSTOMER_AGENT": ("an agent", "client, by its name"),
    "PROSPECTING_AGENT": ("an agent", "client, by its name"),
    "HELP_DESK_AI": ("an agent", "client, by its name"),
    "API": ("a program", "client, by its name"),
    "INTEGRATION": ("an app or a program; sequencing tools, dialers and schedulers among them", "portal; code"),
    "INTEGRATIONS_PLATFORM": ("an app; of a call, a calling app", "documentation of `hs_call_source`; code"),
    "INTEGRATIONS_SYNC": ("an app that synchronises", "client, by its name"),
    "BIDIRECTIONAL_API": ("a meeting that an app made", "code"),
    "SALESFORCE": ("Salesforce's synchronisation", "client, by its name"),
    "SLACK_INTEGRATION": ("Slack's app", "client, by its name"),
    "IMPORT": ("an import", "client, by its name"),
    "EMAIL_INBOX_IMPORT": ("an import of old e-mails", "client, by its name"),
    "MIGRATION": ("HubSpot, moving records", "client, by its name"),
    "BATCH_UPDATE": ("a batch through the API, or HubSpot, moving records", "knowledge base"),
    "FORM": ("a form", "client, by its name"),
    "INTERNAL_PROCESSING": ("HubSpot itself", "client, by its name"),
}

_DOCS = "documentation"
_UI = {"hs_object_source": "CRM_UI"}
_MAIL = {"hs_object_source": "EMAIL"}
_LOGGED = {"hs_communication_logged_from": "CRM"}
_OUTCOMES = {
    "9d9162e7-6cf3-4944-bf63-4dff82258764": "busy",
    "a4c4c377-d246-4b32-a13b-75a56a4cd0ff": "left live message",
    "b2cf5968-551e-4856-9783-52b3da59a7d0": "left voicemail",
    "73a0d17f-1163-4015-bdd5-ec830791da20": "no answer",
    "17b47fee-58de-441e-a44c-c6300d46f273": "wrong number",
    "f240bbac-87c9-4f6e-bf70-924b57d47db7": "connected",
}


def _call(maker: Maker, direction: Direction, source: str = _DOCS, /, **given: str) -> Row:
    return Row(EngagementKind.CALL, {**_UI, **given}, maker, direction, source)


def _email(maker: Maker, direction: Direction, source: str = _DOCS, /, **given: str) -> Row:
    return Row(EngagementKind.EMAIL, {**_MAIL, **given}, maker, direction, source)


def _meeting(maker: Maker, direction: Direction, source: str = _DOCS, /, **given: str) -> Row:
    return Row(EngagementKind.MEETING, {**_UI, **given}, maker, direction, source)


def _message(maker: Maker, direction: Direction, source: str = _DOCS, /, **given: str) -> Row:
    return Row(EngagementKind.COMMUNICATION, {**_UI, **given}, maker, direction, source)


ROWS: tuple[Row, ...] = (
    _call(Maker.HUMAN, Direction.OUTBOUND, hs_call_direction="OUTBOUND", hs_call_status="COMPLETED"),
    _call(Maker.HUMAN, Direction.OUTBOUND, hs_call_direction="OUTBOUND", hs_call_status="NO_ANSWER"),
    _call(Maker.HUMAN, Direction.OUTBOUND, hs_call_direction="OUTBOUND", hs_call_status="BUSY"),
    _call(Maker.HUMAN, Direction.OUTBOUND, hs_call_direction="OUTBOUND", hs_call_status="IN_PROGRESS"),
    _call(Maker.HUMAN, Direction.OUTBOUND, hs_call_direction="OUTBOUND"),
    _call(Maker.HUMAN, Direction.INBOUND, hs_call_direction="INBOUND", hs_call_status="COMPLETED"),
    *(
        _call(Maker.HUMAN, Direction.NONE, hs_call_direction="OUTBOUND", hs_call_status=status)
        for status in ("CALLING_CRM_USER", "CANCELED", "CONNECTING", "FAILED", "QUEUED", "RINGING")
    ),
    *(
        _call(Maker.HUMAN, Direction.NONE, "client", hs_call_direction="OUTBOUND", hs_call_status=status)
        for status in ("HOLD", "MISSED", "UNKNOWN")
    ),
    *(_call(Maker.HUMAN, direction, hs_call_disposition=outcome) for outcome, direction in DISPOSITIONS.items()),
    _call(Maker.HUMAN, Direction.NONE, "not told", hs_call_status="COMPLETED"),
    _call(
        Maker.AUTOMATIC,
        Direction.OUTBOUND,
        hs_call_direction="OUTBOUND",
        hs_call_status="COMPLETED",
        hs_call_source="INTEGRATIONS_PLATFORM",
    ),
    _email(Maker.HUMAN, Direction.OUTBOUND, hs_email_direction="EMAIL", hs_email_status="SENT"),
    _email(Maker.HUMAN, Direction.OUTBOUND, "portal: the status is often empty", hs_email_direction="EMAIL"),
    _email(Maker.HUMAN, Direction.INBOUND, hs_email_direction="INCOMING_EMAIL"),
    _email(
        Maker.AUTOMATIC,
        Direction.INBOUND,
        "portal",
        hs_email_direction="INCOMING_EMAIL",
        hs_incoming_email_is_out_of_office="true",
    ),
    _email(Maker.HUMAN, Direction.NONE, hs_email_direction="FORWARDED_EMAIL"),
    *(
        _email(Maker.HUMAN, Direction.NONE, hs_email_direction="EMAIL", hs_email_status=status)
        for status in ("BOUNCED", "FAILED", "SCHEDULED", "SENDING")
    ),
    _email(Maker.HUMAN, Direction.NONE, "not told", hs_email_status="SENT"),
    _email(Maker.AUTOMATIC, Direction.OUTBOUND, "code", hs_email_direction="EMAIL", hs_sequence_id="7001"),
    _email(Maker.AUTOMATIC, Direction.OUTBOUND, "portal", hs_object_source="INTEGRATION", hs_email_direction="EMAIL"),
    _email(
        Maker.UNKNOWN,
        Direction.OUTBOUND,
        "knowledge base; who sent it is not told",
        hs_object_source="BCC_TO_CRM",
        hs_email_direction="EMAIL",
    ),
    _meeting(Maker.HUMAN, Direction.TWO_WAY, hs_meeting_outcome="COMPLETED"),
    _meeting(Maker.HUMAN, Direction.TWO_WAY, hs_meeting_outcome="SCHEDULED"),
    _meeting(Maker.HUMAN, Direction.TWO_WAY, "not told"),
    *(
        _meeting(Maker.HUMAN, Direction.NONE, hs_meeting_outcome=outcome)
        for outcome in ("CANCELED", "NO_SHOW", "RESCHEDULED")
    ),
    _meeting(
        Maker.HUMAN,
        Direction.TWO_WAY,
        "code",
        hs_object_source="MEETINGS",
        hs_meeting_source="MEETINGS_PUBLIC",
        hs_meeting_outcome="COMPLETED",
    ),
    _meeting(
        Maker.AUTOMATIC,
        Direction.TWO_WAY,
        "code",
        hs_object_source="INTEGRATION",
        hs_meeting_source="BIDIRECTIONAL_SYNC",
        hs_meeting_outcome="COMPLETED",
    ),
    *(
        _message(Maker.HUMAN, Direction.TWO_WAY, hs_communication_channel_type=channel, **_LOGGED)
        for channel in ("SMS", "WHATS_APP", "LINKEDIN_MESSAGE")
    ),
    _message(
        Maker.HUMAN,
        Direction.NONE,
        "code",
        hs_communication_channel_type="CUSTOM_CHANNEL_CONVERSATION",
        hs_communication_logged_from="CRM",
    ),
    _message(Maker.HUMAN, Direction.NONE, hs_communication_channel_type="SMS"),
    Row(EngagementKind.NOTE, _UI, Maker.HUMAN, Direction.NONE, _DOCS),
    Row(EngagementKind.TASK, _UI, Maker.HUMAN, Direction.NONE, _DOCS),
)
"""At least one row for each thing that is told apart."""


def touches_page() -> str:
    return _INTRO + _makers() + "".join(_section(kind) for kind in EngagementKind) + _NOT_FOUND


def _makers() -> str:
    rows = (
        (f"`{value}`", what, "a person", source) if value in BY_HAND_TOLD else (f"`{value}`", what, "nobody", source)
        for value, (what, source) in (BY_HAND_TOLD | BY_ITSELF_TOLD).items()
    )
    return table(("value", "what it is", "done by", "source"), rows)


def _section(kind: EngagementKind) -> str:
    columns = ("what HubSpot says", "done by a person", "went out", "a touch", "source")
    return f"\n## {_TITLES[kind]}\n\n" + table(columns, _lines(kind))


_TITLES = {
    EngagementKind.CALL: "Calls",
    EngagementKind.EMAIL: "E-mails",
    EngagementKind.MEETING: "Meetings",
    EngagementKind.NOTE: "Notes",
    EngagementKind.TASK: "Tasks",
    EngagementKind.COMMUNICATION: "Messages",
}
_PERSON = {Maker.HUMAN: "yes", Maker.AUTOMATIC: "no", Maker.UNKNOWN: "not told"}


def _lines(kind: EngagementKind) -> Iterator[tuple[str, ...]]:
    for row in ROWS:
        if row.kind is kind:
            told = ", ".join(f"`{name}` {_value(value)}" for name, value in row.given.items())
            yield told, _PERSON[row.maker], row.direction.value, "yes" if row.counts else "no", row.source


def _value(value: str) -> str:
    return f"{_OUTCOMES[value]} (`{value}`)" if value in _OUTCOMES else f"`{value}`"
