"""What people call the sections of a document."""

from __future__ import annotations

from collections.abc import Mapping

from app.rules.wording import spoken

TITLES: Mapping[str, str] = {
    "agreement": "Terms",
    "calendars": "Working hours and holidays",
    "definitions": "Definitions",
    "free_mail": "Free e-mail addresses",
    "profile": "Ideal customer",
    "personas": "Personas and buying roles",
    "score": "Scores",
    "disqualify": "Disqualification",
    "stages": "Lifecycle stages",
    "ready": "When a lead is ready for sales",
    "routes": "Routes",
    "territories": "Territories",
    "named_accounts": "Named accounts",
    "pools": "Pools",
    "promises": "Promises",
    "recycle": "Returned leads",
    "playbooks": "Playbooks",
    "targets": "Targets",
    "examples": "Examples",
}


def title(section: str) -> str:
    """The section as a heading; one without a title of its own by its name."""
    return TITLES.get(section, spoken(section))
