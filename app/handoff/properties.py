"""The contact properties that Baton brings along, and those it reads in every look."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

from app.agreement.model import EXPIRED, Agreement, Reads
from app.records.crm import PropertyDefinition, PropertyOption

GROUP: Final = "baton"
STAGE: Final = "lifecyclestage"
OWNER: Final = "hubspot_owner_id"
STATUS: Final = "baton_handoff_status"
REASON: Final = "baton_rejection_reason"
NEED_CONFIRMED: Final = "baton_need_confirmed"
BRIEF_USED: Final = "baton_brief_used"
ROUTE: Final = "baton_route"
WHY: Final = "baton_why"
PERSONA: Final = "baton_persona"
FIT: Final = "baton_fit_score"
INTEREST: Final = "baton_interest_score"
DUE_AT: Final = "baton_due_at"
NEXT_STEP: Final = "baton_next_step"

REP_OWNED: Final = frozenset({STATUS, REASON, NEED_CONFIRMED, BRIEF_USED})
"""What the rep says to Baton: whatever is in these is a word, never an override."""
DISPENSABLE: Final = frozenset({BRIEF_USED})
"""Properties that an account may lack: one that was set up before they came goes on without them."""


def _property(name: str, label: str, kind: str, field_type: str, description: str) -> PropertyDefinition:
    return PropertyDefinition(
        name=name, label=label, type=kind, field_type=field_type, group=GROUP, description=description
    )


def _choice(name: str, label: str, options: tuple[PropertyOption, ...], description: str) -> PropertyDefinition:
    return PropertyDefinition(
        name=name,
        label=label,
        type="enumeration",
        options=options,
        field_type="select",
        group=GROUP,
        description=description,
    )


_STATES = ("open", "accepted", "working", "qualified", "rejected", "expired")
_YES_NO = (PropertyOption("true", "Yes"), PropertyOption("false", "No"))
_USES = (PropertyOption("used", "Yes"), PropertyOption("partly", "In part"), PropertyOption("not_used", "No"))

OWN_PROPERTIES: tuple[PropertyDefinition, ...] = (
    _choice(
        STATUS,
        "Handoff status",
        tuple(PropertyOption(state, state.capitalize()) for state in _STATES),
        "Set to Accepted, Working, Qualified or Rejected to answer the handoff.",
    ),
    _choice(REASON, "Rejection reason", (), "Why Sales declines the lead. Fill in before setting Rejected."),
    PropertyDefinition(
        name=NEED_CONFIRMED,
        label="Need confirmed",
        type="bool",
        options=_YES_NO,
        field_type="booleancheckbox",
        group=GROUP,
        description="The lead confirmed a need that we can meet.",
    ),
    _choice(BRIEF_USED, "Was the brief of use?", _USES, "What you made of the brief. Marketing improves it by this."),
    _property(ROUTE, "Handoff route", "string", "text", "The route of the agreement that the lead took."),
    _property(WHY, "Why this lead", "string", "textarea", "Why the lead was handed over, in one sentence."),
    _property(PERSONA, "Persona", "string", "text", "The persona of the agreement that the lead fits."),
    _property(FIT, "Fit score", "number", "number", "Fit when the lead was last decided."),
    _property(INTEREST, "Interest score", "number", "number", "Interest when the lead was last decided."),
    _property(DUE_AT, "First touch due", "datetime", "date", "When the promise to the lead falls due."),
    _property(NEXT_STEP, "Next step", "string", "textarea", "What the owner does next."),
)
"""The group and the properties that `setup` creates. The rejection reasons come from the agreement."""

READS: Final = Reads(
    contact=frozenset(
        {
            STAGE,
            OWNER,
            "hubspot_owner_assigneddate",
            "recent_conversion_event_name",
            "recent_conversion_date",
            "first_conversion_event_name",
            "first_conversion_date",
            "firstname",
            "lastname",
            "email",
            "company",
            "jobtitle",
            "hs_analytics_source",
            "hs_analytics_source_data_1",
            "hs_analytics_source_data_2",
            "num_associated_deals",
            "hs_lifecyclestage_marketingqualifiedlead_date",
            *(definition.name for definition in OWN_PROPERTIES),
        }
    ),
    company=frozenset({"name", OWNER}),
)
"""What every decision looks at, whatever the agreement says."""

FORMS_COUNTED: Final = "num_conversion_events"
OPENS_COUNTED: Final = "hs_email_open"
CLICKS_COUNTED: Final = "hs_email_click"

BRIEF_READS: Final = frozenset(
    {
        FORMS_COUNTED,
        OPENS_COUNTED,
        CLICKS_COUNTED,
        "hs_latest_source",
        "hs_latest_source_data_1",
        "hs_latest_source_data_2",
        "hs_analytics_first_url",
        "hs_analytics_last_url",
    }
)
"""What the brief tells beside. No event is asked for when these change: deciding needs none but what rules look at."""


def own_properties(agreement: Agreement) -> tuple[PropertyDefinition, ...]:
    """OWN_PROPERTIES with the agreement's rejection reasons as options."""
    reasons = dict.fromkeys(rule.reason for rule in agreement.recycle if rule.reason != EXPIRED)
    options = tuple(PropertyOption(reason, reason.replace("_", " ").capitalize()) for reason in reasons)
    choice = _choice(
        REASON, "Rejection reason", options, "Why Sales declines the lead. Fill in before setting Rejected."
    )
    return tuple(choice if definition.name == REASON else definition for definition in OWN_PROPERTIES)


def in_crm_time(at: datetime) -> str:
    """An instant as the CRM writes it: `2026-11-20T15:00:00.000Z`."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
