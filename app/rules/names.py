"""What dotted names stand for: their label, their kind, and values derived from other values."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

from app.records.crm import PropertyDefinition
from app.rules.facts import Facts, Vocabulary
from app.rules.moments import Moment
from app.rules.values import Kind, kind_of, read

DAYS_SINCE = "days_since_"
OWN = "baton_"
"""Properties that Baton creates itself begin so."""


@dataclass(frozen=True, slots=True)
class Derived:
    """A contact value made from another: `of` is the property it is made from."""

    of: str
    label: str
    kind: Kind
    make: Callable[[str, Facts, Vocabulary], str | None]


def email_domain(email: str) -> str | None:
    """What stands behind the `@`, in lower case; None for text that is no address."""
    name, at, domain = email.strip().rpartition("@")
    return domain.casefold() if name and at and domain else None


def _domain(email: str, _facts: Facts, _vocabulary: Vocabulary) -> str | None:
    return email_domain(email)


def _is_free_mail(email: str, _facts: Facts, vocabulary: Vocabulary) -> str | None:
    domain = email_domain(email)
    return None if domain is None else str(domain in vocabulary.free_mail).lower()


def _days_since(text: str, facts: Facts, _vocabulary: Vocabulary) -> str | None:
    moment = read(Kind.DATETIME, text)
    return str((facts.now - moment.start) // timedelta(days=1)) if isinstance(moment, Moment) else None


DERIVED: Mapping[str, Derived] = {
    "contact.email_domain": Derived("email", "E-mail domain", Kind.STRING, _domain),
    "contact.free_mail": Derived("email", "Free e-mail address", Kind.BOOL, _is_free_mail),
}


@lru_cache(maxsize=1024)
def derived(name: str) -> Derived | None:
    """The derivation behind a dotted name, if it is no property itself."""
    source = name.removeprefix(f"contact.{DAYS_SINCE}")
    if source != name and source:
        return Derived(source, f"Days since {_days_of(source)}", Kind.NUMBER, _days_since)
    return DERIVED.get(name)


def property_of(name: str) -> str:
    """The dotted name of the property that is read for `name`."""
    made = derived(name)
    return name if made is None else f"contact.{made.of}"


def raw(name: str, facts: Facts) -> str | None:
    """The text behind a name, as the CRM holds it: none for empty text, an absent key, an absent record.

    Of several deals the first is read: who asks about deals looks at one at a time.
    """
    owner, _, key = property_of(name).partition(".")
    text = (_values(owner, facts) or {}).get(key)
    return text if text is not None and text.strip() else None


def _values(owner: str, facts: Facts) -> Mapping[str, str | None] | None:
    if owner == "deal":
        return facts.deals[0] if facts.deals else None
    return facts.contact if owner == "contact" else facts.company


def value_text(name: str, facts: Facts, vocabulary: Vocabulary) -> str | None:
    """The text to compare: the property's, or what is derived from it; None where it cannot be derived."""
    text, made = raw(name, facts), derived(name)
    return text if text is None or made is None else made.make(text, facts, vocabulary)


def known_kind(name: str, vocabulary: Vocabulary) -> Kind | None:
    """The kind of a name's values, from the portal or from what portals start with; None if nobody knows."""
    made = derived(name)
    if made is not None:
        return made.kind
    definition = vocabulary.properties.get(name) or DEFAULT_PROPERTIES.get(name)
    return None if definition is None else kind_of(definition.type)


def label(name: str, vocabulary: Vocabulary) -> str:
    """What people call it: `Company size` for company.numberofemployees."""
    made = derived(name)
    if made is not None:
        return made.label
    definition = DEFAULT_PROPERTIES.get(name) or vocabulary.properties.get(name)
    if definition is not None and definition.label:
        return definition.label
    return _spaced(name.partition(".")[2].removeprefix(OWN))


def since(name: str, facts: Facts) -> datetime | None:
    """The instant that a days_since name counts from."""
    made = derived(name)
    if made is None or made.make is not _days_since:
        return None
    moment = read(Kind.DATETIME, raw(name, facts) or "")
    return moment.start if isinstance(moment, Moment) else None


def _days_of(source: str) -> str:
    """A date as it stands in a sentence: `last e-mail open`."""
    usual = DEFAULT_PROPERTIES.get(f"contact.{source}")
    name = _spaced(source) if usual is None else usual.label
    return name[:1].lower() + name[1:]


def _spaced(key: str) -> str:
    return key.replace("_", " ").strip().capitalize()


