"""The tables. What one row of each is, is said beside it; migrations/ holds how they came to be."""

from app.storage.tables.base import metadata
from app.storage.tables.governance import (
    agreement_approval,
    agreement_draft,
    agreement_version,
    api_key,
    audit,
    backtest,
    backtest_contact,
)
from app.storage.tables.intake import delivery, event, lane, portal, source
from app.storage.tables.records import company, contact, owner, past_reading, past_value, property_
from app.storage.tables.work import absence, assignment, breaker, decision, handoff, pool, quota, write

__all__ = [
    "absence",
    "agreement_approval",
    "agreement_draft",
    "agreement_version",
    "api_key",
    "assignment",
    "audit",
    "backtest",
    "backtest_contact",
    "breaker",
    "company",
    "contact",
    "decision",
    "delivery",
    "event",
    "handoff",
    "lane",
    "metadata",
    "owner",
    "past_reading",
    "past_value",
    "pool",
    "portal",
    "property_",
    "quota",
    "source",
    "write",
]
