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
from app.storage.tables.notices import notice, notice_delivery
from app.storage.tables.records import (
    company,
    contact,
    engagement,
    engagement_contact,
    owner,
    past_reading,
    past_value,
    property_,
)
from app.storage.tables.replays import issue, refused_request, replay, replay_item
from app.storage.tables.sweeps import sweep
from app.storage.tables.work import (
    absence,
    act,
    assignment,
    breaker,
    clock,
    decision,
    handoff,
    outage,
    pool,
    quota,
    tenure,
    write,
)

__all__ = [
    "absence",
    "act",
    "agreement_approval",
    "agreement_draft",
    "agreement_version",
    "api_key",
    "assignment",
    "audit",
    "backtest",
    "backtest_contact",
    "breaker",
    "clock",
    "company",
    "contact",
    "decision",
    "delivery",
    "engagement",
    "engagement_contact",
    "event",
    "handoff",
    "issue",
    "lane",
    "metadata",
    "notice",
    "notice_delivery",
    "outage",
    "owner",
    "past_reading",
    "past_value",
    "pool",
    "portal",
    "property_",
    "quota",
    "refused_request",
    "replay",
    "replay_item",
    "source",
    "sweep",
    "tenure",
    "write",
]
