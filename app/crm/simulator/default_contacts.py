"""The contact properties of a fresh portal: those an integration for sales meets."""

from collections.abc import Iterator

from app.crm.simulator.definitions import Option, PropertyDefinition, kept, options, standard

DEFAULT_STAGES = (
    Option("subscriber", "Subscriber"),
    Option("lead", "Lead"),
    Option("marketingqualifiedlead", "Marketing Qualified Lead"),
    Option("salesqualifiedlead", "Sales Qualified Lead"),
    Option("opportunity", "Opportunity"),
    Option("customer", "Customer"),
    Option("evangelist", "Evangelist"),
    Option("other", "Other"),
)

SOURCES = options(
    "ORGANIC_SEARCH",
    "PAID_SEARCH",
    "EMAIL_MARKETING",
    "SOCIAL_MEDIA",
    "REFERRALS",
    "OTHER_CAMPAIGNS",
    "DIRECT_TRAFFIC",
    "OFFLINE",
    "PAID_SOCIAL",
    "AI_REFERRALS",
)
LEAD_STATUSES = options(
    "NEW",
    "OPEN",
    "IN_PROGRESS",
    "OPEN_DEAL",
    "UNQUALIFIED",
    "ATTEMPTED_TO_CONTACT",
    "CONNECTED",
    "BAD_TIMING",
)
BUYING_ROLES = options(
    "BLOCKER",
    "BUDGET_HOLDER",
    "CHAMPION",
    "DECISION_MAKER",
    "END_USER",
    "EXECUTIVE_SPONSOR",
    "INFLUENCER",
    "LEGAL_AND_COMPLIANCE",
    "OTHER",
)
SENIORITIES = options("vp", "director", "manager", "senior", "employee", "executive", "owner", "partner", "entry")
EMPLOYEE_RANGES = options("1-5", "5-25", "25-50", "50-100", "100-500", "500-1000", "1000+")
PERSONAS = (
    Option("persona_1", "Operations lead"),
    Option("persona_2", "Head of revenue"),
    Option("persona_3", "IT evaluator"),
)
FIRST_ENGAGEMENTS = options("CALL", "CONVERSATION_SESSION", "EMAIL", "MEETING_EVENT", "TASK")

_SALES = "sales_properties"
_WEB = "analyticsinformation"
_MAIL = "emailinformation"
_FORMS = "conversioninformation"
_LIFECYCLE = "contactlcs"

