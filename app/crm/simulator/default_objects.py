"""The properties of everything but contacts in a fresh portal: companies, deals, activities."""

from app.crm.simulator.default_contacts import CONTACT_PROPERTIES, DEFAULT_STAGES, stage_dates
from app.crm.simulator.definitions import (
    ObjectSchema,
    Option,
    PropertyDefinition,
    PropertyGroup,
    kept,
    options,
    standard,
)
from app.crm.simulator.object_types import OBJECT_TYPES

INDUSTRIES = options(
    "ACCOUNTING",
    "APPAREL_FASHION",
    "AUTOMOTIVE",
    "BANKING",
    "BIOTECHNOLOGY",
    "CHEMICALS",
    "COMPUTER_NETWORK_SECURITY",
    "COMPUTER_SOFTWARE",
    "CONSTRUCTION",
    "CONSUMER_GOODS",
    "E_LEARNING",
    "EDUCATION_MANAGEMENT",
    "FINANCIAL_SERVICES",
    "FOOD_BEVERAGES",
    "GOVERNMENT_ADMINISTRATION",
    "HEALTH_WELLNESS_AND_FITNESS",
    "HIGHER_EDUCATION",
    "HOSPITAL_HEALTH_CARE",
    "HOSPITALITY",
    "HUMAN_RESOURCES",
    "INDUSTRIAL_AUTOMATION",
    "INFORMATION_TECHNOLOGY_AND_SERVICES",
    "INSURANCE",
    "INTERNET",
    "LAW_PRACTICE",
    "LOGISTICS_AND_SUPPLY_CHAIN",
    "MACHINERY",
    "MANAGEMENT_CONSULTING",
    "MARKETING_AND_ADVERTISING",
    "MECHANICAL_OR_INDUSTRIAL_ENGINEERING",
    "MEDICAL_DEVICES",
    "NON_PROFIT_ORGANIZATION_MANAGEMENT",
    "OIL_ENERGY",
    "PHARMACEUTICALS",
    "PRIMARY_SECONDARY_EDUCATION",
    "REAL_ESTATE",
    "RENEWABLES_ENVIRONMENT",
    "RETAIL",
    "STAFFING_AND_RECRUITING",
    "TELECOMMUNICATIONS",
    "TRANSPORTATION_TRUCKING_RAILROAD",
    "UTILITIES",
)

_DEAL_STAGES = (
    Option("appointmentscheduled", "Appointment scheduled"),
    Option("qualifiedtobuy", "Qualified to buy"),
    Option("presentationscheduled", "Presentation scheduled"),
    Option("decisionmakerboughtin", "Decision maker bought-in"),
    Option("contractsent", "Contract sent"),
    Option("closedwon", "Closed won"),
    Option("closedlost", "Closed lost"),
)
"""The stages of the one deal pipeline that a fresh portal has."""

