"""Buying roles: the part that somebody plays in a purchase, by HubSpot's names in lower case."""

from __future__ import annotations

BUYING_ROLE = "hs_buying_role"
"""The contact property that holds the roles a person was given by hand."""

ROLES = (
    "decision_maker",
    "budget_holder",
    "champion",
    "influencer",
    "executive_sponsor",
    "end_user",
    "blocker",
    "legal_and_compliance",
    "other",
)


def roles_in(text: str | None) -> tuple[str, ...]:
    """The roles that the property holds: several are joined with `;`, in upper case."""
    named = [part.strip() for part in (text or "").casefold().split(";")]
    return tuple(dict.fromkeys(role for role in named if role in ROLES))