_PERSON = (
    standard("email", "Email", unique=True, form_field=True),
    standard("firstname", "First name", form_field=True),
    standard("lastname", "Last name", form_field=True),
    standard("salutation", "Salutation"),
    standard("jobtitle", "Job title", form_field=True),
    standard("company", "Company name", form_field=True),
    standard("phone", "Phone number", field_type="phonenumber", form_field=True),
    standard("mobilephone", "Mobile phone number", field_type="phonenumber"),
    standard("website", "Website URL"),
    standard("address", "Street address"),
    standard("city", "City"),
    standard("state", "State/Region"),
    standard("zip", "Postal code"),
    standard("country", "Country/Region"),
    standard("industry", "Industry"),
    standard("numemployees", "Number of employees", "enumeration", options=EMPLOYEE_RANGES),
    standard("annualrevenue", "Annual revenue"),
    standard("message", "Message", field_type="textarea"),
    standard("seniority", "Seniority"),
    standard("hs_seniority", "Employment seniority", "enumeration", options=SENIORITIES),
    standard("hs_role", "Employment role"),
    standard("hs_language", "Preferred language", "enumeration", options=options("de", "en", "es", "fr")),
    standard("hs_buying_role", "Buying role", "enumeration", field_type="checkbox", options=BUYING_ROLES),
    standard("hs_persona", "Persona", "enumeration", options=PERSONAS),
    kept("hs_email_domain", "Email domain"),
    kept("hs_additional_emails", "Additional email addresses", "enumeration", field_type="checkbox"),
)
_SALES_PROPERTIES = (
    standard("lifecyclestage", "Lifecycle stage", "enumeration", field_type="radio", options=DEFAULT_STAGES),
    standard(
        "hs_lead_status",
        "Lead status",
        "enumeration",
        field_type="radio",
        options=LEAD_STATUSES,
        group=_SALES,
    ),
    standard("hubspot_owner_id", "Contact owner", "enumeration", external="OWNER", group=_SALES),
    kept("hubspot_owner_assigneddate", "Owner assigned date", "datetime", group=_SALES),
    kept("hubspot_team_id", "HubSpot team", "enumeration", group=_SALES),
    kept("hs_all_owner_ids", "All owner IDs", "enumeration", field_type="checkbox", group=_SALES),
    kept("notes_last_contacted", "Last contacted", "datetime", group=_SALES),
    kept("notes_last_updated", "Last activity date", "datetime", group=_SALES),
    kept("notes_next_activity_date", "Next activity date", "datetime", group=_SALES),
    kept("num_contacted_notes", "Number of times contacted", "number", group=_SALES),
    kept("num_notes", "Number of sales activities", "number", group=_SALES),
    kept("hs_sa_first_engagement_date", "Date of first engagement", "datetime", group=_SALES),
    kept("hs_sa_first_engagement_descr", "Description of first engagement", group=_SALES),
    kept(
        "hs_sa_first_engagement_object_type",
        "Type of first engagement",
        "enumeration",
        options=FIRST_ENGAGEMENTS,
        group=_SALES,
    ),
    kept("hs_first_outreach_date", "First outreach date", "datetime", group=_SALES),
    kept("hs_first_engagement_object_id", "ID of first engagement", "number", group=_SALES),
    kept("hs_time_to_first_engagement", "Lead response time", "number", group=_SALES),
    kept("hs_is_unworked", "Contact unworked", "bool", group=_SALES),
    kept("hs_last_sales_activity_timestamp", "Last engagement date", "datetime", group=_SALES),
    kept("hs_last_sales_activity_type", "Last engagement type", "enumeration", group=_SALES),
    kept("hs_latest_meeting_activity", "Latest meeting activity", "datetime", group=_SALES),
    kept("engagements_last_meeting_booked", "Date of last meeting booked", "datetime", group=_SALES),
    kept("hs_sales_email_last_opened", "Recent sales email opened date", "datetime", group=_SALES),
    kept("hs_sales_email_last_clicked", "Recent sales email clicked date", "datetime", group=_SALES),
    kept("hs_sales_email_last_replied", "Recent sales email replied date", "datetime", group=_SALES),
    kept("hubspotscore", "HubSpot score", "number", calculated=True, group=_SALES),
    kept("hs_predictivecontactscore_v2", "Likelihood to close", "number", group=_SALES),
    kept(
        "hs_predictivescoringtier",
        "Contact priority",
        "enumeration",
        options=options("closed_won", "tier_1", "tier_2", "tier_3", "tier_4"),
        group=_SALES,
    ),
    standard("hs_pinned_engagement_id", "Pinned engagement ID", "number", group=_SALES),
    kept("days_to_close", "Days to close", "number", calculated=True, group=_SALES),
    kept("associatedcompanyid", "Primary associated company ID", "number"),
)
_WEB_PROPERTIES = (
    standard("hs_analytics_source", "Original traffic source", "enumeration", options=SOURCES, group=_WEB),
    standard("hs_latest_source", "Latest traffic source", "enumeration", options=SOURCES, group=_WEB),
    kept("hs_analytics_source_data_1", "Original source drill-down 1", group=_WEB),
    kept("hs_analytics_source_data_2", "Original source drill-down 2", group=_WEB),
    kept("hs_latest_source_data_1", "Latest source drill-down 1", group=_WEB),
    kept("hs_latest_source_data_2", "Latest source drill-down 2", group=_WEB),
    kept("hs_latest_source_timestamp", "Latest traffic source date", "datetime", group=_WEB),
    kept("hs_analytics_first_url", "First page seen", group=_WEB),
    kept("hs_analytics_last_url", "Last page seen", group=_WEB),
    kept("hs_analytics_first_timestamp", "Time first seen", "datetime", group=_WEB),
    kept("hs_analytics_last_timestamp", "Time last seen", "datetime", group=_WEB),
    kept("hs_analytics_last_visit_timestamp", "Time of last session", "datetime", group=_WEB),
    kept("hs_analytics_num_page_views", "Number of pageviews", "number", group=_WEB),
    kept("hs_analytics_num_visits", "Number of sessions", "number", group=_WEB),
)
_MAIL_PROPERTIES = (
    *(
        kept(f"hs_email_{what}", f"Marketing emails {past}", "number", group=_MAIL)
        for what, past in (
            ("open", "opened"),
            ("click", "clicked"),
            ("delivered", "delivered"),
            ("bounce", "bounced"),
            ("replied", "replied"),
        )
    ),
    *(
        kept(f"hs_email_last_{what}_date", f"Last marketing email {what} date", "datetime", group=_MAIL)
        for what in ("open", "click", "reply", "send")
    ),
    kept("hs_email_last_email_name", "Last marketing email name", group=_MAIL),
    kept("hs_email_optout", "Unsubscribed from all email", "bool", group=_MAIL),
    kept("hs_email_bad_address", "Invalid email address", "bool", group=_MAIL),
    kept("hs_email_quarantined", "Email address quarantined", "bool", group=_MAIL),
    kept("hs_email_hard_bounce_reason_enum", "Email hard bounce reason", "enumeration", group=_MAIL),
)
_FORM_PROPERTIES = (
    kept("first_conversion_event_name", "First conversion", group=_FORMS),
    kept("first_conversion_date", "First conversion date", "datetime", group=_FORMS),
    kept("recent_conversion_event_name", "Recent conversion", group=_FORMS),
    kept("recent_conversion_date", "Recent conversion date", "datetime", group=_FORMS),
    kept("num_conversion_events", "Number of form submissions", "number", calculated=True, group=_FORMS),
    kept(
        "num_unique_conversion_events",
        "Number of unique forms submitted",
        "number",
        calculated=True,
        group=_FORMS,
    ),
)
_RECORD_PROPERTIES = (
    kept("num_associated_deals", "Number of associated deals", "number", calculated=True),
    kept("createdate", "Create date", "datetime"),
    kept("lastmodifieddate", "Last modified date", "datetime"),
    kept("hs_object_id", "Record ID", "number"),
    kept("hs_merged_object_ids", "Merged record IDs", "enumeration", field_type="checkbox"),
    kept("hs_calculated_merged_vids", "Merged vids with timestamps"),
    kept("hs_all_contact_vids", "All vids for a contact"),
    kept("hs_object_source", "Record source", "string"),
    kept("hs_object_source_id", "Record source ID"),
    kept("hs_object_source_label", "Record source label"),
    *(kept(f"hs_object_source_detail_{n}", f"Record source detail {n}") for n in (1, 2, 3)),
)

CONTACT_PROPERTIES = (
    *_PERSON,
    *_SALES_PROPERTIES,
    *_WEB_PROPERTIES,
    *_MAIL_PROPERTIES,
    *_FORM_PROPERTIES,
    *_RECORD_PROPERTIES,
)


def stage_dates(stage: Option) -> Iterator[PropertyDefinition]:
    """The dates HubSpot keeps for a lifecycle stage; the older one for its own eight stages only."""
    if stage in DEFAULT_STAGES:
        became = f"Became a {stage.label} date"
        yield kept(f"hs_lifecyclestage_{stage.value}_date", became, "datetime", group=_LIFECYCLE)
    yield kept(f"hs_v2_date_entered_{stage.value}", f'Date entered "{stage.label}"', "datetime", group=_LIFECYCLE)
    yield kept(f"hs_v2_date_exited_{stage.value}", f'Date exited "{stage.label}"', "datetime", group=_LIFECYCLE)
