"""Who plays: the owners of the portal, the leads of the story, and the crowd of the burst."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from app.handoff.decision import Kind

PORTAL_ID = 62515
APP_ID = 54321

OWNERS = (
    ("ann@example.com", "Ann", "Archer"),
    ("bob@example.com", "Bob", "Brook"),
    ("cy@example.com", "Cy", "Cole"),
    ("eve@example.com", "Eve", "Ellis"),
    ("sam@example.com", "Sam", "Stone"),
)
"""The people whom the example agreement names."""

BURST = 500


@dataclass(frozen=True, slots=True)
class Lead:
    """Someone who submits a form, and what is to become of them.

    `pool` and `promise` are where the lead is to go; empty for one who is not handed over.
    """

    first: str
    last: str
    title: str
    email: str
    form: str
    who: str
    becomes: Kind
    company: Mapping[str, str] = field(default_factory=dict)
    pool: str = ""
    promise: str = ""

    @property
    def name(self) -> str:
        return f"{self.first} {self.last}"

    @property
    def properties(self) -> dict[str, str]:
        """The contact as HubSpot first knows it."""
        return {
            "firstname": self.first,
            "lastname": self.last,
            "jobtitle": self.title,
            "email": self.email,
            "lifecyclestage": "lead",
            "hs_analytics_source": "ORGANIC_SEARCH",
        }


def _firm(name: str, domain: str, people: int, industry: str = "COMPUTER_SOFTWARE") -> Mapping[str, str]:
    return {"name": name, "domain": domain, "numberofemployees": str(people), "industry": industry}


ROSA = Lead(
    "Rosa", "Lind", "Head of Operations", "rosa@quietsoft.example", "Pricing guide",
    "Reads the pricing guide while Baton is still in shadow mode",
    Kind.HANDED_OFF, _firm("Quiet Soft", "quietsoft.example", 300), "inbound", "standard",
)  # fmt: skip
LEE = Lead(
    "Lee", "Park", "Operations Lead", "lee@softworks.example", "Pricing guide",
    "A good lead: our market, and reads the pricing guide",
    Kind.HANDED_OFF, _firm("Softworks", "softworks.example", 120), "inbound", "standard",
)  # fmt: skip
RICK = Lead(
    "Rick", "Vale", "Director of Marketing", "rick@rival.com", "Demo request",
    "A competitor, however keen",
    Kind.DISQUALIFIED, _firm("Rival", "rival.com", 900),
)  # fmt: skip
PAT = Lead(
    "Pat", "Reed", "Student", "pat.reed@gmail.com", "Pricing guide",
    "A student with a free e-mail address",
    Kind.DISQUALIFIED,
)  # fmt: skip
JO = Lead(
    "Jo", "Marsh", "Consultant", "jo.marsh@gmail.com", "Pricing guide",
    "A free e-mail address, and no company",
    Kind.NOT_READY,
)  # fmt: skip
DANA = Lead(
    "Dana", "Reyes", "VP Sales", "dana@northbank.example", "Demo request",
    "A VP at a large firm who asks for a demo",
    Kind.HANDED_OFF, _firm("North Bank", "northbank.example", 1200, "BANKING"), "enterprise", "fast",
)  # fmt: skip
KIT = Lead(
    "Kit", "Moss", "Head of Data", "kit@ledgerly.example", "Pricing guide",
    "Every webhook about this lead arrives three times, in disorder",
    Kind.HANDED_OFF, _firm("Ledgerly", "ledgerly.example", 240, "FINANCIAL_SERVICES"), "inbound", "standard",
)  # fmt: skip
UMA = Lead(
    "Uma", "Bell", "IT Manager", "uma@gridline.example", "Pricing guide",
    "A person gives this lead to somebody else by hand",
    Kind.HANDED_OFF, _firm("Gridline", "gridline.example", 80, "INFORMATION_TECHNOLOGY_AND_SERVICES"),
    "inbound", "standard",
)  # fmt: skip

ONE_BY_ONE = (LEE, RICK, PAT, JO, DANA)
"""Those whose story is told by one form and one look."""
NAMED = (ROSA, *ONE_BY_ONE, KIT, UMA)

_FIRMS = 25
_GIVEN = ("Ada", "Bruno", "Chiara", "Dmitri", "Elif", "Farid", "Greta", "Hugo", "Ivana", "Keiko")
_FAMILY = ("Abara", "Bianchi", "Costa", "Dupont", "Eriksen", "Fischer", "Garcia", "Haddad", "Ito", "Jansen")
_TITLES = ("Operations Lead", "Head of Finance", "Data Architect", "IT Manager", "Purchasing Lead")


def crowd() -> list[Lead]:
    """The five hundred of the burst: all in the market, all after one webinar's guide."""
    return [_one_of_many(number) for number in range(BURST)]


def _one_of_many(number: int) -> Lead:
    firm = number % _FIRMS
    domain = f"firm{firm:02}.example"
    first, last = _GIVEN[number % len(_GIVEN)], _FAMILY[number // len(_GIVEN) % len(_FAMILY)]
    return Lead(
        first, last, _TITLES[number % len(_TITLES)], f"{first}.{last}.{number}@{domain}".lower(), "Buyer's guide",
        "One of the burst", Kind.HANDED_OFF, _firm(f"Firm {firm:02}", domain, 60 + 40 * firm), "inbound", "standard",
    )  # fmt: skip
