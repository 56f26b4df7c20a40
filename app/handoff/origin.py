"""Where a lead came from: the first source, the latest, and the campaigns that the addresses of pages name."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

from app.handoff.plain import clean
from app.records.crm import Properties

_UTM = ("utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content")
"""HubSpot keeps these in no property of its own, only in the addresses of the first and the last page seen."""


def origin_of(contact: Properties) -> str:
    """Up to three lines: the first source, the latest where it is another, and the campaigns; empty when unknown."""
    first, latest = (_source(contact, name) for name in ("hs_analytics_source", "hs_latest_source"))
    pages = (_campaign(contact.get(name)) for name in ("hs_analytics_first_url", "hs_analytics_last_url"))
    campaigns = "; ".join(dict.fromkeys(filter(None, pages)))
    lines = (
        first,
        f"Latest: {latest}" if latest not in {"", first} else "",
        f"Campaign: {campaigns}" if campaigns else "",
    )
    return "\n".join(filter(None, lines))


def _source(contact: Properties, name: str) -> str:
    """`Paid search: spring campaign, crm software`."""
    source = clean(contact.get(name)).replace("_", " ").capitalize()
    detail = ", ".join(filter(None, (clean(contact.get(f"{name}_data_{n}")) for n in (1, 2))))
    return f"{source}: {detail}" if source and detail else source or detail


def _campaign(address: str | None) -> str:
    """`google / cpc / spring`: source, medium, campaign, term and content, as far as the address says."""
    try:
        query = parse_qs(urlsplit(address or "").query)
    except ValueError:
        return ""
    return clean(" / ".join(query[name][0] for name in _UTM if name in query))