def _defaults() -> dict[str, PropertyDefinition]:
    rows = (line.split("|") for line in _DEFAULTS.strip().splitlines())
    return {name: PropertyDefinition(name=name.partition(".")[2], label=text, type=kind) for name, text, kind in rows}


_DEFAULTS = """
contact.firstname|First name|string
contact.lastname|Last name|string
contact.email|E-mail|string
contact.phone|Phone|string
contact.mobilephone|Mobile phone|string
contact.jobtitle|Job title|string
contact.seniority|Seniority|string
contact.job_function|Job function|string
contact.company|Company name as given|string
contact.website|Website|string
contact.address|Street|string
contact.city|City|string
contact.state|State|string
contact.zip|Postal code|string
contact.country|Country|string
contact.hs_timezone|Time zone|enumeration
contact.industry|Industry as given|string
contact.message|Message|string
contact.lifecyclestage|Lifecycle stage|enumeration
contact.hs_lead_status|Lead status|enumeration
contact.hubspot_owner_id|Owner|enumeration
contact.hubspot_owner_assigneddate|Owner assigned|datetime
contact.hs_analytics_source|Original source|enumeration
contact.hs_latest_source|Latest source|enumeration
contact.hs_latest_source_timestamp|Latest source date|datetime
contact.hs_buying_role|Buying role|enumeration
contact.hs_persona|Persona property|enumeration
contact.first_conversion_event_name|First conversion|string
contact.first_conversion_date|First conversion date|datetime
contact.recent_conversion_event_name|Recent conversion|string
contact.recent_conversion_date|Recent conversion date|datetime
contact.num_conversion_events|Number of form submissions|number
contact.num_unique_conversion_events|Number of forms submitted|number
contact.hs_email_open|Marketing e-mails opened|number
contact.hs_email_click|Marketing e-mails clicked|number
contact.hs_email_bounce|Marketing e-mails bounced|number
contact.hs_email_last_open_date|Last e-mail open|datetime
contact.hs_email_last_click_date|Last e-mail click|datetime
contact.hs_email_last_reply_date|Last e-mail reply|datetime
contact.hs_email_optout|Unsubscribed from all e-mail|bool
contact.hs_sales_email_last_opened|Last sales e-mail open|datetime
contact.hs_sales_email_last_clicked|Last sales e-mail click|datetime
contact.hs_sales_email_last_replied|Last sales e-mail reply|datetime
contact.hs_analytics_num_page_views|Number of page views|number
contact.hs_analytics_num_visits|Number of visits|number
contact.hs_analytics_last_visit_timestamp|Last visit|datetime
contact.notes_last_contacted|Last contacted|datetime
contact.notes_last_updated|Last activity|datetime
contact.notes_next_activity_date|Next activity|datetime
contact.num_notes|Number of activities|number
contact.hubspotscore|HubSpot score|number
contact.createdate|Created|datetime
contact.lastmodifieddate|Last modified|datetime
contact.hs_object_id|Record id|number
company.name|Company name|string
company.domain|Company domain|string
company.numberofemployees|Company size|number
company.annualrevenue|Annual revenue|number
company.industry|Industry|enumeration
company.type|Company type|enumeration
company.city|Company city|string
company.state|Company state|string
company.zip|Company postal code|string
company.country|Company country|string
company.phone|Company phone|string
company.website|Company website|string
company.founded_year|Year founded|string
company.is_public|Listed company|bool
company.lifecyclestage|Company lifecycle stage|enumeration
company.hs_lead_status|Company lead status|enumeration
company.hubspot_owner_id|Company owner|enumeration
company.createdate|Company created|datetime
company.closedate|Company close date|datetime
company.hs_num_open_deals|Open deals|number
company.num_associated_deals|Number of deals|number
company.num_associated_contacts|Number of contacts|number
deal.dealname|Deal name|string
deal.amount|Deal amount|number
deal.dealstage|Deal stage|enumeration
deal.pipeline|Deal pipeline|enumeration
deal.dealtype|Deal type|enumeration
deal.closedate|Deal close date|datetime
deal.createdate|Deal created|datetime
deal.hubspot_owner_id|Deal owner|enumeration
deal.hs_is_closed|Deal closed|bool
deal.hs_is_closed_won|Deal won|bool
"""

DEFAULT_PROPERTIES: Mapping[str, PropertyDefinition] = _defaults()
"""The properties that admins write conditions on, with the types every portal starts with."""