_OWNER = standard("hubspot_owner_id", "Owner", "enumeration", external="OWNER")
_ASSIGNED = kept("hubspot_owner_assigneddate", "Owner assigned date", "datetime")
_RECORD = (
    kept("hs_object_id", "Record ID", "number"),
    kept("hs_lastmodifieddate", "Last modified date", "datetime"),
    kept("hs_object_source", "Record source"),
    kept("hs_object_source_id", "Record source ID"),
    kept("hs_object_source_label", "Record source label"),
    kept("hs_merged_object_ids", "Merged record IDs", "enumeration", field_type="checkbox"),
)
_COMPANY = (
    standard("name", "Company name"),
    standard("domain", "Company domain name"),
    standard("website", "Website URL"),
    standard("industry", "Industry", "enumeration", options=INDUSTRIES),
    standard("numberofemployees", "Number of employees", "number"),
    standard("annualrevenue", "Annual revenue", "number"),
    standard("description", "Description", field_type="textarea"),
    standard("phone", "Phone number", field_type="phonenumber"),
    standard("address", "Street address"),
    standard("city", "City"),
    standard("state", "State/Region"),
    standard("zip", "Postal code"),
    standard("country", "Country/Region"),
    standard("timezone", "Time zone"),
    standard("type", "Type", "enumeration", options=options("PROSPECT", "PARTNER", "RESELLER", "VENDOR", "OTHER")),
    standard("lifecyclestage", "Lifecycle stage", "enumeration", field_type="radio", options=DEFAULT_STAGES),
    standard("hs_lead_status", "Lead status", "enumeration", options=options("NEW", "OPEN", "UNQUALIFIED")),
    standard(
        "hs_target_account",
        "Target account tier",
        "enumeration",
        options=options("tier_1", "tier_2", "tier_3"),
    ),
    standard("hs_is_target_account", "Target account", "bool"),
    kept("createdate", "Create date", "datetime"),
    kept("num_associated_contacts", "Number of associated contacts", "number"),
)
_DEAL = (
    standard("dealname", "Deal name"),
    standard("dealstage", "Deal stage", "enumeration", field_type="radio", options=_DEAL_STAGES),
    standard("pipeline", "Pipeline", "enumeration", options=(Option("default", "Sales pipeline"),)),
    standard(
        "dealtype", "Deal type", "enumeration", field_type="radio", options=options("newbusiness", "existingbusiness")
    ),
    standard("amount", "Amount", "number"),
    standard("closedate", "Close date", "datetime"),
    kept("createdate", "Create date", "datetime"),
    kept("hs_is_closed", "Is deal closed?", "bool", calculated=True),
    kept("hs_is_closed_won", "Is closed won", "bool", calculated=True),
)
_ACTIVITY = (
    standard("hs_timestamp", "Activity date", "datetime"),
    kept("hs_createdate", "Create date", "datetime"),
    kept("hs_created_by", "Created by user ID", "number"),
    kept("hs_created_by_user_id", "Created by user ID", "number"),
    standard("hs_engagement_source", "Source"),
    standard("hs_unique_id", "Unique ID", hidden=True),
)
_NOTE = (
    standard("hs_note_body", "Note body", field_type="html"),
    standard("hs_attachment_ids", "Attached file IDs"),
    kept("hs_body_preview", "Body preview"),
)
_TASK = (
    standard("hs_task_subject", "Task title"),
    standard("hs_task_body", "Notes", field_type="html"),
    standard(
        "hs_task_status",
        "Task status",
        "enumeration",
        options=options("NOT_STARTED", "IN_PROGRESS", "WAITING", "COMPLETED", "DEFERRED"),
    ),
    standard("hs_task_priority", "Priority", "enumeration", options=options("NONE", "LOW", "MEDIUM", "HIGH")),
    standard("hs_task_type", "Task type", "enumeration", options=options("EMAIL", "CALL", "TODO")),
    standard("hs_task_reminders", "Task reminders"),
    kept("hs_task_completion_date", "Completed at", "datetime"),
)
_CALL = (
    standard("hs_call_title", "Call title"),
    standard("hs_call_body", "Call notes", field_type="html"),
    standard("hs_call_duration", "Call duration", "number"),
    standard("hs_call_direction", "Call direction", "enumeration", options=options("INBOUND", "OUTBOUND")),
    standard(
        "hs_call_status",
        "Call status",
        "enumeration",
        options=options(
            "BUSY",
            "CALLING_CRM_USER",
            "CANCELED",
            "COMPLETED",
            "CONNECTING",
            "FAILED",
            "IN_PROGRESS",
            "NO_ANSWER",
            "QUEUED",
            "RINGING",
        ),
    ),
    standard("hs_call_source", "Call source"),
    standard("hs_call_disposition", "Call outcome"),
    standard("hs_call_to_number", "To number"),
    standard("hs_call_from_number", "From number"),
)
_EMAIL = (
    standard(
        "hs_email_direction",
        "Email direction",
        "enumeration",
        options=options("EMAIL", "INCOMING_EMAIL", "FORWARDED_EMAIL"),
    ),
    standard(
        "hs_email_status",
        "Email send status",
        "enumeration",
        options=options("BOUNCED", "FAILED", "SCHEDULED", "SENDING", "SENT"),
    ),
    standard("hs_email_subject", "Email subject"),
    standard("hs_email_text", "Email body", field_type="textarea"),
    standard("hs_email_html", "Email HTML", field_type="html"),
    standard("hs_email_headers", "Email headers"),
    kept("hs_email_from_email", "Email from address"),
    kept("hs_incoming_email_is_out_of_office", "Is out of office", "bool"),
    kept("hs_sequence_id", "Sequence ID", "number"),
)
_MEETING = (
    standard("hs_meeting_title", "Meeting name"),
    standard("hs_meeting_body", "Meeting description", field_type="html"),
    standard("hs_meeting_start_time", "Meeting start time", "datetime"),
    standard("hs_meeting_end_time", "Meeting end time", "datetime"),
    standard(
        "hs_meeting_outcome",
        "Meeting outcome",
        "enumeration",
        options=options("SCHEDULED", "COMPLETED", "RESCHEDULED", "NO_SHOW", "CANCELED"),
    ),
    standard("hs_meeting_location", "Meeting location"),
    kept("hs_meeting_source", "Meeting source"),
)
_COMMUNICATION = (
    standard(
        "hs_communication_channel_type",
        "Channel type",
        "enumeration",
        options=options("WHATS_APP", "LINKEDIN_MESSAGE", "SMS"),
    ),
    standard("hs_communication_logged_from", "Logged from", "enumeration", options=options("CRM")),
    standard("hs_communication_body", "Communication body", field_type="html"),
)
_GROUP_LABELS = {
    "contactinformation": "Contact information",
    "sales_properties": "Sales properties",
    "analyticsinformation": "Web analytics history",
    "emailinformation": "Email information",
    "conversioninformation": "Conversion information",
    "contactlcs": "Contact lifecycle stage properties",
    "companyinformation": "Company information",
    "dealinformation": "Deal information",
    "engagement": "Activity",
}


def default_schemas() -> dict[str, ObjectSchema]:
    """The schemas of a fresh portal, by object type name. Each call makes new ones."""
    dates = tuple(each for stage in DEFAULT_STAGES for each in stage_dates(stage))
    own: dict[str, tuple[PropertyDefinition, ...]] = {
        "contacts": (*CONTACT_PROPERTIES, *dates),
        "companies": (*_COMPANY, _OWNER, _ASSIGNED, *_RECORD),
        "deals": (*_DEAL, _OWNER, _ASSIGNED, *_RECORD),
        "notes": (*_NOTE, *_ACTIVITY, _OWNER, *_RECORD),
        "tasks": (*_TASK, *_ACTIVITY, _OWNER, *_RECORD),
        "calls": (*_CALL, *_ACTIVITY, _OWNER, *_RECORD),
        "emails": (*_EMAIL, *_ACTIVITY, _OWNER, *_RECORD),
        "meetings": (*_MEETING, *_ACTIVITY, _OWNER, *_RECORD),
        "communications": (*_COMMUNICATION, *_ACTIVITY, _OWNER, *_RECORD),
    }
    return {kind.name: _schema(kind.name, own[kind.name]) for kind in OBJECT_TYPES}


def _schema(name: str, definitions: tuple[PropertyDefinition, ...]) -> ObjectSchema:
    schema = ObjectSchema()
    schema.add(definitions)
    for group in schema.groups:
        schema.groups[group] = PropertyGroup(group, _GROUP_LABELS.get(group, f"{name} properties"))
    return schema
