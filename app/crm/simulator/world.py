"""A made-up portal: companies, contacts, form fills. The same seed makes the same world."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from app.crm.simulator import people
from app.crm.simulator.default_contacts import PERSONAS
from app.crm.simulator.instants import iso
from app.crm.simulator.object_types import COMPANIES, CONTACTS
from app.crm.simulator.portal import Portal
from app.crm.simulator.records import Record, Source

OWNERS = (
    ("mara.lindt@vendor.example", "Mara", "Lindt"),
    ("tomas.okafor@vendor.example", "Tomas", "Okafor"),
    ("ines.carvalho@vendor.example", "Ines", "Carvalho"),
    ("jonas.weber@vendor.example", "Jonas", "Weber"),
)
FORMS = (
    "Request a demo",
    "Talk to sales",
    "Pricing enquiry",
    "Webinar: forecasting without spreadsheets",
    "Download: buyer's guide",
    "Newsletter sign-up",
)
_FIRST = ("Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ivana", "Keiko")
_LAST = ("Abara", "Bianchi", "Costa", "Dupont", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen")
_NAMES = ("Alder", "Birch", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbor", "Indigo", "Juniper")
_TRADES = {
    "Software": "COMPUTER_SOFTWARE",
    "Bank": "BANKING",
    "Insurance": "INSURANCE",
    "Clinics": "HOSPITAL_HEALTH_CARE",
    "University": "HIGHER_EDUCATION",
    "Stores": "RETAIL",
    "Logistics": "LOGISTICS_AND_SUPPLY_CHAIN",
    "Advisers": "MANAGEMENT_CONSULTING",
}
_TITLES = (
    "Chief Revenue Officer",
    "VP Sales",
    "Head of Operations",
    "Director of IT",
    "Marketing Manager",
    "Sales Operations Analyst",
    "Software Engineer",
    "Student",
    "Procurement Lead",
)
_SIZES = ("8", "25", "60", "140", "320", "900", "2400", "12000")
_COUNTRIES = ("Germany", "France", "Spain", "United Kingdom", "United States", "Netherlands")
_SOURCES = (
    "ORGANIC_SEARCH",
    "PAID_SEARCH",
    "EMAIL_MARKETING",
    "REFERRALS",
    "DIRECT_TRAFFIC",
    "PAID_SOCIAL",
    "OFFLINE",
)
_ROLES = ("DECISION_MAKER", "CHAMPION", "INFLUENCER", "END_USER", "BUDGET_HOLDER")
_STAGES = ("subscriber", "lead", "lead", "lead", "marketingqualifiedlead", "customer")
_PAGES = (
    "https://www.vendor.example/pricing",
    "https://www.vendor.example/product",
    "https://www.vendor.example/blog",
)
_FREE_MAIL = ("gmail.com", "outlook.com", "web.de")
_OLDEST_MINUTES = 90 * 24 * 60
_WEB = Source("ANALYTICS", "")
_FORM = Source("FORM", "")


def populate(
    portal: Portal,
    contacts: int,
    *,
    companies: int | None,
    owners: Iterable[tuple[str, str, str]],
    emit: bool,
) -> list[str]:
    """Add to a portal; the ids of the new contacts. Owners are added once. Silent and in the past unless `emit`."""
    place = portal.records.count(CONTACTS)
    rng = Random(f"{portal.seed} {place}")  # noqa: S311  # a made-up world, not cryptography
    known = {owner.email for owner in portal.owners.all()} | {owner.email for owner in portal.owners.all(archived=True)}
    for email, first, last in owners:
        if email not in known:
            portal.owners.add(email, first, last, portal.now())
    with _muted(portal, muted=not emit or portal.outbox.muted):
        wanted = companies if companies is not None else max(1, contacts // 4)
        firms = [_company(portal, rng, place + n) for n in range(wanted)]
        made = []
        for n, age in enumerate(_ages(rng, contacts, past=not emit)):
            with _some_time_ago(portal, age):
                made.append(_contact(portal, rng, firms, place + n).id)
        return made


def _ages(rng: Random, contacts: int, *, past: bool) -> list[timedelta]:
    """How long ago each contact came, oldest first; events are only ever about the present."""
    minutes = sorted((rng.randint(60, _OLDEST_MINUTES) for _ in range(contacts)), reverse=True)
    return [timedelta(minutes=each if past else 0) for each in minutes]


@contextmanager
def _some_time_ago(portal: Portal, age: timedelta) -> Iterator[None]:
    before = portal.now
    at = before() - age
    portal.now = lambda: at
    try:
        yield
    finally:
        portal.now = before


@contextmanager
def _muted(portal: Portal, *, muted: bool) -> Iterator[None]:
    before, portal.outbox.muted = portal.outbox.muted, muted
    try:
        yield
    finally:
        portal.outbox.muted = before


def _company(portal: Portal, rng: Random, n: int) -> Record:
    trade = rng.choice(sorted(_TRADES))
    name = f"{rng.choice(_NAMES)} {trade}"
    values = {
        "name": name,
        "domain": f"{name.lower().replace(' ', '-')}-{n}.example",
        "industry": _TRADES[trade],
        "numberofemployees": rng.choice(_SIZES),
        "country": rng.choice(_COUNTRIES),
    }
    return people.add_record(portal, COMPANIES, values, Source("IMPORT", "userId:1001"))


def _contact(portal: Portal, rng: Random, firms: list[Record], n: int) -> Record:
    firm = rng.choice(firms) if firms else None
    first, last = rng.choice(_FIRST), rng.choice(_LAST)
    free = firm is None or rng.random() < 0.15  # noqa: PLR2004  # a share that looks real
    domain = rng.choice(_FREE_MAIL) if free or firm is None else firm.values["domain"]
    values = {
        "email": f"{first}.{last}.{n}@{domain}".lower(),
        "firstname": first,
        "lastname": last,
        "jobtitle": rng.choice(_TITLES),
        "company": firm.values["name"] if firm else "",
        "country": firm.values["country"] if firm else rng.choice(_COUNTRIES),
        "lifecyclestage": rng.choice(_STAGES),
        "hs_persona": rng.choice(PERSONAS).value,
        "hs_buying_role": rng.choice(_ROLES),
        **_visits(portal, rng),
    }
    contact = people.add_record(portal, CONTACTS, {k: v for k, v in values.items() if v}, _WEB)
    if firm is not None:
        people.associate(portal, contact, firm, _WEB, primary=True)
    for form in rng.sample(FORMS, rng.choice((0, 1, 1, 2))):
        people.submit_form(portal, contact, form)
    return contact


def _visits(portal: Portal, rng: Random) -> dict[str, str]:
    """Where a contact came from and how it went on: the analytics HubSpot keeps."""
    seen_at: datetime = portal.now() - timedelta(minutes=rng.randint(5, 60 * 24 * 60))
    opened = rng.choice((0, 0, 1, 2, 5))
    return {
        "hs_analytics_source": rng.choice(_SOURCES),
        "hs_latest_source": rng.choice(_SOURCES),
        "hs_analytics_last_url": rng.choice(_PAGES),
        "hs_analytics_num_page_views": str(rng.randint(1, 40)),
        "hs_analytics_num_visits": str(rng.randint(1, 9)),
        "hs_analytics_last_visit_timestamp": iso(seen_at),
        "hs_analytics_last_timestamp": iso(seen_at),
        "hs_email_open": str(opened) if opened else "",
        "hs_email_last_open_date": iso(seen_at) if opened else "",
    }
